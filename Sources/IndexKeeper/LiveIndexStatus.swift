import PostgresClient
import Synchronization

/// What a live index is doing.
public enum LiveIndexPhase: Sendable, Hashable {
  /// No index yet, or one that was read from its file and has not caught up with the log.
  case starting
  /// Reading the catalogue. An older index, where there is one, is served meanwhile.
  case hydrating(HydrationProgress)
  /// In step with the log, as far as it is connected.
  case following
  /// Something is wrong; it is tried again. What there is of an index is served.
  case failing(reason: String)
  case stopped
}

/// Where a live index is, at one moment.
public struct LiveIndexStatus: Sendable, Hashable {
  public var phase: LiveIndexPhase
  /// There is an index to ask.
  public var isReady: Bool
  public var isConnected: Bool
  public var position: UInt64
  /// How old the state is that searches see; nil before the first.
  public var ageMilliseconds: UInt64?
  public var lagBytes: UInt64
  public var providers: Int
  public var segments: Int
  /// Providers whose rows the index would not take.
  public var refused: Int

  /// What searches see is no longer kept in step with the database, or not yet again.
  public var isStale: Bool { isReady && !(phase == .following && isConnected) }
}

/// What the keeper has reached: written by it, read and awaited by anyone.
final class IndexProgress: Sendable {
  private struct State {
    var phase = LiveIndexPhase.starting
    var providers = 0
    var segments = 0
    var refused = 0
    var waiters: [UInt64: Waiter] = [:]
    var nextWaiter: UInt64 = 0
    var isClosed = false
  }

  private struct Waiter {
    let position: UInt64
    let continuation: CheckedContinuation<Bool, Never>
  }

  private let state = Mutex(State())
  private let positionValue = Atomic<UInt64>(0)
  private let freshAsOfValue = Atomic<UInt64>(0)
  private let ready = Atomic<Bool>(false)

  var position: UInt64 { positionValue.load(ordering: .acquiring) }
  var isReady: Bool { ready.load(ordering: .acquiring) }
  /// By the keeper's clock; 0 before the first.
  var freshAsOf: UInt64 { freshAsOfValue.load(ordering: .relaxed) }

  var phase: LiveIndexPhase {
    get { state.withLock { $0.phase } }
    set { state.withLock { $0.phase = newValue } }
  }

  func figures() -> (phase: LiveIndexPhase, providers: Int, segments: Int, refused: Int) {
    state.withLock { ($0.phase, $0.providers, $0.segments, $0.refused) }
  }

  /// A snapshot of `position` has been posted by one who follows the log.
  func reach(_ position: UInt64, freshAsOf: UInt64, providers: Int, segments: Int, refused: Int) {
    positionValue.store(position, ordering: .releasing)
    freshAsOfValue.store(freshAsOf, ordering: .relaxed)
    ready.store(true, ordering: .releasing)
    let reached = state.withLock { state in
      (state.providers, state.segments, state.refused) = (providers, segments, refused)
      if !state.isClosed { state.phase = .following }
      guard !state.waiters.isEmpty else { return [Waiter]() }
      let reached = state.waiters.filter { $0.value.position <= position }
      for key in reached.keys { state.waiters[key] = nil }
      return Array(reached.values)
    }
    for waiter in reached { waiter.continuation.resume(returning: true) }
  }

  /// Whoever waits now waits in vain.
  func close() {
    let left = state.withLock { state in
      state.isClosed = true
      state.phase = .stopped
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in left { waiter.continuation.resume(returning: false) }
  }

  /// False when the time is over or the task cancelled.
  func wait(for position: UInt64, timeoutMilliseconds: UInt64) async -> Bool {
    if isReady, self.position >= position { return true }
    let number = state.withLock { state in
      defer { state.nextWaiter += 1 }
      return state.nextWaiter
    }
    let timer = Task { [self] in
      try? await Task.sleep(for: .milliseconds(Int64(clamping: timeoutMilliseconds)))
      giveUp(number)
    }
    defer { timer.cancel() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Bool? = state.withLock { state in
          if state.isClosed || Task.isCancelled { return false }
          // Looked at again under the lock: a snapshot may have come since.
          if isReady, self.position >= position { return true }
          state.waiters[number] = Waiter(position: position, continuation: continuation)
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      giveUp(number)
    }
  }

  private func giveUp(_ number: UInt64) {
    let waiter = state.withLock { $0.waiters.removeValue(forKey: number) }
    waiter?.continuation.resume(returning: false)
  }
}
