import AvailabilityIndex
import TestSupport
import Testing

@Suite struct AvailabilityCalendarTests {
  /// Midnight, the horizon's borders and days before 1970 are where random worlds lie.
  @Test(arguments: [1, 2, 3, 28, 255])
  func agreesWithTheNaiveCalendar(days: Int) {
    var random = SeededRandom(stream: "agreesWithTheNaiveCalendar \(days)")
    for _ in 0..<(days > 100 ? 1 : 6) {
      let firstDay = Int32.random(in: -20...20, using: &random)
      let staffCount = Int.random(in: 0...5, using: &random)
      var world = World(calendar: AvailabilityCalendar(staffCount: staffCount, firstDay: firstDay, days: days))
      for _ in 0..<40 {
        world.change(&random)
        for _ in 0..<4 { world.compare(&random) }
      }
      world.compareDays()
    }
  }

  @Test func runsGoPastMidnightButNotPastTheHorizon() {
    let calendar = AvailabilityCalendar(staffCount: 2, firstDay: 100, days: 3)
    let lateEvening = SlotWindow(day: 100, slots: 94..<96)
    calendar.setFree(staff: 0, SlotWindow(from: 100 * 96 + 94, to: 101 * 96 + 2))
    #expect(calendar.canStart(staff: 0..<1, window: lateEvening, slots: 4))
    #expect(!calendar.canStart(staff: 0..<1, window: lateEvening, slots: 5))
    #expect(calendar.canStart(staff: 0..<1, window: SlotWindow(day: 100, slots: 95..<96), slots: 3))
    #expect(calendar.starts(staff: 0, day: 100, slots: 3) == DaySlots(94..<96))
    #expect(calendar.nextFreeStart(staff: 0..<2, from: 0, slots: 4) == 100 * 96 + 94)
    #expect(calendar.nextFreeStart(staff: 0..<2, from: 100 * 96 + 95, slots: 4) == nil)
    // Two staff members cannot share one run.
    calendar.setFree(staff: 1, SlotWindow(day: 101, slots: 2..<6))
    #expect(!calendar.canStart(staff: 0..<2, window: lateEvening, slots: 5))
    // The last slot of the last day.
    calendar.setFree(staff: 0, SlotWindow(from: 102 * 96 + 90, to: .max))
    #expect(calendar.canStart(staff: 0..<1, window: SlotWindow(day: 102, slots: 0..<96), slots: 6))
    #expect(!calendar.canStart(staff: 0..<1, window: SlotWindow(day: 102, slots: 0..<96), slots: 7))
    #expect(!calendar.canStart(staff: 0..<1, window: SlotWindow(day: 103, slots: 0..<96), slots: 1))
  }

  /// Days that are packed once and given to many are as if each had been set.
  @Test func packedDaysAreDays() {
    var random = SeededRandom()
    let (calendar, expected) = (
      AvailabilityCalendar(staffCount: 300, firstDay: 100, days: 7), AvailabilityCalendar(staffCount: 300, firstDay: 100, days: 7)
    )
    let everything = SlotWindow(from: .min, to: .max)
    for round in 0..<40 {
      if round % 10 == 9 {
        calendar.advance(to: calendar.firstDay + 1)
        expected.advance(to: calendar.firstDay)
      }
      // Some of them before and after the horizon.
      let firstDay = Int.random(in: 96...112, using: &random)
      let days = (0..<Int.random(in: 0...9, using: &random)).map { _ in
        DaySlots(bits: UInt128.random(in: 0...(.max), using: &random))
      }
      let packed = calendar.packed(days, firstDay: firstDay)
      #expect(calendar.greatestShare(window: everything) >= expected.greatestShare(window: everything))
      for _ in 0..<20 {
        let staff = Int.random(in: 0..<300, using: &random)
        calendar.setDays(staff: staff, packed)
        for (number, slots) in days.enumerated() { expected.setDay(staff: staff, day: Int32(firstDay + number), slots: slots) }
      }
    }
    for staff in 0..<300 {
      for day in 100..<120 as Range<Int32> {
        #expect(calendar.slots(staff: staff, day: day) == expected.slots(staff: staff, day: day))
        #expect(calendar.dayBound(staff: staff..<staff + 1, day: day) == expected.dayBound(staff: staff..<staff + 1, day: day))
      }
    }
  }

  /// A bound that is always 1 would hold as well.
  @Test func noOneHasMoreOfAWindowThanAllTogether() {
    let calendar = AvailabilityCalendar(staffCount: 300, firstDay: 5, days: 2)
    let evening = SlotWindow(day: 5, slots: 72..<92)
    #expect(calendar.greatestShare(window: evening) == 0)
    calendar.setFree(staff: 3, SlotWindow(day: 5, slots: 40..<76))
    calendar.setFree(staff: 299, SlotWindow(day: 5, slots: 74..<82))
    #expect(calendar.greatestShare(window: evening) == 0.5)
    // What is taken again may be free once more: the bound stays.
    calendar.setBusy(staff: 299, evening)
    #expect(calendar.greatestShare(window: evening) == 0.5)
    calendar.advance(to: 6)
    calendar.advance(to: 7)
    #expect(calendar.greatestShare(window: SlotWindow(from: .min, to: .max)) == 0)
  }

  @Test func daysOnEnd() {
    let calendar = AvailabilityCalendar(staffCount: 1, firstDay: -2, days: 4)
    let everything = SlotWindow(from: .min, to: .max)
    calendar.setFree(staff: 0, everything)
    #expect(calendar.shareFree(staff: 0..<1, window: everything) == 1)
    for length in [96, 97, 192, 4 * 96] {
      #expect(calendar.nextFreeStart(staff: 0..<1, from: .min, slots: length) == -192)
      #expect(calendar.nextFreeStart(staff: 0..<1, from: 192 - length, slots: length) == 192 - length)
      #expect(calendar.nextFreeStart(staff: 0..<1, from: 193 - length, slots: length) == nil)
    }
    calendar.setBusy(staff: 0, SlotWindow(from: 0, to: 1))
    #expect(calendar.nextFreeStart(staff: 0..<1, from: .min, slots: 193) == nil)
    #expect(calendar.nextFreeStart(staff: 0..<1, from: -191, slots: 191) == -191)
    #expect(calendar.nextFreeStart(staff: 0..<1, from: -190, slots: 191) == 1)
  }

  @Test func durationsThatCannotBeAreRefused() {
    let calendar = AvailabilityCalendar(staffCount: 1, firstDay: 0, days: 2)
    let everything = SlotWindow(from: .min, to: .max)
    calendar.setFree(staff: 0, everything)
    for length in [0, -1, 193, .max, .min] {
      #expect(throws: AvailabilityError.runLength(slots: length, maximum: 192)) { try calendar.checkRun(slots: length) }
      #expect(!calendar.canStart(staff: 0..<1, window: everything, slots: length))
      #expect(calendar.nextFreeStart(staff: 0..<1, from: 0, slots: length) == nil)
      #expect(calendar.starts(staff: 0, day: 0, slots: length) == .none)
    }
    #expect(throws: Never.self) { try calendar.checkRun(slots: 192) }
    #expect(
      "\(AvailabilityError.runLength(slots: 0, maximum: 192))"
        == "a duration of 0 slots was asked; from 1 to 192 slots of 15 minutes are possible")
  }

  @Test func nobodyIsNeverFree() {
    let calendar = AvailabilityCalendar(staffCount: 0, firstDay: 0)
    let window = SlotWindow(from: 0, to: 960)
    #expect(!calendar.canStart(staff: 0..<0, window: window, slots: 1))
    #expect(calendar.shareFree(staff: 0..<0, window: window) == 0)
    #expect(calendar.nextFreeStart(staff: 0..<0, from: 0, slots: 1) == nil)
    #expect(calendar.dayBound(staff: 0..<0, day: 0) == 0)
    #expect(calendar.byteCount == 0)
  }

  @Test func windowsWithoutASlotInTheHorizon() {
    let calendar = AvailabilityCalendar(staffCount: 1, firstDay: 10, days: 2)
    calendar.setFree(staff: 0, SlotWindow(from: .min, to: .max))
    let windows = [
      SlotWindow(from: 970, to: 970), SlotWindow(from: 980, to: 970), SlotWindow(from: .max, to: .min),
      SlotWindow(from: .min, to: 960), SlotWindow(from: 12 * 96, to: .max),
    ]
    for window in windows {
      #expect(!calendar.canStart(staff: 0..<1, window: window, slots: 1))
      #expect(calendar.shareFree(staff: 0..<1, window: window) == 0)
      #expect(calendar.clipped(window).isEmpty)
      calendar.setBusy(staff: 0, window)
    }
    #expect(calendar.freeSlotCount(staff: 0..<1, window: SlotWindow(from: .min, to: .max)) == 192)
    #expect(!calendar.setDay(staff: 0, day: 12, slots: .none) && !calendar.setDay(staff: 0, day: 9, slots: .none))
    #expect(calendar.clipped(SlotWindow(from: 0, to: 1_000)) == SlotWindow(from: 960, to: 1_000))
  }

  @Test func daysGoneByAreForgotten() {
    let calendar = AvailabilityCalendar(staffCount: 1, firstDay: 0, days: 4)
    let everything = SlotWindow(from: .min, to: .max)
    calendar.setFree(staff: 0, everything)
    calendar.advance(to: 3)
    #expect(calendar.firstDay == 3 && calendar.freeSlotCount(staff: 0..<1, window: everything) == 96)
    #expect((3..<8).map { calendar.dayBound(staff: 0..<1, day: $0) } == [DaySlots.unbounded, 0, 0, 0, 0])
    calendar.advance(to: 1)
    #expect(calendar.firstDay == 3, "time does not go back")
    calendar.setFree(staff: 0, everything)
    calendar.advance(to: 7)
    #expect(calendar.freeSlotCount(staff: 0..<1, window: everything) == 0)
  }

  /// A leap after which ring positions and stamps are what they were.
  @Test func aLeapOfCenturiesFindsNothing() {
    let calendar = AvailabilityCalendar(staffCount: 1, firstDay: 0, days: 4)
    let everything = SlotWindow(from: .min, to: .max)
    calendar.setFree(staff: 0, everything)
    calendar.advance(to: 65_536 * 4)
    #expect(calendar.freeSlotCount(staff: 0..<1, window: everything) == 0)
    calendar.setFree(staff: 0, everything)
    calendar.advance(to: .max)
    #expect(calendar.freeSlotCount(staff: 0..<1, window: everything) == 0)
    #expect(calendar.setDay(staff: 0, day: .max, slots: .all))
    #expect(calendar.nextFreeStart(staff: 0..<1, from: .min, slots: 96) == Int(Int32.max) * 96)
  }

  @Test(arguments: [0, 1, 64, 100])
  func staffIsAppended(initially: Int) {
    let calendar = AvailabilityCalendar(staffCount: initially, firstDay: 0, days: 2)
    var expected: [DaySlots] = []
    var random = SeededRandom(stream: "staffIsAppended \(initially)")
    for added in [initially, 1, 63, 200, 300, 1_500] {
      let new = expected.isEmpty && added == initially ? 0..<initially : calendar.addStaff(added)
      #expect(new == expected.count..<expected.count + added)
      for staff in new {
        #expect(calendar.slots(staff: staff, day: 1) == .none)
        expected.append(random.daySlots())
        calendar.setDay(staff: staff, day: 1, slots: expected[staff])
      }
      #expect(calendar.staffCount == expected.count)
      #expect(expected.indices.allSatisfy { calendar.slots(staff: $0, day: 1) == expected[$0] })
      #expect(calendar.byteCount >= expected.count * 32)
    }
    let copy = AvailabilityCalendar(staffCount: 300, firstDay: 1, days: 5)
    copy.copy(500..<790, of: calendar, to: 10)
    #expect((0..<290).allSatisfy { copy.slots(staff: 10 + $0, day: 1) == expected[500 + $0] })
    #expect(copy.slots(staff: 9, day: 1) == .none && copy.slots(staff: 10, day: 2) == .none)
  }

  @Test func memoryIsSixteenBytesAStaffMemberAndDay() {
    #expect(AvailabilityCalendar(staffCount: 64_000, firstDay: 0).byteCount == 64_000 * 448)
    #expect(AvailabilityCalendar(staffCount: 1, firstDay: 0, days: 7).byteCount == 256 * 16 * 7)
  }
}

/// A calendar and its naive double, changed and asked alike.
private struct World {
  let calendar: AvailabilityCalendar
  var naive: NaiveCalendar

  init(calendar: AvailabilityCalendar) {
    self.calendar = calendar
    naive = NaiveCalendar(staffCount: calendar.staffCount, firstDay: calendar.firstDay, days: calendar.days)
  }

  mutating func change(_ random: inout SeededRandom) {
    let count = naive.free.count
    let kind = Int.random(in: 0..<12, using: &random)
    if kind == 0 || count == 0 {
      let added = Int.random(in: 0...2, using: &random)
      #expect(calendar.addStaff(added) == count..<count + added)
      naive.free += Array(repeating: Array(repeating: false, count: NaiveCalendar.slots), count: added)
    } else if kind == 1 {
      let most: Int32 = naive.firstDay < 60 ? 1 : 0
      let day = naive.firstDay + Int32.random(in: -1...most, using: &random) * Int32.random(in: 1...3, using: &random)
      calendar.advance(to: day)
      naive.advance(to: day)
    } else {
      let staff = Int.random(in: 0..<count, using: &random)
      if kind < 6 {
        let day = naive.firstDay + Int32.random(in: -1...Int32(naive.days), using: &random)
        let slots = random.daySlots()
        #expect(calendar.setDay(staff: staff, day: day, slots: slots) == naive.horizon.contains(Int(day) * 96))
        naive.setDay(staff, day, slots)
      } else {
        let window = window(&random)
        if kind < 9 { calendar.setFree(staff: staff, window) } else { calendar.setBusy(staff: staff, window) }
        naive.set(staff, window, kind < 9)
      }
    }
  }

  /// From a slot to a few days, near midnights and borders more often than elsewhere.
  private func window(_ random: inout SeededRandom) -> SlotWindow {
    let day = Int(naive.firstDay) + Int.random(in: -1...naive.days, using: &random)
    let slot = Bool.random(using: &random) ? Int.random(in: 0..<96, using: &random) : Int.random(in: -4...4, using: &random)
    let length = Bool.random(using: &random) ? Int.random(in: 0...12, using: &random) : Int.random(in: 0...300, using: &random)
    return SlotWindow(from: day * 96 + slot, to: day * 96 + slot + length)
  }

  func compare(_ random: inout SeededRandom) {
    let count = naive.free.count
    let start = Int.random(in: 0...count, using: &random)
    let staff = start..<Int.random(in: start...count, using: &random)
    let window = window(&random)
    let most = [8, 100, naive.days * 96][Int.random(in: 0..<3, using: &random)]
    let slots = Int.random(in: 1...most, using: &random)
    let asked = "staff \(staff), \(window), \(slots) slots, horizon \(naive.horizon)"
    let canStart = naive.canStart(staff, window, slots)
    #expect(calendar.canStart(staff: staff, window: window, slots: slots) == canStart, "\(asked)")
    #expect(calendar.shareFree(staff: staff, window: window) == naive.shareFree(staff, window), "\(asked)")
    #expect(calendar.greatestShare(window: window) >= naive.shareFree(0..<count, window), "\(asked)")
    let soonest = naive.nextFreeStart(staff, window.from, slots)
    #expect(calendar.nextFreeStart(staff: staff, from: window.from, slots: slots) == soonest, "\(asked)")
    if let soonest {
      let bound = calendar.dayBound(staff: staff, day: Int32((soonest - Int(naive.firstDay) * 96) / 96) + naive.firstDay)
      #expect(bound == DaySlots.unbounded || Int(bound) >= slots, "\(asked)")
    }
  }

  func compareDays() {
    for day in naive.firstDay - 1...naive.firstDay + Int32(naive.days) {
      var bound = 0
      for staff in naive.free.indices {
        let truths = (0..<96).map { naive.isFree(staff, Int(day) * 96 + $0) }
        #expect((0..<96).map { calendar.slots(staff: staff, day: day).contains($0) } == truths)
        bound = max(bound, truths[95] ? Int(DaySlots.unbounded) : longestRun(truths))
        for slots in [1, 3, 97] {
          let starts = (0..<96).map { naive.starts(staff, Int(day) * 96 + $0, slots) }
          #expect((0..<96).map { calendar.starts(staff: staff, day: day, slots: slots).contains($0) } == starts)
        }
      }
      #expect(Int(calendar.dayBound(staff: naive.free.indices, day: day)) == bound)
    }
  }
}
