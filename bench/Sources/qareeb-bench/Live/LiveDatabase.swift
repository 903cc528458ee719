import BenchKit
import EmbeddedPostgres
import EventLoops
import Foundation
import MarketWorkload
import PostgresClient

/// A private PostgreSQL with the market in it, set up as the product sets up its own. The filled database is kept as a template, so that
/// only the first run loads it: remove `var/bench/live` to be rid of it.
final class LiveDatabase {
  static let name = "live"
  private let cluster: PrivateCluster
  private let loops: EventLoopGroup
  let connectionString: String
  let target: ConnectionTarget
  let loadSeconds: Double?
  let serviceCount: Int
  let staffCount: Int

  /// Of a whole market copied, indexed and vacuumed.
  private static let sqlSeconds = 1_200
  private static let chunkBytes = 1 << 20
  private static let unfollowedSeconds = 30.0

  /// - Parameters:
  ///   - staff: every provider has one to so many people; 0 is none.
  ///   - qareeb: the program, which brings the schema.
  init(_ environment: BenchEnvironment, market: LiveMarket, staff: Int, qareeb: String) throws {
    var options = ClusterOptions(directory: "\(environment.scratch)/live/postgres")
    options.settings = [
      // A checkpoint in the middle of a measurement would be chance's, and the log that a follower needs must stay.
      "max_wal_size": "16GB", "checkpoint_timeout": "1h", "max_slot_wal_keep_size": "-1",
      "log_min_duration_statement": "-1",
    ]
    options.limits.sqlSeconds = LiveDatabase.sqlSeconds
    cluster = try PrivateCluster.start(options)
    loops = try EventLoopGroup(count: 1, name: "load")
    connectionString = cluster.connectionString(database: LiveDatabase.name)
    target = try ConnectionTarget(connectionString)
    let template = try LiveDatabase.templateName(environment, market, staff)
    do {
      loadSeconds = try LiveDatabase.load(template, market, staff, qareeb, environment, cluster, loops.loops[0])
      try LiveDatabase.copy(template, cluster)
      serviceCount = try LiveDatabase.count("service", cluster)
      staffCount = try LiveDatabase.count("staff", cluster)
    } catch {
      loops.shutdownAndWait()
      try? cluster.stop()
      throw error
    }
  }

  /// Of the server and its backends; those that have ended are in it.
  func use() throws -> ProcessUse { try ProcessTree.use(of: cluster.serverProcess) }

  func run(_ sql: String) throws -> String { try cluster.run(sql, database: LiveDatabase.name) }

  /// Until PostgreSQL has noticed that whoever followed the log is gone: before that nobody else may go on from there.
  func waitUntilUnfollowed() throws {
    let begun = ContinuousClock.now
    while try run("SELECT count(*) FROM pg_replication_slots WHERE active") != "0" {
      guard begun.seconds < LiveDatabase.unfollowedSeconds else { throw BenchError("somebody still follows the log") }
      Thread.sleep(forTimeInterval: 0.05)
    }
  }

  func stop() throws {
    loops.shutdownAndWait()
    try cluster.stop()
  }

  private static func count(_ table: String, _ cluster: PrivateCluster) throws -> Int {
    let text = try cluster.run("SELECT count(*) FROM catalogue.\(table)", database: name)
    guard let count = Int(text) else { throw BenchError("PostgreSQL counts the rows of \(table) as '\(text)'") }
    return count
  }

  // MARK: Loading

  /// Another schema or another market is another template.
  private static func templateName(_ environment: BenchEnvironment, _ market: LiveMarket, _ staff: Int) throws -> String {
    let folder = "\(environment.assets)/migrations"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".sql") }.sorted()
    // FNV-1a: chance must not repeat it, nobody attacks it.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in files.lazy.flatMap({ FileManager.default.contents(atPath: "\(folder)/\($0)") ?? Data() }) {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return "market_\(market.market.providerCount)_\(staff)_\(market.market.seed)_\(String(hash, radix: 16))"
  }

  /// Makes the template unless it is there; says how long it took.
  private static func load(
    _ template: String, _ market: LiveMarket, _ staff: Int, _ qareeb: String, _ environment: BenchEnvironment,
    _ cluster: PrivateCluster, _ loop: EventLoop
  ) throws -> Double? {
    guard try cluster.run("SELECT 1 FROM pg_database WHERE datname = '\(template)'") != "1" else { return nil }
    note("loading \(market.market.providerCount) providers; the next run finds them")
    let start = ContinuousClock.now
    // It takes its name when it is whole.
    let unfinished = "market_unfinished"
    try cluster.run("DROP DATABASE IF EXISTS \(unfinished) WITH (FORCE)")
    try cluster.run("CREATE DATABASE \(unfinished)")
    let migrate = [
      "DATABASE_URL=\(cluster.connectionString(database: unfinished))", qareeb, "migrate", "--set",
      "data.assets=\(environment.assets)",
    ]
    _ = try Command("env", migrate).succeed()
    for statement in LiveMarket.names { try cluster.run(statement, database: unfinished) }
    try cluster.run("DROP INDEX catalogue.provider_location", database: unfinished)
    let target = try ConnectionTarget(cluster.connectionString(database: unfinished))
    try waitFor(loop) { try await copyRows(of: market, target, loop) }
    for statement in LiveStaff.statements(most: staff) { try cluster.run(statement, database: unfinished) }
    try cluster.run("CREATE INDEX provider_location ON catalogue.provider USING gist (location)", database: unfinished)
    try cluster.run("VACUUM (ANALYZE, FREEZE)", database: unfinished)
    try cluster.run("ALTER DATABASE \(unfinished) RENAME TO \(template)")
    return start.seconds
  }

  private static func copyRows(of market: LiveMarket, _ target: ConnectionTarget, _ loop: EventLoop) async throws {
    var options = ConnectionOptions()
    options.statementTimeoutMilliseconds = 0
    let connection = try await PostgresConnection.connect(target, on: loop, options: options)
    // What is copied is sound: no foreign key is looked up three million times.
    try await connection.script("SET session_replication_role = replica")
    let tables: [(String, String, @Sendable (Int, inout [UInt8]) -> Void)] = [
      ("catalogue.provider", LiveMarket.providerColumns, { market.appendProvider($0, to: &$1) }),
      ("catalogue.service", LiveMarket.serviceColumns, { market.appendServices($0, to: &$1) }),
      ("catalogue.service_area", LiveMarket.serviceAreaColumns, { market.appendServiceAreas($0, to: &$1) }),
    ]
    for (table, columns, append) in tables {
      try await connection.copyIn("COPY \(table) (\(columns)) FROM STDIN") { writer in
        var bytes: [UInt8] = []
        for index in 0..<market.market.providerCount {
          append(index, &bytes)
          guard bytes.count >= chunkBytes else { continue }
          try await writer.write(bytes)
          bytes.removeAll(keepingCapacity: true)
        }
        try await writer.write(bytes)
      }
    }
    await connection.close()
  }

  /// A database to be measured: the template's files, anew.
  private static func copy(_ template: String, _ cluster: PrivateCluster) throws {
    try cluster.run("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots")
    try cluster.run("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
    try cluster.run("CREATE DATABASE \(name) TEMPLATE \(template) STRATEGY FILE_COPY")
  }
}
