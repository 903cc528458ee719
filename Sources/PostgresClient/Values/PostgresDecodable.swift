/// A value read from a column.
public protocol PostgresDecodable {
  static func decode(_ cell: PostgresCell) throws(CellError) -> Self
  /// What NULL becomes: an error, except for optionals.
  static func decodeNull() throws(CellError) -> Self
}

/// Why a column could not be read; the row adds the column's name and types. It never holds the value.
public enum CellError: Error, Hashable, Sendable {
  case wrongType
  case null
  case malformed(String)
}

extension PostgresDecodable {
  public static func decodeNull() throws(CellError) -> Self { throw .null }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  public static func decode(_ cell: PostgresCell) throws(CellError) -> Self { try Wrapped.decode(cell) }
  public static func decodeNull() throws(CellError) -> Self { nil }
}

extension Bool: PostgresDecodable {
  public static func decode(_ cell: PostgresCell) throws(CellError) -> Bool {
    guard cell.type == .bool else { throw .wrongType }
    return try cell.wholeInteger(as: UInt8.self) != 0
  }
}

/// Integers are read from any column of their own or a smaller size.
extension PostgresDecodable where Self: FixedWidthInteger & SignedInteger {
  public static func decode(_ cell: PostgresCell) throws(CellError) -> Self {
    let size = MemoryLayout<Self>.size
    switch cell.type {
    case .int8 where size >= 8: return Self(truncatingIfNeeded: try cell.wholeInteger(as: Int64.self))
    case .int4 where size >= 4: return Self(truncatingIfNeeded: try cell.wholeInteger(as: Int32.self))
    case .int2: return Self(truncatingIfNeeded: try cell.wholeInteger(as: Int16.self))
    case .oid where size >= 8: return Self(truncatingIfNeeded: try cell.wholeInteger(as: UInt32.self))
    default: throw .wrongType
    }
  }
}

extension Int16: PostgresDecodable {}
extension Int32: PostgresDecodable {}
extension Int64: PostgresDecodable {}
extension Int: PostgresDecodable {}

extension UInt32: PostgresDecodable {
  public static func decode(_ cell: PostgresCell) throws(CellError) -> UInt32 {
    guard cell.type == .oid else { throw .wrongType }
    return try cell.wholeInteger()
  }
}

extension Float: PostgresDecodable {
  public static func decode(_ cell: PostgresCell) throws(CellError) -> Float {
    guard cell.type == .float4 else { throw .wrongType }
    return Float(bitPattern: try cell.wholeInteger())
  }
}

extension Double: PostgresDecodable {
  public static func decode(_ cell: PostgresCell) throws(CellError) -> Double {
    switch cell.type {
    case .float8: return Double(bitPattern: try cell.wholeInteger())
    case .float4: return Double(Float(bitPattern: try cell.wholeInteger()))
    default: throw .wrongType
    }
  }
}

/// Text, and whatever is sent as text: names, JSON, the labels of enumerations.
extension String: PostgresDecodable {
  public static func decode(_ cell: PostgresCell) throws(CellError) -> String {
    if cell.type.isTextual { return try cell.text() }
    guard cell.type == .jsonb else { throw .wrongType }
    return try PostgresJSON.decode(cell).text
  }
}
