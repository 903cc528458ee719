// Writing JSON: `member`, `element` and the `begin…`/`end…` pairs put commas where they belong by looking at the last byte
// written, so a writer needs no state of its own and nothing is allocated once the buffer is warm.
public import Bytes

extension ByteBuffer {
  /// A comma, when the last byte written ends a value. Strings end in a quote, so what is inside them is never mistaken.
  @inlinable public mutating func separate() {
    guard count > 0 else { return }
    switch self[count - 1] {
    case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: " "), UInt8(ascii: "\n"): return
    default: append(byte: UInt8(ascii: ","))
    }
  }

  @inlinable public mutating func beginObject() {
    separate()
    append(byte: UInt8(ascii: "{"))
  }

  @inlinable public mutating func beginObject(_ name: StaticString) {
    key(name)
    append(byte: UInt8(ascii: "{"))
  }

  @inlinable public mutating func endObject() { append(byte: UInt8(ascii: "}")) }

  @inlinable public mutating func beginArray() {
    separate()
    append(byte: UInt8(ascii: "["))
  }

  @inlinable public mutating func beginArray(_ name: StaticString) {
    key(name)
    append(byte: UInt8(ascii: "["))
  }

  @inlinable public mutating func endArray() { append(byte: UInt8(ascii: "]")) }

  /// A member's name, which needs no escaping because it is written in the source.
  @inlinable public mutating func key(_ name: StaticString) {
    separate()
    append(byte: UInt8(ascii: "\""))
    append(name)
    append(byte: UInt8(ascii: "\""))
    append(byte: UInt8(ascii: ":"))
  }

  public mutating func key(escaped name: String) {
    separate()
    appendJSON(string: name)
    append(byte: UInt8(ascii: ":"))
  }

  @inlinable public mutating func member(_ name: StaticString, _ value: some JSONWritable) {
    key(name)
    value.writeJSON(to: &self)
  }

  /// A member with a text that stands in the source.
  @inlinable public mutating func member(_ name: StaticString, text: StaticString) {
    key(name)
    append(byte: UInt8(ascii: "\""))
    append(text)
    append(byte: UInt8(ascii: "\""))
  }

  /// A decimal number with a fixed point: 8000 with 3 places is `8.000`.
  public mutating func member(_ name: StaticString, fixed value: Int, places: Int) {
    key(name)
    appendJSON(fixed: value, places: places)
  }

  /// A number rounded to `places` after the point, as short as that allows: coordinates need no sixteen digits.
  public mutating func member(_ name: StaticString, rounded value: Double, places: Int) {
    key(name)
    appendJSON(rounded: value, places: places)
  }

  /// Nothing at all when there is no value.
  @inlinable public mutating func memberIfPresent(_ name: StaticString, _ value: (some JSONWritable)?) {
    if let value { member(name, value) }
  }

  @inlinable public mutating func element(_ value: some JSONWritable) {
    separate()
    value.writeJSON(to: &self)
  }

  /// `value` must be JSON already.
  public mutating func member(_ name: StaticString, raw value: borrowing ByteBuffer) {
    key(name)
    append(contentsOf: value)
  }
}

extension ByteBuffer {
  public mutating func appendJSON(fixed value: Int, places: Int) {
    precondition(places >= 0 && places <= 18, "a fixed-point number has 0 to 18 places")
    if value < 0 { append(byte: UInt8(ascii: "-")) }
    let scale = ByteBuffer.powersOfTen[places]
    let magnitude = UInt64(value.magnitude)
    append(decimal: magnitude / scale)
    guard places > 0 else { return }
    append(byte: UInt8(ascii: "."))
    appendPadded(magnitude % scale, digits: places)
  }

  public mutating func appendJSON(rounded value: Double, places: Int) {
    precondition(places >= 0 && places <= 15, "a rounded number has 0 to 15 places")
    let scaled = value * Double(ByteBuffer.powersOfTen[places])
    // Above 2^53 a double has no digits after the point to round.
    guard scaled.magnitude < 9_007_199_254_740_992 else { return appendJSON(double: value) }
    // Half away from zero; exact, because the part cut off is.
    var whole = Int(scaled)
    if (scaled - Double(whole)).magnitude >= 0.5 { whole += scaled < 0 ? -1 : 1 }
    if whole < 0 { append(byte: UInt8(ascii: "-")) }
    let scale = ByteBuffer.powersOfTen[places]
    append(decimal: UInt64(whole.magnitude) / scale)
    var fraction = UInt64(whole.magnitude) % scale
    guard fraction > 0 else { return }
    var digits = places
    while fraction % 10 == 0 {
      fraction /= 10
      digits -= 1
    }
    append(byte: UInt8(ascii: "."))
    appendPadded(fraction, digits: digits)
  }

  private mutating func appendPadded(_ value: UInt64, digits: Int) {
    var position = digits - 1
    while position > 0, value < ByteBuffer.powersOfTen[position] {
      append(byte: UInt8(ascii: "0"))
      position -= 1
    }
    append(decimal: value)
  }

  private static let powersOfTen: [UInt64] = (0...18).map { power in (0..<power).reduce(1) { product, _ in product * 10 } }
}
