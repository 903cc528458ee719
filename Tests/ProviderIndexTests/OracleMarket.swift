import Foundation
import TestSupport

/// Random markets and searches in them, with what breaks search engines in every one: crowds, many at one point, both poles and
/// both sides of the antimeridian, circles that just touch someone, equal scores, nobody rated, nothing sold.
struct OracleMarket {
  var random: SeededRandom
  private(set) var providers: [OracleProvider] = []

  static let words = TestLanguage.words + ["Salon", "SPA", "Sport", "24"]
  static let categories = ["salon", "barber", "clinic", "home-spa"]
  static let tiers = ["silver", "gold", "diamond"]
  static let tags = ["parking", "wifi", "women"]
  private static let centres: [(latitude: Double, longitude: Double)] = [
    (31.95, 35.91), (24.71, 46.68), (-17.8, 179.99), (-17.8, -179.99), (89.95, 12), (-89.95, -100), (0, 0), (51.5, -0.1),
  ]

  init(count: Int, random: SeededRandom) {
    self.random = random
    let crowds = (0..<3).map { _ in Self.centres[below(Self.centres.count)] }
    for number in 0..<count { providers.append(provider(number, crowds)) }
    providers.shuffle(using: &self.random)
  }

  private mutating func provider(_ number: Int, _ crowds: [(latitude: Double, longitude: Double)]) -> OracleProvider {
    let id = id(number)
    // One in eight is another's double but for the id, one in eight stands on another's spot.
    if oneIn(8), var double = providers.randomElement(using: &random) {
      double.id = id
      return double
    }
    var place = place(crowds)
    if oneIn(8), let other = providers.randomElement(using: &random) { place = (other.latitude, other.longitude) }
    var provider = OracleProvider(id: id, latitude: place.latitude, longitude: place.longitude)
    (provider.english, provider.arabic) = (text(), text())
    provider.category = Self.categories[below(Self.categories.count)]
    for _ in 0..<below(4) { provider.services.append(service()) }
    provider.rating = oneIn(4) ? 0 : Double(below(51)) / 10
    provider.ratingCount = provider.rating == 0 ? 0 : 1 + below(300)
    provider.verified = oneIn(2)
    provider.tier = oneIn(4) ? nil : Self.tiers[below(Self.tiers.count)]
    provider.tags = Set(Self.tags.filter { _ in oneIn(2) })
    provider.availability = oneIn(2) ? Double(below(5)) / 4 : .random(in: 0...1, using: &random)
    for _ in 0..<max(0, below(5) - 2) {
      let centre = self.place(near: place, degrees: 0.1)
      provider.serviceAreas.append(
        .init(latitude: centre.latitude, longitude: centre.longitude, radiusMetres: .random(in: 100...40_000, using: &random)))
    }
    return provider
  }

  /// Short and long, with common beginnings, and such that UTF-8 and UTF-16 order them differently.
  private mutating func id(_ number: Int) -> String {
    ["p", "p-", "provider-0000000000-", "ـم", "\u{FF5E}", "\u{1F600}", "P", ""][below(8)] + String(number)
  }

  private mutating func place(_ crowds: [(latitude: Double, longitude: Double)]) -> (latitude: Double, longitude: Double) {
    switch below(20) {
    case 0: (90, .random(in: -180...180, using: &random))
    case 1: (-90, Double(below(3) - 1) * 180)
    case 2: (.random(in: -30...30, using: &random), oneIn(2) ? 180 : -180)
    case 3: (.random(in: -90...90, using: &random), .random(in: -180...180, using: &random))
    case 4: crowds[below(crowds.count)]
    case 5...12: place(near: crowds[0], degrees: 0.05)
    default: place(near: crowds[below(crowds.count)], degrees: oneIn(3) ? 0.001 : 0.1)
    }
  }

  /// A normal scatter; over a pole it stays there, over the antimeridian it goes round.
  private mutating func place(
    near centre: (latitude: Double, longitude: Double), degrees: Double
  ) -> (latitude: Double, longitude: Double) {
    let radius = degrees * (-2 * log(Double.random(in: 0.000_1...1, using: &random))).squareRoot()
    let angle = Double.random(in: 0...(2 * .pi), using: &random)
    let longitude = centre.longitude + radius * cos(angle)
    return (
      min(90, max(-90, centre.latitude + radius * sin(angle))),
      longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude
    )
  }

  private mutating func service() -> OracleProvider.Service {
    let price: Int? = oneIn(10) ? nil : oneIn(2) ? below(12) * 5_000 : below(60_001)
    return OracleProvider.Service(english: text(), arabic: text(), price: price, durationMinutes: 5 + below(24) * 5)
  }

  private mutating func text() -> String {
    (0..<below(4)).map { _ in Self.words[below(Self.words.count)] }.joined(separator: oneIn(5) ? " - " : " ")
  }

  // MARK: searches

  /// A search of this market: somewhere near someone as a rule, with each filter now and then.
  mutating func query() -> OracleQuery {
    let someone = providers.randomElement(using: &random)
    let anywhere = (Double.random(in: -90...90, using: &random), Double.random(in: -180...180, using: &random))
    var point = someone.map { ($0.latitude, $0.longitude) } ?? anywhere
    if oneIn(2) { point = place(near: point, degrees: 0.05) }
    if oneIn(10) { point = anywhere }
    if oneIn(20) { point.0 = oneIn(2) ? 90 : -90 }
    var query = OracleQuery(latitude: point.0, longitude: point.1, radiusMetres: radius(point))
    query.limit = [1, 2, 5, 20, 100][below(5)]
    if oneIn(3) { query.order = OracleQuery.Order.allCases[below(4)] }
    if oneIn(6) { return query }
    if oneIn(3) { query.categories = Set((0..<1 + below(2)).map { _ in Self.categories[below(Self.categories.count)] }) }
    if oneIn(8) { query.tiers = Set((0..<1 + below(2)).map { _ in Self.tiers[below(Self.tiers.count)] }) }
    if oneIn(8) { query.tags = Set((0..<1 + below(2)).map { _ in Self.tags[below(Self.tags.count)] }) }
    if oneIn(4) { query.lowestRating = Double(below(51)) / 10 }
    if oneIn(5) { query.verifiedOnly = true }
    if oneIn(8) { query.servesMe = true }
    if oneIn(4) { query.highestPrice = oneIn(2) ? below(12) * 5_000 : below(60_001) }
    if oneIn(8) { query.lowestPrice = min(below(30_000), query.highestPrice ?? .max) }
    if oneIn(12) { query.ids = Set(providers.filter { _ in oneIn(3) }.prefix(999).map(\.id) + ["nobody"]) }
    if oneIn(3) { ask(&query) }
    return query
  }

  /// From the least to the greatest a search may have and beyond; at times the distance of someone, or a hair more or less.
  private mutating func radius(_ point: (Double, Double)) -> Double {
    // Few are within reach: it takes some tries to find one.
    for _ in 0..<(oneIn(3) ? 10 : 0) {
      guard let other = providers.randomElement(using: &random) else { break }
      let distance = Oracle.distanceMetres(point.0, point.1, other.latitude, other.longitude)
      if (100...50_000).contains(distance) { return distance * [1, 1 + 1e-7, 1 - 1e-7][below(3)] }
    }
    return [100, 1_000, 5_000, 10_000, 20_000, 50_000, 2_000_000][below(7)]
  }

  /// One to three words, the last perhaps cut short.
  private mutating func ask(_ query: inout OracleQuery) {
    query.words = (0..<1 + below(oneIn(2) ? 1 : 3)).map { _ in Self.words[below(Self.words.count)].lowercased() }
    query.lastWordIsPrefix = oneIn(2)
    if oneIn(2) {
      let ends = [OracleLevel.allCases[below(5)], OracleLevel.allCases[below(5)]].sorted { $0.rawValue < $1.rawValue }
      (query.strongest, query.weakest) = oneIn(2) ? (.asWritten, .slip) : (ends[0], ends[1])
      query.enough = [0, 1, 5, 10, 1_000][below(5)]
    }
    if oneIn(4) {
      query.words += ["salon", "nails", "barber"][below(3)...].prefix(1 + below(2))
      (query.strongest, query.weakest, query.enough) = (.asWritten, .allButOne, [1, 5, 1_000][below(3)])
      if !oneIn(4) { query.order = .relevance }
    }
    if oneIn(3) { query.words[0] = TestLanguage.slip(query.words[0], using: &random) }
    if query.lastWordIsPrefix, let last = query.words.popLast() { query.words.append(String(last.prefix(1 + below(last.count)))) }
  }

  private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
  private mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }
}
