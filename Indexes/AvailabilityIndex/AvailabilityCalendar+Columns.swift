public import Columns

extension AvailabilityCalendar {
  /// Adds the calendar under `prefix`. Equal calendars give equal bytes, however they came to be. The writer's to call, or
  /// changes made meanwhile may be in the file or not.
  public func write(into file: inout ColumnFileWriter, prefix: String) {
    let horizon = horizon
    let staffCount = staffCount
    let wordsPerDay = StaffRows.wordsPerDay
    let blocks = (staffCount + StaffRows.staffPerBlock - 1) / StaffRows.staffPerBlock
    let places = CalendarPlaces(horizon)
    let words = (0..<blocks * days * wordsPerDay).lazy.map { word -> UInt64 in
      let staff = word / (self.days * wordsPerDay) * StaffRows.staffPerBlock + word % wordsPerDay / 2
      guard staff < staffCount else { return 0 }
      let place = places[word / wordsPerDay % self.days]
      let day = self.rows.row(staff).load(place)
      guard !day.slots(at: place).isEmpty else { return 0 }
      return word % 2 == 0 ? day.low : day.high
    }
    file.add(Column([Int64(staffCount), Int64(horizon.firstDay), Int64(days)]), as: prefix + ".shape")
    file.add(Column(words), as: prefix + ".words")
  }

  /// Reads what `write` wrote into a calendar of its own, ready to be changed.
  public convenience init(reading file: ColumnFileReader, prefix: String) throws(ColumnFileError) {
    let name = prefix + ".shape"
    let shape = try file.column(name, of: Int64.self, count: 3)
    guard (0...Int64(AvailabilityLimits.maximumStaff)).contains(shape[0]) else {
      throw .shape(section: name, reason: "it says that there are \(shape[0]) staff members")
    }
    guard let firstDay = Int32(exactly: shape[1]), (1...Int64(AvailabilityLimits.maximumDays)).contains(shape[2]) else {
      throw .shape(section: name, reason: "it says that there are \(shape[2]) days from day \(shape[1]) on")
    }
    let (staffCount, days) = (Int(shape[0]), Int(shape[2]))
    let blocks = (staffCount + StaffRows.staffPerBlock - 1) / StaffRows.staffPerBlock
    let words = try file.column(
      prefix + ".words", of: UInt64.self, count: blocks * days * StaffRows.wordsPerDay)
    self.init(staffCount: staffCount, firstDay: firstDay, days: days)
    try fill(from: words, section: prefix + ".words")
  }

  /// Takes over each day that is exactly as it would have been written; anything else is refused.
  private func fill(from words: Column<UInt64>, section: String) throws(ColumnFileError) {
    let places = CalendarPlaces(horizon)
    var at = 0
    while at < words.count {
      let packed = PackedDay(low: words[at], high: words[at + 1])
      if packed != PackedDay(low: 0, high: 0) {
        let staff = at / (days * StaffRows.wordsPerDay) * StaffRows.staffPerBlock + at % StaffRows.wordsPerDay / 2
        let position = at / StaffRows.wordsPerDay % days
        let slots = packed.slots(at: places[position])
        guard staff < staffCount, !slots.isEmpty, packed == PackedDay(slots, day: places.day(position)) else {
          throw .shape(section: section, reason: "staff member \(staff) has a day that is none of this calendar's")
        }
        store(slots, day: places.day(position), of: staff, at: places[position])
      }
      at += 2
    }
  }
}

/// The days of a horizon by their position in the ring, which is the order of a file.
private struct CalendarPlaces {
  private let horizon: Horizon
  private let places: [DayPlace]

  init(_ horizon: Horizon) {
    self.horizon = horizon
    places = (0..<horizon.days).map { DayPlace(position: $0, day: Self.day($0, horizon)) }
  }

  subscript(position: Int) -> DayPlace { places[position] }

  func day(_ position: Int) -> Int { Self.day(position, horizon) }

  private static func day(_ position: Int, _ horizon: Horizon) -> Int {
    let after = position - horizon.firstPosition
    return horizon.firstDay + (after < 0 ? after + horizon.days : after)
  }
}
