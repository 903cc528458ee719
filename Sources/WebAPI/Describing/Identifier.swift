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
    let dash = UInt8(ascii: "-")
    guard text.byte(8) == dash, text.byte(13) == dash, text.byte(18) == dash, text.byte(23) == dash else { return nil }
    guard let first = HexadecimalWord(text.word(0)), let second = HexadecimalWord(text.word(9), text.word(14)),
      let third = HexadecimalWord(text.word(19), text.word(24)), let fourth = HexadecimalWord(text.word(28))
    else { return nil }
    high = first.value << 32 | second.value
    low = third.value << 32 | fourth.value
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

/// Eight hexadecimal digits in either case, read at once: a search reads an identifier for each of its hits.
private struct HexadecimalWord {
  let value: UInt64

  /// - Parameter digits: the first one lowest, as text lies in memory.
  init?(_ digits: UInt64) {
    func each(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }
    let letters = digits >> 6 & each(1)
    // A digit's upper half is 3, a letter's 4 or 6.
    guard digits & each(0xF0) & ~(letters << 5) == each(0x30) + letters << 4 else { return nil }
    let nibbles = digits & each(0x0F) + letters * 9
    // Letters are those from ten on, and below sixteen.
    guard nibbles & each(0xF0) == 0, (nibbles + each(6)) & each(0x10) == letters << 4 else { return nil }
    var packed = nibbles.byteSwapped
    packed = (packed | packed >> 4) & 0x00FF_00FF_00FF_00FF
    packed = (packed | packed >> 8) & 0x0000_FFFF_0000_FFFF
    value = (packed | packed >> 16) & 0xFFFF_FFFF
  }

  /// The first four of each.
  init?(_ first: UInt64, _ second: UInt64) { self.init(first & 0xFFFF_FFFF | second << 32) }
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
