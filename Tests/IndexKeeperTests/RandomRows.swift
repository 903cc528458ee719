import PostgresClient
import TestSupport

@testable import IndexKeeper

/// Providers with everything that hangs on them, and what the server would send of them.
struct RandomRows {
  typealias Provider = (id: PostgresUUID, entry: SourceEntry, calendar: CalendarEntry)

  var random = SeededRandom()

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  mutating func providers() -> [Provider] {
    (0..<number(0...60)).map { n in (PostgresUUID(high: UInt64(n), low: random.next()), entry(), calendar()) }
  }

  private mutating func text(_ most: Int) -> String {
    String((0..<number(0...most)).map { _ in random.pick(Array("abc عمّان ٣")) })
  }

  private mutating func names(_ most: Int) -> NamePair { NamePair(en: text(most), ar: text(most)) }

  private mutating func place() -> PlaceRow {
    PlaceRow(latitude: Double.random(in: -90...90, using: &random), longitude: Double.random(in: -180...180, using: &random))
  }

  private mutating func entry() -> SourceEntry {
    var entry = SourceEntry()
    entry.provider = ProviderRow(
      market: text(5), category: text(5), area: number(0...1) == 0 ? nil : text(40), name: names(30), description: names(300),
      place: place(), tier: "gold", tags: (0..<number(0...3)).map { _ in text(9) }, isActive: number(0...1) == 0,
      createdOn: Int32(number(-9_000...30_000)),
      live: ProviderRow.LiveRow(
        ratingSum: Int64(number(0...1 << 40)), ratingCount: Int32(number(0...1 << 20)), isVerified: number(0...1) == 0,
        popularity: Float.random(in: 0...1, using: &random), isOnline: number(0...1) == 0))
    for _ in 0..<number(0...4) {
      entry.put(
        ServiceRow(
          id: PostgresUUID(high: random.next(), low: random.next()), name: names(20), price: Int64(number(0...1 << 50)),
          currency: "JOD", durationMinutes: Int32(number(5...720)), paddingMinutes: Int32(number(0...240)),
          capacity: Int32(number(1...1_000)), isActive: number(0...1) == 0))
    }
    for position in 0..<number(0...2) {
      entry.put(ServiceAreaRow(position: Int16(position), centre: place(), radiusMetres: Int32(number(100...50_000))))
    }
    return entry
  }

  private func point(_ place: PlaceRow) -> PostgresGeography {
    .point(latitude: place.latitude, longitude: place.longitude)
  }

  mutating func calendar() -> CalendarEntry {
    var calendar = CalendarEntry()
    for _ in 0..<number(0...3) {
      calendar.staff.place(
        StaffRow(
          id: PostgresUUID(high: random.next(), low: random.next()), name: names(20), position: Int16(number(0...9)),
          isActive: number(0...4) > 0))
    }
    for staff in calendar.staff.map(\.id) {
      for weekday in 1...Int16(number(1...7)) {
        // A row may be of somebody who is not there.
        calendar.hours.place(
          WorkingHoursRow(
            staff: number(0...9) == 0 ? PostgresUUID(high: random.next(), low: 0) : staff, weekday: weekday, starts: time(0...40),
            ends: time(41...96)))
      }
      for day in 0..<Int32(number(0...2)) {
        calendar.overrides.place(
          ScheduleOverrideRow(staff: staff, day: 20_000 + day, starts: time(0...9), ends: time(10...96), isClosed: day == 1))
      }
      for _ in 0..<number(0...2) {
        calendar.busy.place(
          OutsideBusyRow(
            id: Int64(number(1...1 << 40)), staff: number(0...2) == 0 ? nil : staff, from: Int64(number(0...1 << 50)),
            to: Int64(number(1 << 50...1 << 51))))
      }
    }
    return calendar
  }

  /// Most are whole quarters of an hour.
  private mutating func time(_ quarters: ClosedRange<Int>) -> Int64 {
    let time = Int64(number(quarters)) * 900_000_000
    return number(0...9) == 0 && time > 0 ? time - 1 : time
  }

  /// What the server would send, a table after the other.
  func copies(_ market: [Provider]) -> [[UInt8]] {
    var providers = BinaryCopyEncoder()
    var services = BinaryCopyEncoder()
    var areas = BinaryCopyEncoder()
    var staff = BinaryCopyEncoder()
    var hours = BinaryCopyEncoder()
    var overrides = BinaryCopyEncoder()
    var busy = BinaryCopyEncoder()
    for (id, entry, calendar) in market {
      guard let row = entry.provider else { continue }
      let createdAt = PostgresTimestamp(microsecondsSince1970: Int64(row.createdOn) * 86_400_000_000 + 7)
      providers.add(
        id, row.market, row.category, row.area, row.name.en, row.name.ar, row.description.en, row.description.ar,
        point(row.place), row.tier, row.live.isVerified, row.live.ratingSum, row.live.ratingCount, row.live.popularity,
        row.live.isOnline, row.isActive, row.tags, createdAt)
      for service in entry.services {
        services.add(
          id, service.id, service.name.en, service.name.ar, service.price, service.currency, service.durationMinutes,
          service.paddingMinutes, service.capacity, service.isActive)
      }
      for area in entry.areas { areas.add(id, area.position, point(area.centre), area.radiusMetres) }
      for row in calendar.staff { staff.add(id, row.id, row.name.en, row.name.ar, row.position, row.isActive) }
      for (staff, week) in Dictionary(grouping: calendar.hours, by: \.staff).sorted(by: { $0.key < $1.key }) {
        hours.add(id, staff, week.reversed().flatMap(bytes))
      }
      for row in calendar.overrides { overrides.add(id, row.staff, row.day, row.starts, row.ends, row.isClosed) }
      for row in calendar.busy {
        busy.add(
          id, row.id, row.staff, PostgresTimestamp(microsecondsSince1970: row.from),
          PostgresTimestamp(microsecondsSince1970: row.to))
      }
    }
    return [
      providers.finish(), services.finish(), areas.finish(), staff.finish(), hours.finish(), overrides.finish(), busy.finish(),
    ]
  }

  /// As the server strings them together.
  private func bytes(_ row: WorkingHoursRow) -> [UInt8] {
    withUnsafeBytes(of: row.weekday.bigEndian, Array.init) + withUnsafeBytes(of: row.starts.bigEndian, Array.init)
      + withUnsafeBytes(of: row.ends.bigEndian, Array.init)
  }
}
