/// A number of JSON's grammar as `±significand × 10^exponent`, exactly, or not at all.
struct DecimalNumber {
  var isNegative = false
  /// Not divisible by ten unless zero: trailing zeros are in the exponent.
  var significand: UInt64 = 0
  var exponent = 0

  /// Exponents past this are as good as infinite for 64 bits.
  private static let exponentLimit = 100_000

  /// `nil` when the significant digits do not fit 64 bits. The text follows JSON's grammar. O(digits).
  init?(_ text: RawSpan) {
    var index = 0
    if text.byteCount > 0, text.byte(0) == UInt8(ascii: "-") {
      isNegative = true
      index = 1
    }
    var trailingZeros = 0
    var fractionDigits = 0
    var inFraction = false
    digits: while index < text.byteCount {
      let byte = text.byte(index)
      switch byte {
      case UInt8(ascii: "."):
        inFraction = true
      case UInt8(ascii: "0"):
        trailingZeros += 1
        if inFraction { fractionDigits += 1 }
      case UInt8(ascii: "1")...UInt8(ascii: "9"):
        guard let shifted = DecimalNumber.multiply(significand, byPowerOfTen: trailingZeros + 1) else { return nil }
        let (sum, overflow) = shifted.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
        guard !overflow else { return nil }
        significand = sum
        trailingZeros = 0
        if inFraction { fractionDigits += 1 }
      default:
        break digits
      }
      index += 1
    }
    exponent = trailingZeros - fractionDigits
    if index < text.byteCount { exponent += DecimalNumber.exponent(text, from: index + 1) }
  }

  private static func exponent(_ text: RawSpan, from start: Int) -> Int {
    var index = start
    var isNegative = false
    var value = 0
    if index < text.byteCount, text.byte(index) == UInt8(ascii: "-") || text.byte(index) == UInt8(ascii: "+") {
      isNegative = text.byte(index) == UInt8(ascii: "-")
      index += 1
    }
    while index < text.byteCount, value < exponentLimit {
      value = value * 10 + Int(text.byte(index)) - Int(UInt8(ascii: "0"))
      index += 1
    }
    return isNegative ? -value : value
  }

  private static func multiply(_ value: UInt64, byPowerOfTen power: Int) -> UInt64? {
    if value == 0 { return 0 }
    guard power >= 0, power < 20 else { return nil }
    var result = value
    for _ in 0..<power {
      let (product, overflow) = result.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      result = product
    }
    return result
  }

  /// The magnitude times ten to the power of `places`, when whole and within range.
  func magnitude(places: Int) -> UInt64? {
    if significand == 0 { return 0 }
    let power = exponent + places
    guard power >= 0 else { return nil }
    return DecimalNumber.multiply(significand, byPowerOfTen: power)
  }

  func scaled(places: Int) -> Int? {
    guard let magnitude = magnitude(places: places) else { return nil }
    guard isNegative else { return Int(exactly: magnitude) }
    return magnitude <= UInt64(Int.max) + 1 ? Int(truncatingIfNeeded: 0 &- magnitude) : nil
  }
}

extension RawSpan {
  fileprivate func byte(_ offset: Int) -> UInt8 { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
}

/// Numbers of JSON's grammar found outside a document, such as in a query.
public enum JSONNumberText {
  /// As `JSONValue.decimal(places:)`. The text must follow JSON's grammar.
  public static func decimal(_ text: RawSpan, places: Int) -> Int? {
    DecimalNumber(text)?.scaled(places: places)
  }
}
