/// The client's limits that nobody needs to configure, each with its reason; what an operator may want to change is in
/// `DatabaseConfiguration`.
public enum PostgresLimits {
  /// Reads that one turn of a loop puts into one message to one server process. Enough to share the system calls, few
  /// enough that the last does not wait long behind the others.
  static let readsInBatch = 16
  /// Reads that may be under way on one shared connection before a further one waits in the pool's queue.
  static let readsInPipeline = 64
  /// How often a shared read is put again after somebody else's failure or a lost connection: it is never its own fault twice.
  static let rerunsOfRead = 2
  /// Prepared statements kept on a connection. Each costs the server some 10 to 100 kB; a program has fewer texts than this.
  public static let preparedStatements = 256
  /// Static statements that are found by their number; later ones are found by hashing their text.
  static let numberedStatements = 4_096
  /// The wire format counts parameters in 16 bits.
  static let parameters = 65_535
  /// The server refuses a message of 1 GB; this is told before it is sent.
  static let parameterBytes = 1_000_000_000
  /// Memory kept for encoding parameters after a large one has been sent.
  static let retainedParameterBytes = 65_536
  /// Bytes of COPY put into libpq's buffer before asking whether the server keeps up.
  static let copyChunkBytes = 65_536
  /// How long a cancelled statement may take to stop before its connection is given up.
  static let cancelGraceMilliseconds: UInt64 = 5_000
  /// A request to cancel that came at the wrong moment is lost; so it is repeated.
  static let cancelRepeatMilliseconds: UInt64 = 100
  /// A body that has ended waits so long for ROLLBACK; then the connection is dropped, which rolls back too.
  static let rollbackMilliseconds: UInt64 = 5_000
  /// An unused connection is asked whether it lives before it is lent; a socket that closed has been noticed anyway.
  static let idleCheckMilliseconds: UInt64 = 60_000
  static let idleCheckTimeoutMilliseconds: UInt64 = 2_000
  /// How often a pool looks for idle, old or missing connections.
  static let housekeepingMilliseconds: UInt64 = 1_000
  /// Notifications kept for a listener that does not read; then they are dropped and it is told of the gap.
  static let queuedNotifications = 10_000
  /// A listener asks the server so often whether it is still there: a half-open TCP connection is silent.
  static let listenerPingMilliseconds: UInt64 = 15_000
  /// A server that goes on streaming after it was told to end is left: ending is a courtesy.
  static let streamEndMilliseconds: UInt64 = 2_000
}
