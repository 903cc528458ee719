public import EventLoops
public import Telemetry

/// The database, as features see it: one pool of connections a loop. Asked from a loop, that loop's pool answers, and nothing
/// leaves the thread; asked from elsewhere, a loop is chosen in turn.
public final class Database: PostgresQuerying {
  public let configuration: DatabaseConfiguration
  let pools: [PostgresPool]
  let group: EventLoopGroup
  let metrics: DatabaseMetrics?
  let random: RandomSource

  /// Starts connecting at once, in the background; use `waitUntilReady` to know.
  public init(
    group: EventLoopGroup, configuration: DatabaseConfiguration, logger: Logger = .disabled,
    metrics registry: MetricsRegistry? = nil, random: @escaping RandomSource = systemRandomSource
  ) throws(PostgresError) {
    if let problem = configuration.problems.first { throw PostgresError(.configuration, problem) }
    self.group = group
    self.configuration = configuration
    self.random = random
    let logger = logger.labelled("postgres")
    pools = group.loops.map { PostgresPool(loop: $0, configuration: configuration, logger: logger, random: random) }
    let metrics = registry.map { [pools] in DatabaseMetrics($0, pools: pools.map(\.statistics)) }
    self.metrics = metrics
    for pool in pools {
      pool.loop.execute {
        pool.metrics = metrics
        pool.start()
      }
    }
  }

  /// Each loop's pool, for health and tests.
  public var statistics: [PoolStatistics] { pools.map(\.statistics) }

  /// Whether any pool has connections or could have.
  public var isReachable: Bool { pools.contains { $0.statistics.circuitState == .closed } }

  /// Returns once the database answers; throws why it does not: at once if the configuration is wrong, else after the time.
  public func waitUntilReady(timeoutMilliseconds: UInt64) async throws {
    let deadline = ContinuousClock.now.advanced(by: .milliseconds(Int64(timeoutMilliseconds)))
    while true {
      do {
        _ = try await query(Database.ping, timeoutMilliseconds: nil)
        return
      } catch let error as PostgresError {
        guard case .unavailable(let wait) = error.code, ContinuousClock.now < deadline else { throw error }
        try await Task.sleep(for: .milliseconds(Int64(min(wait, 250))))
      }
    }
  }

  private static let ping = PreparedQuery("SELECT")

  // MARK: Asking

  public func query<each Parameter: PostgresEncodable>(
    _ query: PreparedQuery, _ parameters: repeat each Parameter, timeoutMilliseconds: UInt64?
  ) async throws -> Rows {
    if let pool = currentPool {
      return try await pool.query(query, repeat each parameters, timeoutMilliseconds: timeoutMilliseconds)
    }
    let pool = nextPool
    return try await pool.loop.run {
      try await pool.query(query, repeat each parameters, timeoutMilliseconds: timeoutMilliseconds)
    }
  }

  @discardableResult
  public func pipeline(
    timeoutMilliseconds: UInt64?, _ build: @Sendable (inout PipelineBuilder) -> Void
  ) async throws -> [Rows] {
    var builder = PipelineBuilder()
    build(&builder)
    let steps = builder.steps
    return try await withConnection { try await $0.run(steps, timeoutMilliseconds: timeoutMilliseconds) }
  }

  /// Lends a connection to `body` alone. It must not be used after `body` has returned.
  @discardableResult
  public func withConnection<R: Sendable>(
    _ body: @escaping @Sendable (PostgresConnection) async throws -> R
  ) async throws -> R {
    if let pool = currentPool { return try await pool.withConnection(body) }
    let pool = nextPool
    return try await pool.loop.run { try await pool.withConnection(body) }
  }

  /// Opens a connection outside of the pools, without deadlines of client or server, for work that may take hours; closes it
  /// when `body` has ended.
  @discardableResult
  public func withDedicatedConnection<R: Sendable>(
    _ body: @escaping @Sendable (PostgresConnection) async throws -> R
  ) async throws -> R {
    let loop = (currentPool ?? nextPool).loop
    return try await loop.run { [configuration] in
      var options = ConnectionOptions()
      options.connectTimeoutMilliseconds = configuration.connection.connectTimeoutMilliseconds
      options.statementTimeoutMilliseconds = 0
      options.onNotice = configuration.connection.onNotice
      let connection = try await PostgresConnection.connect(configuration.target, on: loop, options: options)
      do {
        let result = try await body(connection)
        await connection.close()
        return result
      } catch {
        await connection.close()
        throw error
      }
    }
  }

  /// Runs `body` in a transaction on a connection of its own: COMMIT when it returns, ROLLBACK when it throws.
  ///
  /// If it loses against another transaction (40001, 40P01), it is run again, up to `retry.maximumAttempts` times: `body`
  /// must have no effects but in the database. A connection lost during COMMIT is `.commitUnknown` and never run again.
  @discardableResult
  public func transaction<R: Sendable>(
    isolation: IsolationLevel = .readCommitted, readOnly: Bool = false, retry: TransactionRetry = .onConflict,
    _ body: @escaping @Sendable (PostgresTransaction) async throws -> R
  ) async throws -> R {
    let pool = currentPool ?? nextPool
    return try await pool.loop.run { [self] in
      var attempt = 0
      while true {
        do {
          return try await pool.withConnection {
            try await $0.transaction(isolation: isolation, readOnly: readOnly, body)
          }
        } catch let error as PostgresError where error.isConflict && attempt + 1 < retry.maximumAttempts {
          metrics?.transactionRetries.add()
          // The connection is back in the pool while this waits.
          try await pool.loop.sleep(milliseconds: retry.backOff.delay(attempt: attempt, random: random()))
          attempt += 1
        }
      }
    }
  }

  /// Streams `COPY … FROM STDIN`; see `PostgresConnection.copyIn`.
  @discardableResult
  public func copyIn(_ sql: String, _ body: @escaping @Sendable (CopyWriter) async throws -> Void) async throws -> Int {
    try await withConnection { try await $0.copyIn(sql, body) }
  }

  /// Streams `COPY … TO STDOUT`; see `PostgresConnection.copyOut`.
  @discardableResult
  public func copyOut<R: Sendable>(
    _ sql: String, _ body: @escaping @Sendable (CopyChunks) async throws -> R
  ) async throws -> R {
    try await withConnection { try await $0.copyOut(sql, body) }
  }

  /// Lends nothing more, waits for what is lent, closes every connection. Before the loops are shut down.
  public func close(deadlineMilliseconds: UInt64 = 5_000) async {
    await withTaskGroup { tasks in
      for pool in pools {
        tasks.addTask { await pool.loop.run { await pool.close(deadlineMilliseconds: deadlineMilliseconds) } }
      }
    }
    metrics?.unregister()
  }

  // MARK: Pools

  private var currentPool: PostgresPool? {
    guard let loop = EventLoop.current, loop.index < pools.count, pools[loop.index].loop === loop else { return nil }
    return pools[loop.index]
  }

  private var nextPool: PostgresPool { pools[group.next().index] }
}
