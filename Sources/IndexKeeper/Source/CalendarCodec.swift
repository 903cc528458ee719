import PostgresClient

/// Calendars as bytes, in which they rest until something about them changes. What most have, staff with weekly hours in whole minutes,
/// takes some forty bytes a person beside the names.
enum CalendarCodec {
  /// Raised whenever the form changes: an older file is hydrated anew.
  static let version: UInt8 = 1

  static func append(_ placed: PlacedCalendar, to bytes: inout [UInt8]) {
    var writer = ByteWriter(bytes: bytes)
    bytes = []
    let entry = placed.entry
    writer.integer(UInt64(placed.firstRow))
    writer.integer(UInt64(entry.staff.count))
    for staff in entry.staff {
      writer.id(staff.id)
      writer.names(staff.name)
      writer.integer(UInt64(UInt16(bitPattern: staff.position)))
      writer.integer(staff.isActive ? 1 : 0)
    }
    writer.integer(UInt64(entry.hours.count))
    for row in entry.hours {
      writer.staff(row.staff, among: entry.staff)
      writer.integer(UInt64(UInt16(bitPattern: row.weekday)))
      writer.time(row.starts)
      writer.time(row.ends)
    }
    writer.integer(UInt64(entry.overrides.count))
    for row in entry.overrides {
      writer.staff(row.staff, among: entry.staff)
      writer.integer(UInt64(UInt32(bitPattern: row.day)))
      writer.time(row.starts)
      writer.time(row.ends)
      writer.integer(row.isClosed ? 1 : 0)
    }
    writer.integer(UInt64(entry.busy.count))
    for row in entry.busy {
      writer.integer(UInt64(bitPattern: row.id))
      writer.staff(row.staff, among: entry.staff)
      writer.integer(UInt64(bitPattern: row.from))
      writer.integer(UInt64(bitPattern: row.to &- row.from))
    }
    bytes = writer.bytes
  }

  static func placed(_ reader: ByteReader) throws(StateFileError) -> PlacedCalendar {
    var reader = reader
    var entry = CalendarEntry()
    let first = try reader.integer()
    let count = try reader.count()
    guard let firstRow = UInt32(exactly: first), UInt32(exactly: first + UInt64(count)) != nil else {
      throw .malformed("a calendar has no number")
    }
    for _ in 0..<count {
      entry.staff.append(
        StaffRow(id: try reader.id(), name: try reader.names(), position: try reader.integer16(), isActive: try reader.flag()))
    }
    let staff = entry.staff
    let hours = try reader.count()
    entry.hours.reserveCapacity(hours)
    for _ in 0..<hours {
      entry.hours.append(
        WorkingHoursRow(
          staff: try reader.someStaff(among: staff), weekday: try reader.integer16(), starts: try reader.time(),
          ends: try reader.time()))
    }
    for _ in 0..<(try reader.count()) {
      entry.overrides.append(
        ScheduleOverrideRow(
          staff: try reader.someStaff(among: staff), day: try reader.integer32(), starts: try reader.time(),
          ends: try reader.time(), isClosed: try reader.flag()))
    }
    for _ in 0..<(try reader.count()) {
      let id = Int64(bitPattern: try reader.integer())
      let whose = try reader.staff(among: staff)
      let from = Int64(bitPattern: try reader.integer())
      entry.busy.append(
        OutsideBusyRow(id: id, staff: whose, from: from, to: from &+ Int64(bitPattern: try reader.integer())))
    }
    try reader.end()
    return PlacedCalendar(entry: entry, firstRow: firstRow)
  }
}

extension ByteWriter {
  fileprivate mutating func id(_ id: PostgresUUID) {
    integer(id.high)
    integer(id.low)
  }

  /// 0 for nobody, 1 for somebody who is not among them and follows, else who of them it is.
  fileprivate mutating func staff(_ id: PostgresUUID?, among staff: [StaffRow]) {
    guard let id else { return integer(0) }
    guard let place = staff.firstIndex(where: { $0.id == id }) else {
      integer(1)
      return self.id(id)
    }
    integer(UInt64(place) + 2)
  }

  /// Whole minutes are even, other microseconds odd.
  fileprivate mutating func time(_ microseconds: Int64) {
    let (minutes, rest) = microseconds.quotientAndRemainder(dividingBy: 60_000_000)
    integer(UInt64(bitPattern: rest == 0 ? minutes << 1 : microseconds << 1 | 1))
  }
}

extension ByteReader {
  fileprivate mutating func id() throws(StateFileError) -> PostgresUUID {
    PostgresUUID(high: try integer(), low: try integer())
  }

  fileprivate mutating func integer16() throws(StateFileError) -> Int16 {
    Int16(bitPattern: UInt16(truncatingIfNeeded: try integer()))
  }

  fileprivate mutating func flag() throws(StateFileError) -> Bool { try integer() == 1 }

  fileprivate mutating func staff(among staff: [StaffRow]) throws(StateFileError) -> PostgresUUID? {
    let number = try integer()
    switch number {
    case 0: return nil
    case 1: return try id()
    default:
      guard number - 2 < UInt64(staff.count) else { throw .malformed("a calendar speaks of somebody who is not there") }
      return staff[Int(number - 2)].id
    }
  }

  fileprivate mutating func someStaff(among staff: [StaffRow]) throws(StateFileError) -> PostgresUUID {
    guard let id = try self.staff(among: staff) else { throw .malformed("hours are nobody's") }
    return id
  }

  fileprivate mutating func time() throws(StateFileError) -> Int64 {
    let number = try integer()
    let value = Int64(bitPattern: number >> 1)
    guard value >= 0, value <= 86_400_000_000 else { throw .malformed("a time is beyond its day") }
    return number & 1 == 0 ? value * 60_000_000 : value
  }
}
