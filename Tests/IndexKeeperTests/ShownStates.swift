import PostgresClient
import Synchronization
import Testing

@testable import IndexKeeper

/// What an index shows, as those who search get it; compared with SQL, and on the way with what it showed before.
final class ShownStates: Sendable {
  private struct Told {
    let source: AnyObject
    let places: CataloguePlaces
    let provider: CatalogueProvider?
  }

  // Sendable: sources are compared by what they are, and never looked into.
  private struct State: @unchecked Sendable {
    var latest: ShownState?
    var told: [PostgresUUID: Told] = [:]
    /// Those that a state was found to tell otherwise, though all said that nothing has changed.
    var broken: [String] = []
  }

  private let state = Mutex(State())

  var latest: ShownState? { state.withLock { $0.latest } }

  func show(_ new: ShownState) {
    state.withLock { state in
      state.latest = new
      for (id, told) in state.told {
        guard new.catalogue.source(of: id) === told.source, new.catalogue.names.places === told.places else {
          state.told[id] = nil
          continue
        }
        if new.catalogue.provider(id) != told.provider { state.broken.append("\(id) is told otherwise, from the same source") }
      }
    }
  }

  /// From now on these are looked at with every state.
  func watch(_ ids: some Sequence<PostgresUUID>) {
    state.withLock { state in
      guard let view = state.latest?.catalogue else { return }
      for id in ids {
        guard let source = view.source(of: id) else { continue }
        state.told[id] = Told(source: source, places: view.names.places, provider: view.provider(id))
      }
    }
  }

  func requireUnbroken() { #expect(state.withLock { $0.broken } == []) }
}

/// The catalogue as text, from a view and from the tables, by ways that have nothing in common.
struct CatalogueLines {
  private(set) var providers: [PostgresUUID: String] = [:]
  /// Of every service there ever was, as far as one knows.
  private(set) var sellers: [PostgresUUID: PostgresUUID?] = [:]
  private(set) var markets: [String] = []
  private(set) var areas: [String] = []
  private(set) var categories: [String] = []
  private(set) var serviceNames: [String] = []

  /// - Parameter known: whom and what to ask for.
  init(_ view: CatalogueView, as known: CatalogueLines) {
    for id in known.providers.keys { if let provider = view.provider(id) { providers[id] = Self.line(provider) } }
    for id in known.sellers.keys { sellers[id] = .some(view.seller(ofService: id)) }
    let names = view.names
    markets = names.markets.map {
      "\($0.id) \($0.name.en) \($0.name.ar) \($0.currency) \($0.currencyExponent) \($0.timeZone) \($0.latitude) \($0.longitude)"
    }
    areas = names.areas.map {
      "\($0.market) \($0.id) \($0.name.en) \($0.name.ar) \($0.latitude) \($0.longitude) \($0.radiusMetres)"
    }
    categories = names.categories.map { "\($0.id) \($0.name.en) \($0.name.ar)" }
    serviceNames = names.serviceNames.map { "\($0.name.en)|\($0.name.ar)|\($0.category)|\($0.count)" }
  }

  private static func line(_ provider: CatalogueProvider) -> String {
    let services = provider.services.map {
      "\($0.id) \($0.name.en) \($0.name.ar) \($0.priceMinor ?? -1) \($0.durationMinutes) \($0.paddingMinutes) \($0.capacity)"
    }
    let areas = provider.serviceAreas.map { "\($0.latitude) \($0.longitude) \($0.radiusMetres)" }
    return """
      \(provider.market)|\(provider.name.en)|\(provider.name.ar)|\(provider.description.en)|\(provider.description.ar)|\
      \(provider.category.id)|\(provider.category.name.en)|\(provider.category.name.ar)|\
      \(provider.area.map { "\($0.id)|\($0.name.en)|\($0.name.ar)" } ?? "")|\(provider.latitude)|\(provider.longitude)|\
      \(provider.tier)|\(provider.isVerified)|\(provider.ratingSum)|\(provider.ratingCount)|\(provider.ratingTenths ?? -1)|\
      \(Float(provider.popularity))|\(provider.isOnline)|\(provider.tags.joined(separator: ","))|\(provider.currency)|\
      \(services.joined(separator: ";"))|\(areas.joined(separator: ";"))
      """
  }

  init(_ database: Database) async throws {
    try await readPlaces(database)
    var services: [PostgresUUID: [String]] = [:]
    for row in try await database.query(
      """
      SELECT service.id, provider_id, service.name_en, service.name_ar,
        CASE WHEN service.currency = market.currency THEN price_minor ELSE -1 END, duration_min, padding_min, capacity,
        service.is_active AND provider.is_active
      FROM catalogue.service JOIN catalogue.provider ON provider.id = provider_id JOIN catalogue.market ON market.id = provider.market_id
      ORDER BY service.id
      """)
    {
      let (id, owner) = (try row[0, as: PostgresUUID.self], try row[1, as: PostgresUUID.self])
      let isShown = try row[8, as: Bool.self]
      sellers[id] = .some(isShown ? owner : nil)
      guard isShown else { continue }
      let (name, arabic) = (try row[2, as: String.self], try row[3, as: String.self])
      let (price, duration) = (try row[4, as: Int.self], try row[5, as: Int.self])
      let (padding, capacity) = (try row[6, as: Int.self], try row[7, as: Int.self])
      services[owner, default: []].append("\(id) \(name) \(arabic) \(price) \(duration) \(padding) \(capacity)")
    }
    var areas: [PostgresUUID: [String]] = [:]
    for row in try await database.query(
      """
      SELECT provider_id, ST_Y(centre::geometry), ST_X(centre::geometry), radius_m FROM catalogue.service_area
      ORDER BY provider_id, position
      """)
    {
      let (owner, latitude, longitude, radius) = try row.decode(PostgresUUID.self, Double.self, Double.self, Int.self)
      areas[owner, default: []].append("\(latitude) \(longitude) \(radius)")
    }
    for row in try await database.query(
      """
      SELECT provider.id, is_active, concat_ws('|', provider.market_id, provider.name_en, provider.name_ar, description_en, description_ar,
          category.id, category.name_en, category.name_ar,
          CASE WHEN area.id IS NULL THEN '' ELSE concat_ws('|', area.id, area.name_en, area.name_ar) END),
        ST_Y(location::geometry), ST_X(location::geometry), popularity,
        concat_ws('|', tier, (verification = 'verified')::text, rating_sum, rating_count,
          CASE WHEN rating_count = 0 THEN -1 ELSE floor(rating_sum * 10.0 / rating_count + 0.5) END),
        concat_ws('|', is_online::text, array_to_string(tags, ','), currency)
      FROM catalogue.provider JOIN catalogue.category ON category.id = category_id JOIN catalogue.market ON market.id = provider.market_id
        LEFT JOIN catalogue.area ON area.market_id = provider.market_id AND area.id = area_id
      """)
    {
      let (id, isActive, head, latitude, longitude, popularity, rating, tail) = try row.decode(
        PostgresUUID.self, Bool.self, String.self, Double.self, Double.self, Float.self, String.self, String.self)
      guard isActive else { continue }
      providers[id] = """
        \(head)|\(latitude)|\(longitude)|\(rating)|\(popularity)|\(tail)|\
        \((services[id] ?? []).joined(separator: ";"))|\((areas[id] ?? []).joined(separator: ";"))
        """
    }
  }

  private mutating func readPlaces(_ database: Database) async throws {
    for row in try await database.query(
      """
      SELECT concat_ws(' ', id, name_en, name_ar, currency, currency_exponent, time_zone), ST_Y(centre::geometry),
        ST_X(centre::geometry) FROM catalogue.market ORDER BY id COLLATE "C"
      """)
    {
      let (text, latitude, longitude) = try row.decode(String.self, Double.self, Double.self)
      markets.append("\(text) \(latitude) \(longitude)")
    }
    for row in try await database.query(
      """
      SELECT concat_ws(' ', market_id, id, name_en, name_ar), ST_Y(centre::geometry), ST_X(centre::geometry), radius_m
      FROM catalogue.area ORDER BY market_id COLLATE "C", id COLLATE "C"
      """)
    {
      let (text, latitude, longitude, radius) = try row.decode(String.self, Double.self, Double.self, Int.self)
      areas.append("\(text) \(latitude) \(longitude) \(radius)")
    }
    for row in try await database.query(
      "SELECT concat_ws(' ', id, name_en, name_ar) FROM catalogue.category ORDER BY position")
    {
      categories.append(try row[0, as: String.self])
    }
    for row in try await database.query(
      """
      SELECT name_en || '|' || name_ar || '|' || (array_agg(category_id ORDER BY uses DESC, category_id COLLATE "C"))[1] || '|' ||
        sum(uses)
      FROM (
        SELECT service.name_en, service.name_ar, category_id, count(*) AS uses
        FROM catalogue.service JOIN catalogue.provider ON provider.id = provider_id
        WHERE service.is_active AND provider.is_active GROUP BY 1, 2, 3) AS counted
      GROUP BY name_en, name_ar ORDER BY sum(uses) DESC, name_en COLLATE "C", name_ar COLLATE "C"
      """)
    {
      serviceNames.append(try row[0, as: String.self])
    }
  }
}

extension KeptMarket {
  /// What the last state tells is what the tables say. Nobody writes meanwhile, and the index has caught up.
  func requireShown(_ states: ShownStates, _ note: String) async throws {
    let state = try #require(states.latest, "\(note): nothing is shown")
    let expected = try await CatalogueLines(database)
    let shown = CatalogueLines(state.catalogue, as: expected)
    let strangers = expected.providers.filter { shown.providers[$0.key] != $0.value }
    for (id, line) in strangers.prefix(2) {
      Issue.record("\(note), \(id): shown \(shown.providers[id] ?? "nothing") | tables \(line)")
    }
    let sellers = expected.sellers.filter { shown.sellers[$0.key] != $0.value }
    #expect(sellers.isEmpty, "\(note), sellers: \(sellers.prefix(3)) | \(sellers.prefix(3).map { shown.sellers[$0.key] })")
    #expect(state.catalogue.seller(ofService: PostgresUUID(high: 1, low: 1)) == nil)
    #expect(state.catalogue.provider(PostgresUUID(high: 1, low: 1)) == nil)
    #expect(
      shown.markets == expected.markets && shown.areas == expected.areas && shown.categories == expected.categories, "\(note)")
    let names = zip(shown.serviceNames, expected.serviceNames).first { $0 != $1 }
    #expect(shown.serviceNames.count == expected.serviceNames.count && names == nil, "\(note): \(String(describing: names))")
    states.requireUnbroken()
    states.watch(expected.providers.keys)
  }
}
