public import WebAPI

/// A thing with an id and its name in every language.
public struct NamedThing: Hashable, Sendable {
  public let id: String
  public let name: Localized

  public init(id: String, name: Localized) {
    self.id = id
    self.name = name
  }

  public static func == (one: NamedThing, other: NamedThing) -> Bool { one.id == other.id && one.name == other.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// Everything that is found and shown of a provider, as whoever keeps the index hands it over.
public struct ProviderDetails: Sendable {
  public struct Service: Sendable {
    public let id: Identifier
    public let name: Localized
    /// In minor units; nil on request.
    public let priceMinor: Int64?
    public let durationMinutes: Int
    public let paddingMinutes: Int
    public let capacity: Int

    public init(
      id: Identifier, name: Localized, priceMinor: Int64?, durationMinutes: Int, paddingMinutes: Int = 0, capacity: Int = 1
    ) {
      self.id = id
      self.name = name
      self.priceMinor = priceMinor
      self.durationMinutes = durationMinutes
      self.paddingMinutes = paddingMinutes
      self.capacity = capacity
    }
  }

  public struct ServiceArea: Sendable {
    public let lat: Double
    public let lon: Double
    public let radiusMetres: Int

    public init(lat: Double, lon: Double, radiusMetres: Int) {
      self.lat = lat
      self.lon = lon
      self.radiusMetres = radiusMetres
    }
  }

  public var id: Identifier
  public var market: String
  public var name: Localized
  public var category: NamedThing
  /// Its neighbourhood, where known.
  public var area: NamedThing?
  public var lat: Double
  public var lon: Double
  public var tier: String
  public var isVerified: Bool
  /// In tenths of a star, as people read it and as it is filtered by; nil where nobody has rated.
  public var ratingTenths: Int?
  public var ratingCount: Int
  public var tags: [String]
  /// ISO 4217: what its prices are in.
  public var currency: String
  /// In the order in which they are shown.
  public var services: [Service]
  public var serviceAreas: [ServiceArea]

  public init(
    id: Identifier, market: String, name: Localized, category: NamedThing, area: NamedThing?, lat: Double, lon: Double,
    tier: String,
    isVerified: Bool, ratingTenths: Int?, ratingCount: Int, tags: [String], currency: String, services: [Service],
    serviceAreas: [ServiceArea]
  ) {
    self.id = id
    self.market = market
    self.name = name
    self.category = category
    self.area = area
    self.lat = lat
    self.lon = lon
    self.tier = tier
    self.isVerified = isVerified
    self.ratingTenths = ratingTenths
    self.ratingCount = ratingCount
    self.tags = tags
    self.currency = currency
    self.services = services
    self.serviceAreas = serviceAreas
  }
}
