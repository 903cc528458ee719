extension RawSpan {
  /// The byte at an offset, which is checked.
  func byte(_ offset: Int) -> UInt8 {
    precondition(offset >= 0 && offset < byteCount, "offset outside the text")
    return unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// The eight bytes from an offset on, the first one lowest.
  func word(_ offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset <= byteCount - 8, "offset outside the text")
    return UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  func equals(_ text: String) -> Bool {
    let other = text.utf8Span.span
    guard other.count == byteCount else { return false }
    for index in 0..<byteCount where byte(index) != other[index] { return false }
    return true
  }

  /// The same without regard to the case of ASCII letters; `lowercased` must be in lower case.
  func equals(lowercased text: String) -> Bool {
    let other = text.utf8Span.span
    guard other.count == byteCount else { return false }
    for index in 0..<byteCount where asciiLowercase(byte(index)) != other[index] { return false }
    return true
  }

  func firstOffset(of wanted: UInt8, from start: Int = 0) -> Int? {
    for index in start..<max(start, byteCount) where byte(index) == wanted { return index }
    return nil
  }

  /// Whether a name that stands in the source occurs.
  func contains(_ name: StaticString) -> Bool {
    guard name.hasPointerRepresentation, name.utf8CodeUnitCount <= byteCount else { return false }
    let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    return (0...byteCount - wanted.count).contains { start in wanted.indices.allSatisfy { byte(start + $0) == wanted[$0] } }
  }

  /// Without spaces and tabs at both ends.
  func trimmedRange(_ range: Range<Int>) -> Range<Int> {
    var lower = range.lowerBound
    var upper = range.upperBound
    while lower < upper, byte(lower) == 0x20 || byte(lower) == 0x09 { lower += 1 }
    while upper > lower, byte(upper - 1) == 0x20 || byte(upper - 1) == 0x09 { upper -= 1 }
    return lower..<upper
  }
}

extension [UInt8] {
  mutating func append(contentsOf bytes: RawSpan) {
    bytes.withUnsafeBytes { append(contentsOf: $0) }
  }
}

func asciiLowercase(_ byte: UInt8) -> UInt8 {
  byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
}

func hexadecimalValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}

extension String {
  /// Text from bytes that have been checked to be ASCII.
  init(ascii text: RawSpan) {
    self = text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  /// Text from bytes that must be UTF-8; `nil` otherwise.
  init?(strict text: RawSpan) {
    guard isWellFormedUTF8(text) else { return nil }
    self = text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  /// For messages: ill-formed bytes are replaced, control characters too, and the text is cut.
  init(clipped text: RawSpan) {
    let whole = text.withUnsafeBytes { String(decoding: $0.prefix(WebAPILimits.givenCharacters * 4 + 4), as: UTF8.self) }
    self.init(clipping: whole)
  }

  init(clipping text: String) {
    var clipped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if clipped.count == WebAPILimits.givenCharacters {
        clipped.append("…")
        break
      }
      clipped.append(scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? "\u{FFFD}" : scalar)
    }
    self.init(clipped)
  }
}

/// RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF. O(bytes).
func isWellFormedUTF8(_ text: RawSpan) -> Bool {
  var index = 0
  while index < text.byteCount {
    let first = text.byte(index)
    if first < 0x80 {
      index += 1
      continue
    }
    var low: UInt8 = 0x80
    var high: UInt8 = 0xBF
    let length: Int
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, low) = (3, 0xA0)
    case 0xED: (length, high) = (3, 0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, low) = (4, 0x90)
    case 0xF4: (length, high) = (4, 0x8F)
    case 0xF1...0xF3: length = 4
    default: return false
    }
    guard index + length <= text.byteCount else { return false }
    let second = text.byte(index + 1)
    guard second >= low, second <= high else { return false }
    for offset in 2..<max(2, length) where text.byte(index + offset) & 0xC0 != 0x80 { return false }
    index += length
  }
  return true
}
