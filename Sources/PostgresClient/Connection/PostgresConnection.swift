public import EventLoops

/// One connection to PostgreSQL, on one loop, always in libpq's pipeline mode: what is asked in one turn of the loop goes out
/// in one message, and answers are handed out in the order they were asked for.
///
/// Statements asked for one after another are separate transactions, each with its own Sync, unless BEGIN came first;
/// `pipeline` makes several into one.
public final class PostgresConnection: @unchecked Sendable {
  // Sendable: its state is touched only on `loop`; the public functions go there first.

  public let loop: EventLoop
  let options: ConnectionOptions

  /// libpq's connection; nil once closed.
  var libpq: OpaquePointer?
  var watch: PollHandle?
  /// What has been sent, in order; answers belong to the first.
  var commands = RingBuffer<Command>()
  var parameters = ParameterWriter()
  var statements: StatementCache
  /// Names the server should forget at the next opportunity.
  var namesToForget: [[CChar]] = []
  /// Commands sent since the last Sync.
  var unsyncedCount = 0
  var syncIsScheduled = false
  /// The first failure since the last Sync: why those behind it were skipped.
  var groupFailure: PostgresError?
  /// BEGIN, held back to travel with the first statement.
  var pendingBegin: PreparedQuery?
  /// COPY out stops reading while its consumer is slow.
  var isPaused = false
  /// All rows of a COPY out have been read; only its result is missing.
  var copyOutHasEnded = false
  var strayEnds = 0
  /// COPY and scripts have the connection to themselves, outside of pipeline mode.
  var isExclusive = false
  /// The server has closed the connection while somebody had it to himself.
  var inputHasEnded = false
  var exclusiveStopIsWanted = false
  var exclusiveWaiter: UnsafeContinuation<Void, Never>?

  var cancelIsUnderWay = false
  /// A cancellation was sent that may still arrive: one harmless statement must pass before anything else is asked.
  var needsBarrier = false
  var isSettling = false
  var cancelWaiters: [UnsafeContinuation<Void, Never>] = []
  var graceTimer: LoopTimer?
  var deadlineTimer: LoopTimer?
  var deadlineIsAt = UInt64.max

  var notices: NoticeSink?
  var onNotification: ((PostgresNotification) -> Void)?
  /// Told once, when the connection ends for whatever reason.
  var onClose: ((PostgresError) -> Void)?
  private(set) var closeReason: PostgresError?

  // What the pool remembers.
  var leases = 0
  var isShared = false
  var idleSinceMilliseconds: UInt64 = 0
  var expiresAtMilliseconds = UInt64.max

  init(taking libpq: OpaquePointer, loop: EventLoop, options: ConnectionOptions) {
    self.libpq = libpq
    self.loop = loop
    self.options = options
    statements = StatementCache(capacity: options.preparedStatements)
  }

  public var isClosed: Bool { libpq == nil }

  /// Statements asked for and not answered yet.
  var pendingCount: Int { commands.count }

  var isQuiet: Bool { commands.isEmpty && unsyncedCount == 0 && !isExclusive && pendingBegin == nil }

  /// Ends the connection; whoever waits for an answer gets `reason`.
  func close(_ reason: PostgresError) {
    guard libpq != nil else { return }
    closeReason = reason
    deadlineTimer?.cancel()
    graceTimer?.cancel()
    deadlineTimer = nil
    graceTimer = nil
    closeHandles()
    while let command = commands.popFirst() { finish(command, lost: reason) }
    resumeExclusiveWaiter()
    let waiters = cancelWaiters
    cancelWaiters = []
    waiters.forEach { $0.resume() }
    onNotification = nil
    let onClose = onClose
    self.onClose = nil
    onClose?(reason)
  }

  private func finish(_ command: Command, lost reason: PostgresError) {
    if command.isShared, command.stopReason == nil, reason.code != .closed {
      return command.finish(.failure(SharedReadSpoilt(reason: reason)))
    }
    var error = reason
    if let failure = command.failure { error = failure }
    switch command.stopReason {
    case .timeout: error = PostgresError(.timeout, "the statement ran into its deadline and its connection was given up")
    case .cancelled: error = PostgresError(.cancelled, "the task was cancelled and the connection given up")
    case nil: break
    }
    if command.role == .commit {
      error = PostgresError(
        .commitUnknown, "the connection broke during COMMIT; whether it happened is not known: \(reason.message)",
        sqlState: reason.sqlState)
    }
    command.finish(.failure(error))
  }

  func resumeExclusiveWaiter() {
    let waiter = exclusiveWaiter
    exclusiveWaiter = nil
    waiter?.resume()
  }

  /// The error for a call on a connection that has ended.
  var closedError: PostgresError {
    PostgresError(
      .connectionLost, "the connection has ended: \(closeReason?.message ?? "closed")", sqlState: closeReason?.sqlState)
  }
}

/// What a connection needs to know besides where to connect.
public struct ConnectionOptions: Sendable {
  public var connectTimeoutMilliseconds: UInt64 = 5_000
  /// How long a statement may take unless it says otherwise; 0: as long as it takes.
  public var statementTimeoutMilliseconds: UInt64 = 10_000
  /// The server's own `statement_timeout`, in case this process can no longer cancel; 0 leaves the server's setting.
  public var serverStatementTimeoutMilliseconds: UInt64 = 0
  /// The server's `idle_in_transaction_session_timeout`; 0 leaves the server's setting.
  public var idleInTransactionTimeoutMilliseconds: UInt64 = 0
  public var preparedStatements = PostgresLimits.preparedStatements
  /// Told of the server's notices (`RAISE NOTICE`, warnings), on the loop.
  public var onNotice: (@Sendable (PostgresNotice) -> Void)?

  public init() {}
}

/// Something the server says without being asked.
public struct PostgresNotice: Sendable, Hashable {
  public let severity: String
  public let message: String
  public let sqlState: SQLState?
}

/// What `NOTIFY` sent.
public struct PostgresNotification: Sendable, Hashable {
  public let channel: String
  public let payload: String
  /// The server process that sent it: one's own notifications can be told from others'.
  public let processID: Int32
}
