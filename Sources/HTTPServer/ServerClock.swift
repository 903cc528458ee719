import Bytes

/// The `Date` line, written anew once a second. The wall clock is passed in.
struct ServerClock {
  private let secondsSince1970: @Sendable () -> Int64
  private var writtenAt: UInt64?
  private(set) var line: [UInt8] = []

  init(secondsSince1970: @escaping @Sendable () -> Int64) {
    self.secondsSince1970 = secondsSince1970
  }

  /// The line as it should be at the loop's time `now`; the wall clock is asked at most twice a second.
  mutating func update(nowMilliseconds now: UInt64) {
    if let writtenAt, now &- writtenAt < 500 { return }
    writtenAt = now
    line = Array("Date: \(HTTPDate.text(secondsSince1970: secondsSince1970()))\r\n".utf8)
  }
}

/// Dates of HTTP fields: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
public enum HTTPDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  public static func text(secondsSince1970 seconds: Int64) -> String {
    let days = seconds.floorDivided(by: 86_400)
    let (year, month, day) = civil(daysSince1970: days)
    let rest = seconds - days * 86_400
    let weekday = HTTPDate.days[Int((days % 7 + 7) % 7)]
    return "\(weekday), \(two(day)) \(months[month - 1]) \(year.padded(4)) \(two(Int(rest / 3_600)))"
      + ":\(two(Int(rest / 60 % 60))):\(two(Int(rest % 60))) GMT"
  }

  /// Reads the preferred form; the two obsolete ones are treated as absent, which only costs a full answer.
  public static func seconds(_ text: String) -> Int64? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[5] == "GMT", parts[0].count == 4, parts[0].hasSuffix(",") else { return nil }
    let clock = parts[4].split(separator: ":", omittingEmptySubsequences: false)
    guard let day = Int(parts[1]), let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3]),
      clock.count == 3, let hour = Int(clock[0]), let minute = Int(clock[1]), let second = Int(clock[2]),
      (1...31).contains(day), (1970...9999).contains(year), (0...23).contains(hour), (0...59).contains(minute),
      (0...60).contains(second)
    else { return nil }
    return daysSince1970(year: year, month: month + 1, day: day) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
  }

  private static func two(_ value: Int) -> String { value.padded(2) }

  /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  static func civil(daysSince1970 days: Int64) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = shifted.floorDivided(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0), Int(month), Int(day))
  }

  static func daysSince1970(year: Int, month: Int, day: Int) -> Int64 {
    let year = Int64(month <= 2 ? year - 1 : year)
    let era = year.floorDivided(by: 400)
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * Int64(month > 2 ? month - 3 : month + 9) + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}

extension Int64 {
  func floorDivided(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

extension Int {
  func padded(_ width: Int) -> String {
    let text = String(self)
    return String(repeating: "0", count: Swift.max(0, width - text.count)) + text
  }
}
