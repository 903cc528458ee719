import Foundation
import TestSupport
import Testing

/// The oracle's own numbers, worked out by hand, and that its comparison sees what is wrong.
@Suite struct OracleTests {
  static func near(_ metresNorth: Double, id: String) -> OracleProvider {
    OracleProvider(id: id, latitude: metresNorth / Oracle.earthRadiusMetres * 180 / .pi, longitude: 35)
  }

  @Test func distancesAreThoseOfTheSphere() {
    let degree = 2 * Double.pi * 6_371_008.8 / 360
    func agrees(_ distance: Double, _ expected: Double) -> Bool { abs(distance - expected) <= Oracle.leeway(expected) }
    #expect(agrees(Oracle.distanceMetres(10, 20, 11, 20), degree))
    #expect(agrees(Oracle.distanceMetres(0, 179.5, 0, -179.5), degree))
    #expect(agrees(Oracle.distanceMetres(89.5, 0, 89.5, 180), degree))
    #expect(agrees(Oracle.distanceMetres(60, 0, 60, 90), 2 * asin((0.5).squareRoot() / 2) * 6_371_008.8))
    #expect(Oracle.distanceMetres(31.95, 35.91, 31.95, 35.91) == 0)
  }

  @Test func scoresAreTheDefaultProfiles() throws {
    var provider = Self.near(2_500, id: "a")
    (provider.rating, provider.availability, provider.verified) = (4, 0.5, true)
    let query = OracleQuery(latitude: 0, longitude: 35, radiusMetres: 10_000)
    let hit = try #require(Oracle.search([provider], query).hits.first)
    #expect(abs(hit.score - (0.225 + 0.2 + 0.125 + 0.2)) < 1e-9)
    provider.verified = false
    #expect(abs(try #require(Oracle.search([provider], query).hits.first).score - 0.69) < 1e-9)
  }

  @Test func equalsAreOrderedByTheBytesOfTheirIds() {
    let ids = ["p10", "p9", "\u{1F600}", "\u{FF5E}", "P", ""]
    let query = OracleQuery(latitude: 0, longitude: 35, radiusMetres: 500)
    let answer = Oracle.search(ids.map { Self.near(100, id: $0) }, query)
    #expect(answer.hits.map(\.id) == ["", "P", "p10", "p9", "\u{FF5E}", "\u{1F600}"])
  }

  @Test func filtersAndFacets() {
    var (plain, dear, gold) = (Self.near(10, id: "a"), Self.near(20, id: "b"), Self.near(30, id: "c"))
    plain.category = "barber"
    dear.services = [.init(english: "Laser", arabic: "ليزر", price: 40_000), .init(english: "Cut", arabic: "", price: 1_000)]
    (gold.tier, gold.rating, gold.tags) = ("gold", 4.5, ["wifi"])
    gold.serviceAreas = [.init(latitude: 0, longitude: 35, radiusMetres: 5)]
    func found(_ change: (inout OracleQuery) -> Void) -> [String] {
      var query = OracleQuery(latitude: 0, longitude: 35, radiusMetres: 1_000)
      change(&query)
      return Oracle.search([plain, dear, gold], query).matches.map(\.id).sorted()
    }
    #expect(found { _ in } == ["a", "b", "c"])
    #expect(found { $0.categories = ["barber", "spa"] } == ["a"])
    #expect(found { ($0.lowestPrice, $0.highestPrice) = (2_000, 30_000) } == [], "no one service costs that")
    #expect(found { $0.lowestPrice = 40_000 } == ["b"])
    #expect(found { $0.highestPrice = 1_000 } == ["b"])
    #expect(found { $0.lowestRating = 4.5 } == ["c"] && found { $0.lowestRating = 0 } == ["a", "b", "c"])
    #expect(found { $0.tiers = ["gold"] } == ["c"] && found { $0.tags = ["wifi", "parking"] } == [])
    #expect(found { $0.servesMe = true } == ["c"] && found { $0.verifiedOnly = true } == [])
    #expect(found { $0.ids = ["a", "z"] } == ["a"] && found { $0.ids = [] } == [])
    #expect(found { ($0.words, $0.lastWordIsPrefix) = (["cut", "las"], true) } == ["b"])
    #expect(found { ($0.words, $0.lastWordIsPrefix) = (["las", "cut"], true) } == [], "only the last word is a prefix")
    #expect(found { $0.radiusMetres = 15 } == ["a"])
    let answer = Oracle.search([plain, dear, gold], OracleQuery(latitude: 0, longitude: 35, radiusMetres: 1_000))
    #expect(
      answer.facets
        == .init(
          category: ["barber": 1, "salon": 2], tier: ["gold": 1], rating: [2, 0, 0, 0, 1, 0], price: [1, 0, 0, 0, 0]))
  }

  @Test func wordsAreFoundByTheSurestLevelThatFindsEnough() {
    let names = ["barber", "barbers", "حلاق", "brbr", "barbr", "spa", "x"]
    let providers = names.enumerated().map { number, name in
      var provider = Self.near(Double(number), id: name)
      (provider.english, provider.category) = (name, "")
      return provider
    }
    func found(_ words: String, _ change: (inout OracleQuery) -> Void = { _ in }) -> (Set<String>, OracleLevel?) {
      var query = OracleQuery(latitude: 0, longitude: 35, radiusMetres: 1_000)
      query.words = OracleProvider.words(of: words)
      (query.strongest, query.weakest) = (.asWritten, .slip)
      change(&query)
      let answer = Oracle.search(providers, query)
      return (Set(answer.matches.map(\.id)), answer.level)
    }
    #expect(found("barber") { $0.enough = 1 } == (["barber"], .asWritten))
    #expect(found("barber") { $0.enough = 2 } == (["barber", "barbers"], .stem))
    #expect(found("barber") { $0.enough = 3 } == (["barber", "barbers", "حلاق"], .meaning))
    #expect(found("barber") { $0.enough = 4 } == (["barber", "barbers", "حلاق", "brbr", "barbr"], .sound))
    #expect(
      found("barber") { $0.enough = 9 } == (["barber", "barbers", "حلاق", "brbr", "barbr"], .sound), "a slip finds nobody more")
    #expect(found("barber") { $0.weakest = .stem } == (["barber", "barbers"], .stem))
    #expect(found("baxber") == (["barber"], .slip) && found("baxber") { $0.weakest = .sound } == ([], .asWritten))
    #expect(found("spx") == (["spa"], .slip) && found("spa") == (["spa"], .asWritten) && found("sx") == ([], .asWritten))
    #expect(found("barber spa") == ([], .asWritten), "every word must be found")
    #expect(
      found("barber spa") { $0.weakest = .allButOne } == (["barber", "barbers", "حلاق", "brbr", "barbr", "spa"], .allButOne))
    #expect(found("barber spa") { ($0.weakest, $0.order) = (.allButOne, .distance) } == ([], .asWritten))
    #expect(found("barber spa nails") { $0.weakest = .allButOne } == ([], .asWritten), "two may not be missing")
    #expect(found("barber") { ($0.strongest, $0.weakest) = (.allButOne, .allButOne) }.1 == .slip, "the only word must be found")
    #expect(found("bxrbe") { $0.lastWordIsPrefix = true } == (["barber", "barbers"], .slip))
  }

  @Test func pagesGiveEveryMatchOnceAndInOrder() {
    var market = OracleMarket(count: 150, random: SeededRandom())
    for _ in 0..<50 {
      var query = market.query()
      let whole = Oracle.search(market.providers, query).matches
      #expect(zip(whole, whole.dropFirst()).allSatisfy(Oracle.precedes))
      var pages: [OracleAnswer.Hit] = []
      while case let page = Oracle.search(market.providers, query).hits, let last = page.last {
        pages += page
        query.after = (last.key, last.id)
      }
      #expect(pages == whole)
    }
  }

  @Test func theComparisonSeesWhatIsWrong() throws {
    let providers = (0..<6).map { Self.near($0 < 2 ? 100 : Double($0) * 100, id: "p\($0)") }
    var query = OracleQuery(latitude: 0, longitude: 35, radiusMetres: 1_000)
    query.limit = 4
    let answer = Oracle.search(providers, query)
    let right = answer.hits
    #expect(answer.disagreements(with: right, total: 6, facets: answer.facets) == [])
    var digits = right
    for index in digits.indices { digits[index].key *= 1 + 1e-12 }
    #expect(answer.disagreements(with: digits) == [], "the last digits may differ")
    let wrong: [[OracleAnswer.Hit]] = [
      [], Array(right.dropLast()), Array(right.dropFirst()) + [answer.matches[4]], right.reversed(),
      [right[1], right[0]] + right[2...], right + [answer.matches[4]], [right[0], right[0]] + right[2...],
      [OracleAnswer.Hit(id: "p9", key: right[0].key, score: right[0].score, distanceMetres: 100)] + right[1...],
    ]
    for hits in wrong { #expect(!answer.disagreements(with: hits).isEmpty, "\(hits.map(\.id))") }
    for change: (inout OracleAnswer.Hit) -> Void in [{ $0.key += 1e-6 }, { $0.score -= 1e-6 }, { $0.distanceMetres += 1e-3 }] {
      var hits = right
      change(&hits[0])
      #expect(!answer.disagreements(with: hits).isEmpty)
    }
    #expect(!answer.disagreements(with: right, total: 5).isEmpty)
    var facets = answer.facets
    facets.category["salon"] = 5
    #expect(!answer.disagreements(with: right, facets: facets).isEmpty)
    // Twins: with room for one, it must be the one whose id comes first.
    query.limit = 1
    #expect(!Oracle.search(providers, query).disagreements(with: [answer.matches[1]]).isEmpty)
  }

  @Test func matchesOnTheEdgeMayBeSeenOrNot() {
    let providers = [Self.near(100, id: "a"), Self.near(300, id: "b"), Self.near(300.1, id: "c")]
    let edge = Oracle.distanceMetres(0, 35, providers[1].latitude, 35)
    for radius in [edge, edge.nextDown] {
      let answer = Oracle.search(providers, OracleQuery(latitude: 0, longitude: 35, radiusMetres: radius))
      #expect(answer.borderline == ["b"])
      let both = Oracle.search(providers, OracleQuery(latitude: 0, longitude: 35, radiusMetres: edge)).hits
      #expect(answer.disagreements(with: both, total: 2) == [] && answer.disagreements(with: [both[0]], total: 1) == [])
    }
  }

  /// A generator that has lost its nasty spots proves nothing.
  @Test func marketsHaveTheirNastySpots() {
    var market = OracleMarket(count: 600, random: SeededRandom())
    let all = market.providers
    #expect(Set(all.map(\.id)).count == all.count)
    #expect(all.contains { $0.latitude == 90 } && all.contains { $0.latitude == -90 })
    #expect(all.contains { $0.longitude == 180 } && all.contains { $0.longitude == -180 })
    #expect(all.contains { $0.services.isEmpty } && all.contains { $0.rating == 0 } && all.contains { $0.rating == 5 })
    #expect(Set(all.map { "\($0.latitude) \($0.longitude)" }).count < all.count * 9 / 10)
    #expect(
      all.allSatisfy {
        abs($0.latitude) <= 90 && abs($0.longitude) <= 180 && (0...5).contains($0.rating) && (0...1).contains($0.availability)
      })
    var (found, empty, edges, equals, full) = (0, 0, 0, 0, 0)
    var levels: [OracleLevel: Int] = [:]
    for _ in 0..<600 {
      let query = market.query()
      let answer = Oracle.search(all, query)
      if let level = answer.level { levels[level, default: 0] += 1 }
      if answer.total == 0 { empty += 1 } else { found += 1 }
      if answer.total > query.limit { full += 1 }
      if !answer.borderline.isEmpty { edges += 1 }
      if zip(answer.matches, answer.matches.dropFirst()).contains(where: { $0.key == $1.key }) { equals += 1 }
    }
    let counts = "\(found) found, \(empty) empty, \(edges) with an edge, \(equals) with equals, \(full) with more than a page"
    #expect(found >= 100 && empty >= 20 && edges >= 1 && equals >= 50 && full >= 40, "\(counts)")
    #expect(OracleLevel.allCases.allSatisfy { levels[$0] ?? 0 >= 3 }, "\(levels)")
  }
}
