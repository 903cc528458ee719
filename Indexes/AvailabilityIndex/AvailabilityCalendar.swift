// AvailabilityIndex: when each staff member is free, in quarter hours, for the days of a moving horizon.
// "Free for D minutes starting within [t1, t2)", "share of the window that is free" and "next free start" are a few bit
// operations a day. One writer changes the calendar in place while readers read; time comes in as numbers, never from a clock.
public import Columns
public import Synchronization

/// The free slots of staff members, numbered 0..<`staffCount`, for `days` days from `firstDay` on.
///
/// Days are numbered from 1970-01-01, in UTC; a day has 96 slots of 15 minutes, and an absolute slot, which is an instant, is
/// day · 96 + slot. What is outside the horizon is not free.
///
/// **Memory**: 16 bytes a staff member and day, so 448 bytes a staff member with the default 28 days, in blocks of 256 staff
/// members; a day's bound is in them. `byteCount` is the exact figure.
///
/// **Threads**: any number of readers beside one writer, without locks; the writer may share the filling of different staff members'
/// days among several threads. Each half day (48 slots) is seen whole; a change of more
/// than that may be seen half done, as two changes would be.
///
/// **Bounds**: `dayBound` is kept by every change. For bounds of groups (nodes of a tree) that are never too low, the writer
/// raises the group's bound to `DaySlots.startBound` of the day to be *before* the change that frees time, and lowers it, if it
/// does, after the change that takes time: a reader that passes a group by then answers as of before the change.
public final class AvailabilityCalendar: @unchecked Sendable {
  // Sendable: what readers touch is immutable or atomic. The rest is touched by the one writer alone; where several threads fill rows, each
  // has its own, and what all rows share is raised under a lock.
  public let days: Int
  @usableFromInline let rows: StaffRows
  @usableFromInline let horizonWord: Atomic<UInt64>
  /// One row that stands for all: a slot is free in it if it ever was with anyone since the day came into the horizon.
  @usableFromInline let everyone: StaffRows
  private var everyoneWords: [LiveWords] = []
  private let raising = Mutex(())
  private let staff: Atomic<Int>
  /// Owners of what `rows` points to: the base and each segment. The writer's.
  private var words: [LiveWords] = []

  /// A calendar in which nobody is free yet.
  /// - Parameter room: gives so many words that are zero: a large calendar's are best in large pages.
  public init(
    staffCount: Int, firstDay: Int32, days: Int = AvailabilityLimits.defaultDays,
    room: (Int) -> LiveWords = { LiveWords(count: $0) }
  ) {
    precondition((0...AvailabilityLimits.maximumStaff).contains(staffCount), "a calendar of \(staffCount) staff members")
    precondition((1...AvailabilityLimits.maximumDays).contains(days), "a calendar of \(days) days")
    self.days = days
    rows = StaffRows(staffCount: staffCount, days: days, words: &words, room: room)
    everyone = StaffRows(staffCount: 1, days: days, words: &everyoneWords)
    horizonWord = Atomic(Horizon(firstDay: firstDay, days: days).word)
    staff = Atomic(staffCount)
  }

  public var staffCount: Int { staff.load(ordering: .acquiring) }

  /// The first day of the horizon.
  public var firstDay: Int32 { Int32(truncatingIfNeeded: horizon.firstDay) }

  /// The bytes the calendar's words take. The writer's to ask.
  public var byteCount: Int { words.reduce(0) { $0 + $1.count } * MemoryLayout<UInt64>.stride }

  /// Refuses a duration that no run within the horizon can have. Readers answer "no" to such a duration; whoever takes it from
  /// outside asks here, so as to say what is wrong.
  public func checkRun(slots: Int) throws(AvailabilityError) {
    let maximum = days * AvailabilityLimits.slotsPerDay
    guard (1...maximum).contains(slots) else { throw .runLength(slots: slots, maximum: maximum) }
  }

  /// The part of `window` that the horizon covers.
  public func clipped(_ window: SlotWindow) -> SlotWindow {
    let horizon = horizon
    let span = horizon.span(of: window)
    return SlotWindow(from: horizon.firstSlot + span.lowerBound, to: horizon.firstSlot + span.upperBound)
  }

  @inlinable
  var horizon: Horizon { Horizon(word: horizonWord.load(ordering: .relaxed), days: days) }

  // MARK: the writer's, which touch what readers see only by atomic stores

  /// The one way a day is written: what anyone may have free is raised before it.
  func store(_ slots: DaySlots, day: Int, of staff: Int, at place: DayPlace) {
    raise(slots, day: day, at: place)
    rows.row(staff).store(PackedDay(slots, day: day), at: place)
  }

  /// What comes before anyone is given `slots`.
  func raise(_ slots: DaySlots, day: Int, at place: DayPlace) {
    let all = everyone.row(0)
    guard !slots.subtracting(all.load(place).slots(at: place)).isEmpty else { return }
    raising.withLock { _ in
      all.store(PackedDay(slots.union(all.load(place).slots(at: place)), day: day), at: place)
    }
  }

  func setHorizon(_ horizon: Horizon) { horizonWord.store(horizon.word, ordering: .releasing) }

  func setStaffCount(_ count: Int) {
    rows.reserve(count, words: &words)
    staff.store(count, ordering: .releasing)
  }
}
