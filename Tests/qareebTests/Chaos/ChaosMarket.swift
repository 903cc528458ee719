import EventLoops
import PostgresClient
import TestSupport
import Testing

/// A small market, and what the run does in its database beside writing.
final class ChaosMarket: Sendable {
  static let providers = 300
  let database: Database
  private let group: EventLoopGroup

  /// Little log is kept beside what slots need, so that a slot left behind shows; and writers that meet are soon parted.
  static let databaseSettings = [
    "max_wal_size": "64MB", "min_wal_size": "32MB", "deadlock_timeout": "20ms", "autovacuum": "on", "autovacuum_naptime": "5s",
  ]

  init(_ connectionString: String) async throws {
    group = try EventLoopGroup(count: 2, name: "chaos")
    var configuration = try DatabaseConfiguration(connectionString: connectionString)
    configuration.outageWaitMilliseconds = 100
    configuration.reconnect = BackOff(baseMilliseconds: 5, maximumMilliseconds: 50)
    database = try Database(group: group, configuration: configuration)
  }

  func close() async {
    await database.close()
    await group.shutdown()
  }

  func fill(pairs: Int) async throws {
    try await script(
      """
      INSERT INTO catalogue.market (id, name_en, name_ar, country, currency, currency_exponent, time_zone, languages, weekend, centre)
      VALUES ('amman', 'Amman', 'عمّان', 'JO', 'JOD', 3, 'Asia/Amman', '{ar,en}', '{5,6}', 'POINT(35.91 31.95)');
      INSERT INTO catalogue.category (id, name_en, name_ar, position)
      VALUES ('barber', 'Barber', 'حلاق', 1), ('salon', 'Salon', 'صالون', 2), ('spa', 'Spa', 'سبا', 3);
      INSERT INTO catalogue.area (market_id, id, name_en, name_ar, centre, radius_m)
      SELECT 'amman', 'area-' || n, 'Quarter' || n, 'حي' || n, ST_MakePoint(35.85 + n * 0.02, 31.95), 2000 FROM generate_series(1, 5) AS n;
      INSERT INTO catalogue.provider (market_id, category_id, area_id, name_en, name_ar, location, rating_sum, rating_count, tags)
      SELECT 'amman', (ARRAY['barber', 'salon', 'spa'])[1 + n % 3], CASE WHEN n % 4 = 0 THEN NULL ELSE 'area-' || (1 + n % 5) END,
        'Provider ' || n, 'مزود ' || n, ST_MakePoint(35.8 + n % 37 * 0.005, 31.8 + n % 41 * 0.005), n % 5 * 4, n % 5,
        CASE WHEN n % 2 = 0 THEN '{parking,wifi}'::text[] ELSE '{}' END
      FROM generate_series(1, \(Self.providers)) AS n;
      INSERT INTO catalogue.service (provider_id, name_en, name_ar, price_minor, currency, duration_min)
      SELECT id, 'Cut ' || n, 'قص ' || n, 1000 * n, 'JOD', 15 * n FROM catalogue.provider, generate_series(1, 2) AS n;
      INSERT INTO catalogue.service_area (provider_id, position, centre, radius_m)
      SELECT id, 0, location, 5000 FROM catalogue.provider WHERE category_id = 'spa';
      """)
    for number in 0..<pairs { try await script(OwnedPair.creation(number)) }
  }

  func script(_ sql: String) async throws {
    _ = try await throughOutages { [database] in try await database.withConnection { try await $0.script(sql) } }
  }

  func text(_ sql: String) async throws -> String { try await rows(sql).only()[0, as: String.self] }
  func number(_ sql: String) async throws -> Int { try await rows(sql).only()[0, as: Int.self] }

  func rows(_ sql: String) async throws -> Rows {
    try await throughOutages { [database] in try await database.query(PreparedQuery(adHoc: sql)) }
  }

  /// Again and again while there is no database: what may be run twice.
  private func throughOutages<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
    while true {
      do {
        return try await body()
      } catch let error as PostgresError where error.isOfAnOutage {
        try await Task.sleep(for: .milliseconds(2))
      }
    }
  }

  /// A position behind everything committed so far.
  func position() async throws -> String { try await text("SELECT pg_current_wal_flush_lsn()::text") }

  // MARK: Slots

  static let slots = "pg_replication_slots WHERE slot_name LIKE 'qareeb%' AND database = current_database()"

  /// Of servers that are gone. The database may not have noticed yet that they are.
  func dropIdleSlots() async throws {
    try await eventually("a slot is left alone") {
      try await self.number("SELECT count(*) FROM \(Self.slots) AND active") == 0
    }
    try await script("SELECT pg_drop_replication_slot(slot_name) FROM \(Self.slots)")
  }

  func cutFeeds() async throws {
    try await script("SELECT pg_terminate_backend(active_pid) FROM \(Self.slots) AND active")
  }
}

extension PostgresError {
  /// The server went away, is on its way, or made us wait too long for a connection to it.
  var isOfAnOutage: Bool {
    switch code {
    case .connectionLost, .commitUnknown, .unavailable, .overloaded, .timeout: true
    case .server: sqlState?.category == .session
    default: false
    }
  }
}
