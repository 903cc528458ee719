import AvailabilityIndex
import Columns
import TestSupport
import Testing

@Suite struct CalendarColumnsTests {
  static let version: UInt32 = 1

  static func sample(_ random: inout SeededRandom) -> AvailabilityCalendar {
    let calendar = AvailabilityCalendar(staffCount: 3, firstDay: -3, days: 5)
    calendar.addStaff(Int.random(in: 0...400, using: &random))
    for step in 0..<600 {
      if step % 150 == 149 { calendar.advance(to: calendar.firstDay + 2) }
      let day = calendar.firstDay + Int32.random(in: 0..<5, using: &random)
      calendar.setDay(staff: Int.random(in: 0..<calendar.staffCount, using: &random), day: day, slots: random.daySlots())
    }
    return calendar
  }

  static func bytes(_ calendar: AvailabilityCalendar) -> [UInt8] {
    var file = ColumnFileWriter(version: version, number: 0)
    calendar.write(into: &file, prefix: "calendar")
    return file.bytes()
  }

  static func read(_ bytes: [UInt8]) throws -> AvailabilityCalendar {
    try AvailabilityCalendar(
      reading: ColumnFileReader(memory: Column(bytes).memory, version: version), prefix: "calendar")
  }

  /// A file with a calendar's sections made up.
  static func read(shape: [Int64], words: [UInt64]) throws -> AvailabilityCalendar {
    var file = ColumnFileWriter(version: version, number: 0)
    file.add(Column(shape), as: "calendar.shape")
    file.add(Column(words), as: "calendar.words")
    return try read(file.bytes())
  }

  @Test func aCalendarIsReadBackAndLivesOn() throws {
    var random = SeededRandom()
    for _ in 0..<10 {
      let calendar = Self.sample(&random)
      let bytes = Self.bytes(calendar)
      let copy = try Self.read(bytes)
      #expect(copy.staffCount == calendar.staffCount && copy.firstDay == calendar.firstDay && copy.days == calendar.days)
      for day in calendar.firstDay - 1...calendar.firstDay + 5 {
        for staff in 0..<calendar.staffCount {
          #expect(copy.slots(staff: staff, day: day) == calendar.slots(staff: staff, day: day))
          #expect(copy.dayBound(staff: staff..<staff + 1, day: day) == calendar.dayBound(staff: staff..<staff + 1, day: day))
        }
      }
      #expect(Self.bytes(copy) == bytes, "equal calendars have equal files")
      copy.advance(to: calendar.firstDay + 1)
      copy.setFree(staff: 0, SlotWindow(from: .min, to: .max))
      #expect(copy.nextFreeStart(staff: 0..<1, from: .min, slots: 5 * 96) == (Int(calendar.firstDay) + 1) * 96)
    }
  }

  @Test func nobodyIsReadBackToo() throws {
    let empty = try Self.read(Self.bytes(AvailabilityCalendar(staffCount: 0, firstDay: 7)))
    #expect(empty.staffCount == 0 && empty.firstDay == 7 && empty.days == 28)
  }

  @Test func shapesThatCannotBeAreRefused() {
    let blank = [UInt64](repeating: 0, count: 512)
    #expect(throws: Never.self) { try Self.read(shape: [1, 0, 1], words: blank) }
    let shapes: [[Int64]] = [
      [-1, 0, 1], [257, 0, 1], [0, 0, 1], [1, 0, 0], [1, 0, 2], [1, 0, 256], [1, 1 << 31, 1], [1 << 31, 0, 255], [.max, 0, 1],
      [1, 0, .min], [1, 0], [],
    ]
    for shape in shapes {
      #expect(throws: ColumnFileError.self, "\(shape)") { try Self.read(shape: shape, words: blank) }
    }
  }

  @Test func wordsThatNoCalendarWritesAreRefused() throws {
    // Day 3, slots 40..<44 and 60..<62: stamps and bound as documented.
    let low: UInt64 = 0xF << 40 | 3 << 48
    let high: UInt64 = 0b11 << 12 | 3 << 48 | 4 << 56
    func words(_ low: UInt64, _ high: UInt64, at staff: Int = 0) -> [UInt64] {
      var words = [UInt64](repeating: 0, count: 512)
      (words[staff * 2], words[staff * 2 + 1]) = (low, high)
      return words
    }
    let calendar = try Self.read(shape: [1, 3, 1], words: words(low, high))
    #expect(calendar.slots(staff: 0, day: 3) == DaySlots(40..<44).union(DaySlots(60..<62)))
    #expect(calendar.dayBound(staff: 0..<1, day: 3) == 4)
    let bad = [
      words(low, high ^ 7 << 56), words(low, high ^ 1 << 48), words(low ^ 1 << 48, high), words(3 << 48, 3 << 48),
      words(low, 0), words(0, high), words(low, high, at: 1),
    ]
    for words in bad {
      #expect(throws: ColumnFileError.self) { try Self.read(shape: [1, 3, 1], words: words) }
    }
  }
}
