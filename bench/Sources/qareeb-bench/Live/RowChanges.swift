import MarketWorkload
import PostgresClient

/// Changes of one transaction, by what they change: of twenty changes twelve are ratings, four prices, two names, one is a provider that
/// comes and one a provider that came a while ago and goes.
struct RowChanges: Sendable {
  struct Rating: Sendable {
    let provider: Int
    let count: Int
  }

  private(set) var ratings: [Rating] = []
  private var prices: [(service: PostgresUUID, provider: PostgresUUID, price: Int64)] = []
  private var names: [(provider: PostgresUUID, name: BilingualText)] = []
  private var comers: [GeneratedProvider] = []
  private var leavers: [PostgresUUID] = []
  private(set) var count = 0

  /// Providers that came leave after so many others have come.
  private static let stay = 50
  /// Above every rating count of the market, so that a count tells which change was seen.
  static let firstRatingCount = 1_000_000

  /// Change `number` of writer `writer`: no two writers touch the same provider, so none waits for another. Counts of ratings grow with
  /// the number.
  mutating func add(_ number: Int, writer: Int, writers: Int, _ market: LiveMarket) {
    count += 1
    let update = market.market.availabilityUpdate(number &* writers &+ writer)
    var provider = update.providerIndex / writers * writers + writer
    if provider >= market.market.providerCount { provider -= writers }
    let place = number % 20
    guard place < 18 else { return addComing(number, writer: writer, writers, market) }
    let id = LiveMarket.providerID(provider)
    switch place {
    case ..<12: ratings.append(Rating(provider: provider, count: RowChanges.firstRatingCount + number))
    case ..<16:
      prices.append((LiveMarket.serviceID(provider, 0), id, Int64(250 * (1 + update.availabilityThousandths / 5))))
    default: names.append((id, market.market.provider(at: (provider + 7 * number) % market.market.providerCount).name))
    }
  }

  private mutating func addComing(_ number: Int, writer: Int, _ writers: Int, _ market: LiveMarket) {
    let turn = number / 20
    let isLeaving = number % 20 == 19 && turn >= RowChanges.stay
    let index = market.market.providerCount + (isLeaving ? turn - RowChanges.stay : turn) * writers + writer
    if isLeaving {
      leavers.append(LiveMarket.providerID(index))
    } else if number % 20 == 18 {
      comers.append(market.market.provider(at: index))
    }
  }

  // MARK: Writing

  /// One round trip, one transaction. Returns how many rows it changed.
  func write(_ connection: PostgresConnection) async throws -> Int {
    try await connection.pipeline(timeoutMilliseconds: 60_000) { add(to: &$0) }.reduce(0) { $0 + $1.affectedCount }
  }

  private func add(to statements: inout PipelineBuilder) {
    if !ratings.isEmpty {
      statements.add(
        RowChanges.rate, ratings.map { LiveMarket.providerID($0.provider) }, ratings.map { Int64($0.count) * 4 },
        ratings.map { Int32($0.count) })
    }
    if !prices.isEmpty {
      statements.add(RowChanges.price, prices.map(\.provider), prices.map(\.service), prices.map(\.price))
    }
    if !names.isEmpty {
      statements.add(RowChanges.name, names.map(\.provider), names.map(\.name.english), names.map(\.name.arabic))
    }
    if !comers.isEmpty { addComers(to: &statements) }
    if !leavers.isEmpty {
      statements.add(RowChanges.removeServices, leavers)
      statements.add(RowChanges.remove, leavers)
    }
  }

  private func addComers(to statements: inout PipelineBuilder) {
    statements.add(
      RowChanges.insert, comers.map { LiveMarket.providerID($0.index) }, comers.map { Market.categories[$0.category] },
      comers.map(\.name.english), comers.map(\.name.arabic), comers.map(\.longitude), comers.map(\.latitude))
    let services = comers.flatMap { comer in
      comer.services.enumerated().map { (provider: comer.index, position: $0.offset, service: $0.element) }
    }
    statements.add(
      RowChanges.insertServices, services.map { LiveMarket.serviceID($0.provider, $0.position) },
      services.map { LiveMarket.providerID($0.provider) }, services.map(\.service.name.english),
      services.map(\.service.name.arabic), services.map { Int64($0.service.price) },
      services.map { Int32($0.service.durationMinutes) })
  }

  private static let rate = PreparedQuery(
    """
    UPDATE catalogue.provider SET rating_sum = rating.sum, rating_count = rating.count
    FROM unnest($1::uuid[], $2::bigint[], $3::integer[]) AS rating (id, sum, count) WHERE provider.id = rating.id
    """)
  private static let price = PreparedQuery(
    """
    UPDATE catalogue.service SET price_minor = new.price
    FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS new (provider_id, id, price)
    WHERE service.provider_id = new.provider_id AND service.id = new.id
    """)
  private static let name = PreparedQuery(
    """
    UPDATE catalogue.provider SET name_en = new.en, name_ar = new.ar
    FROM unnest($1::uuid[], $2::text[], $3::text[]) AS new (id, en, ar) WHERE provider.id = new.id
    """)
  private static let insert = PreparedQuery(
    """
    INSERT INTO catalogue.provider (id, market_id, category_id, name_en, name_ar, location, verification)
    SELECT id, '\(LiveMarket.id)', category, en, ar, ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography, 'verified'
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::float8[]) AS new (id, category, en, ar, lon, lat)
    """)
  private static let insertServices = PreparedQuery(
    """
    INSERT INTO catalogue.service (id, provider_id, name_en, name_ar, price_minor, currency, duration_min)
    SELECT id, provider, en, ar, price, '\(Market.currency)', minutes
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::integer[])
      AS new (id, provider, en, ar, price, minutes)
    """)
  // Before their provider goes, so that they are counted.
  private static let removeServices = PreparedQuery("DELETE FROM catalogue.service WHERE provider_id = ANY ($1::uuid[])")
  private static let remove = PreparedQuery("DELETE FROM catalogue.provider WHERE id = ANY ($1::uuid[])")

  static let position = PreparedQuery("SELECT pg_current_wal_flush_lsn()::text")
}
