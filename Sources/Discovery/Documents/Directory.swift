import Geometry
public import WebAPI

/// A market as searches need it.
public struct DirectoryMarket: Sendable, Equatable {
  public let id: String
  public let name: Localized
  public let currency: String
  /// How many decimals the currency has.
  public let currencyExponent: Int
  public let timeZone: String
  public let lat: Double
  public let lon: Double

  public init(id: String, name: Localized, currency: String, currencyExponent: Int, timeZone: String, lat: Double, lon: Double) {
    self.id = id
    self.name = name
    self.currency = currency
    self.currencyExponent = currencyExponent
    self.timeZone = timeZone
    self.lat = lat
    self.lon = lon
  }

  /// Where the steps of the price facet begin: 0, 5, 10, 20 and 50 whole units.
  var priceSteps: [Int64] {
    let unit = (0..<currencyExponent).reduce(Int64(1)) { unit, _ in unit * 10 }
    return [0, 5, 10, 20, 50].map { $0 * unit }
  }
}

/// A neighbourhood as searches need it.
public struct DirectoryArea: Sendable, Equatable {
  public let market: String
  public let thing: NamedThing
  public let lat: Double
  public let lon: Double
  public let radiusMetres: Int

  public init(market: String, thing: NamedThing, lat: Double, lon: Double, radiusMetres: Int) {
    self.market = market
    self.thing = thing
    self.lat = lat
    self.lon = lon
    self.radiusMetres = radiusMetres
  }
}

/// What there is beside providers: markets, categories and neighbourhoods, with their names. It changes rarely, and is then made anew: two
/// editions with the same object show the same names.
public final class Directory: Sendable {
  public let markets: [DirectoryMarket]
  /// In the order in which people see them.
  public let categories: [NamedThing]
  public let areas: [DirectoryArea]
  private let categoryPlaces: [String: Int]

  public init(markets: [DirectoryMarket], categories: [NamedThing], areas: [DirectoryArea]) {
    self.markets = markets
    self.categories = categories
    self.areas = areas
    categoryPlaces = Dictionary(categories.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Says the same in the same order. O(entries).
  public func isEqual(to other: Directory) -> Bool {
    markets == other.markets && categories == other.categories && areas == other.areas
  }

  public func category(_ id: String) -> NamedThing? { categoryPlaces[id].map { categories[$0] } }

  /// The market whose centre is nearest. O(markets).
  func market(near point: GeoPoint) -> DirectoryMarket? {
    guard markets.count > 1 else { return markets.first }
    let vector = UnitVector(point)
    return markets.min { Directory.distance($0, vector) < Directory.distance($1, vector) }
  }

  private static func distance(_ market: DirectoryMarket, _ vector: UnitVector) -> Double {
    guard let centre = try? GeoPoint(latitude: market.lat, longitude: market.lon) else { return .infinity }
    return UnitVector(centre).haversine(to: vector)
  }
}
