import PostgresClient

/// Bytes in, messages out; it remembers the tables it has been told of. Whatever the bytes, it answers with a message or an error.
public struct PgoutputDecoder: Sendable {
  private var relations: [UInt32: FeedRelation] = [:]

  public init() {}

  /// Reads one message, which is all of `bytes`.
  public mutating func decode(_ bytes: ArraySlice<UInt8>) throws(FeedError) -> FeedMessage {
    guard let kind = bytes.first else { throw .truncated(message: "message", offset: 0) }
    var reader = MessageReader(bytes, Self.names[kind] ?? "message")
    let message = try decode(kind, &reader)
    if case .other = message { return message }
    try reader.end()
    return message
  }

  private mutating func decode(_ kind: UInt8, _ reader: inout MessageReader) throws(FeedError) -> FeedMessage {
    switch kind {
    case UInt8(ascii: "B"):
      return .begin(
        FeedBegin(commitPosition: try reader.integer(), committedAt: try reader.time(), transaction: try reader.integer()))
    case UInt8(ascii: "C"):
      let flags: UInt8 = try reader.integer()
      guard flags == 0 else { throw reader.malformed("flags \(flags) are unknown") }
      return .commit(
        FeedCommit(
          commitPosition: try reader.integer(), endPosition: try reader.integer(), committedAt: try reader.time()))
    case UInt8(ascii: "R"):
      let relation = try reader.relation()
      relations[relation.id] = relation
      return .relation(relation)
    case UInt8(ascii: "I"):
      let relation = try self.relation(&reader)
      try reader.expect("N")
      return .change(.insert(try reader.row(relation, .full)))
    case UInt8(ascii: "U"): return .change(try update(&reader))
    case UInt8(ascii: "D"):
      let relation = try self.relation(&reader)
      return .change(.delete(try reader.row(relation, try reader.oldContent())))
    case UInt8(ascii: "T"): return .change(.truncate(try truncated(&reader)))
    case UInt8(ascii: "O"), UInt8(ascii: "Y"), UInt8(ascii: "M"): return .other(kind: kind)
    default: throw .unknownMessage(kind: kind)
    }
  }

  private func relation(_ reader: inout MessageReader) throws(FeedError) -> FeedRelation {
    let id: UInt32 = try reader.integer()
    guard let relation = relations[id] else { throw .unknownRelation(id: id) }
    return relation
  }

  private func update(_ reader: inout MessageReader) throws(FeedError) -> FeedChange {
    let relation = try relation(&reader)
    var old: FeedRow?
    if try reader.peek() != UInt8(ascii: "N") { old = try reader.row(relation, try reader.oldContent()) }
    try reader.expect("N")
    return .update(old: old, new: try reader.row(relation, .full))
  }

  private func truncated(_ reader: inout MessageReader) throws(FeedError) -> [FeedRelation] {
    let count: UInt32 = try reader.integer()
    // CASCADE and RESTART IDENTITY: what they did to other tables is told by itself.
    let _: UInt8 = try reader.integer()
    guard Int(count) <= reader.remaining / 4 else { throw reader.malformed("\(count) tables do not fit into the message") }
    var tables: [FeedRelation] = []
    for _ in 0..<count { tables.append(try relation(&reader)) }
    return tables
  }

  private static let names: [UInt8: String] = [
    UInt8(ascii: "B"): "begin", UInt8(ascii: "C"): "commit", UInt8(ascii: "R"): "relation", UInt8(ascii: "I"): "insert",
    UInt8(ascii: "U"): "update", UInt8(ascii: "D"): "delete", UInt8(ascii: "T"): "truncate",
  ]
}

/// Takes a message apart, field by field, checking every one against its end.
private struct MessageReader {
  private let bytes: ArraySlice<UInt8>
  private let message: String
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>, _ message: String) {
    self.bytes = bytes
    self.message = message
    position = bytes.startIndex + 1
  }

  var remaining: Int { bytes.endIndex - position }
  private var offset: Int { position - bytes.startIndex }

  func malformed(_ reason: String) -> FeedError { .malformed(message: message, offset: offset, reason: reason) }

  func end() throws(FeedError) {
    guard remaining == 0 else { throw .excess(message: message, offset: offset) }
  }

  mutating func integer<T: FixedWidthInteger>(_: T.Type = T.self) throws(FeedError) -> T {
    let size = MemoryLayout<T>.size
    guard remaining >= size else { throw .truncated(message: message, offset: bytes.count) }
    defer { position += size }
    return bytes[position..<position + size].reduce(0) { T(truncatingIfNeeded: UInt64(truncatingIfNeeded: $0) << 8) | T($1) }
  }

  mutating func time() throws(FeedError) -> PostgresTimestamp {
    let wire: Int64 = try integer()
    return PostgresTimestamp(microsecondsSince1970: wire &+ Self.microsecondsTo2000)
  }

  private static let microsecondsTo2000: Int64 = 946_684_800_000_000

  func peek() throws(FeedError) -> UInt8 {
    guard remaining > 0 else { throw .truncated(message: message, offset: bytes.count) }
    return bytes[position]
  }

  mutating func expect(_ letter: Unicode.Scalar) throws(FeedError) {
    guard try peek() == UInt8(ascii: letter) else { throw malformed("'\(letter)' should be here") }
    position += 1
  }

  mutating func oldContent() throws(FeedError) -> FeedRow.Content {
    let letter = try peek()
    guard letter == UInt8(ascii: "K") || letter == UInt8(ascii: "O") else { throw malformed("'K' or 'O' should be here") }
    position += 1
    return letter == UInt8(ascii: "K") ? .key : .full
  }

  /// Text up to a zero.
  mutating func text() throws(FeedError) -> String {
    guard let end = bytes[position...].firstIndex(of: 0) else { throw .truncated(message: message, offset: bytes.count) }
    guard let text = String(validating: bytes[position..<end], as: UTF8.self) else { throw malformed("a name is not UTF-8") }
    position = end + 1
    return text
  }

  mutating func relation() throws(FeedError) -> FeedRelation {
    let id: UInt32 = try integer()
    let schema = try text()
    let table = try text()
    let letter: UInt8 = try integer()
    guard let identity = FeedRelation.Identity(rawValue: letter) else { throw malformed("identity \(letter) is unknown") }
    let count: UInt16 = try integer()
    var columns: [FeedRelation.Column] = []
    for _ in 0..<count {
      let flags: UInt8 = try integer()
      let name = try text()
      let type = PostgresType(rawValue: try integer())
      // The type's modifier (a length, a precision): values are already cut to it.
      let _: UInt32 = try integer()
      columns.append(FeedRelation.Column(name: name, type: type, isKey: flags & 1 == 1))
    }
    // PostgreSQL names the system's schema by nothing.
    return FeedRelation(
      id: id, schema: schema.isEmpty ? "pg_catalog" : schema, table: table, identity: identity, columns: columns)
  }

  mutating func row(_ relation: FeedRelation, _ content: FeedRow.Content) throws(FeedError) -> FeedRow {
    let count: UInt16 = try integer()
    guard Int(count) == relation.columns.count else {
      throw .columnCount(relation: relation.name, expected: relation.columns.count, found: Int(count))
    }
    var cells: [FeedRow.Cell] = []
    cells.reserveCapacity(Int(count))
    for _ in 0..<count { cells.append(try cell()) }
    return FeedRow(relation: relation, content: content, bytes: bytes, cells: cells)
  }

  private mutating func cell() throws(FeedError) -> FeedRow.Cell {
    let kind = try peek()
    switch kind {
    case UInt8(ascii: "n"):
      position += 1
      return .null
    case UInt8(ascii: "u"):
      position += 1
      return .unchanged
    case UInt8(ascii: "t"), UInt8(ascii: "b"):
      position += 1
      let length: UInt32 = try integer()
      guard Int(length) <= remaining else { throw .truncated(message: message, offset: bytes.count) }
      let range = position..<position + Int(length)
      position = range.upperBound
      return kind == UInt8(ascii: "b") ? .binary(range) : .text(range)
    default: throw malformed("a value of the kind \(kind) is unknown")
    }
  }
}
