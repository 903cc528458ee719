import AvailabilityIndex
import TestSupport

/// The definition of what a calendar answers: an array of truths a staff member, looked at slot by slot.
struct NaiveCalendar {
  static let originDay: Int32 = -60
  static let originSlot = Int(originDay) * 96
  static let slots = 400 * 96

  var free: [[Bool]]
  var firstDay: Int32
  let days: Int

  init(staffCount: Int, firstDay: Int32, days: Int) {
    free = Array(repeating: Array(repeating: false, count: Self.slots), count: staffCount)
    self.firstDay = firstDay
    self.days = days
  }

  var horizon: Range<Int> { Int(firstDay) * 96..<(Int(firstDay) + days) * 96 }

  func isFree(_ staff: Int, _ slot: Int) -> Bool { horizon.contains(slot) && free[staff][slot - Self.originSlot] }

  /// The slots of `window` that the horizon covers.
  func covered(_ window: SlotWindow) -> Range<Int> {
    window.isEmpty ? 0..<0 : (window.from..<window.to).clamped(to: horizon)
  }

  mutating func set(_ staff: Int, _ window: SlotWindow, _ value: Bool) {
    for slot in covered(window) { free[staff][slot - Self.originSlot] = value }
  }

  mutating func setDay(_ staff: Int, _ day: Int32, _ slots: DaySlots) {
    for slot in 0..<96 {
      set(staff, SlotWindow(day: day, slots: slot..<slot + 1), slots.contains(slot))
    }
  }

  mutating func advance(to day: Int32) {
    guard day > firstDay else { return }
    for staff in free.indices { set(staff, SlotWindow(from: Int(firstDay) * 96, to: Int(day) * 96), false) }
    firstDay = day
  }

  func starts(_ staff: Int, _ slot: Int, _ length: Int) -> Bool {
    length > 0 && horizon.contains(slot) && length <= horizon.upperBound - slot
      && (slot..<slot + length).allSatisfy { isFree(staff, $0) }
  }

  func canStart(_ staff: Range<Int>, _ window: SlotWindow, _ length: Int) -> Bool {
    covered(window).contains { slot in staff.contains { starts($0, slot, length) } }
  }

  func shareFree(_ staff: Range<Int>, _ window: SlotWindow) -> Double {
    let slots = covered(window)
    let count = slots.count { slot in staff.contains { isFree($0, slot) } }
    return slots.isEmpty ? 0 : Double(count) / Double(slots.count)
  }

  func nextFreeStart(_ staff: Range<Int>, _ from: Int, _ length: Int) -> Int? {
    horizon.first { slot in slot >= from && staff.contains { starts($0, slot, length) } }
  }
}

/// The longest run of truths.
func longestRun(_ truths: some Sequence<Bool>) -> Int {
  var (longest, current) = (0, 0)
  for truth in truths {
    current = truth ? current + 1 : 0
    longest = max(longest, current)
  }
  return longest
}

extension SeededRandom {
  /// A day as calendars have them: nothing, everything, opening hours with bookings in them, or noise.
  mutating func daySlots() -> DaySlots {
    switch Int.random(in: 0..<8, using: &self) {
    case 0: return .none
    case 1: return .all
    case 2: return DaySlots(bits: UInt128(next()) << 64 | UInt128(next()))
    case 3: return DaySlots(bits: (UInt128(next()) << 64 | UInt128(next())) & (UInt128(next()) << 64 | UInt128(next())))
    default:
      let open = Int.random(in: 0...95, using: &self)
      var day = DaySlots(open..<Int.random(in: open...96, using: &self))
      for _ in 0..<Int.random(in: 0..<5, using: &self) {
        let start = Int.random(in: 0..<96, using: &self)
        day = day.subtracting(DaySlots(start..<start + Int.random(in: 1...8, using: &self)))
      }
      return day
    }
  }
}
