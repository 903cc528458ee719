public import AvailabilityIndex

/// Makes calendars of working hours, for staff of one time zone and one stretch of days. It keeps its memory: made once, asked often.
///
/// A slot is a quarter of an hour of UTC, as everywhere in the index: so one window means the same instants in every market, the hour
/// that a change of clocks skips is not there, and the one that it repeats is there twice. Who works is found by the clock on the wall:
/// a moment is worked when what the wall shows then lies in the hours of that date. A slot is worked when all of its moments are, and
/// free when besides none of them is taken.
public struct CalendarMaker: Sendable {
  /// A date on the wall, as far as clocks do not change in it.
  private struct WallDay {
    let day: Int
    let weekday: Int
    /// By the wall, in microseconds since 1970-01-01.
    let local: Range<Int>
    let offset: Int
  }

  private static let slotMicroseconds = WallSpan.microsecondsPerDay / AvailabilityLimits.slotsPerDay

  public let firstDay: Int
  /// Of each day from `firstDay` on, the slots that are worked, as the last `work` found.
  public private(set) var worked: [DaySlots]
  /// Those of them that are free, as the last `take` found.
  public private(set) var free: [DaySlots]
  private let wallDays: [WallDay]
  private let firstSlot: Int

  public init(zone: Zone, firstDay: Int, days: Int) {
    self.firstDay = firstDay
    firstSlot = firstDay * AvailabilityLimits.slotsPerDay
    worked = Array(repeating: .none, count: days)
    free = worked
    let day = WallSpan.microsecondsPerDay
    var wallDays: [WallDay] = []
    for stretch in zone.stretches(of: firstDay * 86_400..<(firstDay + days) * 86_400) {
      let offset = stretch.offsetSeconds * 1_000_000
      let from = stretch.seconds.lowerBound * 1_000_000 + offset
      let to = stretch.seconds.upperBound * 1_000_000 + offset
      for number in from.flooredQuotient(day)..<to.ceiledQuotient(day) {
        let local = max(from, number * day)..<min(to, (number + 1) * day)
        wallDays.append(WallDay(day: number, weekday: isoWeekday(ofDay: number), local: local, offset: offset))
      }
    }
    self.wallDays = wallDays
  }

  /// The dates on the wall that the days touch.
  public var dates: ClosedRange<Int>? {
    guard let first = wallDays.first, let last = wallDays.last else { return nil }
    return min(first.day, last.day)...max(first.day, last.day)
  }

  /// Finds what is worked. O(days · stretches of a day).
  public mutating func work(_ hours: WorkingHours) {
    for index in worked.indices { worked[index] = .none }
    // Stretches that meet are one: a quarter of an hour may lie in two of them. They come in order, so only the last one can go on.
    var (from, to) = (Int.min, Int.min)
    for wallDay in wallDays {
      let midnight = wallDay.day * WallSpan.microsecondsPerDay
      func add(_ span: WallSpan) {
        let start = max(midnight + span.from, wallDay.local.lowerBound) - wallDay.offset
        let end = min(midnight + span.to, wallDay.local.upperBound) - wallDay.offset
        guard start < end else { return }
        if start <= to {
          to = max(to, end)
        } else {
          fill(from, to)
          (from, to) = (start, end)
        }
      }
      var isSpecial = false
      for dated in hours.dated where dated.day == wallDay.day {
        isSpecial = true
        add(dated.span)
      }
      guard !isSpecial else { continue }
      for weekly in hours.weekly where weekly.weekday == wallDay.weekday { add(weekly.span) }
    }
    fill(from, to)
    for index in free.indices { free[index] = worked[index] }
  }

  /// Begins with what is worked by somebody else's finding: of the same days.
  public mutating func work(as known: [DaySlots]) {
    precondition(known.count == worked.count, "\(known.count) days for \(worked.count)")
    for index in worked.indices {
      worked[index] = known[index]
      free[index] = known[index]
    }
  }

  /// Takes what a busy time touches.
  public mutating func take(_ busy: BusyTime) {
    guard busy.from < busy.to else { return }
    let first = Int(busy.from).flooredQuotient(Self.slotMicroseconds)
    let end = (Int(busy.to) - 1).flooredQuotient(Self.slotMicroseconds) + 1
    for (index, slots) in days(first, end) { free[index] = free[index].subtracting(slots) }
  }

  /// Works the slots that lie wholly between two instants.
  private mutating func fill(_ from: Int, _ to: Int) {
    guard from < to else { return }
    let first = from.ceiledQuotient(Self.slotMicroseconds)
    for (index, slots) in days(first, to.flooredQuotient(Self.slotMicroseconds)) { worked[index] = worked[index].union(slots) }
  }

  /// The days that slots from `first` up to `end` lie in, and which slots of them.
  private func days(_ first: Int, _ end: Int) -> some Sequence<(Int, DaySlots)> {
    let perDay = AvailabilityLimits.slotsPerDay
    let from = max(first - firstSlot, 0)
    let to = max(min(end - firstSlot, worked.count * perDay), from)
    let indices = from / perDay..<(to + perDay - 1) / perDay
    return (from < to ? indices : 0..<0).lazy.map { ($0, DaySlots(from - $0 * perDay..<to - $0 * perDay)) }
  }
}
