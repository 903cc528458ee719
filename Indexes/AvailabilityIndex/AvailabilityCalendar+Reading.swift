// What readers ask, in the hot loop of a search: nothing here allocates or waits. `staff` is a provider's staff; a provider with
// none is never free. A run of fewer than one slot, or of more than the horizon has, never starts (`checkRun` says why).
extension AvailabilityCalendar {
  /// Whether some one of `staff` is free for `slots` slots on end that start within `window`. The run itself may go on past the
  /// window's end and past midnight, but not past the horizon. O(staff · days of the window · log slots).
  @inlinable
  public func canStart(staff: Range<Int>, window: SlotWindow, slots: Int) -> Bool {
    let horizon = horizon
    guard slots >= 1, slots <= horizon.slotCount else { return false }
    var days = SpanDays(horizon.span(of: window))
    while let (index, mask) = days.nextDay() {
      let place = horizon.place(index)
      for member in staff where starts(member, horizon, index, place, slots) & mask != 0 { return true }
    }
    return false
  }

  /// How many slots of `window`, as far as the horizon covers it, at least one of `staff` is free in.
  @inlinable
  public func freeSlotCount(staff: Range<Int>, window: SlotWindow) -> Int {
    let horizon = horizon
    return freeSlotCount(staff, horizon, horizon.span(of: window))
  }

  /// The share of `window` that is free: slots in which at least one of `staff` is free, by slots of the window, both as far as
  /// the horizon covers it. 0 where it covers nothing.
  ///
  /// Anyone of the staff counts, since a customer who names no one can come whenever anyone is free; a mean would rank a large
  /// salon with part-time staff below a small one that is booked out half the day.
  @inlinable
  public func shareFree(staff: Range<Int>, window: SlotWindow) -> Double {
    let horizon = horizon
    let span = horizon.span(of: window)
    return span.isEmpty ? 0 : Double(freeSlotCount(staff, horizon, span)) / Double(span.count)
  }

  /// No one's `shareFree` of `window` is above this, now or while a search that asks for it goes on: what anyone may have free is
  /// raised before it is freed.
  public func greatestShare(window: SlotWindow) -> Double {
    let horizon = horizon
    let span = horizon.span(of: window)
    guard !span.isEmpty else { return 0 }
    var days = SpanDays(span)
    var count = 0
    while let (index, mask) = days.nextDay() {
      let place = horizon.place(index)
      count += (everyone.row(0).load(place).slots(at: place).bits & mask).nonzeroBitCount
    }
    return Double(count) / Double(span.count)
  }

  /// The first absolute slot from `from` on at which one of `staff` is free for `slots` slots on end.
  @inlinable
  public func nextFreeStart(staff: Range<Int>, from: Int, slots: Int) -> Int? {
    let horizon = horizon
    guard slots >= 1, slots <= horizon.slotCount else { return nil }
    var days = SpanDays(horizon.span(of: SlotWindow(from: from, to: .max)))
    while let (index, mask) = days.nextDay() {
      let place = horizon.place(index)
      var found: UInt128 = 0
      for member in staff { found |= starts(member, horizon, index, place, slots) }
      found &= mask
      if found != 0 {
        return horizon.firstSlot + index * AvailabilityLimits.slotsPerDay + found.trailingZeroBitCount
      }
    }
    return nil
  }

  /// No run of more slots than this begins in `day` with any of `staff`: the longest free run within the day, or
  /// `DaySlots.unbounded` where someone's last slot is free, for the run may then go on; 0 outside the horizon.
  @inlinable
  public func dayBound(staff: Range<Int>, day: Int32) -> UInt8 {
    let horizon = horizon
    guard let index = horizon.index(of: day) else { return 0 }
    let place = horizon.place(index)
    var bound: UInt8 = 0
    for member in staff { bound = max(bound, rows.row(member).load(place).bound(at: place)) }
    return bound
  }

  /// The free slots of one staff member's day; none outside the horizon.
  public func slots(staff: Int, day: Int32) -> DaySlots {
    let horizon = horizon
    guard let index = horizon.index(of: day) else { return .none }
    let place = horizon.place(index)
    return rows.row(staff).load(place).slots(at: place)
  }

  /// The slots of `day` at which one staff member is free for `slots` slots on end, past midnight if need be.
  public func starts(staff: Int, day: Int32, slots: Int) -> DaySlots {
    let horizon = horizon
    guard slots >= 1, slots <= horizon.slotCount, let index = horizon.index(of: day) else { return .none }
    return DaySlots(trusted: starts(staff, horizon, index, horizon.place(index), slots))
  }

  /// Reads the first word that a question about `staff` and a window from `slot` on looks at, so that its line is on its way when the
  /// question is asked. What it returns means nothing; adding it up keeps the read.
  @inlinable
  @inline(__always)
  public func readAhead(staff: Int, slot: Int) -> UInt64 {
    let horizon = horizon
    let index = (slot - horizon.firstSlot) / AvailabilityLimits.slotsPerDay
    guard staff < staffCount, index >= 0, index < horizon.days else { return 0 }
    return rows.row(staff).load(horizon.place(index)).high
  }

  @inlinable
  @inline(__always)
  func freeSlotCount(_ staff: Range<Int>, _ horizon: Horizon, _ span: Range<Int>) -> Int {
    var days = SpanDays(span)
    var count = 0
    while let (index, mask) = days.nextDay() {
      let place = horizon.place(index)
      var free: UInt128 = 0
      for member in staff { free |= rows.row(member).load(place).slots(at: place).bits }
      count += (free & mask).nonzeroBitCount
    }
    return count
  }

  @inlinable
  @inline(__always)
  func starts(_ member: Int, _ horizon: Horizon, _ index: Int, _ place: DayPlace, _ slots: Int) -> UInt128 {
    let packed = rows.row(member).load(place)
    guard packed.mayStart(slots) else { return 0 }
    let day = packed.slots(at: place)
    let within = day.starts(ofRun: slots).bits
    return day.endsInRun && slots > 1 ? within | startsPastMidnight(day, member, horizon, index, slots) : within
  }

  /// The starts in `day`, whose last slot is free, of runs that end after it. Not inlined: few are free at midnight.
  @usableFromInline
  @inline(never)
  func startsPastMidnight(_ day: DaySlots, _ member: Int, _ horizon: Horizon, _ index: Int, _ slots: Int) -> UInt128 {
    var after = 0
    var next = index + 1
    while next < horizon.days, after < slots - 1 {
      let place = horizon.place(next)
      let head = rows.row(member).load(place).slots(at: place).headRun
      after += head
      if head < AvailabilityLimits.slotsPerDay { break }
      next += 1
    }
    // A start s has 96 - s slots of this day, all free, and needs slots - (96 - s) ≤ after of the next ones.
    let last = AvailabilityLimits.slotsPerDay
    let from = max(last - day.tailRun, last - slots + 1)
    let to = min(last, last + after - slots + 1)
    return from < to ? DaySlots.mask(from, to) : 0
  }
}
