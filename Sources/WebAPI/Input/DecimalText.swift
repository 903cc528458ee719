import Bytes
import JSON

/// Numbers as text outside JSON, with JSON's grammar: no plus sign, no bare point, no hexadecimal, no infinity.
enum DecimalText {
  static func isNumber(_ text: RawSpan) -> Bool {
    var index = 0
    if text.byteCount > 0, text.byte(0) == UInt8(ascii: "-") { index = 1 }
    let whole = digits(text, from: index)
    guard whole > index, whole == index + 1 || text.byte(index) != UInt8(ascii: "0") else { return false }
    index = whole
    if index < text.byteCount, text.byte(index) == UInt8(ascii: ".") {
      let end = digits(text, from: index + 1)
      guard end > index + 1 else { return false }
      index = end
    }
    if index < text.byteCount, asciiLowercase(text.byte(index)) == UInt8(ascii: "e") {
      index += 1
      if index < text.byteCount, text.byte(index) == UInt8(ascii: "+") || text.byte(index) == UInt8(ascii: "-") { index += 1 }
      let end = digits(text, from: index)
      guard end > index else { return false }
      index = end
    }
    return index == text.byteCount
  }

  private static func digits(_ text: RawSpan, from start: Int) -> Int {
    var index = start
    while index < text.byteCount, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text.byte(index)) { index += 1 }
    return index
  }

  /// The nearest double of a number's text; `nil` when that is infinite.
  ///
  /// Up to 15 significant digits and powers of ten up to 22 are exact in a double, so one multiplication or division rounds
  /// correctly (Clinger 1990); the rest goes through the standard library.
  static func double(_ text: RawSpan) -> Double? {
    var significand: UInt64 = 0
    var digits = 0
    var exponent = 0
    var inFraction = false
    var index = text.byte(0) == UInt8(ascii: "-") ? 1 : 0
    let isNegative = index == 1
    while index < text.byteCount {
      let byte = text.byte(index)
      index += 1
      if byte == UInt8(ascii: ".") {
        inFraction = true
        continue
      }
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return slowDouble(text) }
      if significand > 0 || byte != UInt8(ascii: "0") { digits += 1 }
      guard digits <= 15 else { return slowDouble(text) }
      significand = significand * 10 + UInt64(byte - UInt8(ascii: "0"))
      if inFraction { exponent -= 1 }
    }
    guard exponent >= -22 else { return slowDouble(text) }
    let value = Double(significand) / powersOfTen[-exponent]
    return isNegative ? -value : value
  }

  private static func slowDouble(_ text: RawSpan) -> Double? {
    guard let value = String(strict: text).flatMap(Double.init), value.isFinite else { return nil }
    return value
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
    1e22,
  ]

  static func fixed(_ value: Int, places: Int) -> String {
    var buffer = ByteBuffer()
    buffer.appendJSON(fixed: value, places: places)
    return String(buffer)
  }
}
