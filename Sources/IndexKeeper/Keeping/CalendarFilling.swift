import AvailabilityIndex
import Calendars
import Columns
import PostgresClient

/// Fills calendars, as one thread does, and remembers what hours come to: people with the same week cost a copy. Good for as long as the
/// calendars begin on the same day.
struct CalendarFilling {
  private let free: AvailabilityCalendar
  private let hours: AvailabilityCalendar
  private let today: Int
  private var makers: [ObjectIdentifier: ZoneMaker] = [:]

  init(_ free: AvailabilityCalendar, _ hours: AvailabilityCalendar, today: Int) {
    (self.free, self.hours, self.today) = (free, hours, today)
  }

  /// - Parameter zone: nil where it is not known; then nobody is ever free.
  mutating func fill(_ times: inout RestingTimes, zone: Zone?) throws(StateFileError) {
    guard Int(times.rows.upperBound) <= free.staffCount else { throw .malformed("a calendar has no number") }
    try maker(zone ?? .utc).fill(&times, isKnown: zone != nil)
  }

  private mutating func maker(_ zone: Zone) -> ZoneMaker {
    if let known = makers[ObjectIdentifier(zone)] { return known }
    let maker = ZoneMaker(zone, free, hours, today: today)
    makers[ObjectIdentifier(zone)] = maker
    return maker
  }
}

/// Makes calendars of one zone.
private final class ZoneMaker {
  /// Everything that says when somebody works, in a form that is equal for equal hours.
  private struct Hours: Hashable {
    /// As they rest.
    var weekly: [UInt8] = []
    var dated: [WorkingHours.Dated] = []

    func hash(into hasher: inout Hasher) {
      // All at once: arrays are hashed byte by byte.
      hasher.combine(Checksum.of(weekly))
      if !dated.isEmpty { hasher.combine(dated) }
    }
  }

  /// What hours come to, ready to be given to all who have them.
  private final class Made {
    let worked: [DaySlots]
    let free: PackedDays
    let hours: PackedDays

    init(worked: [DaySlots], free: PackedDays, hours: PackedDays) {
      (self.worked, self.free, self.hours) = (worked, free, hours)
    }
  }

  private let free: AvailabilityCalendar
  private let hours: AvailabilityCalendar
  private var maker: CalendarMaker
  private var made: [Hours: Made] = [:]

  init(_ zone: Zone, _ free: AvailabilityCalendar, _ hours: AvailabilityCalendar, today: Int) {
    (self.free, self.hours) = (free, hours)
    maker = CalendarMaker(zone: zone, firstDay: today - 1, days: StaffCalendars.freeDays + 1)
  }

  /// - Parameter isKnown: whether the zone is; otherwise nobody works.
  func fill(_ times: inout RestingTimes, isKnown: Bool) throws(StateFileError) {
    for row in times.rows {
      let staff = times.staff(row)
      let (isActive, weekly) = try times.next()
      let works = isActive && isKnown
      let made = try made(works ? Hours(weekly: Array(weekly), dated: dated(times.overrides, staff)) : Hours())
      hours.setDays(staff: Int(row), made.hours)
      guard works, times.busy.contains(where: { $0.isOf(staff) }) else {
        free.setDays(staff: Int(row), made.free)
        continue
      }
      maker.work(as: made.worked)
      for time in times.busy where time.isOf(staff) { maker.take(BusyTime(from: time.from, to: time.to)) }
      free.setDays(staff: Int(row), free.packed(maker.free, firstDay: maker.firstDay))
    }
  }

  /// Those of days that are kept.
  private func dated(_ overrides: [ScheduleOverrideRow], _ staff: PostgresUUID) -> [WorkingHours.Dated] {
    guard let dates = maker.dates else { return [] }
    return overrides.lazy.filter { $0.staff == staff && dates.contains(Int($0.day)) }
      .map {
        .init(day: Int($0.day), span: $0.isClosed ? WallSpan(from: 0, to: 0) : WallSpan(from: Int($0.starts), to: Int($0.ends)))
      }
  }

  private func made(_ key: Hours) throws(StateFileError) -> Made {
    if let known = made[key] { return known }
    var weekly: [WorkingHours.Weekly] = []
    try WorkingHoursRow.read(Column(key.weekly)[...], of: PostgresUUID(high: 0, low: 0)) { row in
      weekly.append(.init(weekday: Int(row.weekday), span: WallSpan(from: Int(row.starts), to: Int(row.ends))))
    }
    maker.work(WorkingHours(weekly: weekly, dated: key.dated))
    let new = Made(
      worked: maker.worked, free: free.packed(maker.worked, firstDay: maker.firstDay),
      hours: hours.packed(maker.worked, firstDay: maker.firstDay))
    if made.count >= IndexKeeperLimits.rememberedHours { made = [:] }
    made[key] = new
    return new
  }
}

extension OutsideBusyRow {
  fileprivate func isOf(_ member: PostgresUUID) -> Bool { staff == nil || staff == member }
}
