import Glibc
public import PostgresClient

/// Where the feed gets the time from; tests pass their own.
public struct FeedClock: Sendable {
  /// Never goes back; counted from anywhere.
  public var monotonicMilliseconds: @Sendable () -> UInt64
  /// What people call the time.
  public var now: @Sendable () -> PostgresTimestamp

  public init(
    monotonicMilliseconds: @escaping @Sendable () -> UInt64, now: @escaping @Sendable () -> PostgresTimestamp
  ) {
    self.monotonicMilliseconds = monotonicMilliseconds
    self.now = now
  }

  public static let system = FeedClock(
    monotonicMilliseconds: {
      let (seconds, nanoseconds) = read(CLOCK_MONOTONIC)
      return UInt64(seconds) * 1_000 + UInt64(nanoseconds) / 1_000_000
    },
    now: {
      let (seconds, nanoseconds) = read(CLOCK_REALTIME)
      return PostgresTimestamp(microsecondsSince1970: Int64(seconds) * 1_000_000 + Int64(nanoseconds) / 1_000)
    })

  private static func read(_ clock: clockid_t) -> (seconds: Int, nanoseconds: Int) {
    var time = timespec()
    clock_gettime(clock, &time)
    return (time.tv_sec, time.tv_nsec)
  }
}

/// The reader's limits, each with its reason.
public enum FeedLimits {
  /// How long a transaction may wait for others to be shown together with it. Long enough that thousands of small ones share the cost of
  /// showing them, short enough that nobody notices.
  public static let settleMilliseconds: UInt64 = 10
  /// How often the server is told where we are, and asked whether it is still there. It gives up a silent client after a minute by
  /// default; an answer also says how fresh we are.
  static let statusMilliseconds: UInt64 = 1_000
  /// A server that says nothing although it was asked: the connection is dead.
  public static let silenceMilliseconds: UInt64 = 15_000
  /// A server that shuts down asks and asks again, as fast as it is answered, until everything is confirmed; one that only looks whether
  /// we live asks twice a minute. So many questions within so short a time are of the first kind.
  static let questionsAtShutdown = 8
  static let questionsAtShutdownMilliseconds: UInt64 = 2_000
  /// Who reads up to one position asks again after this how far the server has come: its log reaches the disk within 200 ms.
  public static let replayWaitMilliseconds: UInt64 = 100
  /// Messages handled before the clock is looked at again.
  static let messagesBetweenLooks = 256
}
