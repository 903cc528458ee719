import Glibc

/// How fast work goes and when it may end. A value; the clock is the caller's.
struct ProgressEstimate: Sendable {
  /// Long enough to calm batches, short enough to notice a slow-down while somebody is watching.
  private static let memorySeconds = 8.0

  let startedAtMilliseconds: UInt64
  /// Work that an earlier run did (`--resume`): counts as done, not as speed.
  let startCount: Int
  private var lastMilliseconds: UInt64
  private var lastCount: Int
  private var weightedRate = 0.0
  private var weight = 0.0

  init(startedAtMilliseconds: UInt64, startCount: Int) {
    self.startedAtMilliseconds = startedAtMilliseconds
    self.startCount = startCount
    lastMilliseconds = startedAtMilliseconds
    lastCount = startCount
  }

  /// Takes in one observation: an exponentially weighted mean whose early values are not pulled towards zero.
  mutating func observe(count: Int, atMilliseconds now: UInt64) {
    guard now > lastMilliseconds else { return }
    let seconds = Double(now - lastMilliseconds) / 1000
    let kept = exp(-seconds / Self.memorySeconds)
    weightedRate = weightedRate * kept + Double(count - lastCount) / seconds * (1 - kept)
    weight = weight * kept + (1 - kept)
    lastMilliseconds = now
    lastCount = count
  }

  /// Units a second; nil before anything was observed.
  var rate: Double? { weight > 0 ? max(0, weightedRate / weight) : nil }

  func elapsedMilliseconds(at now: UInt64) -> UInt64 { now > startedAtMilliseconds ? now - startedAtMilliseconds : 0 }

  func meanRate(count: Int, atMilliseconds now: UInt64) -> Double? {
    let elapsed = elapsedMilliseconds(at: now)
    return elapsed > 0 ? Double(count - startCount) / (Double(elapsed) / 1000) : nil
  }

  /// Nil when nothing moves: "never" is no estimate.
  func secondsLeft(count: Int, total: Int) -> Double? {
    if count >= total { return 0 }
    guard let rate, rate > 1e-9 else { return nil }
    let seconds = Double(total - count) / rate
    // Past a year it is no estimate either.
    return seconds < 365 * 86_400 ? seconds : nil
  }
}
