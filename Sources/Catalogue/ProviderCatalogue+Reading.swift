import PostgresClient
import WebAPI

extension ProviderCatalogue {
  // The statements, next to what reads their rows.

  private static let allMarkets = PreparedQuery(
    reading: """
      SELECT id, name_en, name_ar, country, currency, currency_exponent, time_zone, languages, weekend, centre
      FROM catalogue.market ORDER BY id
      """)
  private static let areasOfMarket = PreparedQuery(
    reading: "SELECT id, name_en, name_ar, centre, radius_m FROM catalogue.area WHERE market_id = $1 ORDER BY id")
  private static let marketExists = PreparedQuery(
    reading: "SELECT EXISTS (SELECT FROM catalogue.market WHERE id = $1)")

  private static let summaryColumns = """
    id, market_id, category_id, name_en, name_ar, location, area_id, tier, verification = 'verified', rating_sum,
    rating_count, tags
    """
  private static let providersOfMarket = PreparedQuery(
    reading: """
      SELECT \(summaryColumns) FROM catalogue.provider
      WHERE market_id = $1 AND is_active AND id > $2 ORDER BY id LIMIT $3
      """)
  private static let providersOfCategory = PreparedQuery(
    reading: """
      SELECT \(summaryColumns) FROM catalogue.provider
      WHERE category_id = $1 AND market_id = $2 AND is_active AND id > $3 ORDER BY id LIMIT $4
      """)

  func markets() async throws -> [Market] {
    try await database.query(ProviderCatalogue.allMarkets).map(Market.init(row:))
  }

  func areas(of market: String) async throws -> [Area] {
    let rows = try await database.query(ProviderCatalogue.areasOfMarket, market)
    if rows.isEmpty { try await requireMarket(market) }
    return try rows.map(Area.init(row:))
  }

  func providers(_ input: ListProviders) async throws -> (items: [ProviderSummary], nextCursor: String?) {
    let after = PostgresUUID(high: input.cursor?.high ?? 0, low: input.cursor?.low ?? 0)
    // One more than asked for tells whether there is a next page.
    let wanted = Int64(input.limit + 1)
    let rows =
      if let category = input.category {
        try await database.query(ProviderCatalogue.providersOfCategory, category, input.market, after, wanted)
      } else {
        try await database.query(ProviderCatalogue.providersOfMarket, input.market, after, wanted)
      }
    if rows.isEmpty { try await requireMarket(input.market) }
    let items = try rows.prefix(input.limit).map(ProviderSummary.init(row:))
    return (items, rows.count > input.limit ? items.last?.id.description : nil)
  }

  private func requireMarket(_ id: String) async throws {
    guard try await database.query(ProviderCatalogue.marketExists, id).only()[0, as: Bool.self] else {
      throw APIError(.notFound, reason: Localized(en: "There is no such market.", ar: "لا يوجد سوق بهذا الاسم."))
    }
  }
}

// MARK: Rows

extension Market {
  init(row: Row) throws {
    var row = row.reader
    self.init(
      id: try row.next(), name: try row.localized(), country: try row.next(), currency: try row.next(),
      currencyExponent: Int(try row.next(Int16.self)), timeZone: try row.next(), languages: try row.next(),
      weekend: try row.next([Int16].self).map(Int.init), centre: try row.place())
  }
}

extension Area {
  init(row: Row) throws {
    var row = row.reader
    self.init(
      id: try row.next(), name: try row.localized(), centre: try row.place(), radiusMetres: Int(try row.next(Int32.self)))
  }
}

extension ProviderSummary {
  init(row: Row) throws {
    var row = row.reader
    self.init(
      id: try row.identifier(), market: try row.next(), category: try row.next(), name: try row.localized(),
      location: try row.place(), area: try row.next(), tier: try row.next(), isVerified: try row.next(),
      ratingSum: Int(try row.next(Int64.self)), ratingCount: Int(try row.next(Int32.self)), tags: try row.next())
  }
}

extension RowReader {
  mutating func localized() throws -> Localized {
    let en = try next(String.self)
    return Localized(en: en, ar: try next())
  }

  mutating func place() throws -> Place {
    let geography = try next(PostgresGeography.self)
    guard let (latitude, longitude) = geography.coordinates else {
      throw PostgresError(.decoding, "a place must be a point")
    }
    return Place(lat: latitude, lon: longitude)
  }

  mutating func identifier() throws -> Identifier {
    let uuid = try next(PostgresUUID.self)
    return Identifier(high: uuid.high, low: uuid.low)
  }
}
