import Geometry
import WebAPI

/// One search as it was asked, whether in a query or in a body; declared once, here.
struct SearchParameters: Sendable, Equatable {
  // Where
  var lat: Double?
  var lon: Double?
  var radiusMetres: Int?
  var box: GeoBox?
  var servesMe = false
  // What
  var words: String?
  var lastWordIsPrefix = false
  var categories: [String] = []
  var serviceID: Identifier?
  var tags: [String] = []
  // Filters
  var lowestPrice: Int?
  var highestPrice: Int?
  var lowestRating: Double?
  var verified = false
  var tiers: [TierChoice] = []
  var openNow = false
  var providerIDs: [Identifier] = []
  // When
  var availableFrom: Instant?
  var availableTo: Instant?
  var durationMinutes: Int?
  var hot = false
  // Order
  var profile: String?
  var order: SearchOrder?
  // Page
  var limit = DiscoveryLimits.standardPage
  var cursor: String?
  // Extras
  var facets: [FacetChoice] = []
  var highlight = false
  var fields: [HitField] = []
  var explain = false

  init() {}

  init<Reader: MemberReading>(_ reader: inout Reader) {
    self.init(unchecked: &reader)
    check(&reader)
  }

  /// Without looking at what goes together.
  init<Reader: MemberReading>(unchecked reader: inout Reader) {
    readPlace(&reader)
    readWhat(&reader)
    readFilters(&reader)
    readTimes(&reader)
    profile = reader.value("profile", .token(1...64), "The ranking profile; the market's own where none is named.", example: nil)
    order = reader.value("sort", .oneOf(SearchOrder.self), "Orders by one thing instead of a profile's score.", example: nil)
    limit = reader.value(
      "limit", .integer(DiscoveryLimits.page), default: DiscoveryLimits.standardPage, "Hits of the page, at most.")
    cursor = reader.value(
      "cursor", .token(DiscoveryLimits.cursorCharacters),
      """
      `next_cursor` of the page before; the rest as it was. While the index moves, who changes places in the order between two pages may come \
      again or be passed over: tell hits by `id`.
      """, example: nil)
    facets = reader.choices("facets", FacetChoice.self, "Counts how all matches divide.")
    highlight = reader.value("highlight", .boolean, default: false, "Shows what of the names `q` has found.")
    fields = reader.choices(
      "fields", HitField.self,
      "What a hit shows, instead of what a list usually needs; `id` is always there. `names` are both languages.")
    explain = reader.value("explain", .boolean, default: false, "Adds the parts of every score.")
  }

  private mutating func readPlace(_ reader: inout some MemberReading) {
    lat = reader.value("lat", .latitude, "Where to search around; distances are from here.", example: 31.9539)
    lon = reader.value("lon", .longitude, "Where to search around.", example: 35.9106)
    radiusMetres = reader.value(
      "radius_m", .integer(DiscoveryLimits.radiusMetres),
      "How far to search; 10,000 where nothing is said, and 50,000 with `serves_me`.", example: 5_000)
    box =
      reader.value(
        "bbox", BoxRule(), "A map's window, west,south,east,north, instead of a circle; distances are from its middle.",
        example: nil)
      ?? nil
    servesMe = reader.value(
      "serves_me", .boolean, default: false, "Only who makes home visits at `lat` and `lon`.")
  }

  private mutating func readWhat(_ reader: inout some MemberReading) {
    words = reader.value(
      "q", .text(DiscoveryLimits.words), "Words in Arabic, English or both, in any spelling.", example: "haircut")
    lastWordIsPrefix = reader.value(
      "prefix", .boolean, default: false, "The last word of `q` is still being typed: it may be the beginning of a longer one.")
    categories = reader.list("category", .token(1...64), DiscoveryLimits.values, "One of these categories.", example: "barber")
    serviceID = reader.value("service_id", .identifier, "Who sells this service.", example: nil)
    tags = reader.list("tag", .text(1...64), DiscoveryLimits.values, "All of these tags.", example: nil)
  }

  private mutating func readFilters(_ reader: inout some MemberReading) {
    let price = IntegerRule.integer(0...DiscoveryLimits.highestPrice)
    lowestPrice = reader.value("price_min", price, "Sells something for so much or more, in minor units.", example: nil)
    highestPrice = reader.value(
      "price_max", price, "Sells something for so much or less, in minor units: 10000 is 10 dinars.", example: nil)
    lowestRating = reader.value("rating_min", .number(0...5), "Rated so well or better.", example: nil)
    verified = reader.value("verified", .boolean, default: false, "Only whose papers have been checked.")
    tiers = reader.list("tier", .oneOf(TierChoice.self), DiscoveryLimits.values, "One of these tiers.", example: nil)
    openNow = reader.value("open_now", .boolean, default: false, "Only where somebody works at this moment, free or not.")
    providerIDs = reader.list("provider_ids", .identifier, DiscoveryLimits.providerIDs, "Only these providers.", example: nil)
  }

  private mutating func readTimes(_ reader: inout some MemberReading) {
    availableFrom = reader.value(
      "available_from", .instant, "Only where somebody is free for the whole visit: from when it may begin.", example: nil)
    availableTo = reader.value(
      "available_to", .instant, "Until when the visit may begin, at most 28 days from now.", example: nil)
    durationMinutes = reader.value(
      "duration_min", .integer(DiscoveryLimits.durationMinutes),
      "How long the visit takes. `available_from` needs it or `service_id`, which is then taken with its padding; elsewhere 15 minutes are meant.",
      example: nil)
    hot = reader.value("hot", .boolean, default: false, "Only where a visit can begin within the next four hours.")
  }

  // MARK: What goes together

  private func check(_ reader: inout some MemberReading) {
    if !reader.isGiven("bbox") {
      if lat == nil { reader.need("lat", .latitude) }
      if lon == nil { reader.need("lon", .longitude) }
    } else {
      let left = Localized(en: "left out where bbox is given", ar: "محذوفًا عند استخدام bbox")
      if reader.isGiven("lat") { reader.report("lat", .notAllowed, left) }
      if reader.isGiven("lon") { reader.report("lon", .notAllowed, left) }
      if radiusMetres != nil { reader.report("radius_m", .notAllowed, left) }
      if servesMe { reader.report("serves_me", .notAllowed, left) }
    }
    if let lowestPrice, let highestPrice, lowestPrice > highestPrice {
      reader.report("price_min", .notAllowed, Localized(en: "at most price_max", ar: "أقل من price_max أو يساويه"))
    }
    if profile != nil, order != nil {
      reader.report("profile", .notAllowed, Localized(en: "left out where sort is given", ar: "محذوفًا عند استخدام sort"))
    }
    checkTimes(&reader)
  }

  private func checkTimes(_ reader: inout some MemberReading) {
    if let availableFrom, let availableTo, availableTo <= availableFrom {
      reader.report("available_to", .notAllowed, Localized(en: "after available_from", ar: "بعد available_from"))
    }
    if availableFrom != nil, availableTo == nil { reader.need("available_to", .instant) }
    if availableTo != nil, availableFrom == nil { reader.need("available_from", .instant) }
    if availableFrom != nil, durationMinutes == nil, serviceID == nil {
      reader.need("duration_min", .integer(DiscoveryLimits.durationMinutes))
    }
  }
}

/// What is said about an answer as a whole.
struct AnswerParameters: Sendable {
  let language: Language?
  let position: FeedPosition?

  init<Reader: MemberReading>(_ reader: inout Reader) {
    language = reader.value(
      "lang", .oneOf(Language.self), "The language shown, instead of what `Accept-Language` asks for.", example: nil)
    position = reader.value(
      Self.positionName, FeedPositionRule(),
      "Answers with nothing older than this position (`meta.position` of a write's answer); waits for it a little.", example: nil)
  }

  static let positionName = "min_position"
}

/// The query of a search.
struct SearchInput: RouteInput {
  let search: SearchParameters
  let answer: AnswerParameters

  init(_ parameters: inout ParameterReader) {
    search = SearchParameters(&parameters)
    answer = AnswerParameters(&parameters)
  }
}

/// The body of a search: the same as the query, or several of them.
struct SearchBody: BodyInput {
  static let schemaName = "SearchRequest"
  let search: SearchParameters?
  let batch: [BatchedSearch]
  let answer: AnswerParameters

  init(_ object: inout ObjectReader) {
    let batch = object.optional(
      "searches", .array(of: .object(BatchedSearch.self), DiscoveryLimits.batch), about: "Several searches, answered together.")
    if batch == nil {
      search = SearchParameters(&object)
    } else {
      let beside = SearchParameters(unchecked: &object)
      if beside != SearchParameters() {
        object.report("searches", .notAllowed, Localized(en: "alone: each search says for itself what it asks", ar: "وحده"))
      }
      search = nil
    }
    self.batch = batch ?? []
    answer = AnswerParameters(&object)
  }
}

/// One search of a batch.
struct BatchedSearch: BodyInput {
  static let schemaName = "Search"
  let search: SearchParameters

  init(_ object: inout ObjectReader) { search = SearchParameters(&object) }
}

struct SearchBodyInput: RouteInput {
  let body: SearchBody

  init(_ parameters: inout ParameterReader) { body = parameters.body(SearchBody.self) }
}
