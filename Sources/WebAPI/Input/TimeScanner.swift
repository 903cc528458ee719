/// Reads dates and times of RFC 3339 from text, strictly.
struct TimeScanner {
  var position: Int

  mutating func date(_ text: RawSpan) -> CalendarDate? {
    guard let year = digits(4, text), skip("-", text), let month = digits(2, text), skip("-", text), let day = digits(2, text)
    else { return nil }
    return CalendarDate(year: year, month: month, day: day)
  }

  /// Leap seconds are refused: no clock of ours has them. At most six places of seconds, which is what is stored.
  mutating func instant(_ text: RawSpan) -> Instant? {
    guard let date = date(text), skip("T", text) || skip("t", text), let hour = digits(2, text), hour < 24, skip(":", text),
      let minute = digits(2, text), minute < 60, skip(":", text), let second = digits(2, text), second < 60
    else { return nil }
    var microseconds = 0
    if skip(".", text) {
      var places = 0
      while places < 6, let digit = digits(1, text) {
        microseconds = microseconds * 10 + digit
        places += 1
      }
      guard places > 0 else { return nil }
      for _ in places..<6 { microseconds *= 10 }
    }
    guard let offsetMinutes = offset(text) else { return nil }
    let seconds = date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second - offsetMinutes * 60
    // An offset may lead out of the years of four digits, which is all that can be written.
    guard TimeScanner.writableSeconds.contains(seconds) else { return nil }
    return Instant(unixMicroseconds: Int64(seconds) * 1_000_000 + Int64(microseconds))
  }

  /// From the year 1 to the year 9999, in UTC.
  private static let writableSeconds = -62_135_596_800..<253_402_300_800

  private mutating func offset(_ text: RawSpan) -> Int? {
    if skip("Z", text) || skip("z", text) { return 0 }
    let isNegative = skip("-", text)
    guard isNegative || skip("+", text), let hours = digits(2, text), hours < 24, skip(":", text), let minutes = digits(2, text),
      minutes < 60
    else { return nil }
    return isNegative ? -(hours * 60 + minutes) : hours * 60 + minutes
  }

  private mutating func skip(_ character: Unicode.Scalar, _ text: RawSpan) -> Bool {
    guard position < text.byteCount, text.byte(position) == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func digits(_ count: Int, _ text: RawSpan) -> Int? {
    guard position + count <= text.byteCount else { return nil }
    var value = 0
    for offset in 0..<count {
      let digit = text.byte(position + offset) &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      value = value * 10 + Int(digit)
    }
    position += count
    return value
  }
}
