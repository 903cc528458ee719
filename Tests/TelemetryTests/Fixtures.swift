import Bytes
import Synchronization
import Telemetry

/// A clock that stands still until it is told to move.
final class StillClock: Sendable {
  private let unix: Atomic<UInt64>
  private let monotonic = Atomic<UInt64>(1_000)

  /// 2026-11-21T03:20:49.123Z.
  static let usualStart: UInt64 = 1_795_231_249_123_456_789

  init(unixNanoseconds: UInt64 = StillClock.usualStart) { unix = Atomic(unixNanoseconds) }

  var clock: TelemetryClock {
    TelemetryClock(
      unixNanoseconds: { self.unix.load(ordering: .relaxed) }, monotonicNanoseconds: { self.monotonic.load(ordering: .relaxed) })
  }

  func advance(nanoseconds: UInt64) {
    unix.add(nanoseconds, ordering: .relaxed)
    monotonic.add(nanoseconds, ordering: .relaxed)
  }

  func setUnix(_ nanoseconds: UInt64) { unix.store(nanoseconds, ordering: .relaxed) }
}

/// A pipeline in memory, with what it wrote.
struct Capture {
  let clock = StillClock()
  let sink = MemoryLogSink()
  let pipeline: LogPipeline

  init(levels: LogLevels = LogLevels(standard: .trace), format: LogFormat = .json) {
    pipeline = LogPipeline(levels: levels, format: format, sink: sink, clock: clock.clock)
  }

  var log: Logger { pipeline.logger("Test") }
}

extension MetricsRegistry {
  var page: String {
    var buffer = ByteBuffer()
    render(into: &buffer)
    return String(buffer)
  }
}

/// Foretold ids: counts up from a seed.
final class CountingRandom: Sendable {
  private let next: Atomic<UInt64>
  init(from first: UInt64) { next = Atomic(first) }
  func draw() -> UInt64 { next.add(1, ordering: .relaxed).oldValue }
}
