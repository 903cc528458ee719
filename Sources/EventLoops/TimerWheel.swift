/// A hashed timing wheel (Varghese and Lauck, 1987): insert, cancel and postpone in O(1), for the many time-outs that are
/// nearly always cancelled. Pure: the time is passed in.
///
/// Invariants: a linked timer hangs in the slot of a tick that is not after its deadline's tick; `occupied` has a bit for
/// each slot that is not empty; `position` is the last tick that has been run.
final class TimerWheel {
  static let slotCount = 1_024

  private var slots: [LoopTimer?] = Array(repeating: nil, count: slotCount)
  private var occupied: [UInt64] = Array(repeating: 0, count: slotCount / 64)
  private var position: UInt64 = 0
  private(set) var count = 0

  private static func tick(of milliseconds: UInt64) -> UInt64 {
    (milliseconds + LoopLimits.timerTickMilliseconds - 1) / LoopLimits.timerTickMilliseconds
  }

  func insert(_ timer: LoopTimer, now: UInt64) {
    precondition(timer.slot == nil, "a timer hangs in one slot")
    if count == 0 { position = max(position, now / LoopLimits.timerTickMilliseconds) }
    // A deadline beyond one turn waits in the last slot of this turn and is hung on again when that comes.
    let due = max(TimerWheel.tick(of: timer.deadline), position + 1)
    let tick = min(due, position + UInt64(TimerWheel.slotCount) - 1)
    let slot = Int(tick % UInt64(TimerWheel.slotCount))
    timer.slot = slot
    timer.tick = tick
    timer.next = slots[slot]
    timer.previous = nil
    slots[slot]?.previous = timer
    slots[slot] = timer
    occupied[slot / 64] |= 1 << UInt64(slot % 64)
    count += 1
  }

  func remove(_ timer: LoopTimer) {
    guard let slot = timer.slot else { return }
    if let previous = timer.previous {
      previous.next = timer.next
    } else {
      slots[slot] = timer.next
    }
    timer.next?.previous = timer.previous
    timer.next = nil
    timer.previous = nil
    timer.slot = nil
    if slots[slot] == nil { occupied[slot / 64] &= ~(1 << UInt64(slot % 64)) }
    count -= 1
  }

  /// The milliseconds at which `advance` next has something to do; nil when the wheel is empty.
  var nextWake: UInt64? {
    guard count > 0 else { return nil }
    let start = Int((position + 1) % UInt64(TimerWheel.slotCount))
    // A full turn, word by word: at most 17 looks.
    var offset = 0
    while offset < TimerWheel.slotCount {
      let slot = (start + offset) % TimerWheel.slotCount
      let bits = occupied[slot / 64] >> UInt64(slot % 64)
      if bits != 0 {
        let distance = UInt64(offset + bits.trailingZeroBitCount)
        return (position + 1 + distance) * LoopLimits.timerTickMilliseconds
      }
      offset += 64 - slot % 64
    }
    return nil
  }

  /// Takes off every timer that is due at `now` and runs its action, in order of ticks.
  func advance(to now: UInt64) {
    let target = now / LoopLimits.timerTickMilliseconds
    while position < target {
      guard let wake = nextWake, wake / LoopLimits.timerTickMilliseconds <= target else {
        position = target
        return
      }
      position = wake / LoopLimits.timerTickMilliseconds
      fire(slot: Int(position % UInt64(TimerWheel.slotCount)), now: now)
    }
  }

  private func fire(slot: Int, now: UInt64) {
    // Taken off one by one: an action may cancel or add any timer, also in this slot (those go a full turn ahead).
    while let timer = slots[slot], timer.tick <= position {
      remove(timer)
      if TimerWheel.tick(of: timer.deadline) > position {
        insert(timer, now: now)
      } else {
        timer.action()
      }
    }
  }

  func _checkInvariants() {
    var found = 0
    for slot in 0..<TimerWheel.slotCount {
      let bit = occupied[slot / 64] >> UInt64(slot % 64) & 1
      precondition((slots[slot] != nil) == (bit == 1), "the bitmap tells which slots are in use")
      var timer = slots[slot]
      while let current = timer {
        precondition(current.slot == slot && current.tick > position, "a timer hangs where it says, in the future")
        precondition(current.next == nil || current.next?.previous === current, "the list is linked both ways")
        found += 1
        timer = current.next
      }
    }
    precondition(found == count, "every timer is counted once")
  }
}

/// A time-out of one loop. Touched only on its loop.
public final class LoopTimer {
  var deadline: UInt64
  let action: () -> Void
  fileprivate var slot: Int?
  fileprivate var tick: UInt64 = 0
  fileprivate var next: LoopTimer?
  fileprivate unowned(unsafe) var previous: LoopTimer?
  private unowned let loop: EventLoop?

  init(deadline: UInt64, loop: EventLoop?, action: @escaping () -> Void) {
    self.deadline = deadline
    self.loop = loop
    self.action = action
  }

  public var isScheduled: Bool { slot != nil }

  /// Never runs after this. Harmless on a timer that has run.
  public func cancel() {
    guard let loop else { return }
    loop.preconditionCurrent()
    loop.timers.remove(self)
  }

  /// Moves the deadline. Later is a single store: the timer is hung on again when its old slot comes.
  public func reschedule(afterMilliseconds delay: UInt64) {
    guard let loop else { return }
    loop.preconditionCurrent()
    let now = loop.nowMilliseconds
    let isLater = now + delay >= deadline
    deadline = now + delay
    guard slot == nil || !isLater else { return }
    loop.timers.remove(self)
    loop.timers.insert(self, now: now)
    loop.armTimer()
  }
}

extension EventLoop {
  /// Runs `body` on this loop after at least `delay` (rounded up to a tick). Call on the loop.
  @discardableResult
  public func schedule(afterMilliseconds delay: UInt64, _ body: @escaping () -> Void) -> LoopTimer {
    preconditionCurrent()
    let timer = LoopTimer(deadline: nowMilliseconds + delay, loop: self, action: body)
    timers.insert(timer, now: nowMilliseconds)
    armTimer()
    return timer
  }

  /// Suspends the task; throws `CancellationError` as soon as it is cancelled.
  public func sleep(milliseconds: UInt64) async throws {
    let sleeper = Sleeper(loop: self)
    try await run {
      try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { sleeper.start($0, milliseconds: milliseconds) }
      } onCancel: {
        self.execute { sleeper.cancel() }
      }
    }
  }
}

/// One suspended `sleep`. Its state is touched only on the loop.
private final class Sleeper: @unchecked Sendable {
  // Sendable: `start` and `cancel` run on the loop only.
  private let loop: EventLoop
  private var continuation: CheckedContinuation<Void, any Error>?
  private var timer: LoopTimer?
  private var isCancelled = false

  init(loop: EventLoop) {
    self.loop = loop
  }

  func start(_ continuation: CheckedContinuation<Void, any Error>, milliseconds: UInt64) {
    if isCancelled || Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
    self.continuation = continuation
    timer = loop.schedule(afterMilliseconds: milliseconds) { self.finish(.success(())) }
  }

  func cancel() {
    isCancelled = true
    timer?.cancel()
    finish(.failure(CancellationError()))
  }

  private func finish(_ result: Result<Void, any Error>) {
    timer = nil
    continuation?.resume(with: result)
    continuation = nil
  }
}
