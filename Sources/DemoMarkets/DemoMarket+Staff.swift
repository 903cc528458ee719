public import WebAPI

/// Somebody who serves a made provider's customers.
public struct MadeStaffMember: Sendable, Equatable {
  /// A stretch of one weekday, in minutes of its local day. Who works past midnight has the rest on the next weekday.
  public struct Shift: Sendable, Equatable {
    /// ISO: 1 is Monday.
    public let weekday: Int
    public let minutes: Range<Int>
  }

  public let id: Identifier
  public let name: Localized
  /// In the order of the week, without overlaps.
  public let shifts: [Shift]
}

extension DemoMarket {
  private static let friday = 5
  private static let lunch = 13 * 60

  /// Who works at a provider, and when. The same for the same provider and seed, whatever else is made: it has randomness of its own.
  public func staff(of provider: MadeProvider, seed: UInt64) -> [MadeStaffMember] {
    var random = SplitMix(state: seed ^ provider.id.high ^ provider.id.low)
    let count = staffCount(provider, &random)
    let evenings = longEvenings(of: provider, &random)
    return (0..<count).map { position in
      let id = Identifier(
        unixMilliseconds: 1_767_225_600_000 + UInt64(provider.number), random: (random.next(), random.next()))
      return MadeStaffMember(
        id: id, name: staffName(provider.category, &random),
        shifts: shifts(of: provider, position: position, of: count, evenings: evenings, &random))
    }
  }

  /// One to six; those who clean come in teams, and whoever is booked much has more hands.
  private func staffCount(_ provider: MadeProvider, _ random: inout SplitMix) -> Int {
    let most = provider.tier == "silver" ? 4 : 6
    let fewest = provider.category == "cleaning" ? 2 : 1
    return fewest + Int(random.squared() * Double(most - fewest + 1))
  }

  private func staffName(_ category: String, _ random: inout SplitMix) -> Localized {
    let people = kinds[category]?.people ?? .both
    let isMan = people == .men || (people == .both && random.chance(50))
    let (given, family) = (random.element(isMan ? men : women), random.element(families))
    return Localized(
      en: "\(random.early(given.english)) \(random.early(family.english))", ar: "\(given.arabic) \(family.arabic)")
  }

  /// The minute at which the evenings before the day off end, where a provider stays open for those who go out: past 1440 is past midnight.
  private func longEvenings(of provider: MadeProvider, _ random: inout SplitMix) -> Int? {
    guard ["barber", "salon"].contains(provider.category), random.chance(35) else { return nil }
    return random.element([23 * 60 + 30, 24 * 60, 25 * 60])
  }

  private func shifts(
    of provider: MadeProvider, position: Int, of count: Int, evenings: Int?, _ random: inout SplitMix
  ) -> [MadeStaffMember.Shift] {
    let opens = Self.minute(of: provider.hours.opens)
    let closes = Self.minute(of: provider.hours.closes)
    // With others there, one has a day for oneself.
    let ownDayOff = count > 1 && random.chance(60) ? 1 + Int(random.next() % 7) : nil
    // Where there are enough hands, some come for half a day.
    let half =
      count > 2 && random.chance(25) ? random.element([opens..<(opens + closes) / 2, (opens + closes) / 2..<closes]) : nil
    let pause = random.element([0, 30, 30, 60])
    var week = MadeWeek()
    for weekday in 1...7 where !provider.hours.closedDays.contains(weekday) && weekday != ownDayOff {
      var day = half ?? opens..<closes
      // On Fridays work begins after the noon prayer.
      if weekday == Self.friday, about.weekend.contains(Self.friday) {
        day = max(day.lowerBound, 14 * 60)..<max(day.upperBound, 18 * 60)
      } else if weekday == Self.friday - 1, let evenings, half == nil {
        day = day.lowerBound..<max(day.upperBound, evenings)
      }
      // One after the other, so that somebody is always there; never at either end of the day.
      let away = min(max(Self.lunch + position % 3 * 60, day.lowerBound + 3 * 60), day.upperBound - 2 * 60)
      week.add(day, on: weekday, without: day.count > 6 * 60 ? away..<away + pause : 0..<0)
    }
    return week.shifts
  }

  /// Of "09:30".
  static func minute(of time: String) -> Int {
    let parts = time.split(separator: ":").compactMap { Int($0) }
    return parts.count == 2 ? min(max(parts[0] * 60 + parts[1], 0), 1_440) : 0
  }
}

/// The shifts of a week, each within its day.
private struct MadeWeek {
  private(set) var shifts: [MadeStaffMember.Shift] = []

  /// - Parameter day: may go beyond midnight; the rest is the next weekday's.
  mutating func add(_ day: Range<Int>, on weekday: Int, without pause: Range<Int>) {
    let hours = pause.isEmpty ? [day] : [day.lowerBound..<pause.lowerBound, pause.upperBound..<day.upperBound]
    for stretch in hours {
      append(stretch.clamped(to: 0..<1_440), on: weekday)
      if stretch.upperBound > 1_440 { append(0..<stretch.upperBound - 1_440, on: weekday % 7 + 1) }
    }
    shifts.sort { ($0.weekday, $0.minutes.lowerBound) < ($1.weekday, $1.minutes.lowerBound) }
  }

  private mutating func append(_ minutes: Range<Int>, on weekday: Int) {
    if !minutes.isEmpty { shifts.append(.init(weekday: weekday, minutes: minutes)) }
  }
}
