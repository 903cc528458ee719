public import AvailabilityIndex
public import Geometry
public import Ranking
public import TextIndex

/// What a search asks for. Made once for a request and read by every segment.
public struct ProviderQuery: Sendable {
  public enum Order: UInt8, CaseIterable, Sendable {
    /// By the profile's score.
    case relevance
    case distance, rating, price
    /// By the first time that the wanted duration is free, from the window's beginning.
    case soonest
  }

  /// How exactly the matches are counted. Where facets are asked for, all are looked at: the total is then exact, whatever was asked.
  public enum Total: Hashable, Sendable {
    case none
    /// To the last one.
    case exact
    /// Exactly up to a number, then "at least".
    case atMost(Int)
  }

  public struct Facets: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public static let category = Facets(rawValue: 1)
    public static let price = Facets(rawValue: 2)
    public static let rating = Facets(rawValue: 4)
    public static let tier = Facets(rawValue: 8)
    public init(rawValue: UInt8) { self.rawValue = rawValue }
  }

  /// The last hit of the page before: what comes next is behind it.
  public struct Cursor: Hashable, Sendable {
    public let key: Double
    public let id: String
    /// The level of that page, so that the next is of the same; nil where no words were asked for, or to choose anew.
    public let level: MatchTier?

    public init(key: Double, id: String, level: MatchTier? = nil) {
      self.key = key
      self.id = id
      self.level = level
    }
  }

  /// Only who is free: for how many slots, beginning within which window.
  public struct When: Hashable, Sendable {
    public let window: SlotWindow
    public let slots: Int

    public init(window: SlotWindow, slots: Int) {
      self.window = window
      self.slots = slots
    }
  }

  public var circle: GeoCircle
  /// Only who is inside, as well; the circle should be around it.
  public var box: GeoBox?
  public var rules: RankingRules
  public var order = Order.relevance
  public var limit = 20
  public var total = Total.exact
  public var facets: Facets = []
  /// Where the rating facet's counts begin, ascending: whole stars.
  public var ratingBounds: [Double] = [0, 1, 2, 3, 4, 5]
  /// Where the price facet's counts begin, ascending, in minor units. A market's own are better than these.
  public var priceBounds: [Int64] = [0, 5_000, 10_000, 20_000, 50_000]
  public var after: Cursor?

  /// One of them; empty: any.
  public var categories: [String] = []
  /// All of them.
  public var tags: [String] = []
  /// One of them; empty: any.
  public var tiers: [Tier] = []
  /// Some service costs so much, in minor units.
  public var lowestPrice: Int64?
  public var highestPrice: Int64?
  public var lowestRating: Double?
  public var verifiedOnly = false
  /// All of these flags.
  public var flags: ProviderRecord.Flags = []
  /// Some service area contains the centre.
  public var servesCentre = false
  /// Only these.
  public var ids: [String]?
  public var when: When?
  /// Only who works in this absolute slot, free or not.
  public var openAt: Int?

  /// Every token must be found.
  public var words = TokenBuffer()
  /// The last token may be the beginning of a word.
  public var lastWordIsPrefix = false
  /// Whether words may be misspelt: tried, as the weakest tier, where the others find too few. Nil: as the rules say.
  public var allowsTypos: Bool?

  public init(circle: GeoCircle, rules: RankingRules = RankingProfile.default.rules) {
    self.circle = circle
    self.rules = rules
  }

  /// What a query must be.
  public func check() throws(IndexError) {
    guard limit >= 0, limit <= IndexLimits.hits else {
      throw .query(field: "limit", reason: "\(limit): must be from 0 to \(IndexLimits.hits)")
    }
    try checkCount(of: "category", categories.count)
    try checkCount(of: "tag", tags.count)
    try checkCount(of: "provider_ids", ids?.count ?? 0)
    guard words.count <= IndexLimits.words else {
      throw .query(field: "q", reason: "\(words.count) words: must be at most \(IndexLimits.words)")
    }
    if let lowestRating, !(lowestRating >= 0 && lowestRating <= 5) {
      throw .query(field: "rating_min", reason: "\(lowestRating): must be a number from 0 to 5")
    }
    if let lowestPrice, let highestPrice, lowestPrice > highestPrice {
      throw .query(field: "price_min", reason: "\(lowestPrice): must not be above price_max, \(highestPrice)")
    }
    try checkFacets()
    try checkRules()
    if let after, after.key.isNaN { throw .query(field: "cursor", reason: "not one that a search has given") }
    if order == .soonest, when == nil { throw .query(field: "sort", reason: "'soonest' needs a time and a duration") }
    if case .atMost(let most) = total, most < 0 { throw .query(field: "total", reason: "\(most): must be 0 or more") }
  }

  private func checkCount(of field: String, _ count: Int) throws(IndexError) {
    guard count <= IndexLimits.filterValues else {
      throw .query(field: field, reason: "\(count) values: must be at most \(IndexLimits.filterValues)")
    }
  }

  private func checkRules() throws(IndexError) {
    guard !rules.isSound else { return }
    do throws(RankingError) {
      try rules.check()
    } catch { throw .query(field: "profile", reason: "\(error)") }
  }

  private func checkFacets() throws(IndexError) {
    guard !facets.isEmpty else { return }
    guard ratingBounds.count <= IndexLimits.facetBounds, priceBounds.count <= IndexLimits.facetBounds else {
      throw .query(field: "facets", reason: "too many bounds: must be at most \(IndexLimits.facetBounds)")
    }
    for index in ratingBounds.indices {
      guard ratingBounds[index].isFinite, index == 0 || ratingBounds[index - 1] < ratingBounds[index] else {
        throw .query(field: "facets.rating", reason: "bounds must be numbers that rise")
      }
    }
    for index in priceBounds.indices {
      guard (0...IndexLimits.highestPrice).contains(priceBounds[index]), index == 0 || priceBounds[index - 1] < priceBounds[index]
      else {
        throw .query(field: "facets.price", reason: "bounds must rise, from 0 to \(IndexLimits.highestPrice)")
      }
    }
  }
}
