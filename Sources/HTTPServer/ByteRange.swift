/// What a `Range` field asks of a representation (RFC 9110, 14).
enum ByteRange: Equatable {
  /// Nothing that could be served in part: the whole is the answer.
  case whole
  case part(Range<Int>)
  /// 416.
  case unsatisfiable

  /// Several ranges are answered with the whole, which is always allowed: multipart answers are asked for by next to nobody but
  /// attackers, who multiply work with them.
  init(_ field: String, size: Int) {
    self = ByteRange.parse(field.utf8[...], size) ?? .whole
  }

  /// Nil for what is no single range.
  private static func parse(_ field: Substring.UTF8View, _ size: Int) -> ByteRange? {
    guard let equals = field.firstIndex(of: UInt8(ascii: "=")),
      String(Substring(field[..<equals])).lowercased() == "bytes"
    else { return nil }
    let specification = field[field.index(after: equals)...].drop { $0 == 0x20 || $0 == 0x09 }
    guard let dash = specification.firstIndex(of: UInt8(ascii: "-")) else { return nil }
    let first = specification[..<dash]
    var last = specification[specification.index(after: dash)...]
    while let space = last.last, space == 0x20 || space == 0x09 { last = last.dropLast() }
    if first.isEmpty {
      guard let count = number(last) else { return nil }
      if count == 0 || size == 0 { return .unsatisfiable }
      return .part(max(0, size - count)..<size)
    }
    guard let start = number(first) else { return nil }
    let end = last.isEmpty ? Int.max : number(last)
    guard let end, start <= end else { return nil }
    if start >= size { return .unsatisfiable }
    return .part(start..<min(end, size - 1) + 1)
  }

  /// Digits only; more than fit mean "very far".
  private static func number(_ digits: Substring.UTF8View) -> Int? {
    guard !digits.isEmpty else { return nil }
    var value = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowAgain) = tens.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
      value = overflow || overflowAgain ? Int.max : sum
    }
    return value
  }
}
