/// Whether new connections can be made, as far as is known. Pure: time and chance are passed in.
///
/// Closed until an attempt fails; then nobody tries before a drawn time has passed, and then one does for all.
struct Circuit: Hashable {
  enum State: Hashable {
    case closed
    /// The last attempt failed; the next is made at this time.
    case waiting(untilMilliseconds: UInt64)
    /// One attempt is under way to see whether the database is back.
    case probing
  }

  private(set) var state = State.closed
  private(set) var failures = 0
  private(set) var lastError: PostgresError?

  var isClosed: Bool { state == .closed }

  /// An attempt failed; returns how long to wait before the next.
  mutating func failed(_ error: PostgresError, now: UInt64, backOff: BackOff, random: UInt64) -> UInt64 {
    let delay =
      error.code == .configuration
      // Only a person mends this: look now and then, without hammering.
      ? backOff.maximumMilliseconds
      : backOff.delay(attempt: failures, random: random)
    failures += 1
    lastError = error
    state = .waiting(untilMilliseconds: now + delay)
    return delay
  }

  /// Returns whether the database had been away.
  mutating func succeeded() -> Bool {
    defer {
      state = .closed
      failures = 0
      lastError = nil
    }
    return failures > 0
  }

  mutating func probe() { state = .probing }

  /// Milliseconds until the next attempt; nil while none is planned.
  func retryAfter(now: UInt64) -> UInt64? {
    guard case .waiting(let until) = state else { return nil }
    return until > now ? until - now : 0
  }

  /// What to tell those who cannot wait.
  func error(now: UInt64) -> PostgresError {
    if let lastError, lastError.code == .configuration { return lastError }
    let wait = max(1, retryAfter(now: now) ?? 1)
    return PostgresError(
      .unavailable(retryAfterMilliseconds: wait), "the database cannot be reached: \(lastError?.message ?? "no answer yet")",
      sqlState: lastError?.sqlState)
  }
}
