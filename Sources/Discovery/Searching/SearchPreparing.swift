import Geometry
import ProviderIndex
import Ranking
import TextIndex
import WebAPI

/// Where a search stands in a request, so that what is wrong with it is named as the caller wrote it.
struct SearchOrigin {
  let place: FieldProblem.Place
  /// `searches[2].`, or nothing.
  var prefix = ""

  func problem(_ name: String, _ code: FieldProblem.Code, _ expected: Localized, given: String? = nil) -> FieldProblem {
    FieldProblem(prefix + name, place, code, expected: expected, given: given)
  }
}

/// Turns a search as it was asked into a query of the index; what can only be known here (which categories and profiles there are,
/// whether opening hours are loaded) is checked here.
struct SearchPreparing {
  let discovery: ProviderDiscovery
  let edition: Edition
  let origin: SearchOrigin
  /// When the request came.
  let now: Instant
  private(set) var problems: [FieldProblem] = []
  /// What was asked of calendars, where there are any.
  private(set) var times: AskedTimes?

  init(_ discovery: ProviderDiscovery, _ edition: Edition, _ origin: SearchOrigin, now: Instant) {
    self.discovery = discovery
    self.edition = edition
    self.origin = origin
    self.now = now
  }

  /// Fills the desk's query; throws everything that is wrong at once.
  mutating func prepare(_ search: SearchParameters, _ desk: SearchDesk) throws {
    desk.query = ProviderQuery(circle: try circle(search), rules: rules(search), words: desk.query.takeWords())
    fillWhat(search, &desk.query)
    fillFilters(search, &desk.query)
    fillTimes(search, desk)
    desk.query.box = search.box
    if let order = search.order { desk.query.order = order.order }
    desk.query.limit = search.limit
    desk.query.total = .atMost(DiscoveryLimits.countedMatches)
    if !search.facets.isEmpty { fillFacets(search, &desk.query) }
    if let cursor = search.cursor { fillCursor(cursor, search, desk) }
    guard problems.isEmpty else { throw APIError(problems) }
  }

  private mutating func refuse(
    _ name: String, _ code: FieldProblem.Code = .notAllowed, en: String, ar: String, given: String? = nil
  ) {
    problems.append(origin.problem(name, code, Localized(en: en, ar: ar), given: given))
  }

  // MARK: Where

  private func circle(_ search: SearchParameters) throws -> GeoCircle {
    if let box = search.box { return try Self.circle(around: box) }
    let radius = search.radiusMetres ?? Self.standardRadius(search)
    return try GeoCircle(
      centre: GeoPoint(latitude: search.lat ?? 0, longitude: search.lon ?? 0), radiusMetres: Double(radius))
  }

  static func standardRadius(_ search: SearchParameters) -> Int {
    search.servesMe ? DiscoveryLimits.radiusMetres.upperBound : DiscoveryLimits.standardRadiusMetres
  }

  /// The circle that holds a box, from the box's middle.
  static func circle(around box: GeoBox) throws -> GeoCircle {
    let width = box.crossesAntimeridian ? box.east + 360 - box.west : box.east - box.west
    var longitude = box.west + width / 2
    if longitude > 180 { longitude -= 360 }
    let middle = try GeoPoint(latitude: (box.south + box.north) / 2, longitude: longitude)
    // Where a box is wider than a hemisphere, or reaches over a pole's neighbourhood, its corners are not its farthest points.
    guard width < 90, box.north < 80, box.south > -80 else {
      return try GeoCircle(centre: middle, radiusMetres: Earth.longestRadiusMetres)
    }
    let vector = UnitVector(middle)
    var farthest = 1.0
    // On the side that is nearer to the equator a parallel bulges outwards between its corners and its middle.
    for latitude in [box.south, box.north, min(max(0, box.south), box.north)] {
      for step in 0...4 {
        var edge = box.west + width * Double(step) / 4
        if edge > 180 { edge -= 360 }
        farthest = max(farthest, vector.distanceMetres(to: UnitVector(try GeoPoint(latitude: latitude, longitude: edge))))
      }
    }
    return try GeoCircle(centre: middle, radiusMetres: min(farthest * 1.01, Earth.longestRadiusMetres))
  }

  // MARK: What

  private mutating func rules(_ search: SearchParameters) -> RankingRules {
    let profiles = discovery.configuration.profiles
    guard let name = search.profile else { return profiles.standard(forWords: search.words?.isEmpty == false) }
    if let rules = profiles[name] { return rules }
    let names = profiles.names.joined(separator: ", ")
    refuse("profile", en: "one of \(names)", ar: "واحدًا من: \(names)", given: name)
    return profiles.standard(forWords: false)
  }

  private mutating func fillWhat(_ search: SearchParameters, _ query: inout ProviderQuery) {
    if let words = search.words, !words.isEmpty {
      let analyzer = search.lastWordIsPrefix ? discovery.configuration.typing : discovery.configuration.queries
      analyzer.analyze(words, into: &query.words)
      query.lastWordIsPrefix = search.lastWordIsPrefix
    }
    for category in search.categories where edition.directory.category(category) == nil {
      let names = edition.directory.categories.map(\.id).joined(separator: ", ")
      refuse("category", en: "one of \(names)", ar: "واحدًا من: \(names)", given: category)
    }
    query.categories = search.categories
    query.tags = search.tags
    guard search.serviceID != nil || !search.providerIDs.isEmpty else { return }
    var ids = search.providerIDs.map(\.description)
    if let service = search.serviceID {
      let seller = edition.providers.seller(ofService: service)?.description
      ids = seller.map { ids.isEmpty || ids.contains($0) ? [$0] : [] } ?? []
    }
    query.ids = ids
  }

  // MARK: Filters

  private func fillFilters(_ search: SearchParameters, _ query: inout ProviderQuery) {
    query.lowestPrice = search.lowestPrice.map(Int64.init)
    query.highestPrice = search.highestPrice.map(Int64.init)
    query.lowestRating = search.lowestRating
    query.verifiedOnly = search.verified
    query.tiers = search.tiers.map(\.tier)
    query.servesCentre = search.servesMe
  }

  private mutating func fillTimes(_ search: SearchParameters, _ desk: SearchDesk) {
    guard edition.index.calendar != nil else { return refuseTimes(search) }
    if let to = search.availableTo, !AskedTimes.isWithinCalendars(to, now: now) {
      refuse("available_to", .outOfRange, en: AskedTimes.calendarRange.en, ar: AskedTimes.calendarRange.ar)
    }
    times = AskedTimes(search, minutes: search.durationMinutes ?? serviceMinutes(search, desk), now: now)
    desk.query.when = times?.when
    if search.openNow { desk.query.openAt = AskedTimes.slot(of: now) }
  }

  private func serviceMinutes(_ search: SearchParameters, _ desk: SearchDesk) -> Int? {
    guard let id = search.serviceID, let seller = edition.providers.seller(ofService: id),
      let service = desk.documents.document(of: seller, in: edition)?.services.first(where: { $0.id == id })
    else { return nil }
    return Int(service.durationMinutes) + Int(service.paddingMinutes)
  }

  /// What needs working hours and bookings says so, instead of finding nobody.
  private mutating func refuseTimes(_ search: SearchParameters) {
    let asked: [(String, Bool)] = [
      ("available_from", search.availableFrom != nil), ("available_to", search.availableTo != nil),
      ("duration_min", search.durationMinutes != nil), ("open_now", search.openNow), ("hot", search.hot),
      ("sort", search.order == .soonest),
    ]
    for (name, isAsked) in asked where isAsked {
      if name == "sort" {
        refuse(
          name, en: "distance, rating or price: no calendars are loaded here, so nobody's free times are known",
          ar: "distance أو rating أو price: لا توجد تقاويم محمّلة هنا")
      } else {
        refuse(
          name, en: "left out: no calendars are loaded here, so nobody's free times are known",
          ar: "محذوفًا: لا توجد تقاويم محمّلة هنا، فالأوقات المتاحة غير معروفة")
      }
    }
  }

  // MARK: Extras

  private func fillFacets(_ search: SearchParameters, _ query: inout ProviderQuery) {
    for facet in search.facets { query.facets.formUnion(facet.facet) }
    if let market = edition.directory.market(near: query.circle.centre) { query.priceBounds = market.priceSteps }
  }

  private mutating func fillCursor(_ text: String, _ search: SearchParameters, _ desk: SearchDesk) {
    switch discovery.cursors.read(text, of: SearchDigest(search, desk)) {
    case .success(let cursor): desk.query.after = cursor
    case .failure(.forged):
      refuse(
        "cursor", .malformed, en: "what a page gave as next_cursor, unchanged: this one was made elsewhere or has been altered",
        ar: "قيمة next_cursor كما وردت دون تغيير: هذه القيمة معدّلة أو من مصدر آخر", given: text)
    case .failure(.foreign):
      refuse(
        "cursor", en: "used with the search that gave it: this one belongs to other parameters",
        ar: "مستخدمًا مع البحث الذي أعطاه: هذه القيمة تخص بحثًا بمعاملات أخرى", given: text)
    }
  }
}

extension ProviderQuery {
  /// The words' buffer, emptied, for the next query: its memory is kept.
  fileprivate mutating func takeWords() -> TokenBuffer {
    var taken = TokenBuffer()
    swap(&taken, &words)
    taken.removeAll()
    return taken
  }

  fileprivate init(circle: GeoCircle, rules: RankingRules, words: TokenBuffer) {
    self.init(circle: circle, rules: rules)
    self.words = words
  }
}
