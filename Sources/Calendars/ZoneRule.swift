/// How clocks go on when a zone's table has ended: always alike, or forth and back each year. The text is that of POSIX's `TZ`, with the
/// extensions of RFC 9636: `EET-2EEST,M3.5.0/3,M10.5.0/4`, `<+03>-3`.
struct ZoneRule: Hashable {
  /// A day of the year and the second of it, by the clock that is about to be changed.
  struct Moment: Hashable {
    enum Day: Hashable {
      /// 1…365; February 29 is never counted.
      case julian(Int)
      /// 0…365; February 29 is.
      case ordinal(Int)
      /// The `week`th `weekday` (0 is Sunday) of a month; the fifth is the last.
      case weekday(month: Int, week: Int, weekday: Int)
    }

    let day: Day
    let second: Int
  }

  let standardSeconds: Int
  let summer: (seconds: Int, begin: Moment, end: Moment)?

  static func == (one: ZoneRule, other: ZoneRule) -> Bool {
    one.standardSeconds == other.standardSeconds && one.summer?.seconds == other.summer?.seconds
      && one.summer?.begin == other.summer?.begin && one.summer?.end == other.summer?.end
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(standardSeconds)
    hasher.combine(summer?.seconds)
    hasher.combine(summer?.begin)
    hasher.combine(summer?.end)
  }

  /// Adds what comes after the last change of a table, to the year that is the last of interest.
  func append(to changes: inout [Int], _ offsets: inout [Int]) {
    func add(_ instant: Int, _ offset: Int) {
      guard changes.last.map({ $0 < instant }) ?? true, offsets.last != offset else { return }
      changes.append(instant)
      offsets.append(offset)
    }
    guard let summer else {
      // The table's last offset is the rule's; where it is not, the table says since when.
      return
    }
    let first = changes.last.map { CivilDate(dayNumber: $0.flooredQuotient(86_400)).year } ?? 1970
    guard first <= CalendarsLimits.lastYear else { return }
    for year in first...CalendarsLimits.lastYear {
      let begin = summer.begin.localSecond(inYear: year) - standardSeconds
      let end = summer.end.localSecond(inYear: year) - summer.seconds
      if begin < end {
        add(begin, summer.seconds)
        add(end, standardSeconds)
      } else {
        add(end, standardSeconds)
        add(begin, summer.seconds)
      }
    }
  }
}

extension ZoneRule.Moment {
  /// Seconds on the wall since 1970-01-01.
  func localSecond(inYear year: Int) -> Int {
    let newYear = CivilDate(year: year, month: 1, day: 1).dayNumber
    let day: Int
    switch self.day {
    case .julian(let number): day = newYear + number - 1 + (CivilDate.isLeap(year) && number >= 60 ? 1 : 0)
    case .ordinal(let number): day = newYear + number
    case .weekday(let month, let week, let weekday):
      let first = CivilDate(year: year, month: month, day: 1).dayNumber
      let next = (month == 12 ? CivilDate(year: year + 1, month: 1, day: 1) : CivilDate(year: year, month: month + 1, day: 1))
        .dayNumber
      let wanted = weekday == 0 ? 7 : weekday
      var found = first + (wanted - isoWeekday(ofDay: first) + 7) % 7 + (week - 1) * 7
      while found >= next { found -= 7 }
      day = found
    }
    return day * 86_400 + second
  }
}

extension ZoneRule {
  /// Nil where the text is not exactly a rule.
  init?(_ text: ArraySlice<UInt8>) {
    var reader = ZoneRuleReader(text)
    guard reader.name(), let west = reader.duration(hours: 24) else { return nil }
    standardSeconds = -west
    guard !reader.isAtEnd else {
      summer = nil
      return
    }
    guard reader.name() else { return nil }
    var seconds = standardSeconds + 3_600
    if !reader.take(","), let west = reader.duration(hours: 24) {
      seconds = -west
      guard reader.take(",") else { return nil }
    }
    guard let begin = reader.moment(), reader.take(","), let end = reader.moment(), reader.isAtEnd else { return nil }
    summer = (seconds, begin, end)
  }
}

private struct ZoneRuleReader {
  private var rest: ArraySlice<UInt8>

  init(_ text: ArraySlice<UInt8>) { rest = text }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  /// Three letters or more, or anything in angle brackets; what it is called does not matter.
  mutating func name() -> Bool {
    if take("<") {
      guard let end = rest.firstIndex(of: UInt8(ascii: ">")), end - rest.startIndex >= 3 else { return false }
      rest = rest[(end + 1)...]
      return true
    }
    let letters = rest.prefix { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 }
    rest = rest[letters.endIndex...]
    return letters.count >= 3
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int? {
    let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    guard (1...3).contains(digits.count) else { return nil }
    let number = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    guard range.contains(number) else { return nil }
    rest = rest[digits.endIndex...]
    return number
  }

  /// `[+-]hh[:mm[:ss]]`
  mutating func duration(hours: Int) -> Int? {
    let isNegative = take("-")
    if !isNegative { _ = take("+") }
    guard var seconds = number(0...hours).map({ $0 * 3_600 }) else { return nil }
    if take(":") {
      guard let minutes = number(0...59) else { return nil }
      seconds += minutes * 60
      if take(":") {
        guard let rest = number(0...59) else { return nil }
        seconds += rest
      }
    }
    return isNegative ? -seconds : seconds
  }

  mutating func moment() -> ZoneRule.Moment? {
    guard let day = day() else { return nil }
    guard take("/") else { return ZoneRule.Moment(day: day, second: 7_200) }
    return duration(hours: 167).map { ZoneRule.Moment(day: day, second: $0) }
  }

  private mutating func day() -> ZoneRule.Moment.Day? {
    if take("J") { return number(1...365).map { .julian($0) } }
    guard take("M") else { return number(0...365).map { .ordinal($0) } }
    guard let month = number(1...12), take("."), let week = number(1...5), take("."), let weekday = number(0...6) else {
      return nil
    }
    return .weekday(month: month, week: week, weekday: weekday)
  }
}
