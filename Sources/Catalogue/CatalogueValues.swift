public import WebAPI

/// A city or country that Qareeb serves, with what differs between them.
public struct Market: FieldAnswer {
  public let id: String
  public let name: Localized
  public let country: String
  public let currency: String
  public let currencyExponent: Int
  public let timeZone: String
  public let languages: [String]
  /// ISO weekdays, 1 is Monday.
  public let weekend: [Int]
  public let centre: Place

  public static let schemaName = "Market"
  public static let fields: [Field<Market>] = [
    Field("id", "Its name in addresses.", example: "amman") { $0.id },
    Field("name", "Its name in every language.") { $0.name },
    Field("country", "ISO 3166 code.", example: "JO") { $0.country },
    Field("currency", "ISO 4217 code.", example: "JOD") { $0.currency },
    Field("currency_exponent", "How many decimals amounts have.", example: 3) { $0.currencyExponent },
    Field("time_zone", "IANA time zone.", example: "Asia/Amman") { $0.timeZone },
    Field("languages", "Its languages, best first.") { $0.languages },
    Field("weekend", "ISO weekdays; 1 is Monday.") { $0.weekend },
    Field("centre", "Where a map opens.") { $0.centre },
  ]
}

/// A place on the earth, in degrees.
public struct Place: FieldAnswer {
  public let lat: Double
  public let lon: Double

  public static let schemaName = "Place"
  public static let fields: [Field<Place>] = [
    Field("lat", "Degrees north.", example: 31.9539) { $0.lat },
    Field("lon", "Degrees east.", example: 35.9106) { $0.lon },
  ]
}

/// A neighbourhood.
public struct Area: FieldAnswer {
  public let id: String
  public let name: Localized
  public let centre: Place
  public let radiusMetres: Int

  public static let schemaName = "Area"
  public static let fields: [Field<Area>] = [
    Field("id", "Its name in queries.", example: "sweifieh") { $0.id },
    Field("name", "Its name in every language.") { $0.name },
    Field("centre", "Its middle.") { $0.centre },
    Field("radius_m", "How far it reaches, in metres.", example: 1300) { $0.radiusMetres },
  ]
}

/// A provider as lists show it.
public struct ProviderSummary: FieldAnswer {
  public let id: Identifier
  public let market: String
  public let category: String
  public let name: Localized
  public let location: Place
  public let area: String?
  public let tier: String
  public let isVerified: Bool
  public let ratingSum: Int
  public let ratingCount: Int
  public let tags: [String]

  /// One decimal is what people read; none where nobody has rated.
  var rating: Double? {
    ratingCount == 0 ? nil : (Double(ratingSum) / Double(ratingCount) * 10).rounded() / 10
  }

  public static let schemaName = "ProviderSummary"
  public static let fields: [Field<ProviderSummary>] = [
    Field("id", "Never changes.") { $0.id },
    Field("market", "Its market.", example: "amman") { $0.market },
    Field("category", "Its category.", example: "barber") { $0.category },
    Field("name", "Its name in every language.") { $0.name },
    Field("location", "Where it is.") { $0.location },
    .ifPresent("area", "Its neighbourhood, where known.", example: "sweifieh") { $0.area },
    Field("tier", "silver, gold or diamond, by bookings a month.", example: "gold") { $0.tier },
    Field("verified", "Whether its papers have been checked.") { $0.isVerified },
    .ifPresent("rating", "From 1 to 5; left out where nobody has rated.", example: 4.6) { $0.rating },
    Field("rating_count", "How many have rated.", example: 120) { $0.ratingCount },
    Field("tags", "What is special about it.") { $0.tags },
  ]
}
