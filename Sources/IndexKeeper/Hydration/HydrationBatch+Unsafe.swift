// Holds the bytes of a batch still while their rows are read, which is why it is marked unsafe.
import PostgresClient

/// Some providers one after the other, with all their rows, not read yet.
struct HydrationBatch: Sendable {
  /// Batches are numbered in the order of their providers.
  let number: Int
  /// The number of the first provider among all.
  let firstTurn: Int
  /// The number of the first staff member among all.
  let firstStaff: UInt32
  var tables: [HydratedTable: CopiedRows] = [:]

  init(number: Int, firstTurn: Int, firstStaff: UInt32) {
    (self.number, self.firstTurn, self.firstStaff) = (number, firstTurn, firstStaff)
  }

  func count(_ table: HydratedTable) -> Int { tables[table]?.count ?? 0 }

  /// Calls `body` with each provider and its number among all. O(bytes).
  func forEach(_ body: (_ id: PostgresUUID, SourceEntry, PlacedCalendar, _ turn: Int) throws -> Void) throws {
    try withReaders { reader in
      var providers = reader(.providers)
      var services = OwnedRows(reader(.services)) { reader throws(PostgresError) in try reader.service() }
      var areas = OwnedRows(reader(.serviceAreas)) { reader throws(PostgresError) in try reader.serviceArea() }
      var staff = OwnedRows(reader(.staff)) { reader throws(PostgresError) in try reader.staff() }
      var hours = OwnedRows(reader(.hours)) { reader throws(PostgresError) in try reader.hours() }
      var overrides = OwnedRows(reader(.overrides)) { reader throws(PostgresError) in try reader.override() }
      var busy = OwnedRows(reader(.busy)) { reader throws(PostgresError) in try reader.busy() }
      var (turn, row) = (firstTurn, firstStaff)
      while !providers.isAtEnd {
        let (id, provider) = try providers.provider()
        var entry = SourceEntry(provider: provider)
        try services.take(of: id, into: &entry.services)
        try areas.take(of: id, into: &entry.areas)
        var calendar = PlacedCalendar(firstRow: row)
        try staff.take(of: id, into: &calendar.entry.staff)
        var weeks: [[WorkingHoursRow]] = []
        try hours.take(of: id, into: &weeks)
        calendar.entry.hours = weeks.flatMap { $0 }
        calendar.entry.hours.arrange()
        try overrides.take(of: id, into: &calendar.entry.overrides)
        try busy.take(of: id, into: &calendar.entry.busy)
        try body(id, entry, calendar, turn)
        turn += 1
        row += UInt32(calendar.entry.staff.count)
      }
      try services.requireEnd()
      try areas.requireEnd()
      try staff.requireEnd()
      try hours.requireEnd()
      try overrides.requireEnd()
      try busy.requireEnd()
    }
  }

  private func withReaders(_ body: ((HydratedTable) -> FieldReader) throws -> Void) throws {
    func hold(_ rest: ArraySlice<HydratedTable>, _ readers: [HydratedTable: FieldReader]) throws {
      guard let table = rest.first else {
        return try body { readers[$0] ?? FieldReader(UnsafeRawBufferPointer(start: nil, count: 0), $0.rawValue) }
      }
      try (tables[table]?.bytes ?? []).withUnsafeBytes { bytes in
        var readers = readers
        readers[table] = FieldReader(bytes, table.rawValue)
        try hold(rest.dropFirst(), readers)
      }
    }
    try hold(HydratedTable.allCases[...], [:])
  }
}

/// Rows in the order of whom they belong to.
private struct OwnedRows<Row> {
  private var reader: FieldReader
  private let read: (inout FieldReader) throws(PostgresError) -> (owner: PostgresUUID, row: Row)
  private var next: (owner: PostgresUUID, row: Row)?

  init(_ reader: FieldReader, read: @escaping (inout FieldReader) throws(PostgresError) -> (owner: PostgresUUID, row: Row)) {
    self.reader = reader
    self.read = read
  }

  /// Those of one provider. Every row has one, and providers come in their order.
  mutating func take(of id: PostgresUUID, into rows: inout [Row]) throws(PostgresError) {
    while true {
      if next == nil, !reader.isAtEnd { next = try read(&reader) }
      guard let row = next, row.owner <= id else { return }
      guard row.owner == id else { throw PostgresError(.decoding, "a row belongs to no provider: \(row.owner)") }
      rows.append(row.row)
      next = nil
    }
  }

  func requireEnd() throws(PostgresError) {
    guard next == nil, reader.isAtEnd else { throw PostgresError(.decoding, "rows belong to no provider") }
  }
}
