/// A value that can stand in an array. `[UInt8]` is no array of numbers but `bytea`, so the element decides.
public protocol PostgresArrayElement: PostgresEncodable, PostgresDecodable {
  static var postgresArrayType: PostgresType { get }
  static func encodeArray(_ array: [Self], into writer: inout ParameterWriter)
  static func decodeArray(_ cell: PostgresCell) throws(CellError) -> [Self]
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
  public static var postgresType: PostgresType { Element.postgresArrayType }
  public func encode(into writer: inout ParameterWriter) { Element.encodeArray(self, into: &writer) }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
  public static func decode(_ cell: PostgresCell) throws(CellError) -> [Element] { try Element.decodeArray(cell) }
}

extension PostgresArrayElement {
  /// `array_recv`'s form: dimensions, a flag that nothing reads, the element's type, length and lower bound, the elements.
  public static func encodeArray(_ array: [Self], into writer: inout ParameterWriter) {
    writer.append(integer: array.isEmpty ? 0 : 1 as Int32)
    writer.append(integer: 0 as Int32)
    writer.append(integer: postgresType.rawValue)
    guard !array.isEmpty else { return }
    writer.append(integer: Int32(truncatingIfNeeded: array.count))
    writer.append(integer: 1 as Int32)
    for element in array { writer.append(element: element) }
  }

  public static func decodeArray(_ cell: PostgresCell) throws(CellError) -> [Self] {
    let layout = try ArrayLayout(cell)
    var elements: [Self] = []
    elements.reserveCapacity(layout.count)
    var offset = layout.firstElementOffset
    for _ in 0..<layout.count {
      let length = Int(try cell.integer(at: offset, as: Int32.self))
      offset += 4
      if length < 0 {
        elements.append(try decodeNull())
      } else {
        elements.append(try decode(try cell.part(at: offset, count: length, type: layout.elementType)))
        offset += length
      }
    }
    guard offset == cell.count else { throw .malformed("has bytes behind its last element") }
    return elements
  }
}

/// The head of an array on the wire.
private struct ArrayLayout {
  let elementType: PostgresType
  let count: Int
  let firstElementOffset: Int

  init(_ cell: PostgresCell) throws(CellError) {
    guard ArrayLayout.isArray(cell.type) else { throw .wrongType }
    let dimensions = try cell.integer(at: 0, as: Int32.self)
    elementType = PostgresType(rawValue: try cell.integer(at: 8, as: UInt32.self))
    switch dimensions {
    case 0:
      count = 0
      firstElementOffset = 12
    case 1:
      let count = Int(try cell.integer(at: 12, as: Int32.self))
      // Each element takes at least its length: a count that cannot fit is a lie about memory.
      guard count >= 0, count <= (cell.count - 20) / 4 else { throw .malformed("claims more elements than it has") }
      self.count = count
      firstElementOffset = 20
    default:
      throw .malformed("has \(dimensions) dimensions; only one is supported")
    }
  }

  private static func isArray(_ type: PostgresType) -> Bool {
    switch type {
    case .boolArray, .byteaArray, .int2Array, .int4Array, .int8Array, .textArray, .varcharArray, .float4Array, .float8Array,
      .timeArray, .timestamptzArray, .uuidArray:
      true
    default: type.isUserDefined
    }
  }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresArrayElement {
  public static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }
}

extension Bool: PostgresArrayElement {
  public static var postgresArrayType: PostgresType { .boolArray }
}
extension Int16: PostgresArrayElement {
  public static var postgresArrayType: PostgresType { .int2Array }
}
extension Int32: PostgresArrayElement {
  public static var postgresArrayType: PostgresType { .int4Array }
}
extension Int64: PostgresArrayElement {
  public static var postgresArrayType: PostgresType { .int8Array }
}
extension Int: PostgresArrayElement {
  public static var postgresArrayType: PostgresType { .int8Array }
}
extension Float: PostgresArrayElement {
  public static var postgresArrayType: PostgresType { .float4Array }
}
extension Double: PostgresArrayElement {
  public static var postgresArrayType: PostgresType { .float8Array }
}
extension String: PostgresArrayElement {
  public static var postgresArrayType: PostgresType { .textArray }
}
extension PostgresUUID: PostgresArrayElement {
  public static var postgresArrayType: PostgresType { .uuidArray }
}
extension PostgresTimestamp: PostgresArrayElement {
  public static var postgresArrayType: PostgresType { .timestamptzArray }
}

/// Bytes: an array of them is one `bytea`. A single byte is nothing PostgreSQL has, so it cannot be a column or parameter.
extension UInt8: PostgresArrayElement {
  public static var postgresType: PostgresType { .char }
  public static var postgresArrayType: PostgresType { .bytea }

  public func encode(into writer: inout ParameterWriter) { writer.append(integer: self) }

  public static func decode(_ cell: PostgresCell) throws(CellError) -> UInt8 {
    guard cell.type == .char else { throw .wrongType }
    return try cell.wholeInteger()
  }

  public static func encodeArray(_ array: [UInt8], into writer: inout ParameterWriter) { writer.append(bytes: array) }

  public static func decodeArray(_ cell: PostgresCell) throws(CellError) -> [UInt8] {
    guard cell.type == .bytea else { throw .wrongType }
    return cell.bytes
  }
}

/// `bytea[]`.
extension Array: PostgresArrayElement where Element == UInt8 {
  public static var postgresArrayType: PostgresType { .byteaArray }
}
