/// Every default limit and why it is what it is. A limit is where the product says no before a machine does.
public struct Limits: Sendable {
  // MARK: What one request may be

  /// Cookies and tokens of real clients stay under 8 KiB; nginx and Apache refuse at 8, Node at 16. Twice the usual.
  public var headerBytes = 16 * 1024
  /// Browsers send 15 to 30; proxies add ten. More is an attack on hash tables and log lines.
  public var headerCount = 100
  /// RFC 9112 asks for at least 8,000 bytes; longer questions belong in a POST.
  public var targetBytes = 8 * 1024
  /// Larger than any JSON the API asks for. Routes that take files state their own limit.
  public var bodyBytes = 1024 * 1024
  /// A chat message or a position is a few KiB; voice notes and images go over HTTP.
  public var webSocketMessageBytes = 1024 * 1024

  // MARK: How long a client may take

  /// A head fits in one packet; ten seconds forgive three lost ones on a bad mobile network and starve slowloris.
  public var headerTimeout = Duration.seconds(10)
  /// Time without a byte of body, not for the whole: a slow upload lives as long as it moves.
  public var bodyTimeout = Duration.seconds(30)
  /// Longer than the 60 s for which nginx and cloud balancers keep an upstream connection, so that they close first and
  /// never send a request into a connection that is being closed.
  public var idleTimeout = Duration.seconds(75)
  /// Time without progress while answering; a client that reads nothing for so long has gone.
  public var writeTimeout = Duration.seconds(30)

  // MARK: How much at once

  /// 10,000 quiet sockets are a goal of the product; each costs about 4 KiB here and less than that in the kernel.
  public var connectionsPerLoop = 16_384
  /// Of the process. Under the 65,536 file descriptors that systemd and containers usually allow, with room for the rest.
  public var connections = 50_000
  /// Per loop. Waiting requests beyond this would wait longer than their clients do: 503 with Retry-After at once is kinder.
  public var requestsInFlight = 1024
  /// A connection is closed after so many, so that clients spread again over loops and machines. Rare enough to cost nothing.
  public var requestsPerConnection = 100_000
  /// Per client and minute; a person who moves a map makes fewer than 60. Routes may state a stricter class.
  public var requestsPerMinute = 100
  /// The same for search, which is asked as the map moves and with each keystroke: ten a second.
  public var searchesPerMinute = 600
  /// A search that asks for a position waits so long for the index: the feed takes milliseconds, and a person notices two seconds.
  public var positionWait = Duration.seconds(2)
  /// Open screens that are told when the index moves. Each holds one of `requestsInFlight`, so half of one loop's at most.
  public var streamListeners = 500

  // MARK: The database

  /// A connection is a process of PostgreSQL's. With four loops this stays under its default of 100 with room for replicas,
  /// migrations and a person with psql; more connections than twice the cores only queue inside PostgreSQL.
  public var databaseConnectionsPerLoop = 8
  /// The slowest honest statement takes milliseconds; after five seconds the client has given up and only the lock remains.
  public var statementTimeout = Duration.seconds(5)
  /// For a free connection. Past this the pool is overwhelmed, and an early 503 empties the queue.
  public var databaseQueueWait = Duration.seconds(2)
  /// A database that does not accept a connection in this time is down; retries follow with back-off.
  public var databaseConnectTimeout = Duration.seconds(5)

  /// At start: machines come up in any order, and a supervisor that restarts us meanwhile helps nobody.
  public var databaseStartWait = Duration.seconds(30)

  // MARK: The end

  /// Kubernetes sends SIGKILL 30 seconds after SIGTERM; five are left for closing files and saying goodbye.
  public var drainDeadline = Duration.seconds(25)

  public init() {}
}
