import ChangeFeed
import Synchronization
import Telemetry

/// How far a hydration is.
public struct HydrationProgress: Sendable, Hashable {
  /// Providers read so far.
  public var rows = 0
  /// The planner's guess of how many there are; 0 where it has none.
  public var estimate = 0
  public var elapsedMilliseconds: UInt64 = 0

  public var rowsPerSecond: Int {
    elapsedMilliseconds == 0 ? 0 : Int((Double(rows) * 1_000 / Double(elapsedMilliseconds)).rounded())
  }

  /// By the estimate and the rate so far; nil where that cannot be told.
  public var secondsLeft: Int? {
    guard rows > 0, estimate > 0 else { return nil }
    return Int((Double(max(0, estimate - rows)) * Double(elapsedMilliseconds) / Double(rows) / 1_000).rounded(.up))
  }
}

/// Tells of a hydration: whoever asks, at any time, and the log every few seconds.
final class HydrationReport: Sendable {
  private let options: LiveIndexOptions
  private let progress: IndexProgress
  private let startedAt: UInt64
  private let loggedAt: Mutex<UInt64>

  init(_ options: LiveIndexOptions, _ progress: IndexProgress, startedAt: UInt64) {
    self.options = options
    self.progress = progress
    self.startedAt = startedAt
    loggedAt = Mutex(startedAt)
  }

  func tell(rows: Int, estimate: Int) {
    let now = options.clock.monotonicMilliseconds()
    let state = HydrationProgress(rows: rows, estimate: estimate, elapsedMilliseconds: now &- startedAt)
    progress.phase = .hydrating(state)
    let isDue = loggedAt.withLock { loggedAt in
      guard now &- loggedAt >= IndexKeeperLimits.hydrationLogMilliseconds else { return false }
      loggedAt = now
      return true
    }
    guard isDue else { return }
    options.logger.notice(
      "reading the catalogue",
      [
        "providers": .int(rows), "of_about": .int(max(rows, estimate)), "per_second": .int(state.rowsPerSecond),
        "seconds_left": .int(state.secondsLeft ?? 0),
      ])
  }
}
