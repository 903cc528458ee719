import AvailabilityIndex
import IndexKeeper
import PostgresClient
import ProviderIndex
import TestSupport
import Testing

/// A staff member's days as bits, from the first day of a calendar on.
private struct StaffBits: Equatable {
  let free: [DaySlots]
  let worked: [DaySlots]
}

extension KeptMarket {
  /// Everybody's calendar is as an index made anew has it, and as SQL says.
  func requireCalendars(_ live: ShownState, _ anew: ShownState, _ note: String) async throws {
    let rows = try await database.query(
      """
      SELECT provider_id, catalogue.staff.id, name_en, row_number() OVER (PARTITION BY provider_id ORDER BY position, staff.id)
      FROM catalogue.staff WHERE is_active ORDER BY md5(staff.id::text || $1)
      """, "\(live.index.position)")
    var counts: [PostgresUUID: Int] = [:]
    var firstRows: [(staff: PostgresUUID, row: Int)] = []
    for row in rows {
      let (provider, staff, name, place) = try row.decode(PostgresUUID.self, PostgresUUID.self, String.self, Int.self)
      counts[provider, default: 0] += 1
      let (mine, theirs) = (live.calendars.staff(of: provider), anew.calendars.staff(of: provider))
      guard mine.indices.contains(place - 1), mine[place - 1].id == staff, mine[place - 1].name.en == name else {
        Issue.record("\(note): \(name) of \(provider) is not among \(mine)")
        return
      }
      guard mine.map(\.id) == theirs.map(\.id) else {
        Issue.record("\(note): \(provider) has \(mine), and \(theirs) when made anew")
        return
      }
      let (known, expected) = (bits(mine[place - 1].row, live.index), bits(theirs[place - 1].row, anew.index))
      #expect(known == expected, "\(note): the calendar of \(staff), kept and made anew")
      firstRows.append((staff, mine[place - 1].row))
    }
    for (provider, count) in counts {
      #expect(live.calendars.staff(of: provider).count == count, "\(note): the staff of \(provider)")
    }
    for (staff, row) in firstRows.prefix(6) { try await compareWithSQL(staff, row, live.index, note) }
  }

  private func bits(_ row: Int, _ index: IndexSnapshot) -> StaffBits {
    func days(_ calendar: AvailabilityCalendar?, _ offset: Int32, _ count: Int32) -> [DaySlots] {
      guard let calendar else { return [] }
      return (0..<count).map { calendar.slots(staff: row, day: calendar.firstDay + offset + $0) }
    }
    // The last day of each is being filled while another goes by.
    return StaffBits(free: days(index.calendar, 0, 30), worked: days(index.hours, 0, 3))
  }

  /// Some days of one person, moment by moment: what the wall shows there is PostgreSQL's to say.
  private func compareWithSQL(_ staff: PostgresUUID, _ row: Int, _ index: IndexSnapshot, _ note: String) async throws {
    let free = try #require(index.calendar)
    let hours = try #require(index.hours)
    let today = Int(free.firstDay)
    var random = SeededRandom(seed: staff.low)
    for day in [today, today + 1, today + Int.random(in: 2..<30, using: &random)] {
      let rows = try await database.query(Self.slotsOfADay, staff, day)
      #expect(rows.count == 96)
      for (slot, answer) in rows.enumerated() {
        let (isWorked, isFree) = try answer.decode(Bool.self, Bool.self)
        let isKnownFree = free.slots(staff: row, day: Int32(day)).contains(slot)
        #expect(isKnownFree == isFree, "\(note): \(staff), day \(day), slot \(slot) is free")
        guard day < today + 2 else { continue }
        #expect(
          hours.slots(staff: row, day: Int32(day)).contains(slot) == isWorked, "\(note): \(staff), day \(day), slot \(slot)")
      }
    }
  }

  private static let slotsOfADay = PreparedQuery(
    """
    SELECT worked, worked AND NOT EXISTS (
      SELECT FROM catalogue.outside_busy AS busy
      WHERE busy.provider_id = slots.provider_id AND (busy.staff_id IS NULL OR busy.staff_id = $1)
        AND during && tstzrange(to_timestamp(slot * 900.0), to_timestamp((slot + 1) * 900.0)))
    FROM (
      SELECT slot, staff.provider_id, bool_and(CASE
          WHEN EXISTS (SELECT FROM catalogue.schedule_override WHERE staff_id = $1 AND day = wall::date)
          THEN EXISTS (SELECT FROM catalogue.schedule_override
            WHERE staff_id = $1 AND day = wall::date AND NOT is_closed AND starts <= wall::time AND wall::time < ends)
          ELSE EXISTS (SELECT FROM catalogue.working_hours
            WHERE staff_id = $1 AND weekday = extract(isodow FROM wall) AND starts <= wall::time AND wall::time < ends)
        END) AS worked
      FROM catalogue.staff
      JOIN catalogue.provider ON provider.id = staff.provider_id
      JOIN catalogue.market ON market.id = provider.market_id,
        generate_series($2::bigint * 96, $2::bigint * 96 + 95) AS slot, generate_series(0, 14) AS minute,
        LATERAL (SELECT to_timestamp(slot * 900.0 + minute * 60) AT TIME ZONE market.time_zone AS wall) AS clock
      WHERE staff.id = $1
      GROUP BY slot, staff.provider_id
    ) AS slots
    ORDER BY slot
    """)
}
