import ChangeFeed
import PostgresClient

/// Brings calendars forward, change by change, and remembers what the open transaction has touched.
struct CalendarChanges {
  private(set) var tables: CalendarTables
  /// What they were before the transaction.
  private(set) var before: [PostgresUUID: PlacedCalendar] = [:]
  private var tablesBefore: CalendarTables?
  private var columns: [UInt32: (relation: FeedRelation, table: CalendarTable, places: [Int])] = [:]

  init(_ tables: CalendarTables) { self.tables = tables }

  mutating func rest(on settled: RestingEntries<PlacedCalendar>, madeOf copy: CalendarTables) {
    tables.rest(on: settled, madeOf: copy)
    tablesBefore?.rest(on: settled, madeOf: copy)
  }

  /// What follows is one transaction.
  mutating func beginTransaction() { tablesBefore = tables }

  /// Ends the open transaction. Gives the providers whose calendars it changed, and what they were.
  ///
  /// Another set of people has numbers of its own: a search that knows the earlier ones goes on with what it knows.
  mutating func commitTransaction() throws -> [PostgresUUID: PlacedCalendar] {
    defer { endTransaction() }
    var changed: [PostgresUUID: PlacedCalendar] = [:]
    for (id, old) in before {
      let entry = try tables.calendar(id).entry
      guard entry != old.entry else { continue }
      changed[id] = old
      if !entry.hasStaff(of: old.entry) { tables.place(id, entry) }
    }
    return changed
  }

  /// Takes back what the open transaction did.
  mutating func abandonTransaction() {
    if let tablesBefore { tables = tablesBefore }
    endTransaction()
  }

  private mutating func endTransaction() {
    before = [:]
    tablesBefore = nil
  }

  mutating func apply(_ change: FeedChange) throws {
    switch change {
    case .insert(let row):
      guard let (table, places) = try known(row.relation) else { return }
      try put(row, table, places)
    case .update(let old, let new):
      guard let (table, places) = try known(new.relation) else { return }
      // An old tuple means that the identity changed: then it is another row.
      if let old { try remove(old, table, places) }
      try put(new, table, places)
    case .delete(let row):
      guard let (table, places) = try known(row.relation) else { return }
      try remove(row, table, places)
    case .truncate(let relations):
      for relation in relations { if let (table, _) = try known(relation) { try removeAll(table) } }
    }
  }

  /// Nil for tables that calendars are not made of.
  private mutating func known(_ relation: FeedRelation) throws(FeedError) -> (CalendarTable, [Int])? {
    if let known = columns[relation.id], known.relation == relation { return (known.table, known.places) }
    guard let table = CalendarTable(rawValue: relation.name) else { return nil }
    let places = try relation.places(of: table.columns, keyColumns: table.keyColumns)
    columns[relation.id] = (relation, table, places)
    return (table, places)
  }

  private mutating func put(_ row: FeedRow, _ table: CalendarTable, _ places: [Int]) throws {
    var reader = SourceRowReader(row, places: places)
    try touch(try table.provider(&reader)) { try table.put(&reader, into: &$0) }
  }

  private mutating func remove(_ row: FeedRow, _ table: CalendarTable, _ places: [Int]) throws {
    var reader = SourceRowReader(row, places: places)
    try touch(try table.provider(&reader)) { try table.remove(&reader, from: &$0) }
  }

  private mutating func removeAll(_ table: CalendarTable) throws {
    var ids: [PostgresUUID] = []
    try tables.entries.forEach { id, _ in ids.append(id) }
    for id in ids { try touch(id) { table.removeAll(from: &$0) } }
  }

  private mutating func touch(_ id: PostgresUUID, _ body: (inout CalendarEntry) throws -> Void) throws {
    let placed = try tables.calendar(id)
    var changed = placed
    try body(&changed.entry)
    if before[id] == nil { before[id] = placed }
    tables.set(id, changed)
  }
}
