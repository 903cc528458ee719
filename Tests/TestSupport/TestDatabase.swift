import EmbeddedPostgres
import Foundation
import Synchronization

let processID = ProcessInfo.processInfo.processIdentifier

/// A database of one suite, copied from a template; suites run at once without seeing one another.
///
///     @Suite struct ProviderTests {
///       static let database = Task { try await TestDatabase.make(from: .migrated) }
///       @Test func finds() async throws { let database = try await Self.database.value … }
///     }
///
/// It is dropped when the process ends, unless `drop` was called before.
public final class TestDatabase: Sendable {
  public let name: String
  /// As PostgreSQL's client library takes it.
  public let connectionString: String

  private init(name: String, connectionString: String) {
    self.name = name
    self.connectionString = connectionString
  }

  private static let numbers = Atomic<Int>(0)
  private static let living = Mutex<Set<String>>([])

  public static func make(from template: TestTemplate = .empty) async throws -> TestDatabase {
    let source = try await template.database()
    return try await offThePool {
      let cluster = try TestCluster.shared
      let name = "test_\(processID)_\(numbers.add(1, ordering: .relaxed).newValue)"
      try cluster.run("CREATE DATABASE \"\(name)\" TEMPLATE \"\(source)\"")
      living.withLock { _ = $0.insert(name) }
      return TestDatabase(name: name, connectionString: cluster.connectionString(database: name))
    }
  }

  /// Runs `body` with a database of its own and drops it, whatever happens.
  public static func with<T: Sendable>(
    _ template: TestTemplate = .empty, _ body: (TestDatabase) async throws -> T
  ) async throws -> T {
    let database = try await make(from: template)
    let result: T
    do {
      result = try await body(database)
    } catch {
      try await database.drop()
      throw error
    }
    try await database.drop()
    return result
  }

  /// Ends what is connected to it and removes it. Does nothing the second time.
  public func drop() async throws {
    guard Self.living.withLock({ $0.remove(name) }) != nil else { return }
    try await offThePool { [name] in
      try Self.endFollowers(of: name)
      try TestCluster.shared.run("DROP DATABASE \"\(name)\" WITH (FORCE)")
    }
  }

  /// Ends whoever follows the log of a database: a slot in use is the one thing that FORCE does not take away, and the server notices
  /// a follower's death only when it next has something to send.
  private static func endFollowers(of name: String) throws {
    let followers = "pg_replication_slots WHERE database = '\(name)' AND active_pid IS NOT NULL"
    try TestCluster.shared.run(
      """
      DO $$ BEGIN
        FOR attempt IN 1..6000 LOOP
          PERFORM pg_terminate_backend(active_pid) FROM \(followers);
          EXIT WHEN NOT EXISTS (SELECT FROM \(followers));
          PERFORM pg_sleep(0.01);
        END LOOP;
      END $$
      """)
  }

  static func dropAll() throws {
    for name in living.withLock({ Array($0) }) {
      try endFollowers(of: name)
      try TestCluster.shared.run("DROP DATABASE IF EXISTS \"\(name)\" WITH (FORCE)")
    }
    living.withLock { $0 = [] }
  }
}
