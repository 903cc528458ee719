import Columns
import PostgresClient

/// As bytes, times first and names last. What most have, staff with weekly hours in whole minutes, takes some forty bytes a person beside
/// the names. The ids of staff are kept beside them.
extension PlacedCalendar: RestingEntry {
  func append(to bytes: inout [UInt8], ids: inout [SIMD2<UInt64>]) {
    var writer = ByteWriter(bytes: bytes)
    bytes = []
    writer.integer(UInt64(firstRow))
    write(overrides: entry.overrides, &writer)
    write(busy: entry.busy, &writer)
    let strangers = entry.hours.filter { row in !entry.staff.contains { $0.id == row.staff } }
    writer.integer(UInt64(strangers.count))
    for row in strangers {
      writer.id(row.staff)
      writer.weekly(row)
    }
    for staff in entry.staff {
      ids.append(staff.id.bits)
      writer.integer(staff.isActive ? 1 : 0)
      var hours = ByteWriter()
      for row in entry.hours where row.staff == staff.id { hours.weekly(row) }
      writer.part(hours.bytes)
    }
    for staff in entry.staff {
      writer.names(staff.name)
      writer.integer(UInt64(UInt16(bitPattern: staff.position)))
    }
    bytes = writer.bytes
  }

  private func write(overrides: [ScheduleOverrideRow], _ writer: inout ByteWriter) {
    writer.integer(UInt64(overrides.count))
    for row in overrides {
      writer.staff(row.staff, among: entry.staff)
      writer.integer(UInt64(UInt32(bitPattern: row.day)))
      writer.time(row.starts)
      writer.time(row.ends)
      writer.integer(row.isClosed ? 1 : 0)
    }
  }

  private func write(busy: [OutsideBusyRow], _ writer: inout ByteWriter) {
    writer.integer(UInt64(busy.count))
    for row in busy {
      writer.integer(UInt64(bitPattern: row.id))
      writer.staff(row.staff, among: entry.staff)
      writer.integer(UInt64(bitPattern: row.from))
      writer.integer(UInt64(bitPattern: row.to &- row.from))
    }
  }

  init(bytes: Slice<Column<UInt8>>, ids: Slice<Column<SIMD2<UInt64>>>) throws(StateFileError) {
    var times = try RestingTimes(bytes: bytes, ids: ids)
    (entry.overrides, entry.busy, entry.hours) = (times.overrides, times.busy, times.strangersHours)
    var areActive: [Bool] = []
    for id in ids {
      let (isActive, weekly) = try times.next()
      areActive.append(isActive)
      try WorkingHoursRow.read(weekly, of: PostgresUUID(id)) { entry.hours.append($0) }
    }
    entry.hours.arrange()
    var reader = times.reader
    for (id, isActive) in zip(ids, areActive) {
      entry.staff.append(
        StaffRow(id: PostgresUUID(id), name: try reader.names(), position: try reader.integer16(), isActive: isActive))
    }
    try reader.end()
    firstRow = times.firstRow
  }
}

/// What a calendar at rest says about times: read without names, which most of its bytes are.
struct RestingTimes {
  let firstRow: UInt32
  private let staff: Slice<Column<SIMD2<UInt64>>>
  private(set) var overrides: [ScheduleOverrideRow] = []
  private(set) var busy: [OutsideBusyRow] = []
  /// Of people who are not there.
  private(set) var strangersHours: [WorkingHoursRow] = []
  /// Behind what has been read.
  private(set) var reader: ByteReader

  init(bytes: Slice<Column<UInt8>>, ids: Slice<Column<SIMD2<UInt64>>>) throws(StateFileError) {
    reader = ByteReader(bytes)
    staff = ids
    let first = try reader.integer()
    guard let firstRow = UInt32(exactly: first), UInt32(exactly: first + UInt64(ids.count)) != nil else {
      throw .malformed("a calendar has no number")
    }
    self.firstRow = firstRow
    for _ in 0..<(try reader.count()) {
      overrides.append(
        ScheduleOverrideRow(
          staff: try reader.someStaff(among: ids), day: try reader.integer32(), starts: try reader.time(),
          ends: try reader.time(), isClosed: try reader.flag()))
    }
    for _ in 0..<(try reader.count()) {
      let id = Int64(bitPattern: try reader.integer())
      let whose = try reader.staff(among: ids)
      let from = Int64(bitPattern: try reader.integer())
      busy.append(OutsideBusyRow(id: id, staff: whose, from: from, to: from &+ Int64(bitPattern: try reader.integer())))
    }
    for _ in 0..<(try reader.count()) { strangersHours.append(try reader.weekly(of: try reader.id())) }
  }

  /// Of a calendar that does not rest.
  init(_ placed: PlacedCalendar) throws(StateFileError) {
    var (bytes, ids): ([UInt8], [SIMD2<UInt64>]) = ([], [])
    placed.append(to: &bytes, ids: &ids)
    try self.init(bytes: Column(bytes)[...], ids: Column(ids)[...])
  }

  var rows: Range<UInt32> { firstRow..<firstRow + UInt32(staff.count) }

  /// Who has a row.
  func staff(_ row: UInt32) -> PostgresUUID { PostgresUUID(staff[staff.startIndex + Int(row - firstRow)]) }

  /// Of the next staff member: the bytes of the weekly hours, which are equal for equal ones.
  mutating func next() throws(StateFileError) -> (isActive: Bool, weekly: Slice<Column<UInt8>>) {
    (try reader.flag(), try reader.part())
  }
}

extension WorkingHoursRow {
  /// Those of one staff member.
  static func read(
    _ weekly: Slice<Column<UInt8>>, of staff: PostgresUUID, _ body: (WorkingHoursRow) -> Void
  ) throws(StateFileError) {
    var reader = ByteReader(weekly)
    while !reader.isAtEnd { body(try reader.weekly(of: staff)) }
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

  fileprivate mutating func weekly(_ row: WorkingHoursRow) {
    integer(UInt64(UInt16(bitPattern: row.weekday)))
    time(row.starts)
    time(row.ends)
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

  fileprivate mutating func staff(among staff: Slice<Column<SIMD2<UInt64>>>) throws(StateFileError) -> PostgresUUID? {
    let number = try integer()
    switch number {
    case 0: return nil
    case 1: return try id()
    default:
      guard number - 2 < UInt64(staff.count) else { throw .malformed("a calendar speaks of somebody who is not there") }
      return PostgresUUID(staff[staff.startIndex + Int(number - 2)])
    }
  }

  fileprivate mutating func someStaff(among staff: Slice<Column<SIMD2<UInt64>>>) throws(StateFileError) -> PostgresUUID {
    guard let id = try self.staff(among: staff) else { throw .malformed("hours are nobody's") }
    return id
  }

  fileprivate mutating func weekly(of staff: PostgresUUID) throws(StateFileError) -> WorkingHoursRow {
    WorkingHoursRow(staff: staff, weekday: try integer16(), starts: try time(), ends: try time())
  }

  fileprivate mutating func time() throws(StateFileError) -> Int64 {
    let number = try integer()
    let value = Int64(bitPattern: number >> 1)
    guard value >= 0, value <= 86_400_000_000 else { throw .malformed("a time is beyond its day") }
    return number & 1 == 0 ? value * 60_000_000 : value
  }
}
