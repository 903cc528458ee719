// What the server says about itself: log lines, metrics and traces.
//
// Logs are for people and never carry a secret or a personal datum: a value that is not declared public does not compile into a line.
// Metrics are lock-free counters read by Prometheus. Traces follow W3C Trace Context; without an exporter they cost nothing.
// Time and randomness are passed in, so that every line, sample and id can be foretold in a test.

import Glibc

/// The two clocks telemetry needs: wall time to print, monotonic time to measure.
public struct TelemetryClock: Sendable {
  public let unixNanoseconds: @Sendable () -> UInt64
  public let monotonicNanoseconds: @Sendable () -> UInt64

  public init(
    unixNanoseconds: @escaping @Sendable () -> UInt64, monotonicNanoseconds: @escaping @Sendable () -> UInt64
  ) {
    self.unixNanoseconds = unixNanoseconds
    self.monotonicNanoseconds = monotonicNanoseconds
  }

  /// The machine's clocks.
  public static let system = TelemetryClock(
    unixNanoseconds: { read(CLOCK_REALTIME) }, monotonicNanoseconds: { read(CLOCK_MONOTONIC) })

  private static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    // Both clocks exist on every Linux; the call cannot fail with a valid pointer.
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
