extension ByteBuffer {
  /// Appends an integer in decimal, without an intermediate string.
  @inlinable public mutating func append(decimal value: Int) {
    if value < 0 {
      append(byte: UInt8(ascii: "-"))
    }
    append(decimal: UInt64(value.magnitude))
  }

  public mutating func append(decimal value: UInt64) {
    let digits = ByteBuffer.decimalDigits(of: value)
    append(upTo: digits) { room in
      var rest = value
      var position = digits
      repeat {
        position -= 1
        room[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while position > 0
      return digits
    }
  }

  /// Appends an integer in lower-case hexadecimal, padded with zeros to `width`.
  public mutating func append(hex value: UInt64, width: Int = 1) {
    let digits = max(width, (64 - value.leadingZeroBitCount + 3) / 4)
    append(upTo: digits) { room in
      var rest = value
      for position in stride(from: digits - 1, through: 0, by: -1) {
        let nibble = UInt8(truncatingIfNeeded: rest & 15)
        room[position] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
        rest >>= 4
      }
      return digits
    }
  }

  private static func decimalDigits(of value: UInt64) -> Int {
    var digits = 1
    var rest = value
    while rest >= 10 {
      rest /= 10
      digits += 1
    }
    return digits
  }
}
