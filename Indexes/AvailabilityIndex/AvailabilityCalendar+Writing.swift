// What the one writer does. A staff member who is not of the calendar is a mistake of the program's; a time outside the horizon
// is not: it is left alone.
extension AvailabilityCalendar {
  /// Makes exactly `slots` of `day` free. False, and nothing changed, where the day is outside the horizon.
  @discardableResult
  public func setDay(staff: Int, day: Int32, slots: DaySlots) -> Bool {
    check(staff)
    let horizon = horizon
    guard let index = horizon.index(of: day) else { return false }
    store(slots, day: Int(day), of: staff, at: horizon.place(index))
    return true
  }

  /// Days ready to be given to any number of staff members who have them alike; slots of the day `firstDay` first. What anyone may have
  /// free is raised at once. Days outside the horizon are left out.
  public func packed(_ slots: [DaySlots], firstDay: Int) -> PackedDays {
    let horizon = horizon
    var days: [PackedDays.Day] = []
    for (number, slots) in slots.enumerated() {
      guard let day = Int32(exactly: firstDay + number), let index = horizon.index(of: day) else { continue }
      let place = horizon.place(index)
      raise(slots, day: Int(day), at: place)
      days.append(PackedDays.Day(words: PackedDay(slots, day: Int(day)), place: place))
    }
    return PackedDays(days: days)
  }

  /// Makes exactly these days' slots free; other days stay. What is so already is not written.
  ///
  /// The days must have been packed by this calendar since its horizon last moved.
  public func setDays(staff: Int, _ packed: PackedDays) {
    check(staff)
    let row = rows.row(staff)
    for day in packed.days where row.load(day.place) != day.words { row.store(day.words, at: day.place) }
  }

  /// Frees the slots of `window`.
  public func setFree(staff: Int, _ window: SlotWindow) {
    change(staff, window) { $0 | $1 }
  }

  /// Takes the slots of `window`.
  public func setBusy(staff: Int, _ window: SlotWindow) {
    change(staff, window) { $0 & ~$1 }
  }

  /// Drops the days before `firstDay` and gives blank days at the end. A day before the present first one changes nothing.
  ///
  /// No word is touched: those of the days gone by bear their stamps. O(1), but for a leap of half the stamps' range.
  public func advance(to firstDay: Int32) {
    let old = horizon
    guard Int(firstDay) > old.firstDay else { return }
    // Stamps repeat after 65,536 days: who leaps that far must not meet words that were stamped before the leap.
    if Int(firstDay) - old.firstDay > 1 << 15 { forgetEverything() }
    setHorizon(Horizon(firstDay: firstDay, days: days))
  }

  /// Appends `count` staff members who are not free yet; their numbers. Whoever has asked for other staff goes on undisturbed.
  @discardableResult
  public func addStaff(_ count: Int) -> Range<Int> {
    let first = staffCount
    precondition((0...AvailabilityLimits.maximumStaff - first).contains(count), "\(count) staff members after \(first)")
    setStaffCount(first + count)
    return first..<first + count
  }

  /// Copies the days that both calendars know of `staff` of `other` to the staff numbered from `first` on: for a provider whose
  /// staff is to lie elsewhere, or a calendar laid out anew.
  public func copy(_ staff: Range<Int>, of other: AvailabilityCalendar, to first: Int) {
    let horizon = horizon
    for member in staff {
      for index in 0..<days {
        let day = Int32(truncatingIfNeeded: horizon.firstDay + index)
        setDay(staff: first + member - staff.lowerBound, day: day, slots: other.slots(staff: member, day: day))
      }
    }
  }

  private func change(_ staff: Int, _ window: SlotWindow, _ changed: (UInt128, UInt128) -> UInt128) {
    check(staff)
    let horizon = horizon
    let row = rows.row(staff)
    var days = SpanDays(horizon.span(of: window))
    while let (index, mask) = days.nextDay() {
      let place = horizon.place(index)
      let slots = DaySlots(trusted: changed(row.load(place).slots(at: place).bits, mask))
      store(slots, day: horizon.firstDay + index, of: staff, at: place)
    }
  }

  private func forgetEverything() {
    let horizon = horizon
    let nothing = PackedDay(low: 0, high: 0)
    for index in 0..<days {
      let place = horizon.place(index)
      for member in 0..<staffCount { rows.row(member).store(nothing, at: place) }
      everyone.row(0).store(nothing, at: place)
    }
  }

  private func check(_ staff: Int) {
    precondition(staff >= 0 && staff < staffCount, "staff member \(staff) of \(staffCount)")
  }
}
