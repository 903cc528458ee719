/// Where the private cluster lives and how it is run.
public struct ClusterOptions: Sendable {
  /// What the data is worth.
  public enum Durability: Sendable {
    /// Survives anything that PostgreSQL survives.
    case durable
    /// Nothing is flushed to disk: fast, and lost when the machine (not the server) crashes. For tests.
    case disposable
  }

  public enum Severity: Sendable { case info, warning }

  /// The cluster's folder, made when absent. Its parent holds two small lock files beside it.
  public var directory: String
  /// Where `postgres`, `initdb` and `psql` 15 are; nil looks where Debian puts them and asks `pg_config`.
  public var binaryDirectory: String?
  /// Whom the server runs as when we are root: PostgreSQL refuses to run as root. Otherwise it runs as whoever we are.
  public var serverUser = "postgres"
  /// The role that owns the cluster and that `connectionString` names.
  public var role = "qareeb"
  public var durability = Durability.durable
  /// More lines of postgresql.conf; they win over ours.
  public var settings: [String: String] = [:]
  public var limits = ClusterLimits()
  /// Told what is going on, a line at a time, on the thread that started the cluster (or its supervisor's).
  public var log: @Sendable (Severity, String) -> Void = { _, _ in }

  public init(directory: String) { self.directory = directory }
}

/// How long things may take and how large they may grow. Nothing here waits for ever.
public struct ClusterLimits: Sendable {
  /// Another process may be in the middle of initdb or crash recovery while it holds the lock.
  public var lockWaitSeconds = 180
  /// initdb takes one or two seconds on a laptop; a slow disk or a loaded CI machine takes twenty.
  public var initializationSeconds = 180
  /// Crash recovery replays at most `max_wal_size` (1 GB) and prints its progress; minutes on a slow disk.
  public var startSeconds = 600
  /// A fast shutdown rolls back and writes one checkpoint.
  public var stopSeconds = 60
  /// After that the server is told to abort; it only has to end.
  public var abortSeconds = 10
  /// Statements run here create databases, the slowest copies a template.
  public var sqlSeconds = 120
  /// The server's log is moved aside at a start when it has grown past this; it says little, so that this is months.
  public var maximumLogBytes = 8 << 20
  /// What an error quotes of the server's log.
  public var quotedLogLines = 20

  public init() {}
}
