import AvailabilityIndex
import Calendars
import PostgresClient
import ProviderIndex

/// The calendars that searches read, and how they are made of rows. Touched on the keeper's loop only, but for what readers read.
final class StaffCalendars {
  /// When staff is free. It begins today.
  let free: AvailabilityCalendar
  /// When it works. It begins yesterday: who asks just before midnight is answered just after it.
  let hours: AvailabilityCalendar
  private var makers: [ObjectIdentifier: ZoneMaker] = [:]
  private(set) var today: Int

  /// Days that are kept: those that can be asked for, a day for visits that begin on the last of them, and one that is filled while the
  /// first of them goes by.
  static let freeDays = IndexKeeperLimits.calendarDays + 3
  private static let hoursDays = 4

  init(rowCount: UInt32, today: Int) {
    self.today = today
    free = AvailabilityCalendar(staffCount: Int(rowCount), firstDay: Int32(clamping: today), days: Self.freeDays)
    hours = AvailabilityCalendar(staffCount: Int(rowCount), firstDay: Int32(clamping: today - 1), days: Self.hoursDays)
  }

  /// Moves on to a later day; the last days are then blank until they are filled. O(1).
  func advance(to day: Int) {
    guard day > today else { return }
    today = day
    free.advance(to: Int32(clamping: day))
    hours.advance(to: Int32(clamping: day - 1))
    makers = [:]
  }

  /// Room for staff numbers below `count`.
  func reserve(_ count: UInt32) {
    let missing = Int(count) - free.staffCount
    guard missing > 0 else { return }
    free.addStaff(missing)
    hours.addStaff(missing)
  }

  /// Writes a provider's calendars: only days that differ from what is there.
  /// - Parameter zone: nil where it is not known; then nobody is ever free.
  func fill(_ placed: PlacedCalendar, zone: Zone?) {
    let known = zone ?? .utc
    var maker = makers.removeValue(forKey: ObjectIdentifier(known)) ?? ZoneMaker(known, self)
    defer { makers[ObjectIdentifier(known)] = maker }
    for (row, staff) in zip(placed.rows, placed.entry.staff) {
      maker.fill(Int(row), zone == nil || !staff.isActive ? nil : staff.id, placed.entry, self)
    }
  }
}

/// Makes calendars of one zone.
private struct ZoneMaker {
  /// What hours come to, ready to be given to all who have them.
  private struct Made {
    let worked: [DaySlots]
    let free: PackedDays
    let hours: PackedDays
  }

  private let zone: Zone
  private var maker: CalendarMaker
  private let firstDay: Int
  private var made: [WorkingHours: Made] = [:]

  init(_ zone: Zone, _ calendars: StaffCalendars) {
    self.zone = zone
    firstDay = calendars.today - 1
    maker = CalendarMaker(zone: zone, firstDay: firstDay, days: StaffCalendars.freeDays + 1)
  }

  /// - Parameter staff: nil for who cannot be booked at all.
  mutating func fill(_ row: Int, _ staff: PostgresUUID?, _ entry: CalendarEntry, _ calendars: StaffCalendars) {
    let made = made(staff.map { hours(of: $0, entry) } ?? WorkingHours(), calendars)
    calendars.hours.setDays(staff: row, made.hours)
    guard let staff, entry.busy.contains(where: { $0.isOf(staff) }) else {
      return calendars.free.setDays(staff: row, made.free)
    }
    maker.work(as: made.worked)
    for time in entry.busy where time.isOf(staff) { maker.take(BusyTime(from: time.from, to: time.to)) }
    calendars.free.setDays(staff: row, calendars.free.packed(maker.free, firstDay: firstDay))
  }

  private func hours(of staff: PostgresUUID, _ entry: CalendarEntry) -> WorkingHours {
    let dates = maker.dates ?? 0...0
    return WorkingHours(
      weekly: entry.hours.lazy.filter { $0.staff == staff }
        .map { .init(weekday: Int($0.weekday), span: WallSpan(from: Int($0.starts), to: Int($0.ends))) },
      dated: entry.overrides.lazy.filter { $0.staff == staff && dates.contains(Int($0.day)) }
        .map {
          .init(day: Int($0.day), span: $0.isClosed ? WallSpan(from: 0, to: 0) : WallSpan(from: Int($0.starts), to: Int($0.ends)))
        })
  }

  private mutating func made(_ hours: WorkingHours, _ calendars: StaffCalendars) -> Made {
    if let known = made[hours] { return known }
    maker.work(hours)
    let new = Made(
      worked: maker.worked, free: calendars.free.packed(maker.worked, firstDay: firstDay),
      hours: calendars.hours.packed(maker.worked, firstDay: firstDay))
    if made.count >= IndexKeeperLimits.rememberedHours { made = [:] }
    made[hours] = new
    return new
  }
}

extension OutsideBusyRow {
  fileprivate func isOf(_ member: PostgresUUID) -> Bool { staff == nil || staff == member }
}
