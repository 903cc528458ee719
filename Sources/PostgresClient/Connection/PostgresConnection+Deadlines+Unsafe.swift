// Deadlines and cancellation. A statement costs no timer: the connection has one, set for the earliest deadline, and most
// statements are done long before. libpq 15 can only cancel blockingly, so that happens on a thread of its own.
import CPQ
import EventLoops

extension PostgresConnection {
  func setDeadline(of command: Command, _ timeoutMilliseconds: UInt64?) {
    let timeout = timeoutMilliseconds ?? options.statementTimeoutMilliseconds
    let (deadline, overflows) = loop.nowMilliseconds.addingReportingOverflow(timeout)
    guard timeout > 0, !overflows else { return }
    command.deadlineMilliseconds = deadline
    armDeadline(deadline)
  }

  private func armDeadline(_ deadline: UInt64) {
    guard deadline < deadlineIsAt else { return }
    deadlineIsAt = deadline
    let now = loop.nowMilliseconds
    let delay = deadline > now ? deadline - now : 0
    if let deadlineTimer {
      deadlineTimer.reschedule(afterMilliseconds: delay)
    } else {
      deadlineTimer = loop.schedule(afterMilliseconds: delay) { [weak self] in self?.deadlineCame() }
    }
  }

  /// Stops what is late and sets the timer for the next. O(pending), once a deadline and not once a statement.
  private func deadlineCame() {
    deadlineIsAt = .max
    let now = loop.nowMilliseconds
    var next = UInt64.max
    var late: [Command] = []
    for index in 0..<commands.count {
      let command = commands[index]
      if command.deadlineMilliseconds > now {
        next = min(next, command.deadlineMilliseconds)
      } else if command.stopReason == nil {
        late.append(command)
      }
    }
    for command in late { stop(command, .timeout) }
    if next != .max { armDeadline(next) }
  }

  /// Stops a statement: at once if the server may be at it, else when its turn comes. A shared read that waits in the pipeline
  /// is answered now; its result will be dropped.
  func stop(_ command: Command, _ reason: Command.StopReason) {
    loop.preconditionCurrent()
    let isAwaited = command.continuation != nil || command.onAnswer != nil || command.role == .prepare
    guard libpq != nil, command.stopReason == nil, isAwaited else { return }
    guard command.isCancellable || reason == .timeout else { return }
    command.stopReason = reason
    if let first = commands.first, first.role == .prepare, first.entry === command.entry { first.stopReason = reason }
    if command.isShared, !isInFirstGroup(command) {
      let code: PostgresError.Code = reason == .timeout ? .timeout : .cancelled
      return command.finish(.failure(PostgresError(code, "stopped while waiting for its turn on a shared connection")))
    }
    stopFirstIfAsked()
  }

  /// Called whenever another group comes to the front.
  func stopFirstIfAsked() {
    if isStopWanted {
      requestCancel()
    } else if !isExclusive {
      graceTimer?.cancel()
      graceTimer = nil
    }
  }

  private var isStopWanted: Bool {
    if isExclusive { return exclusiveStopIsWanted }
    // The server keeps a group's answers until its Sync: which of the group it is at cannot be seen from here.
    for index in 0..<commands.count {
      let command = commands[index]
      if command.role == .sync { return false }
      if command.stopReason != nil, !command.hasAnswer { return true }
    }
    return false
  }

  /// Whether the server may be at it: it belongs to the group whose answers come next.
  private func isInFirstGroup(_ command: Command) -> Bool {
    for index in 0..<commands.count {
      if commands[index] === command { return true }
      if commands[index].role == .sync { return false }
    }
    return false
  }

  /// Stops the script or COPY that has the connection to itself.
  func stopExclusive() {
    guard isExclusive else { return }
    exclusiveStopIsWanted = true
    requestCancel()
  }

  /// Asks the server to cancel what it is doing, again and again: a request that comes before the statement has begun, or
  /// between two, has no effect. If nothing is answered within the grace, the connection is given up.
  private func requestCancel() {
    guard let libpq, !cancelIsUnderWay, let cancel = PQgetCancel(libpq) else { return }
    cancelIsUnderWay = true
    needsBarrier = true
    let loop = loop
    nonisolated(unsafe) let request = cancel  // handed to the thread, which frees it
    DetachedThread.run(name: "pg-cancel") { [self] in
      var message = [CChar](repeating: 0, count: 256)
      // A failure shows as the statement going on, and then the next request or the grace ends it.
      _ = PQcancel(request, &message, Int32(message.count))
      PQfreeCancel(request)
      loop.execute { self.cancelWasSent() }
    }
    guard graceTimer == nil else { return }
    graceTimer = loop.schedule(afterMilliseconds: PostgresLimits.cancelGraceMilliseconds) { [weak self] in self?.graceEnded() }
  }

  private func cancelWasSent() {
    cancelIsUnderWay = false
    let waiters = cancelWaiters
    cancelWaiters = []
    waiters.forEach { $0.resume() }
    guard !isClosed, isStopWanted else { return }
    loop.schedule(afterMilliseconds: PostgresLimits.cancelRepeatMilliseconds) { [weak self] in
      guard let self, isStopWanted else { return }
      requestCancel()
    }
  }

  private func graceEnded() {
    graceTimer = nil
    if isStopWanted || cancelIsUnderWay {
      close(PostgresError(.connectionLost, "the server did not stop a cancelled statement in time"))
    }
  }

  /// Waits until no cancellation can hit what is asked next. Throws when the connection is of no more use.
  func settle() async throws {
    guard needsBarrier, !isSettling else { return }
    isSettling = true
    defer { isSettling = false }
    if cancelIsUnderWay {
      await withUnsafeContinuation { cancelWaiters.append($0) }
    }
    guard libpq != nil else { throw closedError }
    do {
      _ = try await query(PostgresConnection.barrier, timeoutMilliseconds: PostgresLimits.idleCheckTimeoutMilliseconds)
    } catch let error as PostgresError where error.code == .server {
      // The late cancellation, caught by the statement that is there to catch it; or the transaction has failed already.
    }
    needsBarrier = false
  }

  private static let barrier = PreparedQuery("SELECT")
}
