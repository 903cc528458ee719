import FoundationEssentials
import Glibc
import Synchronization
import TestSupport

@testable import EmbeddedPostgres

/// A folder of one test, with what it starts: everything ends and goes when the test does, also when it fails.
final class Scratch {
  let folder: String
  let messages = Messages()
  private var clusters: [PrivateCluster] = []
  private var roots: Set<String> = []

  /// Where the server's user can enter; `inside` adds folders of a test's own taste.
  init(inside: String = "") throws {
    let base = "\(ScratchSpace.folder)/qareeb-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    folder = base + inside
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    roots.insert(base)
  }

  var options: ClusterOptions {
    var options = ClusterOptions(directory: folder + "/postgres")
    options.durability = .disposable
    options.log = { [messages] severity, text in messages.append("\(severity): \(text)") }
    return options
  }

  func start(_ options: ClusterOptions? = nil) throws -> PrivateCluster {
    let cluster = try PrivateCluster.start(options ?? self.options)
    clusters.append(cluster)
    roots.insert(cluster.placement.root)
    roots.insert(cluster.placement.socketDirectory)
    return cluster
  }

  func cleanUp() throws {
    for cluster in clusters { try cluster.stop() }
    // A test that abandoned its cluster left a server; nobody may.
    for cluster in clusters {
      for pid in ProcessTable.postgresProcesses(in: cluster.dataDirectory) { kill(pid, SIGKILL) }
      Subprocess.collect(cluster.serverProcess)
    }
    for root in roots where FileManager.default.fileExists(atPath: root) { try FileManager.default.removeItem(atPath: root) }
  }
}

/// What the cluster said.
final class Messages: Sendable {
  private let lines = Mutex<[String]>([])
  func append(_ line: String) { lines.withLock { $0.append(line) } }
  var all: [String] { lines.withLock { $0 } }
  func contains(_ part: String) -> Bool { all.contains { $0.contains(part) } }
}

/// Runs a test with a scratch folder, on a thread that may block, and cleans up after it.
func withScratch(inside: String = "", _ body: @Sendable (Scratch) throws -> Void) async throws {
  try await offThePool {
    let scratch = try Scratch(inside: inside)
    do {
      try body(scratch)
    } catch {
      try scratch.cleanUp()
      throw error
    }
    try scratch.cleanUp()
  }
}
