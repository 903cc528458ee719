public import Bytes
import JSON

/// A point in time, in microseconds since 1970 as PostgreSQL keeps them. Written as RFC 3339 in UTC.
public struct Instant: Hashable, Comparable, Sendable {
  public let unixMicroseconds: Int64

  public init(unixMicroseconds: Int64) { self.unixMicroseconds = unixMicroseconds }
  public init(unixMilliseconds: Int64) { unixMicroseconds = unixMilliseconds * 1000 }

  public static func < (left: Instant, right: Instant) -> Bool { left.unixMicroseconds < right.unixMicroseconds }

  /// `2026-11-21T03:31:15.123Z`; milliseconds are always there, so that texts sort like times.
  public func write(to buffer: inout ByteBuffer) {
    let milliseconds = Int(floorDivide(unixMicroseconds, 1000))
    let days = Int(floorDivide(Int64(milliseconds), 86_400_000))
    let inDay = milliseconds - days * 86_400_000
    CalendarDate(daysSince1970: days).write(to: &buffer)
    buffer.append(byte: UInt8(ascii: "T"))
    buffer.append(padded: inDay / 3_600_000, digits: 2)
    buffer.append(byte: UInt8(ascii: ":"))
    buffer.append(padded: inDay / 60_000 % 60, digits: 2)
    buffer.append(byte: UInt8(ascii: ":"))
    buffer.append(padded: inDay / 1000 % 60, digits: 2)
    buffer.append(byte: UInt8(ascii: "."))
    buffer.append(padded: inDay % 1000, digits: 3)
    buffer.append(byte: UInt8(ascii: "Z"))
  }
}

extension Instant: Answer {
  public static var schema: Schema { .string(format: "date-time") }

  public func writeJSON(to buffer: inout ByteBuffer) {
    buffer.append(byte: UInt8(ascii: "\""))
    write(to: &buffer)
    buffer.append(byte: UInt8(ascii: "\""))
  }
}

/// A day of the Gregorian calendar, without a time zone.
public struct CalendarDate: Hashable, Comparable, Sendable {
  public let year: Int
  public let month: Int
  public let day: Int

  /// `nil` for a day the calendar does not have. Years have four digits.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= CalendarDate.days(in: month, of: year) else {
      return nil
    }
    self.year = year
    self.month = month
    self.day = day
  }

  /// Civil date from a day count: H. Hinnant, "chrono-compatible low-level date algorithms".
  public init(daysSince1970 days: Int) {
    let shifted = days + 719_468
    let era = Int(floorDivide(Int64(shifted), 146_097))
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  public var daysSince1970: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = Int(floorDivide(Int64(shiftedYear), 400))
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  public static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  public static func < (left: CalendarDate, right: CalendarDate) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  public func write(to buffer: inout ByteBuffer) {
    buffer.append(padded: year, digits: 4)
    buffer.append(byte: UInt8(ascii: "-"))
    buffer.append(padded: month, digits: 2)
    buffer.append(byte: UInt8(ascii: "-"))
    buffer.append(padded: day, digits: 2)
  }
}

extension CalendarDate: Answer {
  public static var schema: Schema { .string(format: "date") }

  public func writeJSON(to buffer: inout ByteBuffer) {
    buffer.append(byte: UInt8(ascii: "\""))
    write(to: &buffer)
    buffer.append(byte: UInt8(ascii: "\""))
  }
}

extension ByteBuffer {
  /// A number that is not negative, with leading zeros.
  mutating func append(padded value: Int, digits: Int) {
    var scale = 1
    for _ in 1..<digits { scale *= 10 }
    while scale > 1, value < scale {
      append(byte: UInt8(ascii: "0"))
      scale /= 10
    }
    append(decimal: value)
  }
}

func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
  let quotient = value / divisor
  return value % divisor < 0 ? quotient - 1 : quotient
}
