import PostgresClient
import Synchronization
public import Telemetry

/// How far the feed is: written by its reader, read by anyone.
public final class FeedStatistics: Sendable {
  private let connected = Atomic<Bool>(false)
  private let positionValue = Atomic<UInt64>(0)
  private let endOfLogValue = Atomic<UInt64>(0)
  private let freshAsOfValue = Atomic<UInt64>(0)
  private let transactionCount = Atomic<Int>(0)
  private let changeCount = Atomic<Int>(0)
  private let reconnectCount = Atomic<Int>(0)

  public init() {}

  public var isConnected: Bool { connected.load(ordering: .relaxed) }
  /// What has been handed to the followers.
  public var position: UInt64 { positionValue.load(ordering: .relaxed) }
  /// The end of the server's log, as far as it has told.
  public var endOfLog: UInt64 { endOfLogValue.load(ordering: .relaxed) }
  /// Bytes of the log between the two.
  public var lagBytes: UInt64 {
    let (end, position) = (endOfLog, position)
    return end > position ? end - position : 0
  }
  /// The moment, by the feed's clock, whose state of the database has been handed over; 0 before the first.
  public var freshAsOfMilliseconds: UInt64 { freshAsOfValue.load(ordering: .relaxed) }
  public var transactions: Int { transactionCount.load(ordering: .relaxed) }
  public var changes: Int { changeCount.load(ordering: .relaxed) }
  public var reconnects: Int { reconnectCount.load(ordering: .relaxed) }

  func connect(_ isConnected: Bool) {
    let was = connected.exchange(isConnected, ordering: .relaxed)
    if was, !isConnected { reconnectCount.add(1, ordering: .relaxed) }
  }

  func reach(_ position: UInt64, freshAsOf: UInt64) {
    positionValue.store(position, ordering: .relaxed)
    freshAsOfValue.max(freshAsOf, ordering: .relaxed)
  }

  func hear(endOfLog: UInt64) { endOfLogValue.max(endOfLog, ordering: .relaxed) }
  func countTransaction() { transactionCount.add(1, ordering: .relaxed) }
  func countChange() { changeCount.add(1, ordering: .relaxed) }

  /// Shows them to Prometheus.
  public func register(in registry: MetricsRegistry, clock: FeedClock = .system) {
    registry.gaugeCallback("qareeb_feed_connected", help: "1 while the database's log is followed.") { [self] in
      isConnected ? 1 : 0
    }
    registry.gaugeCallback("qareeb_feed_lag_bytes", help: "Bytes of the log not handled yet.") { [self] in Double(lagBytes) }
    registry.gaugeCallback("qareeb_feed_lag_seconds", help: "Age of the state that has been handled.") { [self] in
      let (now, then) = (clock.monotonicMilliseconds(), freshAsOfMilliseconds)
      return then == 0 ? nil : Double(now > then ? now - then : 0) / 1_000
    }
    registry.gaugeCallback("qareeb_feed_position", help: "Position in the log that has been handled.") { [self] in
      Double(position)
    }
    registry.counterCallback("qareeb_feed_transactions_total", help: "Transactions handled.") { [self] in Double(transactions) }
    registry.counterCallback("qareeb_feed_changes_total", help: "Changes of rows handled.") { [self] in Double(changes) }
    registry.counterCallback("qareeb_feed_reconnects_total", help: "Times the stream broke.") { [self] in Double(reconnects) }
  }
}
