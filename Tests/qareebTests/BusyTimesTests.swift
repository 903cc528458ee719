import Foundation
import JSON
import TestSupport
import Testing

@testable import EmbeddedPostgres

/// The whole way: a time is taken in the database, and no search shows it any more.
@Suite struct BusyTimesTests {
  /// Time is taken and freed at random; after each commit a search that asks for its position is right, as SQL says minute by minute.
  @Test func aTimeThatIsGoneIsNeverShown() async throws {
    let database = try await TestDatabase.make(from: .migrated)
    try await RunningQareeb.with(
      database: database.connectionString, environment: ["QAREEB_LIMITS_POSITION_WAIT": "30s"]
    ) { running in
      var random = SeededRandom()
      let providers = try await sql(
        database, "SELECT DISTINCT provider_id FROM catalogue.staff ORDER BY provider_id LIMIT 12"
      ).split(separator: "\n").map(String.init)
      try #require(providers.count == 12)
      // Tomorrow and the days after: what is asked for never becomes the past while the test runs.
      let tomorrow = (Int(Date.now.timeIntervalSince1970) / 86_400 + 1) * 96
      var (free, taken) = (0, 0)
      for round in 0..<60 {
        let provider = try #require(providers.randomElement(using: &random))
        try await change(database, provider, tomorrow, &random)
        let position = try await sql(database, "SELECT pg_current_wal_flush_lsn()")
        let from = tomorrow + Int.random(in: 16..<200, using: &random)
        let (to, minutes) = (from + Int.random(in: 1...12, using: &random), 15 * Int.random(in: 1...6, using: &random))
        let isFree = try await sql(database, Self.question(provider, from, to, minutes / 15)) == "t"
        let query =
          "lat=31.95&lon=35.92&radius_m=50000&provider_ids=\(provider)&available_from=\(text(from))&available_to=\(text(to))"
          + "&duration_min=\(minutes)&min_position=\(position)"
        let answer = try await running.client.get("/api/v1/search/providers?\(query)")
        try #require(answer.status == 200, "\(answer.text)")
        let found = try answer.json()["data"]?["providers"]?.array.map { Array($0) } ?? []
        #expect(found.count == (isFree ? 1 : 0), "round \(round), free: \(isFree), \(query): \(answer.text)")
        free += isFree ? 1 : 0
        taken += isFree ? 0 : 1
      }
      #expect(free > 3 && taken > 3, "\(free) were free and \(taken) taken")
    }
  }

  private func change(_ database: TestDatabase, _ provider: String, _ tomorrow: Int, _ random: inout SeededRandom) async throws {
    let from = tomorrow * 900 + Int.random(in: 0..<200_000, using: &random)
    let to = from + Int.random(in: 60..<40_000, using: &random)
    let statement: String
    switch Int.random(in: 0..<6, using: &random) {
    case 0: statement = "DELETE FROM catalogue.outside_busy WHERE provider_id = '\(provider)'"
    case 1:
      statement = """
        UPDATE catalogue.working_hours SET ends = ends - interval '20 minutes'
        WHERE provider_id = '\(provider)' AND ends - starts > interval '1 hour'
        """
    default:
      statement = """
        INSERT INTO catalogue.outside_busy (provider_id, source, staff_id, during)
        SELECT provider_id, 'storm', \(Bool.random(using: &random) ? "id" : "NULL"), tstzrange(to_timestamp(\(from)), to_timestamp(\(to)))
        FROM catalogue.staff WHERE provider_id = '\(provider)' ORDER BY hashtext(id::text || '\(from)') LIMIT 1
        ON CONFLICT DO NOTHING
        """
    }
    _ = try await sql(database, "BEGIN; SET LOCAL synchronous_commit = on; \(statement); COMMIT")
  }

  private func sql(_ database: TestDatabase, _ statement: String) async throws -> String {
    let name = database.name
    return try await offThePool { try TestCluster.shared.run(statement, database: name) }
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func text(_ slot: Int) -> String { Date(timeIntervalSince1970: Double(slot) * 900).formatted(.iso8601) }

  /// Whether somebody of a provider is free for `run` slots from a slot of `from..<to` on, found minute by minute.
  private static func question(_ provider: String, _ from: Int, _ to: Int, _ run: Int) -> String {
    """
    WITH slots AS MATERIALIZED (
      SELECT staff.id AS staff, slot, bool_and(CASE
          WHEN EXISTS (SELECT FROM catalogue.schedule_override AS o WHERE o.staff_id = staff.id AND day = wall::date)
          THEN EXISTS (SELECT FROM catalogue.schedule_override AS o
            WHERE o.staff_id = staff.id AND day = wall::date AND NOT is_closed AND starts <= wall::time AND wall::time < ends)
          ELSE EXISTS (SELECT FROM catalogue.working_hours AS h
            WHERE h.staff_id = staff.id AND weekday = extract(isodow FROM wall) AND starts <= wall::time AND wall::time < ends)
        END) AND NOT EXISTS (SELECT FROM catalogue.outside_busy AS busy
          WHERE busy.provider_id = '\(provider)' AND (busy.staff_id IS NULL OR busy.staff_id = staff.id)
            AND during && tstzrange(to_timestamp(slot * 900.0), to_timestamp((slot + 1) * 900.0))) AS is_free
      FROM catalogue.staff
      JOIN catalogue.provider ON provider.id = staff.provider_id
      JOIN catalogue.market ON market.id = provider.market_id,
        generate_series(\(from), \(to + run)) AS slot, generate_series(0, 14) AS minute,
        LATERAL (SELECT to_timestamp(slot * 900.0 + minute * 60) AT TIME ZONE market.time_zone AS wall) AS clock
      WHERE staff.provider_id = '\(provider)' AND staff.is_active
      GROUP BY staff.id, slot
    )
    SELECT EXISTS (SELECT FROM slots AS first WHERE first.slot < \(to) AND
      (SELECT bool_and(is_free) FROM slots AS next
        WHERE next.staff = first.staff AND next.slot BETWEEN first.slot AND first.slot + \(run - 1)))
    """
  }
}
