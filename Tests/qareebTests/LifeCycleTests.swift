import EventLoops
import Foundation
import TestSupport
import Testing

@testable import EmbeddedPostgres

private let providers = "/api/v1/providers?market=amman&limit=100"

@Suite struct LifeCycleTests {
  @Test func anEmptyFolderIsEnoughAndNothingIsLost() async throws {
    let folder = try TemporaryFolder()
    var running = try await RunningQareeb.start(database: nil, folder: folder)
    let data = try await running.client.get(providers).dataText()
    #expect(data.contains("\"market\":\"amman\""))

    // Stopped as a supervisor stops it: PostgreSQL goes with it.
    #expect(try await running.stop() == 0)
    #expect(RunningQareeb.postgresProcesses(folder).isEmpty)
    running = try await RunningQareeb.start(database: nil, folder: folder)
    #expect(try await running.client.get(providers).dataText() == data)

    // Killed with everything it had started.
    try await running.killEverything()
    running = try await RunningQareeb.start(database: nil, folder: folder)
    #expect(try await running.client.get(providers).dataText() == data)

    // Killed alone: the next one takes the running PostgreSQL over.
    let postmaster = try RunningQareeb.postmaster(folder)
    running.process.signal(SIGKILL)
    #expect(try await running.process.end() == 128 + SIGKILL)
    running = try await RunningQareeb.start(database: nil, folder: folder)
    #expect(try RunningQareeb.postmaster(folder) == postmaster)

    // Two of them share one cluster, and the last one out stops it.
    let second = try await RunningQareeb.start(database: nil, folder: folder)
    #expect(try await running.stop() == 0)
    #expect(try await second.client.get(providers).dataText() == data)
    #expect(try await second.stop() == 0)
    #expect(RunningQareeb.postgresProcesses(folder).isEmpty)
  }

  /// PostgreSQL killed under a server that goes on: it is started again, and requests are answered again.
  @Test func aPrivatePostgresThatDiesIsStartedAgain() async throws {
    let folder = try TemporaryFolder()
    let running = try await RunningQareeb.start(database: nil, folder: folder)
    let data = try await running.client.get(providers).dataText()
    let first = RunningQareeb.postgresProcesses(folder)
    for process in first { kill(process, SIGKILL) }
    try await eventually("it answers again:\n\(running.process.error)") {
      let answer = try await TestHTTPClient(running.address).get(providers)
      return try answer.status == 200 && answer.dataText() == data
    }
    #expect(Set(RunningQareeb.postgresProcesses(folder)).isDisjoint(with: first))
    #expect(try await running.stop() == 0)
  }

  /// A signal while it starts is not lost: what has been started is stopped in order, PostgreSQL too.
  @Test func aSignalDuringTheStartStopsItInOrder() async throws {
    let folder = try TemporaryFolder()
    let process = try RunningQareeb.launch(database: nil, folder: folder)
    try await eventually("PostgreSQL starts:\n\(process.error)") { !RunningQareeb.postgresProcesses(folder).isEmpty }
    process.signal(SIGTERM)
    #expect(try await process.end() == 0, "\(process.error)")
    #expect(RunningQareeb.postgresProcesses(folder).isEmpty)
  }

  @Test func whatIsUnderWayIsFinishedBeforeItEnds() async throws {
    try await TestDatabase.with(.migrated) { database in
      let running = try await RunningQareeb.start(
        database: database.connectionString,
        environment: ["QAREEB_DATABASE_STATEMENT_TIMEOUT": "100s", "QAREEB_LIMITS_DRAIN_DEADLINE": "100s"])
      let lock = try await TableLock.take("catalogue.market", in: database)
      async let answer = TestHTTPClient(running.address).get("/api/v1/markets")
      try await lock.waitForSomebody()
      running.process.signal(SIGTERM)
      try await eventually("it says that it stops") { running.process.error.contains("\"stopping\"") }
      try await eventually("nobody new is let in") {
        do {
          return try await TestHTTPClient(running.address).get("/health/live").status == 503
        } catch is ClientSocketError {
          return true
        } catch is MalformedAnswer {
          return true
        }
      }
      #expect(running.process.exitCode == nil)
      try await lock.release()
      #expect(try await answer.dataText().contains("amman"))
      #expect(try await running.process.end() == 0)
      #expect(running.process.error.contains("\"stopped\""))
    }
  }

  @Test func whatTakesTooLongIsCutOff() async throws {
    try await TestDatabase.with(.migrated) { database in
      let running = try await RunningQareeb.start(
        database: database.connectionString,
        environment: ["QAREEB_DATABASE_STATEMENT_TIMEOUT": "100s", "QAREEB_LIMITS_DRAIN_DEADLINE": "50ms"])
      let lock = try await TableLock.take("catalogue.market", in: database)
      let request = Task { try await TestHTTPClient(running.address).get("/api/v1/markets") }
      try await lock.waitForSomebody()
      #expect(try await running.stop() == 0)
      try await lock.release()
      _ = await request.result
    }
  }

  @Test(arguments: [(SIGTERM, 143), (SIGINT, 130)] as [(Int32, Int32)])
  func aSecondSignalEndsItAtOnce(_ signal: Int32, _ code: Int32) async throws {
    try await TestDatabase.with(.migrated) { database in
      let running = try await RunningQareeb.start(
        database: database.connectionString,
        environment: ["QAREEB_DATABASE_STATEMENT_TIMEOUT": "100s", "QAREEB_LIMITS_DRAIN_DEADLINE": "100s"])
      let lock = try await TableLock.take("catalogue.market", in: database)
      let request = Task { try await TestHTTPClient(running.address).get("/api/v1/markets") }
      try await lock.waitForSomebody()
      running.process.signal(signal)
      try await eventually("it says that it stops") { running.process.error.contains("\"stopping\"") }
      running.process.signal(signal)
      #expect(try await running.process.end() == code)
      try await lock.release()
      _ = await request.result
    }
  }

  @Test func itWaitsForADatabaseThatComesLater() async throws {
    let folder = try TemporaryFolder()
    let cluster = try await offThePool { try OwnPostgres(in: folder) }
    try await cluster.kill()
    let process = try RunningQareeb.launch(database: cluster.connectionString, folder: folder)
    try await eventually("it says that there is no database") { process.error.contains("the database cannot be reached") }
    try await cluster.startAgain()
    try await eventually("it serves:\n\(process.error)") { process.error.contains("Qareeb is serving on") }
    process.signal(SIGTERM)
    #expect(try await process.end() == 0)
    try await cluster.stop()
  }

  @Test func theStrongestSourceOfASettingWins() async throws {
    let database = try await TestDatabase.make(from: .migrated)
    let limit = "QAREEB_LIMITS_REQUESTS_PER_MINUTE"
    func allowed(_ arguments: [String], _ environment: [String: String]) async throws -> String? {
      let folder = try TemporaryFolder()
      let path = try folder.write("limits.requests_per_minute = 11\n", to: "my.conf")
      // The port of the environment is taken: only --port can have won.
      let taken = try await RunningQareeb.shared.value.port
      let process = ["serve", "--config", path, "--port", "0"] + arguments
      return try await RunningQareeb.with(
        process, database: database.connectionString, environment: environment.merging(["PORT": "\(taken)"]) { $1 }
      ) { running in
        let answer = try await running.client.get("/api/v1/version")
        return answer.value("RateLimit-Limit")
      }
    }
    #expect(try await allowed([], [limit: "22"]) == "22")
    #expect(try await allowed(["--set", "limits.requests_per_minute=33"], [limit: "22"]) == "33")
    try await database.drop()
  }

  @Test func aFileInTheWorkingFolderIsRead() async throws {
    let database = try await TestDatabase.make(from: .migrated)
    let folder = try TemporaryFolder()
    _ = try folder.write("cors.origins = https://file.example\n", to: "qareeb.conf")
    let running = try await RunningQareeb.start(database: database.connectionString, folder: folder)
    let answer = try await running.client.get("/api/v1/version", headers: [("Origin", "https://file.example")])
    #expect(answer.value("Access-Control-Allow-Origin") == "https://file.example")
    #expect(try await running.stop() == 0)
    try await database.drop()
  }
}
