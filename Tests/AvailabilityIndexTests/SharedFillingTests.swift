import AvailabilityIndex
import Dispatch
import TestSupport
import Testing

@Suite struct SharedFillingTests {
  /// Threads that fill calendars of their own people: everybody has what he was given, and nobody more than all together.
  @Test func severalThreadsMayFill() {
    let calendar = AvailabilityCalendar(staffCount: 4_000, firstDay: 100, days: 7)
    @Sendable func days(_ part: Int) -> [DaySlots] {
      var random = SeededRandom(stream: "part \(part)")
      return (0..<7).map { _ in DaySlots(bits: UInt128.random(in: 0...(.max), using: &random)) }
    }
    DispatchQueue.concurrentPerform(iterations: 40) { part in
      let packed = calendar.packed(days(part), firstDay: 100)
      for staff in part * 100..<part * 100 + 100 { calendar.setDays(staff: staff, packed) }
    }
    var greatest = [DaySlots](repeating: .none, count: 7)
    for part in 0..<40 {
      for (day, slots) in days(part).enumerated() {
        greatest[day] = greatest[day].union(slots)
        for staff in part * 100..<part * 100 + 100 { #expect(calendar.slots(staff: staff, day: Int32(100 + day)) == slots) }
      }
    }
    for day in 0..<7 {
      let window = SlotWindow(day: Int32(100 + day), slots: 0..<96)
      #expect(calendar.greatestShare(window: window) == Double(greatest[day].count) / 96)
    }
  }
}
