import Synchronization

/// What a server counts on one loop. Written by the loop, read by whoever shows metrics.
public final class ServerStatistics: Sendable {
  public let accepted = LoopCounter()
  public let open = LoopCounter()
  public let webSockets = LoopCounter()
  public let requests = LoopCounter()
  public let inFlight = LoopCounter()
  /// Requests and connections answered 503 because there was no room.
  public let shed = LoopCounter()
  /// Requests that were no HTTP, too large or too late.
  public let refused = LoopCounter()
  /// Connections cut because the peer did not take its answer.
  public let stalled = LoopCounter()
  public let sentBytes = LoopCounter()
}

/// A number that one loop writes and anybody reads: plain loads and stores, no locked instruction.
public struct LoopCounter: ~Copyable, Sendable {
  private let value = Atomic<Int>(0)

  public var current: Int { value.load(ordering: .relaxed) }

  func add(_ amount: Int = 1) {
    value.store(value.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
  }

  func set(_ amount: Int) {
    value.store(amount, ordering: .relaxed)
  }
}
