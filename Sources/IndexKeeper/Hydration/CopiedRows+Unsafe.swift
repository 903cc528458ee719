// Rows of a binary COPY, read where they lie: hydration reads some fifty million values, and an array for each would cost more than all
// the rest. Every read is checked against the end of its row's field and of the bytes.
import PostgresClient

/// Whole rows of one COPY, as they came.
struct CopiedRows: Sendable {
  var bytes: [UInt8] = []
  var count = 0
}

/// Cuts a COPY into runs of rows that belong together: every row begins with the id of its provider, and they ascend.
struct CopiedRowCutter {
  private let table: String
  private var pending: [UInt8] = []
  private var hasBegun = false
  private(set) var hasEnded = false

  init(of table: String) { self.table = table }

  mutating func feed(_ chunk: [UInt8]) {
    if pending.isEmpty { pending = chunk } else { pending.append(contentsOf: chunk) }
  }

  /// Takes the rows of providers up to `last`, or all there are. Gives the last provider of the rows taken.
  /// - Returns: whether the next row is of a later provider; otherwise there may be more when more has been fed.
  mutating func take(upTo last: PostgresUUID?, into rows: inout CopiedRows, lastTaken: inout PostgresUUID?) throws -> Bool {
    let header = try hasBegun ? 0 : headerBytes()
    guard let header else { return false }
    hasBegun = true
    var (end, isBehind) = (header, false)
    try pending.withUnsafeBytes { memory in
      while true {
        var reader = FieldReader(memory, table, position: end)
        switch try reader.skipRow() {
        case .incomplete: return
        case .trailer:
          hasEnded = true
          return
        case .row(let id):
          if let last, id > last {
            isBehind = true
            return
          }
          lastTaken = id
          rows.count += 1
          end = reader.position
        }
      }
    }
    rows.bytes.append(contentsOf: pending[header..<end])
    pending.removeFirst(end)
    return isBehind
  }

  /// Nil when it is not complete yet.
  private func headerBytes() throws -> Int? {
    let (fixed, signature) = (19, Array("PGCOPY\n".utf8) + [0xff, 0x0d, 0x0a, 0x00])
    guard pending.count >= fixed else { return nil }
    guard pending.starts(with: signature) else { throw PostgresError(.decoding, "the COPY of \(table) is not binary") }
    let length = pending[15..<fixed].reduce(0) { $0 << 8 | Int($1) }
    return pending.count >= fixed + length ? fixed + length : nil
  }
}

/// Reads rows field by field.
struct FieldReader {
  private let memory: UnsafeRawBufferPointer
  private let table: String
  private(set) var position: Int

  enum Skipped {
    case row(PostgresUUID)
    case trailer
    /// The bytes end within it.
    case incomplete
  }

  init(_ memory: UnsafeRawBufferPointer, _ table: String, position: Int = 0) {
    self.memory = memory
    self.table = table
    self.position = position
  }

  var isAtEnd: Bool { position >= memory.count }

  private func wrong(_ reason: String) -> PostgresError { PostgresError(.decoding, "a row of \(table) \(reason)") }

  /// Unchecked: who calls has looked that it is there.
  private mutating func next<Value: FixedWidthInteger>(_ type: Value.Type) -> Value {
    defer { position += MemoryLayout<Value>.size }
    return Value(bigEndian: memory.loadUnaligned(fromByteOffset: position, as: Value.self))
  }

  mutating func skipRow() throws(PostgresError) -> Skipped {
    guard memory.count - position >= 2 else { return .incomplete }
    let fields = Int(next(Int16.self))
    if fields == -1 { return .trailer }
    guard fields > 0 else { throw wrong("has no fields") }
    var id: PostgresUUID?
    for field in 0..<fields {
      guard memory.count - position >= 4 else { return .incomplete }
      let length = max(0, Int(next(Int32.self)))
      guard memory.count - position >= length else { return .incomplete }
      if field == 0 {
        guard length == 16 else { throw wrong("does not begin with an id") }
        id = PostgresUUID(high: next(UInt64.self), low: next(UInt64.self))
      } else {
        position += length
      }
    }
    guard let id else { throw wrong("does not begin with an id") }
    return .row(id)
  }

  mutating func beginRow(fields: Int) throws(PostgresError) {
    guard memory.count - position >= 2 else { throw wrong("ends early") }
    let count = Int(next(Int16.self))
    guard count == fields else { throw wrong("has \(count) fields instead of \(fields)") }
  }

  /// The next field's length; nil for NULL. All of it is there.
  private mutating func length() throws(PostgresError) -> Int? {
    guard memory.count - position >= 4 else { throw wrong("ends early") }
    let length = Int(next(Int32.self))
    guard length >= 0 else { return nil }
    guard memory.count - position >= length else { throw wrong("ends early") }
    return length
  }

  private mutating func length(of expected: Int, _ name: StaticString) throws(PostgresError) {
    guard let length = try length() else { throw wrong("has no \(name)") }
    guard length == expected else { throw wrong("has a \(name) of \(length) bytes") }
  }

  mutating func integer<Value: FixedWidthInteger>(
    _ name: StaticString, as type: Value.Type = Value.self
  ) throws(PostgresError) -> Value {
    try length(of: MemoryLayout<Value>.size, name)
    return next(Value.self)
  }

  mutating func bool(_ name: StaticString) throws(PostgresError) -> Bool { try integer(name, as: UInt8.self) != 0 }

  mutating func float(_ name: StaticString) throws(PostgresError) -> Float { Float(bitPattern: try integer(name)) }

  mutating func uuid(_ name: StaticString) throws(PostgresError) -> PostgresUUID {
    try length(of: 16, name)
    return PostgresUUID(high: next(UInt64.self), low: next(UInt64.self))
  }

  mutating func optionalUUID(_ name: StaticString) throws(PostgresError) -> PostgresUUID? {
    guard let length = try length() else { return nil }
    guard length == 16 else { throw wrong("has a \(name) of \(length) bytes") }
    return PostgresUUID(high: next(UInt64.self), low: next(UInt64.self))
  }

  mutating func timestamp(_ name: StaticString) throws(PostgresError) -> PostgresTimestamp {
    try value(name, .timestamptz)
  }

  mutating func text(_ name: StaticString) throws(PostgresError) -> String {
    guard let text = try optionalText(name) else { throw wrong("has no \(name)") }
    return text
  }

  mutating func optionalText(_ name: StaticString) throws(PostgresError) -> String? {
    guard let length = try length() else { return nil }
    defer { position += length }
    let bytes = UnsafeRawBufferPointer(rebasing: memory[position..<position + length])
    guard let text = String(validating: bytes, as: UTF8.self) else { throw wrong("has a \(name) that is not UTF-8") }
    return text
  }

  mutating func names(_ name: StaticString) throws(PostgresError) -> NamePair {
    NamePair(en: try text(name), ar: try text(name))
  }

  /// A point as PostGIS sends it.
  mutating func place(_ name: StaticString) throws(PostgresError) -> PlaceRow {
    guard let length = try length() else { throw wrong("has no \(name)") }
    defer { position += length }
    // The usual form: little-endian, a point with its reference system.
    if length == 25, memory[position] == 1, little(UInt32.self, at: 1) == 0x2000_0001 {
      return PlaceRow(latitude: Double(bitPattern: little(at: 17)), longitude: Double(bitPattern: little(at: 9)))
    }
    let geography = PostgresGeography(extendedWellKnownBinary: Array(memory[position..<position + length]))
    guard let place = geography.coordinates else { throw wrong("has a \(name) that is no point") }
    return PlaceRow(latitude: place.latitude, longitude: place.longitude)
  }

  /// Rows strung together, each as its weekday and two times.
  mutating func weeklyHours(of staff: PostgresUUID) throws(PostgresError) -> [WorkingHoursRow] {
    let rowBytes = 18
    guard let length = try length() else { throw wrong("has no hours") }
    guard length % rowBytes == 0 else { throw wrong("has hours of \(length) bytes") }
    return (0..<length / rowBytes).map { _ in
      WorkingHoursRow(staff: staff, weekday: next(Int16.self), starts: next(Int64.self), ends: next(Int64.self))
    }
  }

  private func little<Value: FixedWidthInteger>(_ type: Value.Type = Value.self, at offset: Int) -> Value {
    Value(littleEndian: memory.loadUnaligned(fromByteOffset: position + offset, as: Value.self))
  }

  /// Of any other type.
  mutating func value<Value: PostgresDecodable>(
    _ name: StaticString, _ type: PostgresType, as: Value.Type = Value.self
  ) throws(PostgresError) -> Value {
    guard let length = try length() else { throw wrong("has no \(name)") }
    defer { position += length }
    do throws(CellError) {
      return try PostgresBytes.decode(Array(memory[position..<position + length])[...], type: type)
    } catch {
      throw wrong("has a \(name) that cannot be read: \(error)")
    }
  }
}
