/// Everything an operator can set about the database. Numbers of connections are for each loop: a process has that many
/// times its loops.
public struct DatabaseConfiguration: Sendable {
  public var target: ConnectionTarget
  public var minimumConnectionsPerLoop = 1
  public var maximumConnectionsPerLoop = 8
  /// Requests that may wait for a connection; beyond, `.overloaded` at once is kinder than a wait that ends in it.
  public var maximumWaitingPerLoop = 1_024
  /// How long one may wait for a connection.
  public var acquireTimeoutMilliseconds: UInt64 = 2_000
  /// How long one may wait while the database cannot be reached at all: long enough to ride out a quick restart.
  public var outageWaitMilliseconds: UInt64 = 500
  /// Connections beyond the minimum that nobody used for so long are closed.
  public var idleTimeoutMilliseconds: UInt64 = 300_000
  /// Connections older than this are replaced: servers' caches grow, balancers change.
  public var maximumLifetimeMilliseconds: UInt64 = 3_600_000
  public var reconnect = BackOff(baseMilliseconds: 50, maximumMilliseconds: 10_000)
  public var connection: ConnectionOptions

  public init(target: ConnectionTarget) {
    self.target = target
    connection = ConnectionOptions()
    // A little more than the client's own deadline: the server's is the one behind it.
    connection.serverStatementTimeoutMilliseconds = 60_000
    connection.idleInTransactionTimeoutMilliseconds = 60_000
  }

  public init(connectionString: String) throws(PostgresError) {
    self.init(target: try ConnectionTarget(connectionString))
  }

  /// What is wrong with the numbers; empty when they can be used.
  public var problems: [String] {
    var problems: [String] = []
    if maximumConnectionsPerLoop < 1 { problems.append("the largest number of connections must be at least 1") }
    if minimumConnectionsPerLoop < 0 || minimumConnectionsPerLoop > maximumConnectionsPerLoop {
      problems.append("the smallest number of connections must be from 0 to the largest")
    }
    if maximumWaitingPerLoop < 0 { problems.append("the number of waiting requests cannot be negative") }
    if acquireTimeoutMilliseconds == 0 { problems.append("the wait for a connection must be at least 1 ms") }
    return problems
  }
}
