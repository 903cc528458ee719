import EventLoops
import Telemetry

/// The connections of one loop, and the queue for them. Everything here happens on that loop, so there is nothing to lock.
///
/// A connection is free, lent to one (`exclusive`: transactions, writes, whatever may be slow), or lent to several quick reads
/// at once (`shared`). Who finds none free waits in one queue, first come, first served; as long as anyone waits, newcomers
/// join the queue, so that a stream of shared reads cannot keep a transaction waiting for ever.
final class PostgresPool: @unchecked Sendable {
  // Sendable: touched only on `loop`; the entry points check it.

  enum Kind { case exclusive, shared }

  let loop: EventLoop
  let configuration: DatabaseConfiguration
  let statistics = PoolStatistics()
  let logger: Logger
  let random: RandomSource
  /// Set before first use, by `Database`.
  var metrics: DatabaseMetrics?

  var connections: [PostgresConnection] = []
  /// The most recently used last, and taken first: the others grow idle and can be closed.
  var idle: [PostgresConnection] = []
  var openingCount = 0
  var circuit = Circuit()
  var waiters = RingBuffer<PoolWaiter>()
  var waitingCount = 0
  var isClosing = false
  var closeContinuations: [CheckedContinuation<Void, Never>] = []
  /// Where the reads of this turn gather.
  var gathering: PostgresConnection?

  var retryTimer: LoopTimer?
  var housekeepingTimer: LoopTimer?
  var waitTimer: LoopTimer?

  init(loop: EventLoop, configuration: DatabaseConfiguration, logger: Logger, random: @escaping RandomSource) {
    self.loop = loop
    self.configuration = configuration
    self.logger = logger
    self.random = random
  }

  // MARK: Borrowing

  /// A connection for `kind`, waiting for one if need be. Give it back with `giveBack`.
  func borrow(_ kind: Kind) async throws -> PostgresConnection {
    loop.preconditionCurrent()
    if waitingCount == 0, let connection = take(kind) { return connection }
    return try await wait(for: kind)
  }

  /// A connection that can be had now.
  func take(_ kind: Kind) -> PostgresConnection? {
    guard !isClosing else { return nil }
    if kind == .shared, let connection = gathering, connection.isGathering, connection.leases < PostgresLimits.readsInBatch {
      connection.leases += 1
      return connection
    }
    if let connection = takeIdle() {
      connection.leases = 1
      connection.isShared = kind == .shared
      if kind == .shared { gathering = connection }
      return connection
    }
    guard kind == .shared, let connection = leastBusyShared() else { return nil }
    openAnother(demand: waitingCount + 1)
    connection.leases += 1
    return connection
  }

  private func takeIdle() -> PostgresConnection? {
    let now = loop.nowMilliseconds
    while let connection = idle.popLast() {
      if connection.isClosed { continue }
      if now >= connection.expiresAtMilliseconds {
        retire(connection)
        continue
      }
      guard now - connection.idleSinceMilliseconds < PostgresLimits.idleCheckMilliseconds else {
        check(connection)
        continue
      }
      noteState()
      return connection
    }
    return nil
  }

  private func leastBusyShared() -> PostgresConnection? {
    var best: PostgresConnection?
    for connection in connections
    where connection.isShared && connection.leases > 0 && connection.leases < PostgresLimits.readsInPipeline
      && !connection.isClosed
    {
      if best.map({ connection.leases < $0.leases }) ?? true { best = connection }
    }
    return best
  }

  func giveBack(_ connection: PostgresConnection) {
    loop.preconditionCurrent()
    connection.leases -= 1
    guard connection.leases == 0 else { return }
    if gathering === connection { gathering = nil }
    guard !connection.isClosed else { return pump() }
    if isClosing || loop.nowMilliseconds >= connection.expiresAtMilliseconds { return retire(connection) }
    if connection.isClean { return becomeIdle(connection) }
    tidyUp(connection)
  }

  func becomeIdle(_ connection: PostgresConnection) {
    guard !isClosing else { return retire(connection) }
    connection.idleSinceMilliseconds = loop.nowMilliseconds
    connection.isShared = false
    idle.append(connection)
    pump()
    noteState()
  }

  /// Rolls back what was left open and lets late cancellations pass, before anyone else gets the connection.
  private func tidyUp(_ connection: PostgresConnection) {
    loop.startTask { [self] in
      do {
        if connection.transactionStatus == .open || connection.transactionStatus == .failed {
          logger.warning("a connection came back with an open transaction, which is rolled back")
        }
        await connection.rollBack()
        try await connection.settle()
        becomeIdle(connection)
      } catch {
        connection.close(PostgresError(.connectionLost, "the connection could not be made ready for the next: \(error)"))
      }
    }
  }

  /// Asks a connection that was long idle whether it lives; it comes back when it answers.
  private func check(_ connection: PostgresConnection) {
    loop.startTask { [self] in
      do {
        connection.needsBarrier = true
        try await connection.settle()
        becomeIdle(connection)
      } catch {
        connection.close(PostgresError(.connectionLost, "an idle connection did not answer"))
      }
    }
  }

  func noteState() {
    statistics.update(connections: connections.count, idle: idle.count, waiting: waitingCount, circuit: circuit)
  }
}

extension PostgresConnection {
  /// What is added now leaves in a message that is not closed yet, or is the first of a new one.
  var isGathering: Bool { (unsyncedCount > 0 || commands.isEmpty) && !isClosed }

  /// Fit to be lent again as it is.
  var isClean: Bool { isQuiet && !needsBarrier && !cancelIsUnderWay && transactionStatus == .idle }
}
