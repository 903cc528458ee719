import AvailabilityIndex
import Calendars
import Columns
import PostgresClient
import Synchronization
import TextIndex

/// The calendars that searches read, and how they are made of rows. Touched on the keeper's loop only, but for what readers read.
final class StaffCalendars {
  /// When staff is free. It begins today.
  let free: AvailabilityCalendar
  /// When it works. It begins yesterday: who asks just before midnight is answered just after it.
  let hours: AvailabilityCalendar
  private var filling: CalendarFilling
  private(set) var today: Int

  /// Days that are kept: those that can be asked for, a day for visits that begin on the last of them, and one that is filled while the
  /// first of them goes by.
  static let freeDays = IndexKeeperLimits.calendarDays + 3
  private static let hoursDays = 4

  init(rowCount: UInt32, today: Int) {
    self.today = today
    free = AvailabilityCalendar(
      staffCount: Int(rowCount), firstDay: Int32(clamping: today), days: Self.freeDays, room: LiveWords.inLargePages)
    hours = AvailabilityCalendar(
      staffCount: Int(rowCount), firstDay: Int32(clamping: today - 1), days: Self.hoursDays, room: LiveWords.inLargePages)
    filling = CalendarFilling(free, hours, today: today)
  }

  /// Moves on to a later day; the last days are then blank until they are filled. O(1).
  func advance(to day: Int) {
    guard day > today else { return }
    today = day
    free.advance(to: Int32(clamping: day))
    hours.advance(to: Int32(clamping: day - 1))
    filling = CalendarFilling(free, hours, today: day)
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
  func fill(_ times: RestingTimes, zone: Zone?) throws(StateFileError) {
    var times = times
    try filling.fill(&times, zone: zone)
  }

  /// Writes the calendars of all providers, of several at the same time.
  func fill(
    _ all: FollowedEntries<PlacedCalendar>, crew: Crew, zone: @Sendable (PostgresUUID) throws -> Zone?
  ) throws {
    let base = all.base
    let portions = min(crew.size * Self.portionsPerThread, base.count / IndexKeeperLimits.calendarsAtOnce + 1)
    let failure = Mutex<(any Error)?>(nil)
    crew.run(portions) { [free, hours, today] portion in
      var filling = CalendarFilling(free, hours, today: today)
      do {
        for index in base.count * portion / portions..<base.count * (portion + 1) / portions {
          let id = base.provider(index)
          guard all.changed(id) == nil else { continue }
          var times = try RestingTimes(bytes: base.bytes(index), ids: base.ids(index))
          try filling.fill(&times, zone: zone(id))
        }
      } catch {
        failure.withLock { $0 = error }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    try all.forEachChanged { id, placed in try fill(RestingTimes(placed), zone: zone(id)) }
  }

  /// Some threads are quicker than others: so they end together.
  private static let portionsPerThread = 4
}
