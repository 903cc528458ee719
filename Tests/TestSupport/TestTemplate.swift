import EmbeddedPostgres
import Synchronization

/// A database that is prepared once and then copied, which takes a fraction of preparing it.
///
/// The template survives between runs. `fingerprint` says what went into it: when that changes (a new migration), it is made anew.
public struct TestTemplate: Sendable {
  let name: String
  let fingerprint: String
  let prepare: @Sendable (_ connectionString: String) async throws -> Void

  /// - Parameter name: lower-case letters, digits and underscores.
  /// - Parameter prepare: gets a connection string to the empty database, and must leave no connection open.
  public init(name: String, fingerprint: String, prepare: @escaping @Sendable (_ connectionString: String) async throws -> Void) {
    precondition(name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }, "a template's name: \(name)")
    self.name = name
    self.fingerprint = fingerprint
    self.prepare = prepare
  }

  /// An empty database.
  public static let empty = TestTemplate(name: "empty", fingerprint: "0") { _ in }

  /// The name of the finished database; suites that ask at once wait for one preparation.
  func database() async throws -> String {
    let key = "template_\(name)_\(fingerprintHash)"
    let task = Self.made.withLock { made in
      if let task = made[key] { return task }
      let task = Task { try await make(key) }
      made[key] = task
      return task
    }
    try await task.value
    return key
  }

  private static let made = Mutex<[String: Task<Void, any Error>]>([:])

  /// Prepared under another name and renamed when done: a template that is there is whole, also after a kill.
  private func make(_ key: String) async throws {
    let unfinished = "test_\(processID)_making_\(name)"
    let connectionString: String? = try await offThePool {
      let cluster = try TestCluster.shared
      if try exists(key, in: cluster) { return nil }
      try cluster.run("CREATE DATABASE \"\(unfinished)\" TEMPLATE template0")
      return cluster.connectionString(database: unfinished)
    }
    guard let connectionString else { return }
    try await prepare(connectionString)
    try await offThePool { try publish(unfinished, as: key) }
  }

  private func publish(_ unfinished: String, as key: String) throws {
    let cluster = try TestCluster.shared
    do {
      try cluster.run("ALTER DATABASE \"\(unfinished)\" RENAME TO \"\(key)\"")
    } catch {
      // Another test process may have been faster; then its template serves.
      guard try exists(key, in: cluster) else { throw error }
      try cluster.run("DROP DATABASE \"\(unfinished)\" WITH (FORCE)")
    }
    let older = try cluster.run("SELECT datname FROM pg_database WHERE datname ~ '^template_\(name)_[0-9a-f]{16}$'")
    for other in older.split(separator: "\n") where other != key {
      try cluster.run("DROP DATABASE IF EXISTS \"\(other)\"")
    }
  }

  private func exists(_ key: String, in cluster: PrivateCluster) throws -> Bool {
    try cluster.run("SELECT 1 FROM pg_database WHERE datname = '\(key)'") == "1"
  }

  private var fingerprintHash: String {
    let digits = String(SeededRandom.hash(fingerprint), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
