import EmbeddedPostgres
import EventLoops
import Foundation
import TestSupport
import Testing

/// What cannot start says what is missing, in words, and ends with a code that its help page lists.
@Suite struct StartFailureTests {
  /// Starts what must fail, and answers what it says; nothing it says may look like a crash.
  private func failure(
    _ arguments: [String] = ["serve"], database: String?, environment: [String: String] = [:], code: Int32,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let folder = try TemporaryFolder()
    let process = try RunningQareeb.launch(arguments, database: database, environment: environment, folder: folder)
    #expect(try await process.end() == code, "\(process.error)", sourceLocation: sourceLocation)
    let text = process.error
    let message = text.range(of: "qareeb: error: ").map { String(text[$0.upperBound...]) }
    for noise in ["Fatal error", "Error Domain", "CocoaError", "unexpected failure", "Optional("] {
      #expect(!text.contains(noise), "\(text)", sourceLocation: sourceLocation)
    }
    return try #require(message, "\(text)", sourceLocation: sourceLocation)
  }

  @Test func aPortInUseIsNamed() async throws {
    let first = try await RunningQareeb.shared.value
    try await TestDatabase.with { database in
      let message = try await failure(
        database: database.connectionString, environment: ["PORT": "\(first.port)"], code: 69)
      #expect(message.contains("127.0.0.1:\(first.port)"))
      #expect(message.contains("in use"))
    }
    // The first one has lost nothing.
    #expect(try await first.client.get("/health/ready").status == 200)
  }

  @Test func aUnixSocketInUseIsNamed() async throws {
    let path = TestServer.freshSocketPath()
    let database = try await TestDatabase.make(from: .migrated)
    try await RunningQareeb.with(["serve", "--unix-socket", path], database: database.connectionString) { first in
      let message = try await failure(["serve", "--unix-socket", path], database: database.connectionString, code: 69)
      #expect(message.contains(path))
      #expect(message.contains("in use"))
      #expect(try await TestHTTPClient(.unix(path: path)).get("/health/ready").status == 200)
    }
    #expect(!FileManager.default.fileExists(atPath: path), "a socket file is left")
    try await database.drop()
  }

  @Test func addressesThatCannotBeListenedOnAreNamed() async throws {
    let database = try await TestDatabase.make(from: .migrated)
    let socket = try await failure(
      ["serve", "--unix-socket", "/nonexistent/qareeb.sock"], database: database.connectionString, code: 74)
    #expect(socket.contains("/nonexistent/qareeb.sock"))
    #expect(socket.contains("no such file or directory"))
    // 192.0.2.0/24 is for documentation; no machine has it.
    let host = try await failure(["serve", "--host", "192.0.2.1"], database: database.connectionString, code: 74)
    #expect(host.contains("192.0.2.1"))
    try await database.drop()
  }

  @Test func aDatabaseThatIsNoneIsASettingThatIsWrong() async throws {
    let message = try await failure(database: "nonsense", code: 78)
    #expect(message.contains("DATABASE_URL"))
  }

  @Test func anUnreachableDatabaseIsNamed() async throws {
    let message = try await failure(
      database: "postgresql://127.0.0.1:1/qareeb", environment: ["QAREEB_DATABASE_START_WAIT": "300ms"], code: 69)
    #expect(message.contains("127.0.0.1"))
    #expect(message.contains("Connection refused"))
  }

  @Test func aDatabaseThatRefusesUsIsNamedWithoutItsPassword() async throws {
    let cluster = try await offThePool {
      let cluster = try TestCluster.shared
      try cluster.ensureRole("stranger", password: "hunter2")
      return cluster
    }
    /// What is said twice counts as said last.
    func stranger(_ password: String, _ database: String) -> String {
      cluster.connectionString(database: "postgres") + " user=stranger password=\(password) dbname=\(database)"
    }
    let missing = try await failure(database: cluster.connectionString(database: "not_there"), code: 78)
    #expect(missing.contains("database \"not_there\" does not exist"))
    let wrong = try await failure(database: stranger("hunter3", "postgres"), code: 78)
    #expect(wrong.contains("password authentication failed for user \"stranger\""))
    #expect(!wrong.contains("hunter"))
    // May enter, but PostGIS is not there and not theirs to install.
    try await offThePool {
      try cluster.run("DROP DATABASE IF EXISTS stranger")
      try cluster.run("CREATE DATABASE stranger OWNER stranger")
    }
    let plain = try await failure(database: stranger("hunter2", "stranger"), code: 1)
    #expect(plain.contains("postgis"))
    #expect(plain.contains("0001-foundations.sql"))
    try await offThePool { _ = try cluster.run("DROP DATABASE stranger WITH (FORCE)") }
  }

  @Test func aDataDirectoryThatCannotBeMadeIsNamed() async throws {
    let file = try TemporaryFolder()
    let path = try file.write("", to: "a file")
    for (directory, reason) in [("\(path)/data", "Not a directory"), ("/proc/qareeb", "No such file or directory")] {
      let message = try await failure(database: nil, environment: ["QAREEB_DATA_DIRECTORY": directory], code: 69)
      #expect(message.contains(directory))
      #expect(message.contains(reason))
    }
  }

  @Test func missingAssetsAreNamed() async throws {
    let database = try await TestDatabase.make(from: .migrated)
    let none = try await failure(
      database: database.connectionString, environment: ["QAREEB_DATA_ASSETS": "/nonexistent"], code: 1)
    #expect(none.contains("/nonexistent/migrations"))
    // Migrations without a demo market, and one that is no JSON.
    let assets = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: "\(TestCluster.checkout)/data/migrations", toPath: assets.url.appending(path: "migrations").path)
    let environment = ["QAREEB_DATA_ASSETS": assets.url.path]
    let missing = try await failure(database: database.connectionString, environment: environment, code: 1)
    #expect(missing.contains("demo/amman.json"))
    #expect(missing.contains("data.assets"))
    try FileManager.default.createDirectory(at: assets.url.appending(path: "demo"), withIntermediateDirectories: true)
    _ = try assets.write("{\"market\": {}}", to: "demo/amman.json")
    let broken = try await failure(database: database.connectionString, environment: environment, code: 1)
    #expect(broken.contains("demo/amman.json"))
    #expect(broken.contains("market.id"))
    try await database.drop()
  }
}

@Suite struct MigrateCommandTests {
  private let assets: TemporaryFolder

  init() throws {
    assets = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: "\(TestCluster.checkout)/data/migrations", toPath: assets.url.appending(path: "migrations").path)
  }

  private func migrate(_ database: TestDatabase, _ arguments: String...) async throws -> StartedProcess {
    let process = try RunningQareeb.launch(
      ["migrate"] + arguments, database: database.connectionString, environment: ["QAREEB_DATA_ASSETS": assets.url.path],
      folder: assets)
    _ = try await process.end()
    return process
  }

  @Test func statusTellsWhatWaitsAndChangesNothing() async throws {
    try await TestDatabase.with { database in
      for _ in 0..<2 {
        let before = try await migrate(database, "--status")
        #expect(before.exitCode == 2, "\(before.error)")
        #expect(before.output.contains(/1 +foundations +pending/))
      }
      let applied = try await migrate(database)
      #expect(applied.exitCode == 0, "\(applied.error)")
      #expect(applied.output.contains("applied 1 foundations"))
      let after = try await migrate(database, "--status")
      #expect(after.exitCode == 0)
      #expect(after.output.contains(/1 +foundations +applied/))
      let again = try await migrate(database)
      #expect(again.exitCode == 0)
      #expect(again.output == "The schema is up to date.\n")
    }
  }

  @Test func aNewFileIsAppliedAndABadOneLeavesNothing() async throws {
    try await TestDatabase.with { database in
      #expect(try await migrate(database).exitCode == 0)
      _ = try assets.write("CREATE TABLE public.extra (id int);\nSELECT nonsense;\n", to: "migrations/9001-extra.sql")
      let failed = try await migrate(database)
      #expect(failed.exitCode == 1)
      #expect(failed.error.contains("9001-extra.sql:2"), "\(failed.error)")
      #expect(failed.error.contains("column \"nonsense\" does not exist"))
      _ = try assets.write("CREATE TABLE public.extra (id int);\n", to: "migrations/9001-extra.sql")
      let applied = try await migrate(database)
      #expect(applied.exitCode == 0, "\(applied.error)")
      #expect(applied.output.contains("applied 9001 extra"))
    }
  }

  @Test func aChangedFileIsRefusedByEveryCommand() async throws {
    try await TestDatabase.with { database in
      #expect(try await migrate(database).exitCode == 0)
      let file = assets.url.appending(path: "migrations/0001-foundations.sql")
      try (String(contentsOf: file, encoding: .utf8) + "-- a change\n").write(to: file, atomically: true, encoding: .utf8)
      let serve = try RunningQareeb.launch(
        ["serve"], database: database.connectionString, environment: ["QAREEB_DATA_ASSETS": assets.url.path], folder: assets)
      _ = try await serve.end()
      for process in [try await migrate(database), try await migrate(database, "--status"), serve] {
        #expect(process.exitCode == 1)
        #expect(process.error.contains("0001-foundations.sql"), "\(process.error)")
        #expect(process.error.contains("edited or renamed since it was applied"))
      }
    }
  }
}
