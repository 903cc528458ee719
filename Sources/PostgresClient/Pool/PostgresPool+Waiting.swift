import EventLoops
import Telemetry

/// Someone who waits for a connection. Touched only on the pool's loop.
final class PoolWaiter: @unchecked Sendable {
  // Sendable: it is handed to a cancellation handler, which only passes it back to the loop.
  let kind: PostgresPool.Kind
  let sinceMilliseconds: UInt64
  let deadlineMilliseconds: UInt64
  /// Nil once it has been answered.
  var continuation: CheckedContinuation<PostgresConnection, any Error>?

  init(kind: PostgresPool.Kind, since: UInt64, deadline: UInt64) {
    self.kind = kind
    sinceMilliseconds = since
    deadlineMilliseconds = deadline
  }
}

extension PostgresPool {
  func wait(for kind: Kind) async throws -> PostgresConnection {
    try requireRoomToWait()
    let now = loop.nowMilliseconds
    let waiter = PoolWaiter(kind: kind, since: now, deadline: now + configuration.acquireTimeoutMilliseconds)
    let connection = try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<PostgresConnection, any Error>) in
        guard !Task.isCancelled else {
          return continuation.resume(throwing: PostgresError(.cancelled, "the task was cancelled before it had a connection"))
        }
        waiter.continuation = continuation
        waiters.append(waiter)
        waitingCount += 1
        armWaitTimer()
        openAnother(demand: waitingCount)
        noteState()
      }
    } onCancel: {
      loop.execute { self.refuse(waiter, PostgresError(.cancelled, "the task was cancelled while waiting for a connection")) }
    }
    metrics?.waitTime.observe(nanoseconds: (loop.nowMilliseconds - waiter.sinceMilliseconds) * 1_000_000)
    return connection
  }

  private func requireRoomToWait() throws(PostgresError) {
    guard !isClosing else { throw PostgresError(.closed, "the database is closed") }
    let now = loop.nowMilliseconds
    if connections.isEmpty, !circuit.isClosed {
      // Down: only who can be served soon may wait.
      let retryAfter = circuit.retryAfter(now: now) ?? 0
      if retryAfter > configuration.outageWaitMilliseconds || circuit.lastError?.code == .configuration {
        throw circuit.error(now: now)
      }
    }
    guard waitingCount < configuration.maximumWaitingPerLoop else {
      throw connections.isEmpty && !circuit.isClosed
        ? circuit.error(now: now) : PostgresError(.overloaded, "\(waitingCount) requests wait for a connection already")
    }
  }

  /// Serves who waits, in order, as far as connections reach.
  func pump() {
    while let waiter = waiters.first {
      if waiter.continuation == nil {
        _ = waiters.popFirst()
        continue
      }
      guard let connection = take(waiter.kind) else { break }
      _ = waiters.popFirst()
      answer(waiter, .success(connection))
    }
    openAnother(demand: waitingCount)
    noteState()
  }

  private func refuse(_ waiter: PoolWaiter, _ error: PostgresError) {
    answer(waiter, .failure(error))
    noteState()
  }

  private func answer(_ waiter: PoolWaiter, _ result: Result<PostgresConnection, any Error>) {
    guard let continuation = waiter.continuation else { return }
    waiter.continuation = nil
    waitingCount -= 1
    continuation.resume(with: result)
  }

  /// All waits are equally long, so the first in the queue is the first to end.
  private func armWaitTimer() {
    guard waitTimer == nil, let first = waiters.first else { return }
    let now = loop.nowMilliseconds
    let delay = first.deadlineMilliseconds > now ? first.deadlineMilliseconds - now : 0
    waitTimer = loop.schedule(afterMilliseconds: delay) { [weak self] in self?.waitEnded() }
  }

  private func waitEnded() {
    waitTimer = nil
    let now = loop.nowMilliseconds
    while let waiter = waiters.first, waiter.continuation == nil || waiter.deadlineMilliseconds <= now {
      _ = waiters.popFirst()
      let error =
        connections.isEmpty && (openingCount > 0 || !circuit.isClosed)
        ? circuit.error(now: now)
        : PostgresError(
          .overloaded, "no connection became free within \(configuration.acquireTimeoutMilliseconds) ms")
      answer(waiter, .failure(error))
    }
    armWaitTimer()
    noteState()
  }

  /// After a failed attempt: whoever would wait longer for the next than anyone may during an outage is told now.
  func refuseThoseWhoCannotWait(nextAttemptAt: UInt64) {
    guard connections.isEmpty else { return }
    let error = circuit.error(now: loop.nowMilliseconds)
    for index in 0..<waiters.count {
      let waiter = waiters[index]
      if error.code == .configuration || nextAttemptAt > waiter.sinceMilliseconds + configuration.outageWaitMilliseconds {
        answer(waiter, .failure(error))
      }
    }
  }

  func refuseEveryone(_ error: PostgresError) {
    while let waiter = waiters.popFirst() { answer(waiter, .failure(error)) }
    waitTimer?.cancel()
    waitTimer = nil
  }
}
