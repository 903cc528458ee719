import MarketWorkload
import PostgresClient

/// The search benchmark's market as rows of the catalogue.
struct LiveMarket: Sendable {
  static let id = "arabia"
  let market: Market

  /// Ids of version 7, ascending as indexes do; the low bits are spread, as random ones are.
  static func providerID(_ index: Int) -> PostgresUUID { id(milliseconds: 1_735_689_600_000 + UInt64(index), salt: 1) }

  static func serviceID(_ provider: Int, _ position: Int) -> PostgresUUID {
    id(milliseconds: 1_751_328_000_000 + UInt64(provider) * 8 + UInt64(position), salt: 2)
  }

  private static func id(milliseconds: UInt64, salt: UInt64) -> PostgresUUID {
    // The finisher of SplitMix64.
    var mixed = milliseconds &* 0x9E37_79B9_7F4A_7C15 &+ salt
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    return PostgresUUID(high: milliseconds << 16 | 0x7000 | mixed & 0xFFF, low: 1 << 63 | mixed >> 2)
  }

  /// The columns that COPY fills, in the order of `appendProvider`.
  static let providerColumns =
    "id, market_id, category_id, name_en, name_ar, location, tier, verification, rating_sum, rating_count, tags, popularity"
  static let serviceColumns = "id, provider_id, name_en, name_ar, price_minor, currency, duration_min"
  static let serviceAreaColumns = "provider_id, position, centre, radius_m"

  /// What the providers' rows refer to.
  static let names: [String] = {
    let categories = zip(Market.categories, Market.categoryNames).enumerated().map { position, category in
      "('\(category.0)', '\(category.1.english)', '\(category.1.arabic)', \(position + 1))"
    }
    return [
      """
      INSERT INTO catalogue.market
        (id, name_en, name_ar, country, currency, currency_exponent, time_zone, languages, weekend, centre)
      VALUES ('\(id)', 'Arabia', 'العربية', 'JO', '\(Market.currency)', 3, 'Asia/Amman', '{ar,en}', '{5,6}',
        'SRID=4326;POINT(35.9106 31.9539)')
      """,
      "INSERT INTO catalogue.category (id, name_en, name_ar, position) VALUES \(categories.joined(separator: ", "))",
    ]
  }()

  // MARK: Lines of COPY; none of the workload's texts has a character that it escapes

  func appendProvider(_ index: Int, to bytes: inout [UInt8]) {
    let provider = market.provider(at: index)
    let tags = Market.tags.indices.filter { provider.tagBits >> UInt16($0) & 1 != 0 }.map { Market.tags[$0] }
    let line = """
      \(LiveMarket.providerID(index))\t\(LiveMarket.id)\t\(Market.categories[provider.category])\t\(provider.name.english)\t\
      \(provider.name.arabic)\tSRID=4326;POINT(\(provider.longitude) \(provider.latitude))\t\((provider.tier ?? .silver).rawValue)\t\
      \(provider.isVerified ? "verified" : "pending")\t\(LiveMarket.ratingSum(provider))\t\(provider.ratingCount)\t\
      {\(tags.joined(separator: ","))}\t\(provider.availability)\n
      """
    bytes.append(contentsOf: line.utf8)
  }

  static func ratingSum(_ provider: GeneratedProvider) -> Int {
    (provider.ratingTenths * provider.ratingCount + 5) / 10
  }

  func appendServices(_ index: Int, to bytes: inout [UInt8]) {
    let provider = LiveMarket.providerID(index)
    for (position, service) in market.provider(at: index).services.enumerated() {
      let line = """
        \(LiveMarket.serviceID(index, position))\t\(provider)\t\(service.name.english)\t\(service.name.arabic)\t\(service.price)\t\
        \(Market.currency)\t\(service.durationMinutes)\n
        """
      bytes.append(contentsOf: line.utf8)
    }
  }

  func appendServiceAreas(_ index: Int, to bytes: inout [UInt8]) {
    for (position, area) in market.provider(at: index).serviceAreas.enumerated() {
      let (longitude, latitude) = (Double(area.longitudeMicrodegrees) / 1_000_000, Double(area.latitudeMicrodegrees) / 1_000_000)
      let line = "\(LiveMarket.providerID(index))\t\(position)\tSRID=4326;POINT(\(longitude) \(latitude))\t\(area.radiusMetres)\n"
      bytes.append(contentsOf: line.utf8)
    }
  }
}
