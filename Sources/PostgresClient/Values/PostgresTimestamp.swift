public import Bytes

/// A moment (`timestamptz`), in microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
public struct PostgresTimestamp: Sendable, Hashable, Comparable {
  public let microsecondsSince1970: Int64

  public init(microsecondsSince1970: Int64) { self.microsecondsSince1970 = microsecondsSince1970 }

  /// PostgreSQL's `infinity`: after every moment; and before every one.
  public static let distantFuture = PostgresTimestamp(microsecondsSince1970: .max)
  public static let distantPast = PostgresTimestamp(microsecondsSince1970: .min)

  public static func < (left: PostgresTimestamp, right: PostgresTimestamp) -> Bool {
    left.microsecondsSince1970 < right.microsecondsSince1970
  }

  /// PostgreSQL counts from 2000-01-01.
  private static let offset: Int64 = 946_684_800_000_000

  init(wire: Int64) {
    // The ends stand for infinity; whatever would pass them cannot be a date PostgreSQL stores.
    let (sum, overflows) = wire.addingReportingOverflow(PostgresTimestamp.offset)
    microsecondsSince1970 = wire == .min ? .min : overflows ? .max : sum
  }

  var wire: Int64 {
    if self == .distantFuture { return .max }
    let (difference, overflows) = microsecondsSince1970.subtractingReportingOverflow(PostgresTimestamp.offset)
    return overflows ? .min : difference
  }
}

extension PostgresTimestamp: CustomStringConvertible {
  /// ISO 8601 in UTC, such as `2026-03-01T09:30:00Z`, with a fraction only where there is one.
  public var description: String {
    var buffer = ByteBuffer(capacity: 32)
    buffer.append(timestamp: self)
    return String(buffer)
  }
}

extension ByteBuffer {
  /// ISO 8601 in UTC; a fraction only where there is one. `infinity` and `-infinity` as PostgreSQL writes them.
  public mutating func append(timestamp: PostgresTimestamp) {
    if timestamp == .distantFuture { return append("infinity" as StaticString) }
    if timestamp == .distantPast { return append("-infinity" as StaticString) }
    let (seconds, microseconds) = timestamp.microsecondsSince1970.flooredQuotientAndRemainder(dividingBy: 1_000_000)
    let (days, secondOfDay) = seconds.flooredQuotientAndRemainder(dividingBy: 86_400)
    append(date: CivilDate(daysSince1970: days))
    append(byte: UInt8(ascii: "T"))
    append(timeOfDay: secondOfDay * 1_000_000 + microseconds)
    append(byte: UInt8(ascii: "Z"))
  }

  /// `09:30:00`; a fraction only where there is one.
  mutating func append(timeOfDay microseconds: Int64) {
    let (seconds, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    append(padded: seconds / 3_600, digits: 2)
    append(byte: UInt8(ascii: ":"))
    append(padded: seconds / 60 % 60, digits: 2)
    append(byte: UInt8(ascii: ":"))
    append(padded: seconds % 60, digits: 2)
    guard fraction != 0 else { return }
    append(byte: UInt8(ascii: "."))
    append(padded: fraction, digits: 6)
    while self[count - 1] == UInt8(ascii: "0") { truncate(to: count - 1) }
  }

  fileprivate mutating func append(date: CivilDate) {
    if date.year < 0 { append(byte: UInt8(ascii: "-")) }
    append(padded: date.year.magnitudeAsInt64, digits: 4)
    append(byte: UInt8(ascii: "-"))
    append(padded: Int64(date.month), digits: 2)
    append(byte: UInt8(ascii: "-"))
    append(padded: Int64(date.day), digits: 2)
  }

  private mutating func append(padded value: Int64, digits: Int) {
    var limit: Int64 = 10
    for _ in 1..<digits {
      if value < limit { append(byte: UInt8(ascii: "0")) }
      limit *= 10
    }
    // Zeros go before the number: the loop above counts how many are missing.
    append(decimal: UInt64(value))
  }
}

extension Int64 {
  fileprivate var magnitudeAsInt64: Int64 { Int64(clamping: magnitude) }

  fileprivate func flooredQuotientAndRemainder(dividingBy divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

/// A date of the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
struct CivilDate: Hashable {
  let year: Int64
  let month: Int
  let day: Int

  init(daysSince1970 days: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  static func daysSince1970(year: Int64, month: Int, day: Int) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}

extension PostgresTimestamp: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .timestamptz }

  public func encode(into writer: inout ParameterWriter) { writer.append(integer: wire) }

  public static func decode(_ cell: PostgresCell) throws(CellError) -> PostgresTimestamp {
    guard cell.type == .timestamptz else { throw .wrongType }
    return PostgresTimestamp(wire: try cell.wholeInteger())
  }
}

/// A day of the calendar (`date`), without a time zone.
public struct PostgresDate: Sendable, Hashable, Comparable {
  public let daysSince1970: Int32

  public init(daysSince1970: Int32) { self.daysSince1970 = daysSince1970 }

  /// Nil for a date that does not exist, or is beyond what PostgreSQL stores.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), (1...31).contains(day), (-4_713...5_874_897).contains(year) else { return nil }
    let days = CivilDate.daysSince1970(year: Int64(year), month: month, day: day)
    let back = CivilDate(daysSince1970: days)
    guard back.month == month, back.day == day, let narrow = Int32(exactly: days) else { return nil }
    daysSince1970 = narrow
  }

  public var yearMonthDay: (year: Int, month: Int, day: Int) {
    let civil = CivilDate(daysSince1970: Int64(daysSince1970))
    return (Int(civil.year), civil.month, civil.day)
  }

  public static func < (left: PostgresDate, right: PostgresDate) -> Bool { left.daysSince1970 < right.daysSince1970 }
}

extension PostgresDate: CustomStringConvertible {
  public var description: String {
    var buffer = ByteBuffer(capacity: 16)
    buffer.append(date: CivilDate(daysSince1970: Int64(daysSince1970)))
    return String(buffer)
  }
}

extension PostgresDate: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .date }

  /// PostgreSQL counts from 2000-01-01; the ends stand for infinity on both sides.
  private static let offset: Int32 = 10_957

  public func encode(into writer: inout ParameterWriter) {
    let (difference, overflows) = daysSince1970.subtractingReportingOverflow(PostgresDate.offset)
    writer.append(integer: daysSince1970 == .max ? .max : overflows ? .min : difference)
  }

  public static func decode(_ cell: PostgresCell) throws(CellError) -> PostgresDate {
    guard cell.type == .date else { throw .wrongType }
    let wire: Int32 = try cell.wholeInteger()
    let (sum, overflows) = wire.addingReportingOverflow(offset)
    return PostgresDate(daysSince1970: wire == .min ? .min : overflows ? .max : sum)
  }
}
