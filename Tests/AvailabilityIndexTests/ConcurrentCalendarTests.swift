import AvailabilityIndex
import Synchronization
import TestSupport
import Testing

/// Readers on other threads while the one writer writes. What they may see is checked; the thread sanitizer checks the rest.
@Suite struct ConcurrentCalendarTests {
  private final class Flag: Sendable {
    let isRaised = Atomic(false)
  }

  /// Runs `write` beside `readers` tasks that call `read` until it is done, and once more after that.
  static func race(
    readers: Int = 2, write: @escaping @Sendable () -> Void, read: @escaping @Sendable (inout SeededRandom) -> Bool
  ) async -> Bool {
    let ended = Flag()
    return await withTaskGroup(of: Bool.self) { group in
      for reader in 0..<readers {
        group.addTask {
          var random = SeededRandom(stream: "reader \(reader)")
          var isRight = true
          while !ended.isRaised.load(ordering: .acquiring), isRight {
            isRight = read(&random)
            await Task.yield()  // the writer may be waiting for this thread
          }
          return isRight && read(&random)
        }
      }
      group.addTask {
        write()
        ended.isRaised.store(true, ordering: .releasing)
        return true
      }
      return await group.allSatisfy { $0 }
    }
  }

  @Test func halfDaysAreSeenWhole() async {
    let calendar = AvailabilityCalendar(staffCount: 1, firstDay: 0, days: 1)
    let halves: [Set<DaySlots>] = [
      [.none, DaySlots(0..<48), DaySlots(20..<30)], [.none, DaySlots(48..<96), DaySlots(70..<80)],
    ]
    let days = [DaySlots.none, .all, DaySlots(20..<30).union(DaySlots(70..<80))]
    let isRight = await Self.race {
      for step in 0..<30_000 { calendar.setDay(staff: 0, day: 0, slots: days[step % 3]) }
    } read: { _ in
      let slots = calendar.slots(staff: 0, day: 0)
      return halves[0].contains(slots.intersection(DaySlots(0..<48)))
        && halves[1].contains(slots.intersection(DaySlots(48..<96)))
    }
    #expect(isRight)
  }

  /// Each day's slots spell its number: a reader must never find a day spelling another, whatever the ring does meanwhile.
  @Test func aDayIsNeverTakenForAnother() async {
    let days = 7
    let calendar = AvailabilityCalendar(staffCount: 1, firstDay: 0, days: days)
    @Sendable func spelled(_ day: Int32) -> DaySlots {
      DaySlots(bits: UInt128(UInt32(bitPattern: day)) << 4 | UInt128(UInt32(bitPattern: day)) << 50)
    }
    let isRight = await Self.race {
      for day in Int32(0)..<20_000 {
        calendar.advance(to: day)
        calendar.setDay(staff: 0, day: day + Int32(days) - 1, slots: spelled(day + Int32(days) - 1))
      }
    } read: { _ in
      let first = calendar.firstDay
      return (first..<first + Int32(days)).allSatisfy { day in
        let (slots, whole) = (calendar.slots(staff: 0, day: day), spelled(day))
        return slots.subtracting(whole).isEmpty
      }
    }
    #expect(isRight)
  }

  /// What was free before, during and after is found at every moment, while others come, go, and are added.
  @Test func readersAreUndisturbedByChangesAndGrowth() async {
    let calendar = AvailabilityCalendar(staffCount: 3, firstDay: 0, days: 10)
    calendar.setFree(staff: 1, SlotWindow(day: 5, slots: 90..<102))
    let isRight = await Self.race {
      var random = SeededRandom(stream: "writer")
      for step in 0..<20_000 {
        let staff = Int.random(in: 2..<calendar.staffCount, using: &random)
        let from = Int.random(in: 0..<960, using: &random)
        let window = SlotWindow(from: from, to: from + Int.random(in: 1...40, using: &random))
        if Bool.random(using: &random) {
          calendar.setFree(staff: staff, window)
        } else {
          calendar.setBusy(staff: staff, window)
        }
        if step % 1_000 == 0 { calendar.addStaff(40) }
        if step % 5_000 == 0 { calendar.advance(to: calendar.firstDay + 1) }
      }
    } read: { random in
      let count = calendar.staffCount
      let other = Int.random(in: 2..<count, using: &random)
      guard calendar.dayBound(staff: other..<count, day: 20) == 0,
        (0...1).contains(calendar.shareFree(staff: 0..<count, window: SlotWindow(from: 300, to: 600)))
      else { return false }
      if let start = calendar.nextFreeStart(staff: other..<count, from: 400, slots: 9), start < 400 { return false }
      return calendar.canStart(staff: 0..<count, window: SlotWindow(day: 5, slots: 90..<91), slots: 12)
        && calendar.freeSlotCount(staff: 0..<2, window: SlotWindow(day: 5, slots: 80..<110)) == 12
        && calendar.nextFreeStart(staff: 0..<2, from: 0, slots: 12) == 5 * 96 + 90
    }
    #expect(isRight)
  }
}
