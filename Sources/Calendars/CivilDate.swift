/// A date of the Gregorian calendar, carried on into the past.
public struct CivilDate: Hashable, Sendable {
  public let year: Int
  /// 1…12
  public let month: Int
  /// 1…31
  public let day: Int

  public init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The date so many days after 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms", 2013).
  public init(dayNumber: Int) {
    // Years begin in March here, so that the day that is not always there is their last.
    let shifted = dayNumber + 719_468
    let era = shifted.flooredQuotient(146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01.
  public var dayNumber: Int {
    let marchYear = month <= 2 ? year - 1 : year
    let era = marchYear.flooredQuotient(400)
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
}

extension Int {
  /// The quotient rounded downwards.
  func flooredQuotient(_ divisor: Int) -> Int { self / divisor - (self % divisor < 0 ? 1 : 0) }

  /// The quotient rounded upwards.
  func ceiledQuotient(_ divisor: Int) -> Int { self / divisor + (self % divisor > 0 ? 1 : 0) }
}

/// 1 (Monday) to 7, as ISO 8601 counts.
func isoWeekday(ofDay dayNumber: Int) -> Int {
  // 1970-01-01 was a Thursday.
  (dayNumber + 3) - (dayNumber + 3).flooredQuotient(7) * 7 + 1
}
