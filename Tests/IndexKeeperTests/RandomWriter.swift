import PostgresClient
import TestSupport

/// Writes to the catalogue as nobody would, by a seed.
struct RandomWriter {
  private var random: SeededRandom
  private let database: Database
  /// When calendars are written about.
  var moment = "now()"
  /// One of so many statements is about calendars.
  var calendarShare = 3

  init(_ database: Database, seed: UInt64) {
    self.database = database
    random = SeededRandom(seed: seed)
  }

  /// One transaction of one to four statements; some are rolled back. Errors of an outage are the caller's.
  mutating func write() async throws {
    let statements = (0..<Int.random(in: 1...4, using: &random)).map { _ in statement() }
    let isRolledBack = Int.random(in: 0..<10, using: &random) == 0
    do {
      try await database.transaction { transaction in
        for statement in statements { _ = try await transaction.query(PreparedQuery(adHoc: statement)) }
        if isRolledBack { throw RolledBack() }
      }
    } catch is RolledBack {
      // As wanted.
    } catch let error as PostgresError where error.sqlState?.category == .constraint {
      // Two writers met, such as a service moved to a provider that was just removed. Nothing happened then.
    }
  }

  private struct RolledBack: Error {}

  private mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

  /// Some provider, found by a random id: about every one is as likely as another.
  private mutating func provider() -> String {
    let offset = number(0..<150)
    return "(SELECT id FROM catalogue.provider ORDER BY hashtext(id::text) OFFSET \(offset) LIMIT 1)"
  }

  private mutating func service() -> String {
    "(SELECT id FROM catalogue.service ORDER BY hashtext(id::text) OFFSET \(number(0..<250)) LIMIT 1)"
  }

  /// What does not compress is kept out of the row.
  private mutating func longText() -> String {
    "long " + (0..<600).map { _ in String(random.next(), radix: 36) }.joined(separator: " ")
  }

  /// Somebody who works somewhere.
  private mutating func staff() -> String {
    "(SELECT id FROM catalogue.staff ORDER BY hashtext(id::text) OFFSET \(number(0..<300)) LIMIT 1)"
  }

  /// A time of day: mostly quarters, sometimes odd minutes.
  private mutating func time() -> Int { number(0..<4) == 0 ? number(0..<1_440) : number(0..<96) * 15 }

  private mutating func calendarStatement() -> String {
    let n = number(0..<100_000)
    let (one, other) = (time(), time())
    let (starts, ends) = (
      "'\(min(one, other)) minutes'::interval::time", "'00:00'::time + '\(max(one, other) + 1) minutes'::interval"
    )
    let hours = "\(starts), CASE WHEN \(max(one, other) >= 1_439) THEN '24:00' ELSE \(ends) END"
    let day = "(\(moment) AT TIME ZONE 'UTC')::date + \(number(-2..<33))"
    return switch number(0..<14) {
    case 0, 1:
      """
      INSERT INTO catalogue.staff (provider_id, name_en, name_ar, position)
      SELECT id, 'Staff \(n)', 'موظف \(n)', \(n % 5) FROM catalogue.provider WHERE id = \(provider())
      """
    case 2: "DELETE FROM catalogue.staff WHERE id = \(staff())"
    case 3: "UPDATE catalogue.staff SET is_active = NOT is_active, name_en = 'Renamed \(n)' WHERE id = \(staff())"
    // To another provider, where no row hangs on it.
    case 4: "UPDATE catalogue.staff SET provider_id = coalesce(\(provider()), provider_id) WHERE id = \(staff())"
    case 5, 6:
      """
      INSERT INTO catalogue.working_hours (provider_id, staff_id, weekday, starts, ends)
      SELECT provider_id, id, \(1 + n % 7), \(hours) FROM catalogue.staff WHERE id = \(staff())
      """
    case 7: "DELETE FROM catalogue.working_hours WHERE staff_id = \(staff()) AND weekday = \(1 + n % 7)"
    case 8:
      "UPDATE catalogue.working_hours SET starts = '06:05', ends = '11:50' WHERE staff_id = \(staff()) AND weekday = \(1 + n % 7)"
    case 9:
      """
      INSERT INTO catalogue.schedule_override (provider_id, staff_id, day, starts, ends)
      SELECT provider_id, id, \(day), \(hours) FROM catalogue.staff WHERE id = \(staff())
      """
    case 10:
      """
      INSERT INTO catalogue.schedule_override (provider_id, staff_id, day, is_closed)
      SELECT provider_id, id, \(day), true FROM catalogue.staff WHERE id = \(staff())
      """
    case 11: "DELETE FROM catalogue.schedule_override WHERE staff_id = \(staff())"
    case 12:
      """
      INSERT INTO catalogue.outside_busy (provider_id, source, staff_id, during)
      SELECT provider_id, 'source-\(n % 3)', \(n % 4 == 0 ? "NULL" : "id"), tstzrange(at, at + '\(1 + n % 400) minutes'::interval)
      FROM (SELECT id, provider_id, \(moment) + '\(number(-3_000..<45_000)) minutes'::interval AS at FROM catalogue.staff
        WHERE id = \(staff())) AS somebody
      """
    default:
      n % 2 == 0
        ? "DELETE FROM catalogue.outside_busy WHERE id % 7 = \(n % 7) AND provider_id = \(provider())"
        : "UPDATE catalogue.outside_busy SET during = tstzrange(lower(during), upper(during) + '20 minutes') WHERE id % 11 = \(n % 11)"
    }
  }

  private mutating func statement() -> String {
    if number(0..<calendarShare) == 0 { return calendarStatement() }
    let n = number(0..<100_000)
    return switch number(0..<24) {
    case 0, 1:
      """
      WITH made AS (
        INSERT INTO catalogue.provider (market_id, category_id, area_id, name_en, name_ar, location, created_at)
        VALUES ('amman', 'spa', 'area-\(1 + n % 5)', 'Provider new \(n)', 'مزود', ST_MakePoint(35.9, 31.9 + \(n % 50) * 0.001),
          now() - interval '\(n % 100) days')
        RETURNING id)
      INSERT INTO catalogue.service (provider_id, name_en, name_ar, price_minor, currency, duration_min)
      SELECT id, 'Cut \(n)', 'قص', \(n), '\(n % 3 == 0 ? "USD" : "JOD")', 30 FROM made
      """
    case 2, 3, 4, 5:
      "UPDATE catalogue.provider SET rating_count = \(n % 50), rating_sum = \(n % 50 * 4) WHERE id = \(provider())"
    case 6:
      "UPDATE catalogue.provider SET verification = 'verified', popularity = \(Double(n) / 100_000) WHERE id = \(provider())"
    case 7: "UPDATE catalogue.provider SET is_online = NOT is_online WHERE id = \(provider())"
    case 8: "UPDATE catalogue.provider SET name_en = 'Changed \(n)' WHERE id = \(provider())"
    case 9: "UPDATE catalogue.provider SET description_en = '\(longText())' WHERE id = \(provider())"
    case 10: "UPDATE catalogue.provider SET tags = ARRAY['tag-\(n)'], tier = 'gold' WHERE id = \(provider())"
    case 11: "UPDATE catalogue.provider SET is_active = NOT is_active WHERE id = \(provider())"
    case 12: "DELETE FROM catalogue.provider WHERE id = \(provider())"
    case 13: "UPDATE catalogue.service SET price_minor = \(n), is_active = \(n % 3 != 0) WHERE id = \(service())"
    case 14: "DELETE FROM catalogue.service WHERE id = \(service())"
    // To another provider, and under another name: the identity changes.
    case 15: "UPDATE catalogue.service SET provider_id = coalesce(\(provider()), provider_id) WHERE id = \(service())"
    case 16: "UPDATE catalogue.service SET id = gen_random_uuid() WHERE id = \(service())"
    case 17:
      """
      INSERT INTO catalogue.service_area (provider_id, position, centre, radius_m)
      SELECT id, \(n % 3), ST_MakePoint(35.9, 31.9), 1000 + \(n % 1000) FROM catalogue.provider WHERE id = \(provider())
      ON CONFLICT (provider_id, position) DO UPDATE SET radius_m = excluded.radius_m
      """
    case 19: "UPDATE catalogue.service SET padding_min = \(n % 60), capacity = \(1 + n % 9) WHERE id = \(service())"
    case 20:
      n % 2 == 0
        ? "UPDATE catalogue.area SET centre = ST_MakePoint(35.9, \(31 + Double(n % 90) / 100)), radius_m = \(100 + n % 999) WHERE id = 'area-\(1 + n % 5)'"
        : "UPDATE catalogue.category SET position = \(n + 10) WHERE id = '\(n % 3 == 0 ? "spa" : "barber")'"
    case 21:
      n % 8 == 0
        ? "UPDATE catalogue.market SET currency = '\(n % 16 == 0 ? "JOD" : "USD")'"
        : "UPDATE catalogue.market SET name_en = 'Amman \(n)', currency_exponent = \(n % 4), centre = ST_MakePoint(35.9, \(31 + Double(n % 90) / 100))"
    case 22: "UPDATE catalogue.provider SET category_id = '\(n % 2 == 0 ? "barber" : "spa")' WHERE id = \(provider())"
    case 23: "UPDATE catalogue.service SET name_en = 'Cut \(n % 7)' WHERE id = \(service())"
    case 18: "DELETE FROM catalogue.service_area WHERE provider_id = \(provider())"
    default:
      n % 2 == 0
        ? "UPDATE catalogue.area SET name_en = 'Renamed \(n)' WHERE id = 'area-\(1 + n % 5)'"
        : "UPDATE catalogue.category SET name_ar = 'صالون \(n)' WHERE id = 'salon'"
    }
  }
}
