import AvailabilityIndex
import Geometry
import ProviderIndex
import Ranking
import TestSupport
import TextIndex

/// Small markets with everything that is awkward: clusters, one point for many, poles, the antimeridian, equal scores, no services.
struct RandomMarket {
  var random: SeededRandom
  let centres: [GeoPoint]
  static let words = TestLanguage.words
  static let categories = ["salon", "barber", "clinic", "plumber", ""]
  static let day: Int32 = 20_000

  init(_ random: SeededRandom) throws {
    var random = random
    centres = try [
      GeoPoint(latitude: 31.95, longitude: 35.91), GeoPoint(latitude: .random(in: -80...80, using: &random), longitude: 179.99),
      GeoPoint(latitude: 89.9, longitude: 10), GeoPoint(latitude: -33, longitude: .random(in: -180...180, using: &random)),
    ]
    self.random = random
  }

  mutating func place() throws -> GeoPoint {
    let centre = centres[Int.random(in: 0..<100, using: &random) < 70 ? 0 : Int.random(in: 0..<4, using: &random)]
    if Int.random(in: 0..<8, using: &random) == 0 { return centre }
    let longitude = (centre.longitude + .random(in: -0.2...0.2, using: &random)).remainder(dividingBy: 360)
    return try GeoPoint(latitude: min(90, centre.latitude + .random(in: -0.1...0.1, using: &random)), longitude: longitude)
  }

  mutating func text() -> String {
    (0..<Int.random(in: 0...4, using: &random)).map { _ in Self.words.randomElement(using: &random) ?? "" }.joined(separator: " ")
  }

  mutating func record(_ id: String, staff: Range<UInt32> = 0..<0) throws -> ProviderRecord {
    var record = ProviderRecord(id: id, place: try place(), category: Self.categories.randomElement(using: &random) ?? "")
    record.texts = [.init(.name, text()), .init(.name, text()), .init(.service, text()), .init(.description, text())]
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      record.services.append(
        .init(price: Bool.random(using: &random) ? .random(in: 0...60_000, using: &random) : nil, durationMinutes: 30))
    }
    record.tags = ["parking", "wifi", "women"].filter { _ in Bool.random(using: &random) }
    record.rating = Double(Int.random(in: 0...10, using: &random)) / 2
    record.ratingCount = .random(in: 0...200, using: &random)
    record.verified = .random(using: &random)
    record.tier = Tier.allCases.randomElement(using: &random) ?? .none
    record.availability = Double(Int.random(in: 0...4, using: &random)) / 4
    record.popularity = .random(in: 0...1, using: &random)
    record.newness = .random(in: 0...1, using: &random)
    record.flags = .init(rawValue: .random(in: 0...7, using: &random))
    for _ in 0..<max(0, Int.random(in: -1...2, using: &random)) {
      record.serviceAreas.append(try GeoCircle(centre: record.place, radiusMetres: .random(in: 100...30_000, using: &random)))
    }
    record.staff = staff
    return record
  }

  /// Everyone has up to three staff; their calendars are random.
  mutating func records(_ count: Int, calendar: inout AvailabilityCalendar?) throws -> [ProviderRecord] {
    var records: [ProviderRecord] = []
    var staffCount: UInt32 = 0
    for number in 0..<count {
      let staff = UInt32.random(in: 0...2, using: &random)
      records.append(try record("p\(number)", staff: staffCount..<staffCount + staff))
      staffCount += staff
    }
    let made = AvailabilityCalendar(staffCount: Int(staffCount), firstDay: Self.day)
    for member in 0..<Int(staffCount) {
      for day in Self.day..<Self.day + 3 {
        let from = Int.random(in: 0..<90, using: &random)
        made.setFree(staff: member, SlotWindow(day: day, slots: from..<min(96, from + Int.random(in: 1...30, using: &random))))
      }
    }
    calendar = made
    return records.shuffled(using: &random)
  }

  mutating func query(_ records: [ProviderRecord]) throws -> ProviderQuery {
    let near = try Bool.random(using: &random) ? place() : (records.randomElement(using: &random)?.place ?? place())
    let radius: Double = [1, 500, 5_000, 20_000, 50_000, 2_000_000, 20_000_000].randomElement(using: &random) ?? 1
    var query = ProviderQuery(circle: try GeoCircle(centre: near, radiusMetres: radius * .random(in: 0.3...1, using: &random)))
    query.limit = [0, 1, 5, 20, 500].randomElement(using: &random) ?? 20
    query.order =
      Bool.random(using: &random) ? .relevance : [.distance, .rating, .price].randomElement(using: &random) ?? .distance
    if Bool.random(using: &random) { query.rules = rules() }
    func sometimes(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &random) == 0 }
    if sometimes(3) { query.categories = [Self.categories[0], Self.categories[Int.random(in: 1..<5, using: &random)]] }
    if sometimes(6) { query.tags = sometimes(2) ? ["wifi"] : ["wifi", "parking"] }
    if sometimes(6) { query.tiers = [.gold, sometimes(2) ? .none : .diamond] }
    if sometimes(5) { query.highestPrice = .random(in: 0...60_000, using: &random) }
    if sometimes(8) { query.lowestPrice = query.highestPrice.map { min($0, 5_000) } ?? 20_000 }
    if sometimes(5) { query.lowestRating = Double(Int.random(in: 0...10, using: &random)) / 2 }
    if sometimes(6) { query.verifiedOnly = true }
    if sometimes(8) { query.flags = sometimes(2) ? .open : [.open, .hotSlot] }
    if sometimes(8) { query.servesCentre = true }
    if sometimes(6), let corner = records.randomElement(using: &random)?.place {
      query.box = try? GeoBox(
        south: max(corner.latitude - 0.03, -90), west: max(corner.longitude - 0.02, -180), north: min(corner.latitude + 0.03, 90),
        east: min(corner.longitude + 0.04, 180))
    }
    if sometimes(10) { query.ids = records.prefix(40).map(\.id) + ["nobody"] }
    if sometimes(2) { addWords(&query) }
    if sometimes(3) { addFacets(&query) }
    if sometimes(4) { addWindow(&query) }
    return query
  }

  private mutating func addFacets(_ query: inout ProviderQuery) {
    query.facets = .init(rawValue: .random(in: 1...15, using: &random))
    // All matches are then counted, whatever is asked.
    query.total = [.none, .exact, .atMost(1)].randomElement(using: &random) ?? .exact
    if Bool.random(using: &random) { query.ratingBounds = [0.5, 2, 4.5] }
    if Bool.random(using: &random) { query.priceBounds = [0, 1, 700, 40_000] }
  }

  private mutating func addWords(_ query: inout ProviderQuery) {
    let words = (0..<Int.random(in: 1...2, using: &random)).map { _ in Self.words.randomElement(using: &random) ?? "" }
    var text = words.joined(separator: " ")
    if Bool.random(using: &random) {
      query.lastWordIsPrefix = true
      text = String(text.prefix(max(1, text.count - Int.random(in: 0...4, using: &random))))
    }
    if Int.random(in: 0..<3, using: &random) == 0, !text.isEmpty { text = TestLanguage.slip(text, using: &random) }
    TieredAnalyzer().analyze(text, into: &query.words)
    if Bool.random(using: &random) { query.rules.matching = matching() }
    if Int.random(in: 0..<4, using: &random) == 0 { query.allowsTypos = .random(using: &random) }
  }

  private mutating func matching() -> MatchingRules {
    var rules = MatchingRules()
    let ends = [
      MatchTier.allCases.randomElement(using: &random) ?? .exact, MatchTier.allCases.randomElement(using: &random) ?? .exact,
    ]
    if Bool.random(using: &random) { (rules.first, rules.last) = (min(ends[0], ends[1]), max(ends[0], ends[1])) }
    rules.enough = [0, 1, 3, 10, 10_000].randomElement(using: &random) ?? 10
    if Bool.random(using: &random) {
      (rules.exact, rules.prefix, rules.stem) = (0.9, .random(in: 0...0.9, using: &random), .random(in: 0...0.9, using: &random))
      (rules.synonym, rules.phonetic, rules.typo) = (0, 0.9, .random(in: 0...rules.prefix, using: &random))
    }
    return rules
  }

  private mutating func addWindow(_ query: inout ProviderQuery) {
    let from = Int.random(in: 0..<96, using: &random)
    query.when = .init(
      window: SlotWindow(
        day: Self.day + .random(in: 0...2, using: &random), slots: from..<from + .random(in: 1...20, using: &random)),
      slots: .random(in: 1...8, using: &random))
    if Int.random(in: 0..<4, using: &random) == 0 { query.order = .soonest }
  }

  mutating func rules() -> RankingRules {
    var rules = RankingRules()
    for feature in Feature.allCases where Bool.random(using: &random) {
      rules.weights[feature] = .random(in: 0...2, using: &random)
    }
    rules.weights.rating += 0.01
    rules.decay = Decay(
      shape: [.linear, .exponential, .gaussian].randomElement(using: &random) ?? .linear,
      scaleMetres: Bool.random(using: &random) ? nil : 3_000)
    rules.ratingPrior = 3.5
    rules.ratingStrength = Bool.random(using: &random) ? 0 : 20
    rules.priceScale = 40_000
    return rules
  }
}
