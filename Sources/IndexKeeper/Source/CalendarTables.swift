import PostgresClient

/// A provider's calendars, and where they are in the index: each of its staff, in the order of their ids, has a number there, from
/// `firstRow` on. Numbers are given once: who has been told one may go on asking it.
struct PlacedCalendar: Hashable, Sendable {
  var entry = CalendarEntry()
  var firstRow: UInt32 = 0

  var rows: Range<UInt32> { firstRow..<firstRow + UInt32(entry.staff.count) }
  var isEmpty: Bool { entry.isEmpty }
}

/// The calendars of all providers at one position of the feed. A value: copied in O(1), a copy stays as it is while the original follows
/// on.
struct CalendarTables: Sendable {
  private(set) var entries: FollowedEntries<PlacedCalendar>
  /// How many staff numbers have been given.
  private(set) var rowCount: UInt32

  init(base: RestingEntries<PlacedCalendar> = .empty, rowCount: UInt32 = 0) {
    entries = FollowedEntries(base: base)
    self.rowCount = rowCount
  }

  /// O(log n). An unknown provider has an empty one.
  func calendar(_ id: PostgresUUID) throws(StateFileError) -> PlacedCalendar { try entries[id] }

  /// Another state of a calendar, at the numbers of the earlier one.
  mutating func set(_ id: PostgresUUID, _ calendar: PlacedCalendar) { entries.set(id, calendar) }

  /// Gives a calendar numbers that nobody has had.
  mutating func place(_ id: PostgresUUID, _ entry: CalendarEntry) {
    entries.set(id, PlacedCalendar(entry: entry, firstRow: rowCount))
    rowCount += UInt32(entry.staff.count)
  }

  mutating func rest(on settled: RestingEntries<PlacedCalendar>, madeOf copy: CalendarTables) {
    entries.rest(on: settled, madeOf: copy.entries)
  }
}
