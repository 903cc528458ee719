import ChangeFeed
import EventLoops
import Foundation
import IndexKeeper
import PostgresClient
import ProviderIndex
import Synchronization
import Telemetry
import TestSupport
import Testing
import TextIndex

/// A database with a small market, and what writes to it and keeps indexes of it.
final class KeptMarket: Sendable {
  let home: ConnectionTarget
  let group: EventLoopGroup
  let database: Database
  let sink = MemoryLogSink()
  /// What the indexes of its options have shown.
  let shown = ShownStates()
  /// What their clocks show: it stands until a test moves it, so that two indexes can be compared.
  let time = Mutex(FeedClock.system.now())

  init(_ connectionString: String) async throws {
    // As in production: who has committed can name a position that has it. The test cluster is laxer.
    home = try ConnectionTarget(connectionString + " options='-c synchronous_commit=on'")
    group = try EventLoopGroup(count: 2, name: "market")
    var configuration = DatabaseConfiguration(target: home)
    configuration.acquireTimeoutMilliseconds = 120_000
    configuration.outageWaitMilliseconds = 60_000
    configuration.reconnect = BackOff(baseMilliseconds: 5, maximumMilliseconds: 50)
    database = try Database(group: group, configuration: configuration)
  }

  /// What the keepers said.
  var logged: [String] { sink.lines }

  func close() async {
    await database.close()
    await group.shutdown()
  }

  func script(_ sql: String) async throws { try await database.withConnection { try await $0.script(sql) } }

  func fill(providers: Int) async throws {
    try await script(
      """
      INSERT INTO catalogue.market (id, name_en, name_ar, country, currency, currency_exponent, time_zone, languages, weekend, centre)
      VALUES ('amman', 'Amman', 'عمّان', 'JO', 'JOD', 3, 'Asia/Amman', '{ar,en}', '{5,6}', 'POINT(35.92 31.95)');
      INSERT INTO catalogue.category (id, name_en, name_ar, position)
      VALUES ('barber', 'Barber', 'حلاق', 1), ('salon', 'Salon', 'صالون', 2), ('spa', 'Spa', 'سبا', 3);
      INSERT INTO catalogue.area (market_id, id, name_en, name_ar, centre, radius_m)
      SELECT 'amman', 'area-' || n, 'Quarter' || n, 'حي' || n, 'POINT(35.9 31.9)', 1000 FROM generate_series(1, 5) AS n;
      INSERT INTO catalogue.provider (market_id, category_id, area_id, name_en, name_ar, location, rating_sum, rating_count, tags)
      SELECT 'amman', (ARRAY['barber', 'salon', 'spa'])[1 + n % 3], CASE WHEN n % 4 = 0 THEN NULL ELSE 'area-' || (1 + n % 5) END,
        'Provider ' || n, 'مزود ' || n, ST_MakePoint(35.8 + n % 37 * 0.005, 31.8 + n % 41 * 0.005), n % 5 * 4, n % 5,
        CASE WHEN n % 2 = 0 THEN '{parking,wifi}'::text[] ELSE '{}' END
      FROM generate_series(1, \(providers)) AS n;
      INSERT INTO catalogue.service (provider_id, name_en, name_ar, price_minor, currency, duration_min)
      SELECT id, 'Cut ' || n, 'قص ' || n, 1000 * n, 'JOD', 15 * n FROM catalogue.provider, generate_series(1, 2) AS n;
      INSERT INTO catalogue.service_area (provider_id, position, centre, radius_m)
      SELECT id, 0, location, 5000 FROM catalogue.provider WHERE category_id = 'spa';
      INSERT INTO catalogue.staff (provider_id, name_en, name_ar)
      SELECT id, 'Staff ' || n, 'موظف ' || n FROM catalogue.provider, generate_series(1, 2) AS n WHERE category_id <> 'spa' OR n = 2;
      INSERT INTO catalogue.working_hours (provider_id, staff_id, weekday, starts, ends)
      SELECT provider_id, id, weekday, '09:00'::time + hashtext(id::text) % 3 * '1 hour'::interval, '17:30'
      FROM catalogue.staff, generate_series(1, 6) AS weekday WHERE weekday <> 1 + abs(hashtext(id::text)) % 7;
      """)
  }

  func options() -> LiveIndexOptions {
    var options = LiveIndexOptions(target: home, analyzer: CaseFoldingSplitter())
    options.shown = { [shown] in shown.show($0) }
    options.clock.now = { [self] in time.withLock { $0 } }
    options.serviceNamesIntervalMilliseconds = 0
    options.threads = 2
    options.backOff = BackOff(baseMilliseconds: 5, maximumMilliseconds: 50)
    options.logger = LogPipeline(format: .json, sink: sink).logger("test")
    return options
  }

  /// How often an index had to be read from the database: once a start, unless something went wrong.
  var hydrations: Int { logged.count { $0.contains("index hydrated") && $0.contains("qareeb_index") } }

  /// A position behind everything committed so far.
  func position() async throws -> UInt64 {
    let text = try await database.query("SELECT pg_current_wal_flush_lsn()::text").only()[0, as: String.self]
    return try #require(LogPosition.parse(text))
  }

  /// Runs `body` with an index that is ready, closed whatever happens.
  func withIndex<R: Sendable>(
    _ options: LiveIndexOptions? = nil, _ body: (LiveIndex) async throws -> R
  ) async throws -> R {
    let index = try LiveIndex(options ?? self.options())
    let result: Result<R, any Error>
    do {
      try #require(await index.waitUntilReady(timeoutMilliseconds: 600_000), "\(index.status) \(sink.lines)")
      result = .success(try await body(index))
    } catch {
      result = .failure(error)
    }
    await index.close()
    return try result.get()
  }

  /// Waits until the index has everything that is committed now.
  func caughtUp(_ index: LiveIndex) async throws -> IndexSnapshot {
    let position = try await position()
    let isReached = await index.waitForPosition(position, timeoutMilliseconds: 600_000)
    try #require(isReached, "\(LogPosition.text(position)) is not reached: \(index.status) \(sink.lines.suffix(20))")
    // Those who wait are told last.
    #expect(try #require(shown.latest).index.position >= position)
    var reader = index.reader()
    return reader.latest()
  }

  /// The index is what a new one would be, and what the database says. Nobody writes meanwhile.
  func requireEqual(_ index: LiveIndex, _ note: String) async throws {
    let live = try await caughtUp(index)
    var other = options()
    // Not one of the index's own slots.
    other.slotPrefix = "rebuild"
    let anew = ShownStates()
    other.shown = { anew.show($0) }
    let rebuilt = try await withIndex(other) { index in
      var reader = index.reader()
      return reader.latest()
    }
    try await requireShown(shown, note)
    try await requireShown(anew, "\(note), made anew")
    try await requireCalendars(try #require(shown.latest), try #require(anew.latest), note)
    let (contents, expected) = (IndexContents(live), IndexContents(rebuilt))
    #expect(contents.hash == expected.hash, "\(note), index | rebuild: \(contents.difference(expected))")
    for words in ["provider", "مزود", "cut", "quarter1", "renamed", "حي3", "barber", "salon", "long", "changed"] {
      let difference = Set(try found(words, in: live)).symmetricDifference(try found(words, in: rebuilt))
      #expect(difference.isEmpty, "\(note), those found by \(words): \(difference.sorted().prefix(5))")
    }
    let inDatabase = try await linesInDatabase()
    let strangers = Set(contents.lines.keys).symmetricDifference(inDatabase.keys)
    #expect(strangers.isEmpty, "\(note): \(strangers.sorted().prefix(5))")
    for (id, line) in inDatabase {
      guard let mine = contents.lines[id], !mine.hasPrefix(line) else { continue }
      Issue.record("\(note), \(id): index \(mine) | database \(line)")
      break
    }
  }

  /// The part of a document's line that SQL can say as well, by a query of its own.
  private func linesInDatabase() async throws -> [String: String] {
    let rows = try await database.query(
      """
      SELECT id::text, category_id, ST_Y(location::geometry), ST_X(location::geometry),
        CASE WHEN rating_count = 0 THEN 0 ELSE floor(rating_sum * 10.0 / rating_count + 0.5)::float8 / 10 END, rating_count::bigint,
        verification = 'verified', array_position(ARRAY['none', 'silver', 'gold', 'diamond'], tier)::bigint - 1
      FROM catalogue.provider WHERE is_active
      """)
    var lines: [String: String] = [:]
    for row in rows {
      let (id, category, latitude, longitude, rating, count, isVerified, tier) = try row.decode(
        String.self, String.self, Double.self, Double.self, Double.self, Int.self, Bool.self, Int.self)
      lines[id] = "\(category) \(latitude) \(longitude) \(rating) \(count) \(isVerified) \(tier) "
    }
    return lines
  }
}

/// A migrated database of the shared cluster with a market in it.
func withMarket(providers: Int = 200, _ body: (KeptMarket) async throws -> Void) async throws {
  try await TestDatabase.with(.migrated) { home in
    let market = try await KeptMarket(home.connectionString)
    do {
      try await market.fill(providers: providers)
      try await body(market)
    } catch {
      await market.close()
      throw error
    }
    await market.close()
  }
}
