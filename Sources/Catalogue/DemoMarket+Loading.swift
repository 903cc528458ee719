public import DemoMarkets
import PostgresClient
import WebAPI

extension ProviderCatalogue {
  /// What loading a demo market did.
  public enum DemoLoading: Sendable, Equatable {
    case loaded(providers: Int, services: Int)
    /// The market was there already, and nothing was touched.
    case present
  }

  private static let demoLock = PreparedQuery("SELECT pg_advisory_xact_lock(hashtextextended('qareeb demo market', 0))")

  /// Loads the market with providers made from the seed, whole or not at all. A market of that id is left as it is.
  public func load(_ demo: DemoMarket, providers count: Int, seed: UInt64) async throws -> DemoLoading {
    let providers = demo.providers(count: count, seed: seed)
    return try await database.transaction { transaction in
      // Two servers that start at once load it once.
      try await transaction.execute(ProviderCatalogue.demoLock)
      guard try await insert(demo.about, transaction) else { return .present }
      try await insert(demo, transaction)
      try await copy(providers, of: demo.about, transaction)
      try await copyStaff(of: providers, demo, seed: seed, transaction)
      return .loaded(providers: providers.count, services: providers.reduce(0) { $0 + $1.services.count })
    }
  }

  private func insert(_ market: DemoMarket.About, _ transaction: PostgresTransaction) async throws -> Bool {
    let rows = try await transaction.query(
      """
      INSERT INTO catalogue.market
        (id, name_en, name_ar, country, currency, currency_exponent, time_zone, languages, weekend, centre)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING id
      """, market.id, market.name.en, market.name.ar, market.country, market.currency, Int16(market.currencyExponent),
      market.timeZone, market.languages, market.weekend.map(Int16.init),
      PostgresGeography.point(latitude: market.lat, longitude: market.lon))
    return !rows.isEmpty
  }

  private func insert(_ demo: DemoMarket, _ transaction: PostgresTransaction) async throws {
    for (position, category) in demo.categories.enumerated() {
      try await transaction.execute(
        """
        INSERT INTO catalogue.category (id, name_en, name_ar, position)
        VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
        """, category.id, category.name.en, category.name.ar, Int32(position))
    }
    for area in demo.areas {
      try await transaction.execute(
        """
        INSERT INTO catalogue.area (market_id, id, name_en, name_ar, centre, radius_m)
        VALUES ($1, $2, $3, $4, $5, $6)
        """, demo.about.id, area.id, area.name.en, area.name.ar,
        PostgresGeography.point(latitude: area.lat, longitude: area.lon), Int32(area.radiusMetres))
    }
  }

  /// By COPY: thousands of rows in a fraction of a second, where a statement a row would take several.
  private func copy(
    _ providers: [MadeProvider], of market: DemoMarket.About, _ transaction: PostgresTransaction
  ) async throws {
    try await transaction.copyIn(
      """
      COPY catalogue.provider
        (id, market_id, category_id, area_id, name_en, name_ar, location, tier, verification, rating_sum, rating_count, tags)
      FROM STDIN (FORMAT binary)
      """
    ) { writer in
      var rows = BinaryCopyEncoder()
      for provider in providers {
        rows.add(
          provider.key, market.id, provider.category, provider.area, provider.name.en, provider.name.ar, provider.location,
          provider.tier, provider.isVerified ? "verified" : "pending", Int64(provider.ratingSum), Int32(provider.ratingCount),
          provider.tags)
      }
      try await writer.write(rows.finish())
    }
    try await transaction.copyIn(
      "COPY catalogue.service_area (provider_id, position, centre, radius_m) FROM STDIN (FORMAT binary)"
    ) { writer in
      var rows = BinaryCopyEncoder()
      for provider in providers {
        guard let radius = provider.homeVisitRadiusMetres else { continue }
        rows.add(provider.key, Int16(0), provider.location, Int32(radius))
      }
      try await writer.write(rows.finish())
    }
    // The database numbers services in the order they come.
    try await transaction.copyIn(
      "COPY catalogue.service (provider_id, name_en, name_ar, price_minor, currency, duration_min) FROM STDIN (FORMAT binary)"
    ) { writer in
      var rows = BinaryCopyEncoder()
      for provider in providers {
        for service in provider.services {
          rows.add(
            provider.key, service.name.en, service.name.ar, Int64(service.priceMinor), market.currency,
            Int32(service.durationMinutes))
        }
      }
      try await writer.write(rows.finish())
    }
  }

  private func copyStaff(
    of providers: [MadeProvider], _ demo: DemoMarket, seed: UInt64, _ transaction: PostgresTransaction
  ) async throws {
    let staff = providers.map { (provider: $0.key, members: demo.staff(of: $0, seed: seed)) }
    try await transaction.copyIn(
      "COPY catalogue.staff (id, provider_id, name_en, name_ar, position) FROM STDIN (FORMAT binary)"
    ) { writer in
      var rows = BinaryCopyEncoder()
      for (provider, members) in staff {
        for (position, member) in members.enumerated() {
          rows.add(PostgresUUID(member.id), provider, member.name.en, member.name.ar, Int16(position))
        }
      }
      try await writer.write(rows.finish())
    }
    try await transaction.copyIn(
      "COPY catalogue.working_hours (provider_id, staff_id, weekday, starts, ends) FROM STDIN (FORMAT binary)"
    ) { writer in
      var rows = BinaryCopyEncoder()
      for (provider, members) in staff {
        for member in members {
          for shift in member.shifts {
            rows.add(
              provider, PostgresUUID(member.id), Int16(shift.weekday), PostgresTime(minuteOfDay: shift.minutes.lowerBound),
              PostgresTime(minuteOfDay: shift.minutes.upperBound))
          }
        }
      }
      try await writer.write(rows.finish())
    }
  }
}

extension PostgresUUID {
  fileprivate init(_ id: Identifier) { self.init(high: id.high, low: id.low) }
}

extension MadeProvider {
  fileprivate var key: PostgresUUID { PostgresUUID(id) }
  fileprivate var location: PostgresGeography { .point(latitude: lat, longitude: lon) }
}
