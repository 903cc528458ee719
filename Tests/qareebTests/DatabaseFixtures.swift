import Foundation
import Synchronization
import TestSupport
import Testing

@testable import EmbeddedPostgres

/// A table that nobody can read until it is released: makes a request wait for as long as a test likes.
final class TableLock: Sendable {
  private let session: StartedProcess
  private let table: String
  private let database: String

  static func take(_ table: String, in database: TestDatabase) async throws -> TableLock {
    let lock = try await offThePool { try TableLock(table, database) }
    try await eventually("\(table) is locked: \(lock.session.error)") { try await lock.count(granted: true) > 0 }
    return lock
  }

  private init(_ table: String, _ database: TestDatabase) throws {
    self.table = table
    self.database = database.name
    let psql = try PostgresInstallation.find(nil).psql
    session = try StartedProcess(
      psql,
      [
        "--no-psqlrc", "-d", database.connectionString, "-c",
        "BEGIN; LOCK TABLE \(table) IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600)",
      ], environment: ["PGAPPNAME": "lock of \(database.name)"],
      in: FileManager.default.temporaryDirectory)
  }

  /// Until a request stands before the table.
  func waitForSomebody() async throws {
    try await eventually("somebody waits for \(table)") { try await count(granted: false) > 0 }
  }

  /// Ends the session; the server rolls back and lets everybody in.
  func release() async throws {
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lock of \(database)'"
    try await offThePool { _ = try TestCluster.shared.run(sql) }
    _ = try await session.end()
  }

  private func count(granted: Bool) async throws -> Int {
    let (table, database) = (table, database)
    return try await offThePool {
      // By name: asking for the table itself would wait for the lock.
      let sql = """
        SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname || '.' || c.relname = '\(table)'
        AND \(granted ? "l.granted AND l.mode = 'AccessExclusiveLock'" : "NOT l.granted")
        """
      return Int(try TestCluster.shared.run(sql, database: database)) ?? 0
    }
  }
}

/// A PostgreSQL of one test's own, to be killed and started again.
final class OwnPostgres: Sendable {
  private let options: ClusterOptions
  private let cluster: Mutex<PrivateCluster>
  let connectionString: String
  private let dataDirectory: String

  /// How it dies.
  enum Manner: CaseIterable {
    /// Every process of it at once.
    case wholly
    /// The first process alone; the others notice, or are ended by the next start.
    case headFirst
    /// As an administrator does who has no time ("immediate shutdown"): it recovers from its log.
    case immediately
    /// As one who restarts it does ("fast shutdown"): it ends its sessions, waits for those who follow its log, and leaves nothing to
    /// recover.
    case inOrder
  }

  /// Blocks while the cluster is made.
  init(in folder: TemporaryFolder, settings: [String: String] = [:]) throws {
    var options = ClusterOptions(directory: folder.url.appending(path: "own").path)
    // Starts fast after a kill, because nothing is flushed to the disk; but what was committed has left the process.
    options.durability = .disposable
    options.settings = ["synchronous_commit": "on", "full_page_writes": "on"].merging(settings) { $1 }
    self.options = options
    let cluster = try PrivateCluster.start(options)
    try cluster.stopEvenIfKilled()
    try cluster.ensureDatabase("qareeb")
    connectionString = cluster.connectionString(database: "qareeb")
    dataDirectory = try #require(realPath(cluster.dataDirectory))
    self.cluster = Mutex(cluster)
  }

  private var processes: [Int32] { ProcessTable.postgresProcesses(in: dataDirectory) }

  func signal(_ signal: Int32) {
    for pid in processes { Glibc.kill(pid, signal) }
  }

  /// The server and every process of its own, unless another manner is asked for.
  func kill(_ manner: Manner = .wholly) async throws {
    cluster.withLock { $0.abandon() }
    let first = cluster.withLock { $0.serverProcess }
    switch manner {
    case .wholly:
      // One that was being born escapes the first look.
      try await eventually("PostgreSQL is gone") {
        signal(SIGKILL)
        return processes.isEmpty
      }
    case .headFirst: Glibc.kill(first, SIGKILL)
    case .immediately: Glibc.kill(first, SIGQUIT)
    case .inOrder: Glibc.kill(first, SIGINT)
    }
    try await eventually("PostgreSQL's first process is gone") { !ProcessTable.isRunning(first) }
  }

  func startAgain() async throws {
    try await offThePool { [self] in
      let started = try PrivateCluster.start(options)
      cluster.withLock { $0 = started }
    }
  }

  /// What the last statement answers.
  func run(_ sql: String) async throws -> String {
    try await offThePool { [self] in try cluster.withLock { $0 }.run(sql, database: "qareeb") }
  }

  func stop() async throws {
    try await offThePool { [self] in try cluster.withLock { $0 }.stop() }
  }
}
