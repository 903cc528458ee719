public import Bytes
import JSON

/// A UUID. New ones are version 7 (RFC 9562): they begin with the time, so that indexes grow at one end.
public struct Identifier: Hashable, Sendable {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// A new one from the time and 74 bits of randomness.
  public init(unixMilliseconds: UInt64, random: (UInt64, UInt64)) {
    high = unixMilliseconds << 16 | 0x7000 | random.0 & 0x0FFF
    low = 0x8000_0000_0000_0000 | random.1 & 0x3FFF_FFFF_FFFF_FFFF
  }

  /// Reads the 36-character form, in either case; nothing else.
  public init?(_ text: RawSpan) {
    guard text.byteCount == 36 else { return nil }
    var halves: (UInt64, UInt64) = (0, 0)
    var digits = 0
    for index in 0..<36 {
      let byte = text.byte(index)
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard let nibble = hexadecimalValue(byte) else { return nil }
      if digits < 16 { halves.0 = halves.0 << 4 | UInt64(nibble) } else { halves.1 = halves.1 << 4 | UInt64(nibble) }
      digits += 1
    }
    (high, low) = halves
  }

  public init?(_ text: String) {
    self.init(text.utf8Span.span.bytes)
  }

  public func write(to buffer: inout ByteBuffer) {
    buffer.append(hex: high >> 32, width: 8)
    buffer.append(byte: UInt8(ascii: "-"))
    buffer.append(hex: high >> 16 & 0xFFFF, width: 4)
    buffer.append(byte: UInt8(ascii: "-"))
    buffer.append(hex: high & 0xFFFF, width: 4)
    buffer.append(byte: UInt8(ascii: "-"))
    buffer.append(hex: low >> 48, width: 4)
    buffer.append(byte: UInt8(ascii: "-"))
    buffer.append(hex: low & 0xFFFF_FFFF_FFFF, width: 12)
  }
}

extension Identifier: CustomStringConvertible {
  public var description: String {
    var buffer = ByteBuffer()
    write(to: &buffer)
    return String(buffer)
  }
}

extension Identifier: Answer {
  public static var schema: Schema { .string(format: "uuid") }

  public func writeJSON(to buffer: inout ByteBuffer) {
    buffer.append(byte: UInt8(ascii: "\""))
    write(to: &buffer)
    buffer.append(byte: UInt8(ascii: "\""))
  }
}
