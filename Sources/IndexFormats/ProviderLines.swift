import Geometry
public import JSON
public import ProviderIndex
import Ranking
import TextIndex

/// Reads providers, one a line:
///
///     {"id":"…","name":{"en":"…","ar":"…"},"category":"salon","services":[{"name":{"en":"…","ar":"…"},"price":"8.000","currency":"JOD",
///      "duration_min":40}],"lat":31.95,"lon":35.91,"rating":4.6,"rating_count":120,"verified":true,"tier":"gold","tags":["parking"],
///      "availability":0.4,"service_areas":[{"lat":31.95,"lon":35.91,"radius_m":5000}],
///      "category_name":{"en":"Beauty salon","ar":"صالون تجميل"},"area":{"en":"Abdoun","ar":"عبدون"}}
///
/// `id`, `lat` and `lon` must be there. A category's name and the neighbourhood's are there to be found by. A service without a price is on request. Prices are compared as they are, so all of one index
/// are in one currency: the given one, else the first that occurs.
public struct ProviderLines: Sendable {
  /// What prices are in, as far as it is known yet.
  public private(set) var currency: Currency?

  public init(currency: Currency? = nil) { self.currency = currency }

  public mutating func record(_ line: JSONValue) throws(FormatProblem) -> ProviderRecord {
    var draft = Draft(currency: currency)
    try line.members { (member: Draft.Member, value) throws(FormatProblem) in try draft.take(member, value) }
    let record = try draft.record()
    do throws(IndexError) {
      try record.check()
    } catch {
      throw FormatProblem(error)
    }
    currency = draft.currency
    return record
  }
}

extension FormatProblem {
  /// What the index itself refuses, in the words of the formats.
  public init(_ error: IndexError) {
    switch error {
    case .record(_, let field, let reason), .query(let field, let reason): self.init(reason, member: field)
    case .duplicate, .full: self.init(error.description)
    }
  }
}

private struct Draft {
  enum Member: String {
    case id, name, category, services, lat, lon, rating, verified, tier, tags, availability, area
    case categoryName = "category_name"
    case ratingCount = "rating_count"
    case serviceAreas = "service_areas"
  }

  var currency: Currency?
  var id: String?
  var place = PlaceDraft()
  var category = ""
  var texts: [ProviderRecord.Text] = []
  var services: [ProviderRecord.Service] = []
  var tags: [String] = []
  var rating = 0.0
  var ratingCount: UInt32 = 0
  var verified = false
  var tier = Tier.none
  var availability = 0.0
  var serviceAreas: [GeoCircle] = []

  mutating func take(_ member: Member, _ value: JSONValue) throws(FormatProblem) {
    switch member {
    case .id: id = try value.nonEmptyText(maximumBytes: IndexLimits.idBytes)
    case .name: texts += try value.translations(.name)
    case .category:
      category = try value.nonEmptyText(maximumBytes: IndexLimits.idBytes)
      texts.append(.init(.category, category))
    case .categoryName: texts += try value.translations(.category)
    case .area: texts += try Self.area(value)
    case .services: try takeServices(value)
    case .lat: try place.takeLatitude(value)
    case .lon: try place.takeLongitude(value)
    case .rating: rating = try value.number(in: 0...5)
    case .ratingCount: ratingCount = UInt32(try value.whole(in: 0...Int(UInt32.max)))
    case .verified: verified = try value.boolean()
    case .tier: tier = try value.choice(Tier.allCases) { $0.description }
    case .tags: tags = try value.list { tag throws(FormatProblem) in try tag.nonEmptyText(maximumBytes: IndexLimits.idBytes) }
    case .availability: availability = try value.number(in: 0...1)
    case .serviceAreas: serviceAreas = try value.list { area throws(FormatProblem) in try area.circle() }
    }
  }

  /// Its name in each language, or the one name it has.
  private static func area(_ value: JSONValue) throws(FormatProblem) -> [ProviderRecord.Text] {
    guard let name = value.string else { return try value.translations(.area) }
    return name.isEmpty ? [] : [.init(.area, name)]
  }

  private mutating func takeServices(_ value: JSONValue) throws(FormatProblem) {
    var (texts, currency) = (texts, currency)
    services = try value.list { service throws(FormatProblem) in
      try Self.service(service, &texts, &currency)
    }
    (self.texts, self.currency) = (texts, currency)
  }

  enum ServiceMember: String {
    case name, price, currency
    case durationMinutes = "duration_min"
  }

  private static func service(
    _ value: JSONValue, _ texts: inout [ProviderRecord.Text], _ currency: inout Currency?
  ) throws(FormatProblem) -> ProviderRecord.Service {
    var (names, price, own, duration) = ([ProviderRecord.Text](), String?.none, Currency?.none, 0)
    try value.members { (member: ServiceMember, value) throws(FormatProblem) in
      switch member {
      case .name: names = try value.translations(.service)
      case .price: price = try value.decimalText()
      case .currency: own = try Currency(code: try value.text())
      case .durationMinutes: duration = try value.whole(in: 0...Int(UInt16.max))
      }
    }
    texts += names
    guard let price else { return ProviderRecord.Service(price: nil, durationMinutes: duration) }
    let used = own ?? currency ?? .jordanianDinar
    if let currency, currency != used {
      throw FormatProblem("\(used): all prices of one index are in one currency, here \(currency)", member: "currency")
    }
    currency = used
    do throws(FormatProblem) {
      return ProviderRecord.Service(
        price: try used.minorUnits(price, atMost: IndexLimits.highestPrice), durationMinutes: duration)
    } catch {
      throw error.under("price")
    }
  }

  func record() throws(FormatProblem) -> ProviderRecord {
    guard let id else { throw FormatProblem("is missing", member: "id") }
    var record = ProviderRecord(id: id, place: try place.point(), category: category)
    record.texts = texts
    record.services = services
    record.tags = tags
    record.rating = rating
    record.ratingCount = ratingCount
    record.verified = verified
    record.tier = tier
    record.availability = availability
    record.serviceAreas = serviceAreas
    return record
  }
}
