/// Waits that double, each drawn evenly from zero to its bound, so that those who failed together do not come back together
/// ("full jitter": Brooker, "Exponential Backoff And Jitter"). Pure: the random number is passed in.
public struct BackOff: Sendable, Hashable {
  public var baseMilliseconds: UInt64
  public var maximumMilliseconds: UInt64

  public init(baseMilliseconds: UInt64, maximumMilliseconds: UInt64) {
    precondition(baseMilliseconds > 0 && maximumMilliseconds >= baseMilliseconds, "a back-off grows from above zero")
    self.baseMilliseconds = baseMilliseconds
    self.maximumMilliseconds = maximumMilliseconds
  }

  /// The most the wait after the `attempt`-th failure (from 0) may be.
  public func bound(attempt: Int) -> UInt64 {
    let doublings = UInt64(min(max(attempt, 0), 32))
    let (product, overflows) = baseMilliseconds.multipliedReportingOverflow(by: 1 << doublings)
    return overflows ? maximumMilliseconds : min(product, maximumMilliseconds)
  }

  /// At least 1 ms: a wait of nothing would be a busy loop.
  public func delay(attempt: Int, random: UInt64) -> UInt64 {
    max(1, random % (bound(attempt: attempt) + 1))
  }
}

/// Where random numbers come from; tests pass a seeded one.
public typealias RandomSource = @Sendable () -> UInt64

/// The system's own randomness.
public let systemRandomSource: RandomSource = { UInt64.random(in: .min ... .max) }
