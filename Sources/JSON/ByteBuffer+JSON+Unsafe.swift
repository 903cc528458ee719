public import Bytes
import CYyjson

extension ByteBuffer {
  /// A quoted, escaped string. Runs without anything to escape are copied whole; they are found eight bytes at a time.
  public mutating func appendJSON(string: String) {
    // Looked at in place: a copy to call `withUTF8` on would be retained, and texts are shared between threads.
    let done: Void? = string.utf8.withContiguousStorageIfAvailable { appendJSON(utf8: UnsafeRawBufferPointer($0)) }
    guard done == nil else { return }
    var copy = string
    copy.withUTF8 { appendJSON(utf8: UnsafeRawBufferPointer($0)) }
  }

  /// As `appendJSON(string:)`, for text at hand as bytes. The bytes must be UTF-8 (a database's or a reader's are).
  public mutating func appendJSON(utf8 bytes: UnsafeRawBufferPointer) {
    reserve(bytes.count + 2)
    append(byte: UInt8(ascii: "\""))
    var start = 0
    while start < bytes.count {
      let end = ByteBuffer.firstToEscape(in: bytes, from: start)
      append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      guard end < bytes.count else { break }
      appendEscape(bytes[end])
      start = end + 1
    }
    append(byte: UInt8(ascii: "\""))
  }

  private mutating func appendEscape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append("\\\"" as StaticString)
    case UInt8(ascii: "\\"): append("\\\\" as StaticString)
    case 0x08: append("\\b" as StaticString)
    case 0x09: append("\\t" as StaticString)
    case 0x0A: append("\\n" as StaticString)
    case 0x0C: append("\\f" as StaticString)
    case 0x0D: append("\\r" as StaticString)
    default:
      append("\\u" as StaticString)
      append(hex: UInt64(byte), width: 4)
    }
  }

  /// Position of the first quote, backslash or control character. The word test marks a byte below a limit by the borrow of a
  /// subtraction; borrows only run upwards, so the lowest mark is always true (Hacker's Delight, 6-1).
  private static func firstToEscape(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highBits: UInt64 = 0x8080_8080_8080_8080
    var index = start
    while index + 8 <= bytes.count {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let controls = (word &- ones &* 0x20) & ~word
      let quoted = word ^ (ones &* 0x22)
      let slashed = word ^ (ones &* 0x5C)
      let marks = (controls | ((quoted &- ones) & ~quoted) | ((slashed &- ones) & ~slashed)) & highBits
      if marks != 0 { return index + marks.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x20 || byte == 0x22 || byte == 0x5C { return index }
      index += 1
    }
    return index
  }

  public mutating func appendJSON(double value: Double) {
    guard value.isFinite else { return append("null" as StaticString) }
    append(upTo: 40) { room in
      qareeb_json_write_double(value, room.baseAddress?.assumingMemoryBound(to: CChar.self), room.count)
    }
  }
}
