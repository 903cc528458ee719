import Synchronization

/// How busy a loop is, written by the loop and read by whoever shows metrics.
public final class LoopStatistics: Sendable {
  private let turns = Atomic<UInt64>(0)
  private let busy = Atomic<UInt64>(0)
  private let longest = Atomic<UInt64>(0)
  private let thread = Atomic<Int32>(0)

  /// The kernel's id of the loop's thread; 0 before it runs.
  public internal(set) var threadID: Int32 {
    get { thread.load(ordering: .relaxed) }
    set { thread.store(newValue, ordering: .relaxed) }
  }

  public var turnCount: UInt64 { turns.load(ordering: .relaxed) }
  public var busyNanoseconds: UInt64 { busy.load(ordering: .relaxed) }

  /// The longest the loop kept everybody waiting since this was last asked: its lag.
  public func takeLongestTurnNanoseconds() -> UInt64 {
    longest.exchange(0, ordering: .relaxed)
  }

  /// Only the loop writes, so plain load-and-store suffices, without locked instructions.
  func turnEnded(busyNanoseconds: UInt64) {
    turns.store(turns.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    busy.store(busy.load(ordering: .relaxed) &+ busyNanoseconds, ordering: .relaxed)
    if busyNanoseconds > longest.load(ordering: .relaxed) { longest.store(busyNanoseconds, ordering: .relaxed) }
  }
}
