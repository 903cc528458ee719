import Configuration
import EmbeddedPostgres
import EventLoops
import Migrations
import PostgresClient
import Telemetry

/// The database of the process: the operator's, or the private cluster under `data.directory`.
struct Store {
  let database: Database
  private let cluster: PrivateCluster?

  var isEmbedded: Bool { cluster != nil }

  /// Starts or adopts the private cluster unless `database.url` is set; returns once the database answers.
  static func open(_ settings: Settings, _ group: EventLoopGroup, _ signals: Signals) async throws -> Store {
    let cluster = settings.database.url == nil ? try startCluster(settings, signals.logger("postgres")) : nil
    do {
      let connection = settings.database.url ?? cluster?.connectionString(database: databaseName) ?? ""
      var configuration = try DatabaseConfiguration(connectionString: connection)
      configuration.maximumConnectionsPerLoop = settings.limits.databaseConnectionsPerLoop
      configuration.acquireTimeoutMilliseconds = UInt64(settings.limits.databaseQueueWait.wholeMilliseconds)
      configuration.connection.connectTimeoutMilliseconds = UInt64(settings.limits.databaseConnectTimeout.wholeMilliseconds)
      configuration.connection.statementTimeoutMilliseconds = UInt64(settings.limits.statementTimeout.wholeMilliseconds)
      let database = try Database(
        group: group, configuration: configuration, logger: signals.logger("qareeb"), metrics: signals.metrics)
      try await database.waitUntilReady(timeoutMilliseconds: UInt64(settings.limits.databaseStartWait.wholeMilliseconds))
      // From now on a private server that dies is started again.
      try cluster?.supervise()
      return Store(database: database, cluster: cluster)
    } catch {
      try? cluster?.stop()
      throw error
    }
  }

  /// Brings the schema up to date; tells of every step in words.
  @discardableResult
  func migrate(_ settings: Settings, _ tell: @escaping @Sendable (String) -> Void) async throws -> Int {
    try await migrator(settings).migrate { tell(MigrationWords.text($0)) }.count
  }

  func migrator(_ settings: Settings) -> Migrator {
    Migrator(database: database, directory: "\(settings.data.assets)/migrations")
  }

  /// The cluster was started for this process, so it ends with it.
  func close() async {
    await database.close()
    try? cluster?.stop()
  }

  static let databaseName = "qareeb"

  static func startCluster(_ settings: Settings, _ logger: Logger) throws -> PrivateCluster {
    var options = ClusterOptions(directory: "\(settings.data.directory)/postgres")
    options.log = { severity, message in
      switch severity {
      case .info: logger.info("\(public: message)")
      case .warning: logger.warning("\(public: message)")
      }
    }
    let cluster = try PrivateCluster.start(options)
    try cluster.ensureDatabase(databaseName)
    return cluster
  }
}

/// A migrator's events in words.
enum MigrationWords {
  static func text(_ event: MigrationEvent) -> String {
    switch event {
    case .waiting(let holder): "waiting for \(holder), which is migrating"
    case .applying(let version, let name): "applying \(version) \(name)"
    case .applied(let version, let name, let milliseconds): "applied \(version) \(name) in \(milliseconds) ms"
    }
  }
}
