public import Bytes

/// Sixteen bytes; ordered as PostgreSQL orders them, so version 7 ids sort by time.
public struct PostgresUUID: Sendable, Hashable, Comparable {
  /// The first and the last eight bytes, as they are written.
  public let high: UInt64
  public let low: UInt64

  @inlinable public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The usual form: 32 hexadecimal digits in groups of 8-4-4-4-12; nil for anything else.
  public init?(_ text: some StringProtocol) {
    var parts: (UInt64, UInt64) = (0, 0)
    var digits = 0
    var position = 0
    for byte in text.utf8 {
      if position == 8 || position == 13 || position == 18 || position == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
      } else {
        guard let value = PostgresUUID.value(ofHexDigit: byte), digits < 32 else { return nil }
        if digits < 16 { parts.0 = parts.0 << 4 | value } else { parts.1 = parts.1 << 4 | value }
        digits += 1
      }
      position += 1
    }
    guard position == 36 else { return nil }
    (high, low) = parts
  }

  private static func value(ofHexDigit byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  public static func < (left: PostgresUUID, right: PostgresUUID) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

extension PostgresUUID: CustomStringConvertible {
  public var description: String {
    var buffer = ByteBuffer(capacity: 36)
    buffer.append(uuid: self)
    return String(buffer)
  }
}

extension ByteBuffer {
  /// The 36 characters of the usual form, in lower case.
  public mutating func append(uuid: PostgresUUID) {
    append(hex: uuid.high >> 32, width: 8)
    append(byte: UInt8(ascii: "-"))
    append(hex: uuid.high >> 16 & 0xffff, width: 4)
    append(byte: UInt8(ascii: "-"))
    append(hex: uuid.high & 0xffff, width: 4)
    append(byte: UInt8(ascii: "-"))
    append(hex: uuid.low >> 48, width: 4)
    append(byte: UInt8(ascii: "-"))
    append(hex: uuid.low & 0xffff_ffff_ffff, width: 12)
  }
}

extension PostgresUUID: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .uuid }

  public func encode(into writer: inout ParameterWriter) {
    writer.append(integer: high)
    writer.append(integer: low)
  }

  public static func decode(_ cell: PostgresCell) throws(CellError) -> PostgresUUID {
    guard cell.type == .uuid else { throw .wrongType }
    guard cell.count == 16 else { throw .malformed("has \(cell.count) bytes instead of 16") }
    return PostgresUUID(high: try cell.integer(at: 0), low: try cell.integer(at: 8))
  }
}
