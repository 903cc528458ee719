import Geometry
public import JSON
public import ProviderIndex
import Ranking
public import TextIndex

/// A query with the name it is answered under.
public struct QueryLine: Sendable {
  /// As given; nil when the line has none.
  public let id: String?
  public let query: ProviderQuery
  /// What whoever asked should hear: that `q` was too long, and how much of it was read.
  public let notice: String?
}

/// Reads queries, one a line:
///
///     {"id":"…","lat":31.95,"lon":35.91,"radius_m":10000,"q":"…","prefix":false,"typos":false,"category":["salon"],"tag":["parking"],
///      "tier":["gold"],"price_min":"5.000","price_max":"50.000","rating_min":4,"verified":true,"serves_me":true,"provider_ids":["…"],
///      "profile":"default","sort":"relevance","limit":20,"facets":["category"],"cursor":"…"}
///
/// `typos` allows slips, or forbids them, whatever the profile says. `lat`, `lon` and `radius_m` must be there. A list of one may be written without its brackets. `verified` and `serves_me` restrict only
/// when they are true; `cursor` is what the result before ended with.
public struct QueryLines: Sendable {
  private let profiles: RankingProfiles
  private let currency: Currency
  private let analyzer: any TextAnalyzer
  private let typing: any TextAnalyzer

  /// - Parameters:
  ///   - currency: what the index's prices are in.
  ///   - analyzer: the index's own, for queries.
  ///   - typing: the same for queries whose last word is a prefix; nil: no other.
  public init(
    profiles: RankingProfiles, currency: Currency, analyzer: any TextAnalyzer, typing: (any TextAnalyzer)? = nil
  ) {
    self.profiles = profiles
    self.currency = currency
    self.analyzer = analyzer
    self.typing = typing ?? analyzer
  }

  public func query(_ line: JSONValue) throws(FormatProblem) -> QueryLine {
    var draft = QueryDraft(currency: currency)
    try line.members { (member: QueryDraft.Member, value) throws(FormatProblem) in try draft.take(member, value) }
    var query = ProviderQuery(
      circle: try draft.place.circle(radiusMetres: draft.radiusMetres), rules: try profiles.profile(named: draft.profile).rules)
    try draft.checkPrices()
    draft.fill(&query)
    if let text = draft.text {
      (draft.prefix ? typing : analyzer).analyze(text, into: &query.words)
      query.lastWordIsPrefix = draft.prefix
      query.allowsTypos = draft.typos
    }
    do throws(IndexError) {
      try query.check()
    } catch {
      throw FormatProblem(error)
    }
    let notice = query.words.cutOffset.map { "q: only the first \($0) bytes were searched for" }
    return QueryLine(id: draft.id, query: query, notice: notice)
  }
}

private struct QueryDraft {
  enum Member: String {
    case id, lat, lon, q, prefix, typos, category, tag, tags, tier, verified, profile, sort, limit, facets, cursor
    case radius = "radius_m"
    case priceMin = "price_min"
    case priceMax = "price_max"
    case ratingMin = "rating_min"
    case servesMe = "serves_me"
    case providerIDs = "provider_ids"
  }

  let currency: Currency
  var id: String?
  var place = PlaceDraft()
  var radiusMetres: Double?
  var text: String?
  var prefix = false
  var typos: Bool?
  var categories: [String] = []
  var tags: [String] = []
  var tiers: [Tier] = []
  var lowestPrice: Price?
  var highestPrice: Price?
  var lowestRating: Double?
  var verifiedOnly = false
  var servesCentre = false
  var ids: [String]?
  var profile = RankingProfiles.standardName
  var order = ProviderQuery.Order.relevance
  var limit: Int?
  var facets: ProviderQuery.Facets = []
  var after: ProviderQuery.Cursor?

  init(currency: Currency) { self.currency = currency }

  mutating func take(_ member: Member, _ value: JSONValue) throws(FormatProblem) {
    switch member {
    case .id: id = try value.text()
    case .lat: try place.takeLatitude(value)
    case .lon: try place.takeLongitude(value)
    case .radius: radiusMetres = try value.radius()
    case .q: text = try Self.words(value)
    case .prefix: prefix = try value.boolean()
    case .typos: typos = try value.boolean()
    case .verified: verifiedOnly = try value.boolean()
    case .servesMe: servesCentre = try value.boolean()
    case .profile: profile = try value.text()
    case .sort: order = try Self.order(value)
    case .limit: limit = try value.whole(in: 0...IndexLimits.hits)
    case .cursor: after = try ProviderQuery.Cursor(text: try value.text())
    case .category: categories = try Self.names(value)
    case .tag, .tags: tags += try Self.names(value)
    case .tier: tiers = try value.oneOrMore { tier throws(FormatProblem) in try tier.choice(Tier.allCases) { $0.description } }
    case .priceMin: lowestPrice = try Price(value, currency)
    case .priceMax: highestPrice = try Price(value, currency)
    case .ratingMin: lowestRating = try value.number(in: 0...5)
    case .providerIDs: ids = try Self.names(value)
    case .facets: facets = try Self.facets(value)
    }
  }

  private static func facets(_ value: JSONValue) throws(FormatProblem) -> ProviderQuery.Facets {
    let facets = try value.oneOrMore { name throws(FormatProblem) in try name.choice(Facet.allCases) { $0.rawValue } }
    return facets.reduce(into: []) { $0.formUnion($1.option) }
  }

  private static func words(_ value: JSONValue) throws(FormatProblem) -> String {
    let text = try value.text()
    guard text.utf8.count <= FormatLimits.queryTextBytes else {
      throw FormatProblem("\(text.utf8.count) bytes: must be at most \(FormatLimits.queryTextBytes)")
    }
    return text
  }

  private static func names(_ value: JSONValue) throws(FormatProblem) -> [String] {
    try value.oneOrMore { name throws(FormatProblem) in try name.nonEmptyText(maximumBytes: IndexLimits.idBytes) }
  }

  /// All orders but the soonest, which needs a calendar: an index file has none.
  private static func order(_ value: JSONValue) throws(FormatProblem) -> ProviderQuery.Order {
    try value.choice(ProviderQuery.Order.allCases.filter { $0 != .soonest }) { "\($0)" }
  }

  /// As the index would, but in the currency of the query.
  func checkPrices() throws(FormatProblem) {
    guard let lowestPrice, let highestPrice, lowestPrice.minorUnits > highestPrice.minorUnits else { return }
    throw FormatProblem(
      "\(quoted(lowestPrice.text)): must not be above price_max, \(quoted(highestPrice.text))", member: Member.priceMin.rawValue)
  }

  func fill(_ query: inout ProviderQuery) {
    query.order = order
    if let limit { query.limit = limit }
    query.facets = facets
    query.priceBounds = currency.priceSteps
    query.after = after
    query.categories = categories
    query.tags = tags
    query.tiers = tiers
    query.lowestPrice = lowestPrice?.minorUnits
    query.highestPrice = highestPrice?.minorUnits
    query.lowestRating = lowestRating
    query.verifiedOnly = verifiedOnly
    query.servesCentre = servesCentre
    query.ids = ids
  }
}

/// An amount with how it was written.
private struct Price {
  let text: String
  let minorUnits: Int64

  init(_ value: JSONValue, _ currency: Currency) throws(FormatProblem) {
    text = try value.decimalText()
    minorUnits = try currency.minorUnits(text, atMost: IndexLimits.highestPrice)
  }
}

/// What can be counted, as queries and results name it.
private enum Facet: String, CaseIterable {
  case category, price, rating, tier

  var option: ProviderQuery.Facets {
    switch self {
    case .category: .category
    case .price: .price
    case .rating: .rating
    case .tier: .tier
    }
  }
}
