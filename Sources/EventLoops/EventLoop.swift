import CPlatform
import Synchronization

/// One thread with one libuv loop, and a Swift task executor: an `async` handler started on a loop stays on it.
///
/// A loop owns its connections, timers and database connections. Whatever belongs to a loop is touched only on its
/// thread, so it needs no lock; `execute` is the one door from other threads.
public final class EventLoop: TaskExecutor, @unchecked Sendable {
  // Sendable: `inbox` and `statistics` are synchronised; everything else is touched on the loop's thread only, which
  // `preconditionCurrent` checks at the entry points.

  public let index: Int
  public let name: String

  /// Work in the order it was asked for; `head` is the next to run.
  private var ready: [Work] = []
  private var head = 0
  /// Waits until input and timers have been looked at.
  private var nextTurnWork: [CheckedContinuation<Void, Never>] = []
  /// What other threads have asked for.
  private let inbox = Mutex(Inbox())

  let timers = TimerWheel()
  public let statistics = LoopStatistics()
  var uv = LoopHandles()

  enum Work {
    case job(UnownedJob)
    case closure(@Sendable () -> Void)
    /// Taken out and run.
    case done
  }

  private struct Inbox {
    var work: [Work] = []
    var hasWoken = false
    var hasEnded = false
  }

  init(index: Int, name: String) throws(LoopError) {
    self.index = index
    self.name = name
    try openHandles()
  }

  // MARK: Where am I

  /// The loop whose thread this is, if it is a loop's.
  public static var current: EventLoop? {
    guard let pointer = qareeb_current_loop() else { return nil }
    return Unmanaged<EventLoop>.fromOpaque(pointer).takeUnretainedValue()
  }

  public var isCurrent: Bool {
    qareeb_current_loop() == Unmanaged.passUnretained(self).toOpaque()
  }

  @inline(__always)
  public func preconditionCurrent(_ function: StaticString = #function) {
    precondition(isCurrent, "\(function) belongs to loop \(index) and was called from another thread")
  }

  // MARK: Work

  /// Runs `body` on the loop, later and in order; callable from any thread.
  public func execute(_ body: @escaping @Sendable () -> Void) {
    add(.closure(body))
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    add(.job(UnownedJob(job)))
  }

  private func add(_ work: Work) {
    if isCurrent {
      ready.append(work)
      return
    }
    let (mustWake, hasEnded) = withInbox { inbox in
      if inbox.hasEnded { return (false, true) }
      inbox.work.append(work)
      defer { inbox.hasWoken = true }
      return (!inbox.hasWoken, false)
    }
    if mustWake { wake() }
    if hasEnded { runElsewhere(work) }
  }

  /// Every use of the inbox. Thread sanitizer is told of the lock; what it would report of handing work over would all be false.
  private func withInbox<R>(_ body: (inout sending Inbox) -> sending R) -> sending R {
    inbox.withLock { inbox in
      let lock = Unmanaged.passUnretained(self).toOpaque()
      qareeb_sanitizer_did_lock(lock)
      defer { qareeb_sanitizer_will_unlock(lock) }
      return body(&inbox)
    }
  }

  /// A task that outlives its loop ends on the global pool instead of never.
  private func runElsewhere(_ work: Work) {
    switch work {
    case .job(let job): globalConcurrentExecutor.enqueue(job)
    case .done: break
    case .closure: break  // belongs to the loop's own objects, which are gone
    }
  }

  /// Runs what is ready, and what that makes ready, up to a bound: input and timers must get their turn.
  func runReadyWork() {
    takeInbox()
    guard head < ready.count else { return }
    var remaining = LoopLimits.workPerTurn
    while head < ready.count, remaining > 0 {
      // Taken out before it runs: what it captured may end with it, and an end may ask for more work.
      let work = ready[head]
      ready[head] = .done
      head += 1
      remaining -= 1
      switch work {
      case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
      case .closure(let body): body()
      case .done: break
      }
    }
    if head == ready.count {
      ready.removeAll(keepingCapacity: head <= LoopLimits.readyCapacityKept)
      head = 0
    } else if head > LoopLimits.workPerTurn * 4 {
      ready.removeFirst(head)
      head = 0
    }
    setSpinning(head < ready.count || !nextTurnWork.isEmpty)
  }

  /// Suspends until the loop has looked at its input and timers once more: what could go on for long without ever waiting
  /// (a stream to a fast reader) thereby leaves others their turn, which `Task.yield` alone does not. Call on the loop.
  public func nextTurn() async {
    preconditionCurrent()
    await withCheckedContinuation { nextTurnWork.append($0) }
  }

  var hasWorkForNextTurn: Bool { !nextTurnWork.isEmpty }

  /// Called between looking at input and running what is ready.
  func takeWorkForNextTurn() {
    guard !nextTurnWork.isEmpty else { return }
    let work = nextTurnWork
    nextTurnWork = []
    for continuation in work { continuation.resume() }
  }

  private func takeInbox() {
    withInbox { inbox in
      guard !inbox.work.isEmpty || inbox.hasWoken else { return }
      inbox.hasWoken = false
      ready.append(contentsOf: inbox.work)
      inbox.work.removeAll(keepingCapacity: true)
    }
  }

  /// Called on the thread as its last act: nothing is taken on afterwards, and what is left moves on.
  func end() {
    let left = withInbox { inbox in
      inbox.hasEnded = true
      defer { inbox.work = [] }
      return inbox.work
    }
    takeWorkForNextTurn()
    let unfinished = ready[head...] + left
    ready = []
    head = 0
    unfinished.forEach(runElsewhere)
  }

  // MARK: Tasks

  /// Starts a task that stays on this loop. Called on the loop it runs at once, up to its first suspension.
  @discardableResult
  public func startTask(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    if isCurrent {
      Task.immediate(executorPreference: self) { await body() }
    } else {
      Task(executorPreference: self) { await body() }
    }
  }

  /// Runs `body` on this loop and comes back with its result.
  public func run<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async rethrows -> T {
    try await withTaskExecutorPreference(self, operation: body)
  }
}

/// What can go wrong below Swift: libuv's name for it and its words.
public struct LoopError: Error, Hashable, CustomStringConvertible {
  public let code: Int32
  /// Such as `EADDRINUSE`.
  public let name: String
  public let message: String
  /// What was being done.
  public let action: String

  public var description: String { "\(action): \(message) (\(name))" }
}

enum LoopLimits {
  /// Ready work run before input is looked at again: long enough to empty a burst, short enough (about 1 ms) to stay fair.
  static let workPerTurn = 1_024
  /// A queue that once held more gives its memory back.
  static let readyCapacityKept = 16_384
  /// One read takes at most this; shared by all connections of a loop, so idle ones cost none.
  static let readBufferBytes = 65_536
  /// The kernel caps it at net.core.somaxconn; a burst of new connections must not be refused.
  static let listenBacklog: Int32 = 4_096
  /// Timer resolution: time-outs are seconds, so 8 ms is exact enough and wakes a loop seldom.
  static let timerTickMilliseconds: UInt64 = 8
}
