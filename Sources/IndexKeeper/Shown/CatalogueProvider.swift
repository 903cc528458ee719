public import PostgresClient
import ProviderIndex

/// Everything that searches tell of a provider.
public struct CatalogueProvider: Hashable, Sendable {
  public struct Service: Hashable, Sendable {
    public let id: PostgresUUID
    public let name: NamePair
    /// In minor units of the market's currency; nil on request.
    public let priceMinor: Int64?
    public let durationMinutes: Int
    public let paddingMinutes: Int
    public let capacity: Int
  }

  public struct ServiceArea: Hashable, Sendable {
    public let latitude: Double
    public let longitude: Double
    public let radiusMetres: Int
  }

  public let id: PostgresUUID
  public let market: String
  public let name: NamePair
  public let description: NamePair
  public let category: CatalogueThing
  /// Its neighbourhood, where known.
  public let area: CatalogueThing?
  public let latitude: Double
  public let longitude: Double
  public let tier: String
  public let isVerified: Bool
  public let ratingSum: Int
  public let ratingCount: Int
  /// In tenths of a star; nil where nobody has rated.
  public let ratingTenths: Int?
  /// 0…1.
  public let popularity: Double
  public let isOnline: Bool
  public let tags: [String]
  /// ISO 4217: what its prices are in.
  public let currency: String
  /// Those that are sold, in the order in which they were made.
  public let services: [Service]
  public let serviceAreas: [ServiceArea]

  /// Nil when it is not to be found: it is not there, or not active.
  init?(_ id: PostgresUUID, _ entry: SourceEntry, _ places: CataloguePlaces) {
    guard let provider = entry.provider, provider.isActive else { return nil }
    let currency = places.currency(ofMarket: provider.market)
    self.id = id
    self.currency = currency
    market = provider.market
    name = provider.name
    description = provider.description
    category = places.category(provider.category)
    area = provider.area.map { places.area($0, market: provider.market) }
    (latitude, longitude) = (provider.place.latitude, provider.place.longitude)
    tier = provider.tier
    isVerified = provider.live.isVerified
    ratingSum = Int(provider.live.ratingSum)
    ratingCount = Int(provider.live.ratingCount)
    ratingTenths = provider.live.ratingTenths
    popularity = Double(provider.live.popularity)
    isOnline = provider.live.isOnline
    tags = provider.tags
    services = entry.shownServices.map { service in
      Service(
        id: service.id, name: service.name, priceMinor: service.price(in: currency),
        durationMinutes: Int(service.durationMinutes), paddingMinutes: Int(service.paddingMinutes),
        capacity: Int(service.capacity))
    }
    serviceAreas = entry.areas.map {
      ServiceArea(latitude: $0.centre.latitude, longitude: $0.centre.longitude, radiusMetres: Int($0.radiusMetres))
    }
  }
}

// What the index and those who tell of providers must see alike.

extension SourceEntry {
  /// Those that are sold, as many as the index takes.
  var shownServices: some Sequence<ServiceRow> { services.lazy.filter(\.isActive).prefix(IndexLimits.services) }
}

extension ServiceRow {
  /// Prices are compared as they are, so one in another currency than the market's is on request.
  func price(in currency: String?) -> Int64? {
    self.currency == currency && price >= 0 && price <= IndexLimits.highestPrice ? price : nil
  }
}

extension ProviderRow.LiveRow {
  /// As people read it: rounded half up. Nil where nobody has rated.
  var ratingTenths: Int? {
    let (count, sum) = (Int(ratingCount), Int(min(max(ratingSum, 0), Int64(Int32.max) * 5)))
    return count <= 0 ? nil : min(50, (sum * 20 + count) / (count * 2))
  }
}
