import Synchronization

/// Takes finished spans. Called on hot paths from any thread: it must return at once.
public protocol SpanExporter: Sendable {
  func offer(_ span: FinishedSpan)
}

/// A bounded queue between the spans' threads and whoever sends them. Full, it drops the newest and counts: the oldest show how it began.
public final class SpanQueue: SpanExporter {
  private struct State {
    var waiting: [FinishedSpan] = []
    var wake: (@Sendable () -> Void)?
    var isAwake = false
    var isClosed = false
  }

  private let capacity: Int
  private let wakeAt: Int
  private let state = Mutex(State())
  private let dropped = Atomic<Int>(0)

  /// `wakeAt` spans waiting call the consumer before its time has come.
  public init(capacity: Int = TelemetryLimits.queuedSpans, wakeAt: Int = TelemetryLimits.queuedSpans / 4) {
    precondition(capacity > 0 && wakeAt > 0, "a queue holds something")
    self.capacity = capacity
    self.wakeAt = min(wakeAt, capacity)
  }

  public func offer(_ span: FinishedSpan) {
    let wake: (@Sendable () -> Void)? = state.withLock { state in
      guard state.waiting.count < capacity, !state.isClosed else {
        dropped.add(1, ordering: .relaxed)
        return nil
      }
      state.waiting.append(span)
      guard state.waiting.count >= wakeAt, !state.isAwake else { return nil }
      state.isAwake = true
      return state.wake
    }
    wake?()
  }

  /// Called, from the thread of the span that filled the batch, once until the next `take`.
  public func onBatchReady(_ wake: (@Sendable () -> Void)?) { state.withLock { $0.wake = wake } }

  /// Takes nothing more: what is offered from now on is dropped and counted.
  public func close() { state.withLock { $0.isClosed = true } }

  /// Removes up to `maximum` spans, oldest first.
  public func take(atMost maximum: Int) -> [FinishedSpan] {
    state.withLock { state in
      state.isAwake = false
      let taken = Array(state.waiting.prefix(maximum))
      state.waiting.removeFirst(taken.count)
      return taken
    }
  }

  public var count: Int { state.withLock { $0.waiting.count } }
  public var droppedSpans: Int { dropped.load(ordering: .relaxed) }

  /// Shows how full the queue is and what it lost.
  public func register(in registry: MetricsRegistry) {
    registry.gaugeCallback("trace_spans_waiting", help: "Finished spans not yet exported.") { [weak self] in
      (self?.count).map(Double.init)
    }
    registry.counterCallback("trace_spans_dropped_total", help: "Finished spans lost to a full queue.") { [weak self] in
      (self?.droppedSpans).map(Double.init)
    }
  }
}
