import BenchKit
import EmbeddedPostgres
import TargetRoutes

/// A private PostgreSQL with what the query routes read, on a Unix socket.
final class BenchDatabase {
  private let cluster: PrivateCluster
  let connectionString: String

  init(_ environment: BenchEnvironment) throws {
    var options = ClusterOptions(directory: "\(environment.scratch)/postgres")
    options.durability = .disposable
    cluster = try PrivateCluster.start(options)
    try cluster.ensureDatabase("bench")
    for statement in ProductRoute.schema { try cluster.run(statement, database: "bench") }
    connectionString = cluster.connectionString(database: "bench")
  }

  /// Of the server and its backends; those that have ended are in it.
  func use() throws -> ProcessUse { try ProcessTree.use(of: cluster.serverProcess) }

  func stop() throws { try cluster.stop() }
}
