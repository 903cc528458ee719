import EmbeddedPostgres
import EventLoops
import Foundation
import IndexKeeper
import JSON
import TestSupport
import Testing

@testable import qareeb

/// What the figures mean.
@Suite struct DoctorJudgementTests {
  private func slot(
    _ logState: String = "reserved", isActive: Bool = true, held: Int = 1_000, safe: Int? = 1 << 32
  ) -> SlotFacts {
    SlotFacts(
      name: "qareeb_index_1_2", isActive: isActive, logState: logState, heldBytes: held, behindBytes: held, safeBytes: safe)
  }

  @Test func slots() {
    #expect(DatabaseChecks.judge([]).level == .ok)
    #expect(DatabaseChecks.judge([slot(), slot(isActive: false)]).level == .ok)
    // Half of what the server will keep.
    #expect(DatabaseChecks.judge([slot(isActive: false, held: 3 << 31, safe: 1 << 31)]).level == .warning)
    #expect(DatabaseChecks.judge([slot(held: 3 << 31, safe: 1 << 31)]).level == .warning)
    // Without a bound.
    #expect(DatabaseChecks.judge([slot(isActive: false, held: 3 << 30, safe: nil)]).level == .ok)
    #expect(DatabaseChecks.judge([slot(isActive: false, held: 5 << 30, safe: nil)]).level == .warning)
    #expect(DatabaseChecks.judge([slot(), slot("unreserved")]).level == .problem)
    let lost = DatabaseChecks.judge([slot(), slot("lost", isActive: false)])
    #expect(lost.level == .problem && lost.advice?.contains("pg_drop_replication_slot('qareeb_index_1_2')") == true)
  }

  @Test func theIndexFileAndItsSlot() {
    func judge(_ slot: DatabaseChecks.SlotOfFile?, endOfLog: UInt64 = 900) -> Finding {
      DatabaseChecks.judge(500, of: "qareeb_index_1_2", slot, endOfLog: endOfLog)
    }
    #expect(judge(DatabaseChecks.SlotOfFile(confirmed: 500)).level == .ok)
    #expect(judge(nil).level == .warning && judge(DatabaseChecks.SlotOfFile(logState: "lost")).level == .warning)
    #expect(judge(DatabaseChecks.SlotOfFile(confirmed: 400), endOfLog: 499).message.contains("ahead of the database"))
    #expect(judge(DatabaseChecks.SlotOfFile(confirmed: 501)).message.contains("an older copy"))
    // Its follower has written it anew in between.
    #expect(judge(DatabaseChecks.SlotOfFile(isActive: true, confirmed: 501)).level == .ok)
  }

  @Test func disks() {
    let gigabyte = 1 << 30
    #expect(HostChecks.disk("disk", "var", free: 50 * gigabyte, total: 100 * gigabyte, needing: 0).level == .ok)
    #expect(HostChecks.disk("disk", "var", free: 9 * gigabyte, total: 100 * gigabyte, needing: 0).level == .warning)
    #expect(HostChecks.disk("disk", "var", free: gigabyte - 1, total: 2 * gigabyte, needing: 0).level == .problem)
    #expect(HostChecks.disk("disk", "var", free: 50 * gigabyte, total: 100 * gigabyte, needing: 51 * gigabyte).level == .problem)
  }

  @Test func limitsAndClocks() {
    #expect(HostChecks.openFiles(allowed: 65_536, connections: 50_000).level == .ok)
    #expect(HostChecks.openFiles(allowed: 50_000, connections: 50_000).level == .warning)
    #expect(DatabaseChecks.clock(skewMilliseconds: -999, uncertainty: 0).level == .ok)
    #expect(DatabaseChecks.clock(skewMilliseconds: 1_500, uncertainty: 600).level == .ok)
    let behind = DatabaseChecks.clock(skewMilliseconds: -1_500, uncertainty: 1)
    #expect(behind.level == .warning && behind.message.contains("1500 ms behind"))
    #expect(DatabaseChecks.clock(skewMilliseconds: 40_000, uncertainty: 1).level == .problem)
    #expect(Doctor.version("14.9", number: 140_009, "here").level == .problem)
    #expect(Doctor.version("15.20", number: 150_020, "here").level == .ok)
  }

  @Test func whatAProcessSays() {
    func judge(_ status: Int, _ body: String) -> Service.Seen { Service.judge(status, Array(body.utf8), "here") }
    func ready(_ fields: String) -> Service.Seen { judge(200, "{\"data\":{\"status\":\"ready\",\(fields)},\"meta\":{}}") }
    let well = ready("\"index\":\"following\",\"index_age_ms\":12,\"index_lag_bytes\":0")
    #expect(well.finding.level == .ok && well.isServing)
    #expect(ready("\"index\":\"following\",\"index_age_ms\":11000").finding.level == .warning)
    #expect(ready("\"index\":\"following\",\"index_age_ms\":200000").finding.level == .problem)
    #expect(ready("\"index\":\"failing\",\"index_age_ms\":3").finding.level == .problem)
    let away = judge(503, "{\"error\":{\"code\":\"UNAVAILABLE\",\"details\":{\"check\":\"index\",\"reason\":\"hydrating\"}}}")
    #expect(away.finding.level == .problem && away.finding.message.contains("index, hydrating"))
    let other = judge(200, "<html>")
    #expect(other.finding.level == .warning && !other.isServing)
  }

  @Test func theWorstDecides() {
    let diagnosis = Diagnosis(findings: [.ok("one", "fine"), .warning("two", "so\u{1B}[2Jso", do: "look"), .ok("three", "fine")])
    #expect(diagnosis.level == .warning && diagnosis.count(.ok) == 2 && Diagnosis(findings: []).level == .ok)
    #expect(diagnosis.json.contains("\"warnings\":1"))
  }
}

/// The command itself.
@Suite struct DoctorCommandTests {
  private func doctor(
    _ arguments: String..., database: String?, folder: TemporaryFolder, environment: [String: String] = [:]
  ) async throws -> (code: Int32, checks: [String: (status: String, message: String)]) {
    let result = try await FinishedProcess.run(
      try RunningQareeb.program(), ["doctor", "--json"] + arguments,
      environment: RunningQareeb.environment(folder, database: database).merging(environment) { $1 }, in: folder.url)
    let root = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any], "\(result)")
    let checks = try #require(root["checks"] as? [[String: Any]])
    var byName: [String: (String, String)] = [:]
    for check in checks {
      byName[try #require(check["check"] as? String)] = (
        try #require(check["status"] as? String), try #require(check["message"] as? String)
      )
    }
    return (result.exitCode, byName)
  }

  @Test func whereNothingIsYetNothingIsMade() async throws {
    let folder = try TemporaryFolder()
    let found = try await doctor(database: nil, folder: folder)
    #expect(found.code == 0)
    #expect(found.checks["database"]?.message.contains("no private cluster") == true)
    #expect(found.checks["index file"]?.status == "ok" && found.checks["service"]?.status == "ok")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [])
    #expect(try await doctor("--strict", database: nil, folder: folder).code == 2)
  }

  @Test func withoutADatabaseTheOtherChecksGoOn() async throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("no index", to: "index.qidx")
    let (nowhere, hurry) = ("postgresql://nobody@127.0.0.1:1/none", ["QAREEB_DATABASE_CONNECT_TIMEOUT": "200ms"])
    let found = try await doctor(database: nowhere, folder: folder, environment: hurry)
    #expect(found.code == 2)
    #expect(found.checks["database"]?.status == "problem")
    #expect(found.checks["disk"] != nil && found.checks["open files"] != nil)
    #expect(found.checks["index file"]?.status == "warning")
    let text = try await FinishedProcess.run(
      try RunningQareeb.program(), ["doctor"],
      environment: RunningQareeb.environment(folder, database: nowhere).merging(hurry) { $1 }, in: folder.url)
    #expect(text.exitCode == 2)
    #expect(text.output.contains("problem  database ") && text.output.contains("1 problem"))
  }

  @Test func aServingNodeIsWellAndWhatIsMissingIsNamed() async throws {
    try await TestDatabase.with(.migrated) { database in
      try await RunningQareeb.with(database: database.connectionString) { running in
        let environment = ["PORT": "\(running.port)"]
        try await eventually("the index is in its file") {
          try await running.client.get("/metrics").text.contains("qareeb_index_ready 1")
            && FileManager.default.fileExists(atPath: "\(running.folder.url.path)/index.qidx")
        }
        let well = try await doctor(database: database.connectionString, folder: running.folder, environment: environment)
        // The machine that runs the tests may have little room, few files and many slots.
        let ofOurs = well.checks.filter { !["disk", "open files", "log", "replication", "slots"].contains($0.key) }
        #expect(ofOurs.values.allSatisfy { $0.status == "ok" }, "\(well.checks)")
        #expect(well.checks["slots"]?.message.contains("followed") == true)
        #expect(well.checks["service"]?.message.contains("index following") == true)

        try await offThePool { [name = database.name] in
          _ = try TestCluster.shared.run(
            "ALTER PUBLICATION qareeb DROP TABLE catalogue.service; UPDATE qareeb.migration SET checksum = repeat('0', 64) WHERE version = 1",
            database: name)
        }
        let broken = try await doctor(database: database.connectionString, folder: running.folder, environment: environment)
        #expect(broken.code == 2)
        #expect(broken.checks["publication"]?.status == "problem")
        #expect(broken.checks["publication"]?.message.contains("catalogue.service") == true)
        #expect(broken.checks["migrations"]?.status == "problem")
      }
    }
  }
}
