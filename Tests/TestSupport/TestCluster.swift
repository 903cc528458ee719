// TestSupport is what suites share: one private PostgreSQL cluster a process, one database a suite, seeded randomness, a clock that
// moves when told.
public import EmbeddedPostgres
import Foundation
import Glibc
import Synchronization

/// The private cluster of this test process: made on first use, stopped when the process ends, also when it is killed. Nothing in it
/// is flushed to disk. In memory it goes with the last process that uses it; where there is no room for that it lies under
/// `var/test-postgres` and is kept for the next run.
public enum TestCluster {
  public static var shared: PrivateCluster {
    get throws { try started.get() }
  }

  private static let messages = Mutex<[String]>([])
  private static let started: Result<PrivateCluster, any Error> = Result { try start() }

  private static var options: ClusterOptions {
    let name = "qareeb-test-\(geteuid())\(checkout.replacing("/", with: "-"))"
    let directory = ScratchSpace.isInMemory ? "\(ScratchSpace.folder)/\(name)" : "\(checkout)/var/test-postgres"
    var options = ClusterOptions(directory: directory)
    options.durability = .disposable
    options.log = { _, text in messages.withLock { $0.append(text) } }
    return options
  }

  private static func start() throws -> PrivateCluster {
    let cluster = try startOrMakeAnew(options)
    try cluster.stopEvenIfKilled()
    atexit { TestCluster.stopAtExit() }
    try dropLeftovers(cluster)
    return cluster
  }

  private static func startOrMakeAnew(_ options: ClusterOptions) throws -> PrivateCluster {
    do {
      return try PrivateCluster.start(options)
    } catch {
      guard error.code == .startFailed || error.code == .versionMismatch else { throw error }
      // What a crash of the machine, or an older checkout, left is worth nothing here.
      print("TestCluster: making the cluster anew, because: \(error)")
      try PrivateCluster.erase(options)
      return try PrivateCluster.start(options)
    }
  }

  /// The folder of Package.swift, whatever the working folder of the test runner.
  public static let checkout: String = {
    let parts = #filePath.split(separator: "/")
    return "/" + parts.dropLast(3).joined(separator: "/")
  }()

  /// What the cluster said so far, for a test that wants to show why it failed.
  public static var log: [String] { messages.withLock { $0 } }

  private static func stopAtExit() {
    guard case .success(let cluster) = started else { return }
    do {
      try TestDatabase.dropAll()
      try cluster.stop()
      if ScratchSpace.isInMemory { try eraseUnlessUsed() }
    } catch {
      print("TestCluster: \(error)")
    }
  }

  private static func eraseUnlessUsed() throws {
    do {
      try PrivateCluster.erase(options)
    } catch {
      // Held by another test process of this checkout; the last one erases.
      guard error.code == .held else { throw error }
    }
  }

  /// Databases carry the id of the process that made them; those of processes that are gone were left by a kill.
  private static func dropLeftovers(_ cluster: PrivateCluster) throws {
    let names = try cluster.run(#"SELECT datname FROM pg_database WHERE datname LIKE 'test\_%'"#).split(separator: "\n")
    for name in names {
      let owner = name.split(separator: "_").dropFirst().first.flatMap { Int32($0) }
      if let owner, owner != getpid(), kill(owner, 0) == 0 { continue }
      try cluster.run("DROP DATABASE IF EXISTS \"\(name)\" WITH (FORCE)")
    }
  }
}
