import EventLoops
import Feeds
import PostgresClient
import Telemetry
import TestSupport
import Testing

/// A database with a few providers and their staff, to which feeds are told.
final class FedDatabase: Sendable {
  let home: TestDatabase
  let group: EventLoopGroup
  let database: Database
  let feed: AvailabilityFeed

  /// Two providers with two staff members each.
  static let providers = ["0190c7d2-0000-7000-8000-0000000000a0", "0190c7d2-0000-7000-8000-0000000000b0"]
  static let staff = [
    ["0190c7d2-0000-7000-8000-0000000000a1", "0190c7d2-0000-7000-8000-0000000000a2"],
    ["0190c7d2-0000-7000-8000-0000000000b1", "0190c7d2-0000-7000-8000-0000000000b2"],
  ]

  private init(_ home: TestDatabase) throws {
    self.home = home
    group = try EventLoopGroup(count: 2, name: "feeds")
    database = try Database(group: group, configuration: DatabaseConfiguration(connectionString: home.connectionString))
    // Nothing that tests say is over by this clock.
    let clock = TelemetryClock(
      unixNanoseconds: { UInt64(FeedText.start) * 1_000 }, monotonicNanoseconds: TelemetryClock.system.monotonicNanoseconds)
    feed = AvailabilityFeed(database: database, clock: clock)
  }

  static func with<R: Sendable>(_ body: (FedDatabase) async throws -> R) async throws -> R {
    try await TestDatabase.with(.migrated) { home in
      let fed = try FedDatabase(home)
      let outcome: Result<R, any Error>
      do {
        try await fed.fill()
        outcome = .success(try await body(fed))
      } catch {
        outcome = .failure(error)
      }
      await fed.database.close()
      await fed.group.shutdown()
      return try outcome.get()
    }
  }

  func script(_ sql: String) async throws { try await database.withConnection { try await $0.script(sql) } }

  private func fill() async throws {
    try await script(
      """
      INSERT INTO catalogue.market (id, name_en, name_ar, country, currency, currency_exponent, time_zone, languages, weekend, centre)
      VALUES ('amman', 'Amman', 'عمّان', 'JO', 'JOD', 3, 'Asia/Amman', '{ar,en}', '{5,6}', 'POINT(35.92 31.95)');
      INSERT INTO catalogue.category (id, name_en, name_ar, position) VALUES ('salon', 'Salon', 'صالون', 1);
      """)
    for (provider, staff) in zip(FedDatabase.providers, FedDatabase.staff) {
      try await script(
        """
        INSERT INTO catalogue.provider (id, market_id, category_id, name_en, name_ar, location)
        VALUES ('\(provider)', 'amman', 'salon', 'Salon', 'صالون', 'POINT(35.92 31.95)');
        """)
      for member in staff {
        try await script(
          "INSERT INTO catalogue.staff (id, provider_id, name_en, name_ar) VALUES ('\(member)', '\(provider)', 'Rana', 'رنا')")
      }
    }
  }

  // MARK: What is there

  struct BusyRow: Hashable, Comparable {
    let id: Int64
    let source: String
    let owner: String
    let from: Int64
    let to: Int64

    static func < (left: BusyRow, right: BusyRow) -> Bool {
      (left.source, left.owner, left.from) < (right.source, right.owner, right.from)
    }
  }

  func rows() async throws -> [BusyRow] {
    try await database.query(
      "SELECT id, source, coalesce(staff_id, provider_id), lower(during), upper(during) FROM catalogue.outside_busy"
    ).map { row in
      let (id, source, owner, from, to) = try row.decode(
        Int64.self, String.self, PostgresUUID.self, PostgresTimestamp.self, PostgresTimestamp.self)
      return BusyRow(
        id: id, source: source, owner: owner.description, from: from.microsecondsSince1970, to: to.microsecondsSince1970)
    }.sorted()
  }

  /// The minutes of each calendar that a source has taken, by "source owner"; and that no row could be joined with the next.
  func busyMinutes() async throws -> [String: Set<Int>] {
    let rows = try await rows()
    for (row, next) in zip(rows, rows.dropFirst()) where (row.source, row.owner) == (next.source, next.owner) {
      #expect(row.to < next.from, "\(row) and \(next) are one")
    }
    return rows.reduce(into: [:]) { minutes, row in
      let span = Int((row.from - FeedText.start) / 60_000_000)..<Int((row.to - FeedText.start) / 60_000_000)
      minutes["\(row.source) \(row.owner)", default: []].formUnion(span)
    }
  }

  /// Takes a whole stream.
  func take(_ text: String) async throws -> FeedReport {
    let run = feed.begin()
    try await run.take(Array(text.utf8))
    return try await run.finish()
  }
}

/// Lines as a sender writes them.
enum FeedText {
  /// 2026-11-21T00:00:00Z.
  static let start: Int64 = 1_795_219_200_000_000

  /// - Parameter owner: `provider_id` or `staff_id`, with the id.
  static func line(
    _ source: String, _ sequence: Int, _ owner: (name: String, id: String), _ minutes: Range<Int>, _ status: String = "busy"
  ) -> String {
    let (from, to) = (time(minutes.lowerBound), time(minutes.upperBound))
    return """
      {"source":"\(source)","sequence":\(sequence),"\(owner.name)":"\(owner.id)","from":"\(from)","to":"\(to)","status":"\(status)"}
      """
  }

  static func line(_ sequence: Int, _ owner: (name: String, id: String), _ minutes: Range<Int>) -> String {
    line("acme", sequence, owner, minutes)
  }

  static func line(_ sequence: Int, _ minutes: Range<Int>) -> String {
    line("acme", sequence, ("staff_id", FedDatabase.staff[0][0]), minutes)
  }

  static func time(_ minute: Int) -> String {
    PostgresTimestamp(microsecondsSince1970: start + Int64(minute) * 60_000_000).description
  }
}
