import EmbeddedPostgres
import Foundation
import JSON
import PostgresClient
import TestSupport
import Testing

/// `qareeb verify` and `qareeb reindex` beside a process that serves.
@Suite struct ReindexTests {
  private func qareeb(
    _ arguments: [String], _ running: RunningQareeb, _ database: TestDatabase
  ) async throws -> FinishedProcess {
    try await FinishedProcess.run(
      try RunningQareeb.program(), arguments,
      environment: RunningQareeb.environment(running.folder, database: database.connectionString), in: running.folder.url)
  }

  private func files(_ running: RunningQareeb) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: running.folder.url.path).filter { $0.hasPrefix("index.qidx") })
  }

  private func sql(_ statement: String, _ database: TestDatabase) async throws -> String {
    try await offThePool { [name = database.name] in try TestCluster.shared.run(statement, database: name) }
  }

  private static let rateEverybody =
    "UPDATE catalogue.provider SET rating_count = rating_count + 1, rating_sum = rating_sum + 4"

  private func slots(_ database: TestDatabase) async throws -> Int {
    Int(try await sql("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()", database)) ?? -1
  }

  @Test func verifiedReindexedAndRolledBack() async throws {
    try await TestDatabase.with(.migrated) { database in
      try await RunningQareeb.with(database: database.connectionString) { running in
        let equal = try await qareeb(["verify"], running, database)
        #expect(equal.exitCode == 0 && equal.output.contains("Equal: the index that is served"), "\(equal)")

        let dry = try await qareeb(["reindex", "--dry-run"], running, database)
        #expect(dry.exitCode == 0 && dry.output.contains("2,400 providers"), "\(dry)")
        #expect(dry.error.contains("Checking questions with known answers"))
        #expect(dry.error.contains("Reading the database: 2,400 providers in"), "\(dry.error)")
        #expect(try files(running) == ["index.qidx", "index.qidx.lock"])

        let made = try await qareeb(["reindex", "--threads", "2", "--rate", "100000"], running, database)
        #expect(made.exitCode == 0 && made.output.contains("The node serves the new index"), "\(made)")
        try await eventually("the node says so") { running.process.error.contains("changed over to a published index") }
        let back = try await qareeb(["reindex", "--rollback"], running, database)
        #expect(back.exitCode == 0 && back.output.contains("that it served before"), "\(back)")
        _ = try await sql(Self.rateEverybody, database)
        let report = try await qareeb(["verify", "--json"], running, database)
        #expect(report.exitCode == 0, "\(report)")
        let root = try JSONDocument(report.output).root
        #expect(root["equal"]?.bool == true && root["served"]?.bool == true && root["providers"]?.int == 2_400)
        #expect(root["duration_ms"]?.int ?? 0 > 0 && root["differences"]?.array?.count == 0)
        #expect(try await running.client.get("/health/ready").status == 200)
        #expect(try await qareeb(["reindex", "--rollback", "--resume"], running, database).exitCode == 64)
      }
    }
  }

  @Test func scriptsAreToldInOneObject() async throws {
    try await TestDatabase.with(.migrated) { database in
      try await RunningQareeb.with(database: database.connectionString) { running in
        let made = try await qareeb(["reindex", "--json"], running, database)
        #expect(made.exitCode == 0 && made.output.split(separator: "\n").count == 1, "\(made)")
        let report = try JSONDocument(made.output).root
        #expect(report["outcome"]?.string == "taken_up" && report["providers"]?.int == 2_400)
        #expect(report["bytes"]?.int ?? 0 > 0 && report["duration_ms"]?.int ?? 0 > 0 && report["problems"]?.array?.count == 0)
        #expect(LogPosition.parse(report["position"]?.string ?? "") != nil)
        let back = try await qareeb(["reindex", "--rollback", "--json"], running, database)
        #expect(try back.exitCode == 0 && JSONDocument(back.output).root["outcome"]?.string == "taken_up", "\(back)")

        // Everybody moves to where nobody asks: the questions with known answers find nobody.
        _ = try await sql("UPDATE catalogue.provider SET location = 'POINT(0 0)'", database)
        let wrong = try await qareeb(["reindex", "--json"], running, database)
        #expect(wrong.exitCode == 2 && wrong.error.contains("was not published"), "\(wrong)")
        let found = try JSONDocument(wrong.output).root
        #expect(found["outcome"]?.string == "check_failed" && found["problems"]?.array?.count == 1)
        #expect(found["position"]?.isNull == true)
      }
    }
  }

  /// Killed again and again, at moments that chance chooses: what is served goes on being right, and nothing stays behind.
  @Test func killedAtAnyMomentItLeavesWhatIsServedAlone() async throws {
    try await TestDatabase.with(.migrated) { database in
      try await RunningQareeb.with(database: database.connectionString) { running in
        var random = SeededRandom()
        // How long a whole one takes here, so that kills fall into every stage of it.
        let start = ContinuousClock.now
        #expect(try await qareeb(["reindex"], running, database).exitCode == 0)
        let whole = Int((ContinuousClock.now - start) / .milliseconds(1))
        for round in 0..<FuzzRounds.count(default: 6) {
          let arguments = round % 3 == 0 ? ["reindex", "--resume"] : ["reindex"]
          let process = try RunningQareeb.launch(arguments, database: database.connectionString, folder: running.folder)
          try await Task.sleep(for: .milliseconds(Int.random(in: 0...whole, using: &random)))
          process.signal(SIGKILL)
          _ = try await process.end()
          #expect(try await running.client.get("/health/ready").status == 200)
          _ = try await sql(Self.rateEverybody, database)
        }
        // The one that was published last may be on its way still.
        let finished = try await qareeb(["reindex", "--resume"], running, database)
        #expect(finished.exitCode == 0, "\(finished)")
        let equal = try await qareeb(["verify"], running, database)
        #expect(equal.exitCode == 0, "\(equal)")
        let left = try files(running)
        #expect(left == ["index.qidx", "index.qidx.lock", "index.qidx.previous"], "\(left)")
        // Its own, and that of the one before; slots of killed ones have gone with their sessions or been dropped.
        try await eventually("no slot is left behind") { try await slots(database) == 2 }
      }
    }
  }
}
