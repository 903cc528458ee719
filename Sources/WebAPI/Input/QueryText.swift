/// The parameters of a query, percent-decoded into memory that is kept from one request to the next.
struct QueryText {
  struct Pair {
    var name: Range<Int>
    var value: Range<Int>
    var isUsed = false
  }

  enum Failure: Error, Equatable {
    /// A percent sign without two digits, or bytes that are no UTF-8, in the parameter of this number.
    case malformed(Int)
    case tooMany, tooLong
  }

  private(set) var bytes: [UInt8] = []
  var pairs: [Pair] = []

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    pairs.removeAll(keepingCapacity: true)
  }

  /// `application/x-www-form-urlencoded` as browsers write it: `&` between pairs, `+` for a space. O(bytes).
  mutating func load(_ query: RawSpan) throws(Failure) {
    removeAll()
    guard query.byteCount <= WebAPILimits.queryBytes else { throw .tooLong }
    var start = 0
    while start < query.byteCount {
      let end = query.firstOffset(of: UInt8(ascii: "&"), from: start) ?? query.byteCount
      if end > start {
        guard pairs.count < WebAPILimits.queryParameters else { throw .tooMany }
        let equals = query.firstOffset(of: UInt8(ascii: "="), from: start).map { min($0, end) } ?? end
        guard let name = decode(query, start..<equals), let value = decode(query, min(equals + 1, end)..<end) else {
          throw .malformed(pairs.count)
        }
        pairs.append(Pair(name: name, value: value))
      }
      start = end + 1
    }
  }

  /// Where the decoded text lies; `nil` when it is malformed.
  private mutating func decode(_ text: RawSpan, _ range: Range<Int>) -> Range<Int>? {
    let start = bytes.count
    guard PercentCoding.decode(text, range, plusIsSpace: true, into: &bytes) else { return nil }
    return PercentCoding.isText(bytes, from: start) ? start..<bytes.count : nil
  }

  func isNamed(_ index: Int, _ name: String) -> Bool {
    // Most are not, and by their length alone.
    pairs[index].name.count == name.utf8.count && bytes.span.bytes.extracting(pairs[index].name).equals(name)
  }
}

enum PercentCoding {
  static func isText(_ bytes: [UInt8], from start: Int) -> Bool {
    isWellFormedUTF8(bytes.span.bytes.extracting(start..<bytes.count))
  }

  /// Appends the decoded bytes; false on a percent sign without two hexadecimal digits.
  static func decode(_ text: RawSpan, _ range: Range<Int>, plusIsSpace: Bool, into bytes: inout [UInt8]) -> Bool {
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = text.byte(index)
      index += 1
      if byte == UInt8(ascii: "%") {
        guard index + 2 <= range.upperBound, let high = hexadecimalValue(text.byte(index)),
          let low = hexadecimalValue(text.byte(index + 1))
        else { return false }
        bytes.append(high << 4 | low)
        index += 2
      } else {
        bytes.append(byte == UInt8(ascii: "+") && plusIsSpace ? 0x20 : byte)
      }
    }
    return true
  }
}
