// Holds the bytes of a batch still while their rows are read, which is why it is marked unsafe.
import PostgresClient

/// Some providers one after the other, with all their rows, not read yet.
struct HydrationBatch: Sendable {
  /// Batches are numbered in the order of their providers.
  let number: Int
  /// The number of the first provider among all.
  let firstTurn: Int
  var providers = CopiedRows()
  var services = CopiedRows()
  var serviceAreas = CopiedRows()

  /// Calls `body` with each provider and its number among all. O(bytes).
  func forEach(_ body: (PostgresUUID, SourceEntry, Int) throws -> Void) throws {
    try providers.bytes.withUnsafeBytes { providerBytes in
      try services.bytes.withUnsafeBytes { serviceBytes in
        try serviceAreas.bytes.withUnsafeBytes { areaBytes in
          var reader = FieldReader(providerBytes, "catalogue.provider")
          var services = OwnedRows(FieldReader(serviceBytes, "catalogue.service")) { reader throws(PostgresError) in
            try reader.service()
          }
          var areas = OwnedRows(FieldReader(areaBytes, "catalogue.service_area")) { reader throws(PostgresError) in
            try reader.serviceArea()
          }
          var turn = firstTurn
          while !reader.isAtEnd {
            let (id, provider) = try reader.provider()
            var entry = SourceEntry(provider: provider)
            try services.take(of: id) { entry.services.append($0) }
            try areas.take(of: id) { entry.areas.append($0) }
            try body(id, entry, turn)
            turn += 1
          }
          try services.requireEnd()
          try areas.requireEnd()
        }
      }
    }
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
  mutating func take(of id: PostgresUUID, _ body: (Row) -> Void) throws(PostgresError) {
    while true {
      if next == nil, !reader.isAtEnd { next = try read(&reader) }
      guard let row = next, row.owner <= id else { return }
      guard row.owner == id else { throw PostgresError(.decoding, "a row belongs to no provider: \(row.owner)") }
      body(row.row)
      next = nil
    }
  }

  func requireEnd() throws(PostgresError) {
    guard next == nil, reader.isAtEnd else { throw PostgresError(.decoding, "rows belong to no provider") }
  }
}
