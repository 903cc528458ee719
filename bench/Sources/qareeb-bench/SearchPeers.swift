import BenchKit
import EmbeddedPostgres
import Foundation
import MarketWorkload

/// Another engine, in a process that reads the same files and measures itself.
final class SearchPeer {
  let engine: String
  let classes: [QueryClass]
  private let conversation: Conversation
  private(set) var buildSeconds = 0.0

  init(_ engine: String, classes: [QueryClass], _ executable: String, _ arguments: [String], scratch: String) throws {
    self.engine = engine
    self.classes = classes
    conversation = try Conversation(engine, executable, arguments, folder: scratch)
  }

  private struct Ready: Decodable {
    let buildSeconds: Double

    private enum CodingKeys: String, CodingKey { case buildSeconds = "build_s" }
  }

  /// Waits until it has read the data set and built its index.
  func waitUntilReady() throws {
    buildSeconds = try decode(Ready.self, conversation.hear()).buildSeconds
  }

  func measure(_ queryClass: QueryClass) throws -> SearchSample {
    try conversation.tell(queryClass.rawValue)
    return try decode(SearchSample.self, conversation.hear())
  }

  func stop() { conversation.stop() }

  private func decode<Value: Decodable>(_ type: Value.Type, _ line: String) throws -> Value {
    do { return try JSONDecoder().decode(type, from: Data(line.utf8)) } catch {
      throw BenchError("\(engine) said what nobody understands: \(line)")
    }
  }
}

/// The peers: compiled here from `peers/search/`, started one after another, ended together.
final class SearchPeers {
  private(set) var all: [SearchPeer] = []
  private var cluster: PrivateCluster?

  /// A database query costs a thousand times what an engine's does: so many of a class tell its percentiles well enough.
  private static let postgisQueries = 1_000

  init(_ dataset: Dataset, only names: [String]?, results: String, _ environment: BenchEnvironment) throws {
    let wanted = { (name: String) in names?.contains(name) ?? true }
    let sources = "\(environment.folder)/peers/search"
    let scratch = "\(environment.scratch)/search"
    let common = [dataset.folder, results]
    do {
      if wanted("boost") {
        let boost = "\(scratch)/boost-rtree"
        try SearchPeers.compile("\(sources)/boost/boost-rtree.cpp", to: boost, ["-lsimdjson"])
        try start(SearchPeer("boost", classes: [.a, .b], boost, common + [String(dataset.queriesPerClass)], scratch: scratch))
      }
      if wanted("lucene") { try start(SearchPeers.lucene(sources, common, dataset.queriesPerClass, scratch)) }
      if wanted("postgis") {
        let postgis = "\(scratch)/postgis-peer"
        try SearchPeers.compile(
          "\(sources)/postgis/postgis-peer.cpp", to: postgis, ["-I/usr/include/postgresql", "-lsimdjson", "-lpq"])
        let queries = min(dataset.queriesPerClass, SearchPeers.postgisQueries)
        let connection = try startCluster("\(environment.scratch)/postgres-search")
        try start(
          SearchPeer("postgis", classes: [.a, .b, .c, .d], postgis, common + [String(queries), connection], scratch: scratch))
      }
    } catch {
      try stop()
      throw error
    }
  }

  static let names = ["boost", "lucene", "postgis"]

  func stop() throws {
    for peer in all { peer.stop() }
    all = []
    try cluster?.stop()
    cluster = nil
  }

  private func start(_ peer: SearchPeer) throws {
    all.append(peer)
    FileHandle.standardError.write(Data("\(peer.engine): reading the data set\n".utf8))
    try peer.waitUntilReady()
  }

  /// As its users would set it up on a machine of this kind: the whole table and its indexes in shared memory.
  private func startCluster(_ directory: String) throws -> String {
    var options = ClusterOptions(directory: directory)
    options.durability = .disposable
    options.settings = [
      "shared_buffers": "4GB", "max_wal_size": "8GB", "effective_cache_size": "8GB", "random_page_cost": "1.1",
    ]
    let started = try PrivateCluster.start(options)
    cluster = started
    try started.ensureDatabase("search")
    return started.connectionString(database: "search")
  }

  private static func compile(_ source: String, to program: String, _ flags: [String]) throws {
    let common = ["-std=c++20", "-O3", "-march=native", "-DNDEBUG", "-Wall", "-Wextra", "-Werror"]
    _ = try Command("g++", common + [source, "-o", program] + flags).succeed()
  }

  private static func lucene(_ sources: String, _ common: [String], _ queries: Int, _ scratch: String) throws -> SearchPeer {
    let classes = "\(scratch)/lucene-classes"
    let path = try ["lucene-core", "lucene-analyzers-common", "jackson-core"].map(jar).joined(separator: ":")
    let files = try FileManager.default.contentsOfDirectory(atPath: "\(sources)/lucene").filter { $0.hasSuffix(".java") }
    _ = try Command(
      "javac", ["-Xlint:all", "-Werror", "-d", classes, "-classpath", path] + files.map { "\(sources)/lucene/\($0)" }
    ).succeed()
    return try SearchPeer(
      "lucene", classes: [.a, .b, .c, .d, .f], "java",
      // A collector without barriers or threads at work beside the query; the heap holds what indexing buffers.
      ["-Xms4g", "-Xmx4g", "-XX:+UseParallelGC", "-classpath", "\(classes):\(path)", "LucenePeer"] + common
        + [String(queries), "\(scratch)/lucene-index"], scratch: scratch)
  }

  /// Debian puts the version into the name.
  static func jar(_ name: String) throws -> String {
    let folder = "/usr/share/java"
    let found = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      $0.hasPrefix("\(name)-") && $0.hasSuffix(".jar") && $0.dropFirst(name.count + 1).first?.isNumber == true
    }
    guard let last = found.sorted().last else {
      throw BenchError("no \(name) in \(folder); tools/setup --with-bench installs what benchmarks need")
    }
    return "\(folder)/\(last)"
  }
}
