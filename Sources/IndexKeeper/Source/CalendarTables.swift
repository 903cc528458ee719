import Columns
import PostgresClient

/// A provider's calendars, and where they are in the index: each of its staff, in the order of their ids, has a number there, from
/// `firstRow` on. Numbers are given once: who has been told one may go on asking it.
struct PlacedCalendar: Hashable, Sendable {
  var entry = CalendarEntry()
  var firstRow: UInt32 = 0

  var rows: Range<UInt32> { firstRow..<firstRow + UInt32(entry.staff.count) }
}

/// Calendars at rest, sorted by provider, as bytes in columns: in memory or in a mapped file.
final class CalendarBase: Sendable {
  let ids: Column<SIMD2<UInt64>>
  /// An entry's bytes are from its start up to the next.
  let starts: Column<UInt64>
  let bytes: Column<UInt8>

  init(ids: Column<SIMD2<UInt64>>, starts: Column<UInt64>, bytes: Column<UInt8>) {
    self.ids = ids
    self.starts = starts
    self.bytes = bytes
  }

  static let empty = CalendarBaseBuilder().finish()

  var count: Int { ids.count }

  func id(_ index: Int) -> PostgresUUID { PostgresUUID(ids[index]) }

  /// O(log n).
  func find(_ id: PostgresUUID) -> Int? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self.id(middle) < id { low = middle + 1 } else { high = middle }
    }
    return low < count && self.id(low) == id ? low : nil
  }

  func calendar(_ index: Int) throws(StateFileError) -> PlacedCalendar {
    try CalendarCodec.placed(ByteReader(bytes[Int(starts[index])..<Int(starts[index + 1])]))
  }
}

/// Takes calendars in the order of their providers' ids.
struct CalendarBaseBuilder: Sendable {
  private var ids: [SIMD2<UInt64>] = []
  private var starts: [UInt64] = [0]
  private var bytes: [UInt8] = []

  mutating func add(_ id: PostgresUUID, _ calendar: PlacedCalendar) throws(StateFileError) {
    try begin(id)
    CalendarCodec.append(calendar, to: &bytes)
    starts.append(UInt64(bytes.count))
  }

  /// As it is in another base.
  mutating func add(_ index: Int, of base: CalendarBase) throws(StateFileError) {
    try begin(base.id(index))
    bytes.append(contentsOf: base.bytes[Int(base.starts[index])..<Int(base.starts[index + 1])])
    starts.append(UInt64(bytes.count))
  }

  private mutating func begin(_ id: PostgresUUID) throws(StateFileError) {
    if let last = ids.last, PostgresUUID(last) >= id { throw .malformed("calendars do not ascend by provider") }
    ids.append(id.bits)
  }

  consuming func finish() -> CalendarBase { CalendarBase(ids: Column(ids), starts: Column(starts), bytes: Column(bytes)) }
}

/// A provider's calendars as they have been since some change.
final class CalendarBox: Sendable {
  let calendar: PlacedCalendar
  init(_ calendar: PlacedCalendar) { self.calendar = calendar }
}

/// The calendars of all providers at one position of the feed: a base at rest, and above it what has changed since. A value: copied in
/// O(1), a copy stays as it is while the original follows on.
struct CalendarTables: Sendable {
  private(set) var base: CalendarBase
  /// One without rows is one that has been removed.
  private var overlay = PersistentTable<PostgresUUID, CalendarBox>()
  /// How many staff numbers have been given.
  private(set) var rowCount: UInt32

  init(base: CalendarBase = .empty, rowCount: UInt32 = 0) {
    self.base = base
    self.rowCount = rowCount
  }

  /// O(log n). An unknown provider has an empty one.
  func calendar(_ id: PostgresUUID) throws(StateFileError) -> PlacedCalendar {
    if let changed = overlay[id] { return changed.calendar }
    guard let index = base.find(id) else { return PlacedCalendar() }
    return try base.calendar(index)
  }

  /// Whether a provider's calendar has changed since it was in the base.
  func isChanged(_ id: PostgresUUID) -> Bool { overlay[id] != nil }

  /// Another state of a calendar, at the numbers of the earlier one.
  mutating func set(_ id: PostgresUUID, _ calendar: PlacedCalendar) { overlay.set(CalendarBox(calendar), for: id) }

  /// Gives a calendar numbers that nobody has had.
  mutating func place(_ id: PostgresUUID, _ entry: CalendarEntry) {
    overlay.set(CalendarBox(PlacedCalendar(entry: entry, firstRow: rowCount)), for: id)
    rowCount += UInt32(entry.staff.count)
  }

  /// Those that have changed since the base was made, in no order.
  func forEachChanged(_ body: (PostgresUUID, PlacedCalendar) throws -> Void) throws {
    try overlay.forEach { id, box throws in try body(id, box.calendar) }
  }

  /// Every calendar, by provider. O(n + changed · log changed).
  func forEach(_ body: (PostgresUUID, PlacedCalendar) throws -> Void) throws {
    try walk(changed: body, same: { index in try body(base.id(index), try base.calendar(index)) })
  }

  private func walk(changed body: (PostgresUUID, PlacedCalendar) throws -> Void, same: (Int) throws -> Void) throws {
    var changed: [(id: PostgresUUID, box: CalendarBox)] = []
    overlay.forEach { id, box in changed.append((id, box)) }
    changed.sort { $0.id < $1.id }
    var next = changed.startIndex
    func takeChanged() throws {
      let (id, box) = changed[next]
      next += 1
      if !box.calendar.entry.isEmpty { try body(id, box.calendar) }
    }
    for index in 0..<base.count {
      let id = base.id(index)
      while next < changed.endIndex, changed[next].id < id { try takeChanged() }
      if next < changed.endIndex, changed[next].id == id { try takeChanged() } else { try same(index) }
    }
    while next < changed.endIndex { try takeChanged() }
  }

  /// All of it at rest.
  func settled() throws -> CalendarBase {
    var builder = CalendarBaseBuilder()
    try walk(changed: { id, calendar in try builder.add(id, calendar) }, same: { index in try builder.add(index, of: base) })
    return builder.finish()
  }

  /// Puts `settled`, which was made of `copy`, an earlier state of this, in the place of what it holds. O(changed since).
  mutating func rest(on settled: CalendarBase, madeOf copy: CalendarTables) {
    overlay = overlay.since(copy.overlay) { $0 === $1 }
    base = settled
  }
}
