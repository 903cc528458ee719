// The bytes of one column of one row, where libpq keeps them. A cell is valid only during the call it is passed to: its
// memory belongs to the `Rows` being read, which the caller holds. Every read is checked against the cell's length.

/// One value that is not NULL, in PostgreSQL's binary form (big-endian).
public struct PostgresCell {
  let start: UnsafeRawPointer
  public let count: Int
  public let type: PostgresType

  init(start: UnsafeRawPointer, count: Int, type: PostgresType) {
    self.start = start
    self.count = count
    self.type = type
  }

  public func integer<T: FixedWidthInteger>(at offset: Int = 0, as: T.Type = T.self) throws(CellError) -> T {
    guard offset >= 0, offset + MemoryLayout<T>.size <= count else { throw .malformed("ends early") }
    return T(bigEndian: start.loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// The whole cell as one integer, which it must fill exactly.
  public func wholeInteger<T: FixedWidthInteger>(as: T.Type = T.self) throws(CellError) -> T {
    guard count == MemoryLayout<T>.size else { throw .malformed("has \(count) bytes instead of \(MemoryLayout<T>.size)") }
    return T(bigEndian: start.loadUnaligned(as: T.self))
  }

  /// The bytes from `offset`, as text. Ill-formed UTF-8 cannot come from a UTF-8 session, and is refused.
  public func text(from offset: Int = 0) throws(CellError) -> String {
    guard offset <= count else { throw .malformed("ends early") }
    let bytes = UnsafeRawBufferPointer(start: start + offset, count: count - offset)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed("is not UTF-8") }
    return text
  }

  public var bytes: [UInt8] { [UInt8](UnsafeRawBufferPointer(start: start, count: count)) }

  public func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try body(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// A value inside this one: an array's element, a range's bound.
  func part(at offset: Int, count: Int, type: PostgresType) throws(CellError) -> PostgresCell {
    guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else { throw .malformed("ends early") }
    return PostgresCell(start: start + offset, count: count, type: type)
  }
}
