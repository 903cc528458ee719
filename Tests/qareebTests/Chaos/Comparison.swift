import Foundation
import JSON
import PostgresClient
import TestSupport
import Testing

/// Compares what the server tells with what the database says, and with what a server tells that was made anew, while nobody writes.
struct Comparison {
  private let market: ChaosMarket
  private let server: MortalServer
  private let database: String
  /// Where servers are made anew. Its index file is removed before each.
  private let other: TemporaryFolder

  init(_ market: ChaosMarket, _ server: MortalServer, database: String, other: TemporaryFolder) {
    (self.market, self.server, self.database, self.other) = (market, server, database, other)
  }

  /// A line that says what was compared.
  func compare() async throws -> String {
    let position = try await market.position()
    var asker = Asker(server)
    let live = try await ToldMarket.read(&asker, at: position)
    let expected = try await expectedProviders()
    #expect(live.listHash == ToldMarket.hash(expected), "the list at \(position)\(difference(live.list, expected))")
    #expect(live.pagesHash == ToldMarket.hash(expected), "providers' pages at \(position)\(difference(live.pages, expected))")

    let fresh = try await MortalServer.fresh(database: database, in: other)
    do {
      var asker = Asker(fresh)
      let rebuilt = try await ToldMarket.read(&asker, at: position)
      #expect(
        live.answersHash == rebuilt.answersHash, "against a rebuild at \(position)\(difference(live.answers, rebuilt.answers))")
      #expect(rebuilt.listHash == live.listHash, "a rebuild's list at \(position)\(difference(live.list, rebuilt.list))")
      try await requireTidiness(at: position)
    } catch {
      try await fresh.stop()
      throw error
    }
    try await fresh.stop()
    return
      "at \(position) \(expected.count) providers, \(live.answers.count) answers, hash \(String(live.answersHash, radix: 16))"
  }

  private func difference(_ told: [String: String], _ expected: [String: String]) -> String {
    let names = Set(told.keys).union(expected.keys).sorted().filter { told[$0] != expected[$0] }
    return ", \(names.count) differ, told | expected: "
      + names.prefix(3).map { "\n\($0): \(told[$0] ?? "missing")\n  | \(expected[$0] ?? "missing")" }.joined()
      + "\n\(server.lastWords)"
  }

  // MARK: What is left behind

  /// Two servers run, so two slots are there and followed; what they have in their files, the database need not keep for them.
  private func requireTidiness(at position: String) async throws {
    try await require("only slots that are followed are left") {
      try await market.number(
        "SELECT (count(*) = 2 AND count(*) FILTER (WHERE active) = 2)::int::bigint FROM \(ChaosMarket.slots)") == 1
    }
    // A file of the log at most, while nothing changes.
    try await require("what is kept in files is confirmed near \(position)") {
      try await market.number(
        "SELECT count(*) FROM \(ChaosMarket.slots) AND confirmed_flush_lsn < '\(position)'::pg_lsn - \(16 << 20)::numeric") == 0
    }
    // Each checkpoint tells the slots where they may begin again, so that the next can remove what lies before.
    try await require("the log is let go of") {
      try await market.script("CHECKPOINT")
      return try await market.number("SELECT sum(size)::bigint FROM pg_ls_waldir()") <= 256 << 20
    }
    for folder in [server.folder, other] {
      // One may be in the writing, and whoever has just begun has only that.
      try await require("the index file, and at most one that is being written, in \(folder.url.path)") {
        let files = try await offThePool { try FileManager.default.contentsOfDirectory(atPath: folder.url.path) }
        return files.count <= 2 && files.contains("index.qidx")
      }
    }
  }

  private func require(_ what: String, _ condition: () async throws -> Bool) async throws {
    do {
      try await eventually(what, condition)
    } catch let error as DidNotHappen {
      throw DidNotHappen(description: "\(error): \(try await slots())\n\(server.lastWords)")
    }
  }

  private func slots() async throws -> String {
    try await market.text(
      """
      SELECT coalesce(string_agg(concat_ws(' ', slot_name, active, restart_lsn, confirmed_flush_lsn, wal_status), '; '), 'none')
      FROM \(ChaosMarket.slots)
      """)
  }

  // MARK: What the database says

  /// As the API should tell it, said by SQL alone.
  private func expectedProviders() async throws -> [String: String] {
    let rows = try await market.rows(
      """
      SELECT provider.id::text, jsonb_build_object(
        'id', provider.id, 'name', provider.name_en,
        'names', jsonb_build_object('en', provider.name_en, 'ar', provider.name_ar), 'market', market.id,
        'category', jsonb_build_object('id', category.id, 'name', category.name_en),
        'area', CASE WHEN area.id IS NOT NULL THEN jsonb_build_object('id', area.id, 'name', area.name_en) END,
        'location', jsonb_build_object(
          'lat', round(ST_Y(location::geometry)::numeric, 6), 'lon', round(ST_X(location::geometry)::numeric, 6)),
        'tier', tier, 'verified', verification = 'verified',
        'rating', CASE WHEN rating_count > 0 THEN (rating_sum * 20 + rating_count) / (rating_count * 2) / 10.0 END,
        'rating_count', rating_count,
        'price', CASE WHEN lowest IS NOT NULL THEN
          jsonb_build_object('from_minor', lowest, 'to_minor', highest, 'currency', market.currency) END,
        'tags', tags, 'services', coalesce(services, '[]'), 'service_areas', coalesce(service_areas, '[]'))::text
      FROM catalogue.provider
      JOIN catalogue.market ON market.id = market_id
      JOIN catalogue.category ON category.id = category_id
      LEFT JOIN catalogue.area ON area.market_id = provider.market_id AND area.id = area_id
      CROSS JOIN LATERAL (
        SELECT min(price_minor) FILTER (WHERE service.currency = market.currency) AS lowest,
          max(price_minor) FILTER (WHERE service.currency = market.currency) AS highest,
          jsonb_agg(jsonb_build_object(
            'id', service.id, 'name', service.name_en,
            'names', jsonb_build_object('en', service.name_en, 'ar', service.name_ar),
            'price_minor', CASE WHEN service.currency = market.currency THEN price_minor END,
            'currency', CASE WHEN service.currency = market.currency THEN service.currency END,
            'duration_min', duration_min, 'padding_min', padding_min, 'capacity', capacity) ORDER BY service.id) AS services
        FROM catalogue.service WHERE provider_id = provider.id AND service.is_active) AS sold
      CROSS JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object(
          'lat', round(ST_Y(service_area.centre::geometry)::numeric, 6),
          'lon', round(ST_X(service_area.centre::geometry)::numeric, 6),
          'radius_m', service_area.radius_m) ORDER BY position) AS service_areas
        FROM catalogue.service_area WHERE provider_id = provider.id) AS visited
      WHERE provider.is_active
      """)
    var providers: [String: String] = [:]
    for row in rows {
      let (id, json) = try row.decode(String.self, String.self)
      providers[id] = ToldMarket.canonical(try JSONDocument(Array(json.utf8)).root)
    }
    return providers
  }
}
