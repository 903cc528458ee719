/// A thing with an id and its names.
public struct CatalogueThing: Hashable, Sendable {
  public let id: String
  public let name: NamePair
}

public struct CatalogueMarket: Hashable, Sendable {
  public let id: String
  public let name: NamePair
  /// ISO 4217.
  public let currency: String
  /// How many decimals the currency has.
  public let currencyExponent: Int
  /// IANA.
  public let timeZone: String
  public let latitude: Double
  public let longitude: Double
}

public struct CatalogueArea: Hashable, Sendable {
  public let market: String
  public let id: String
  public let name: NamePair
  public let latitude: Double
  public let longitude: Double
  public let radiusMetres: Int
}

/// A name under which services are sold.
public struct CatalogueServiceName: Hashable, Sendable {
  public let name: NamePair
  /// Of most providers who sell it.
  public let category: String
  /// How many services bear it.
  public let count: Int
}

/// The markets, neighbourhoods and categories there are. Another object whenever one of them changed.
public final class CataloguePlaces: Sendable {
  /// By id.
  public let markets: [CatalogueMarket]
  /// By market and id.
  public let areas: [CatalogueArea]
  /// In the order in which people see them.
  public let categories: [CatalogueThing]
  private let currencies: [String: String]
  private let areaNames: [AreaKey: NamePair]
  private let categoryNames: [String: NamePair]

  init(_ tables: SourceTables) {
    markets = tables.markets.values.sorted { $0.id < $1.id }.map { market in
      CatalogueMarket(
        id: market.id, name: market.name, currency: market.currency, currencyExponent: Int(market.currencyExponent),
        timeZone: market.timeZone, latitude: market.centre.latitude, longitude: market.centre.longitude)
    }
    areas = tables.areas.sorted { ($0.key.market, $0.key.id) < ($1.key.market, $1.key.id) }.map { key, area in
      CatalogueArea(
        market: key.market, id: key.id, name: area.name, latitude: area.centre.latitude, longitude: area.centre.longitude,
        radiusMetres: Int(area.radiusMetres))
    }
    categories = tables.categories.sorted { ($0.value.position, $0.key) < ($1.value.position, $1.key) }
      .map { CatalogueThing(id: $0, name: $1.name) }
    currencies = tables.markets.mapValues(\.currency)
    areaNames = tables.areas.mapValues(\.name)
    categoryNames = tables.categories.mapValues(\.name)
  }

  func currency(ofMarket id: String) -> String { currencies[id] ?? "" }

  /// A row that refers to something has it: the database sees to it.
  func category(_ id: String) -> CatalogueThing {
    CatalogueThing(id: id, name: categoryNames[id] ?? NamePair(en: id, ar: id))
  }

  func area(_ id: String, market: String) -> CatalogueThing {
    CatalogueThing(id: id, name: areaNames[AreaKey(market: market, id: id)] ?? NamePair(en: id, ar: id))
  }
}

/// What there is beside providers. Another object whenever something in it changed.
public final class CatalogueNames: Sendable {
  /// What providers refer to: the same object while only names of services change.
  public let places: CataloguePlaces
  /// The most usual first, up to `IndexKeeperLimits.serviceNames`. They may be some moments behind the rest.
  public let serviceNames: [CatalogueServiceName]

  public var markets: [CatalogueMarket] { places.markets }
  public var areas: [CatalogueArea] { places.areas }
  public var categories: [CatalogueThing] { places.categories }

  init(places: CataloguePlaces, serviceNames: [CatalogueServiceName]) {
    self.places = places
    self.serviceNames = serviceNames
  }
}
