import Geometry
import ProviderIndex
import Ranking
import TestSupport
import Testing
import TextIndex

/// The engine beside the independent oracle: two readings of the specification that share nothing must agree.
@Suite struct OracleEngineTests {
  @Test(arguments: [0, 1, 20, 700, 3_000])
  func theEngineAgreesWithTheOracle(count: Int) throws {
    var market = OracleMarket(count: count, random: SeededRandom(stream: "theEngineAgreesWithTheOracle\(count)"))
    let snapshot = IndexSnapshot(try SearchTests.segment(market.providers.map { try $0.record }))
    let searcher = Searcher()
    var found = 0
    for _ in 0..<400 {
      found += try Self.check(searcher, snapshot, market.providers, market.query())
    }
    #expect(found > 0 || count == 0, "no search found anybody")
  }

  /// The same market in segments that came one after the other, with edits and removals in between.
  @Test func segmentsAgreeWithTheOracle() throws {
    var market = OracleMarket(count: 700, random: SeededRandom())
    let writer = IndexWriter(analyzer: TieredAnalyzer())
    var position: UInt64 = 0
    for start in stride(from: 0, to: 700, by: 100) {
      // Half of each lot is first seen as something else, and someone comes who goes again.
      for provider in market.providers[start..<start + 50] {
        var other = market.providers[start + 99]
        other.id = provider.id
        try writer.upsert(other.record)
      }
      try writer.upsert(OracleProvider(id: "gone\(start)", latitude: 31.95, longitude: 35.91).record)
      position += 1
      _ = try writer.publish(position: position)
      for provider in market.providers[start..<start + 100] { try writer.upsert(provider.record) }
      #expect(writer.remove(id: "gone\(start)"))
    }
    let snapshot = try writer.publish(position: position + 1)
    #expect(snapshot.count == 700 && snapshot.segments.count > 3)
    let searcher = Searcher()
    for _ in 0..<300 { try Self.check(searcher, snapshot, market.providers, market.query()) }
  }

  /// All pages together are the oracle's matches.
  @Test func pagesAgreeWithTheOracle() throws {
    var market = OracleMarket(count: 700, random: SeededRandom())
    let snapshot = IndexSnapshot(try SearchTests.segment(market.providers.map { try $0.record }))
    let searcher = Searcher()
    for _ in 0..<60 {
      var query = market.query()
      query.limit = 7
      var asked = try query.asked
      var hits: [OracleAnswer.Hit] = []
      repeat {
        try searcher.search(snapshot, asked)
        hits += searcher.hits.map(\.compared)
        asked.after = searcher.hits.last?.cursor
      } while searcher.count == 7
      query.limit = market.providers.count
      let answer = Oracle.search(market.providers, query)
      if !answer.borderline.isEmpty, searcher.level.map({ Int($0.rawValue) }) != answer.level?.rawValue { continue }
      let disagreements = answer.disagreements(with: hits)
      #expect(disagreements.isEmpty, "\(disagreements); \(query)")
    }
  }

  /// How many the engine finds, after comparing them.
  @discardableResult
  static func check(
    _ searcher: Searcher, _ snapshot: IndexSnapshot, _ providers: [OracleProvider], _ query: OracleQuery
  ) throws -> Int {
    try searcher.search(snapshot, query.asked)
    let answer = Oracle.search(providers, query)
    if let level = answer.level {
      // Whom the engine sees on a circle's edge may be the one who is enough.
      guard searcher.level?.rawValue == UInt8(level.rawValue) || !answer.borderline.isEmpty else {
        Issue.record("level \(String(describing: searcher.level)), not \(level); \(query)")
        return 0
      }
      guard searcher.level?.rawValue == UInt8(level.rawValue) else { return 0 }
    }
    let disagreements = answer.disagreements(
      with: searcher.hits.map(\.compared), total: searcher.total, facets: searcher.facets.compared)
    #expect(searcher.totalIsExact && disagreements.isEmpty, "\(disagreements); \(query)")
    let facets = searcher.facets
    #expect(facets.tiers.reduce(0, +) == searcher.total, "everyone has a tier or none")
    #expect(facets.prices.reduce(facets.withoutPrice, +) == searcher.total, "everyone has a lowest price or none")
    return searcher.total
  }
}

extension OracleProvider {
  /// The provider as a reader of the NDJSON line hands it to the index.
  var record: ProviderRecord {
    get throws {
      let place = try GeoPoint(latitude: latitude, longitude: longitude)
      var record = ProviderRecord(id: id, place: place, category: category)
      record.texts = [.init(.name, english), .init(.name, arabic), .init(.category, category)]
      for service in services {
        record.texts += [.init(.service, service.english), .init(.service, service.arabic)]
        record.services.append(.init(price: service.price.map(Int64.init), durationMinutes: service.durationMinutes))
      }
      record.tags = tags.sorted()
      (record.rating, record.ratingCount) = (rating, UInt32(ratingCount))
      (record.verified, record.availability) = (verified, availability)
      record.tier = try tier.map { try #require(Tier(name: $0)) } ?? .none
      record.serviceAreas = try serviceAreas.map {
        try GeoCircle(
          centre: GeoPoint(latitude: $0.latitude, longitude: $0.longitude), radiusMetres: $0.radiusMetres)
      }
      return record
    }
  }
}

extension OracleQuery {
  /// The search as the engine is asked for it.
  var asked: ProviderQuery {
    get throws {
      let centre = try GeoPoint(latitude: latitude, longitude: longitude)
      var query = ProviderQuery(circle: try GeoCircle(centre: centre, radiusMetres: radiusMetres))
      TieredAnalyzer().analyze(words.joined(separator: " "), into: &query.words)
      query.lastWordIsPrefix = lastWordIsPrefix
      query.rules.matching.first = try #require(MatchTier(rawValue: UInt8(strongest.rawValue)))
      query.rules.matching.last = try #require(MatchTier(rawValue: UInt8(weakest.rawValue)))
      query.rules.matching.enough = enough
      query.categories = categories.sorted()
      (query.lowestPrice, query.highestPrice) = (lowestPrice.map(Int64.init), highestPrice.map(Int64.init))
      (query.lowestRating, query.verifiedOnly) = (lowestRating, verifiedOnly)
      query.tiers = try tiers.sorted().map { try #require(Tier(name: $0)) }
      query.tags = tags.sorted()
      query.servesCentre = servesMe
      query.ids = ids?.sorted()
      query.order =
        switch order {
        case .relevance: .relevance
        case .distance: .distance
        case .rating: .rating
        case .price: .price
        }
      query.limit = limit
      query.facets = [.category, .tier, .rating, .price]
      (query.ratingBounds, query.priceBounds) = (ratingBounds, priceBounds.map(Int64.init))
      return query
    }
  }
}

extension SearchFacets {
  /// Without the buckets of those who have no tier or no price, which the oracle does not have.
  var compared: OracleAnswer.Facets {
    let tiers = Tier.allCases.filter { $0 != .none && count(of: $0) > 0 }.map { ("\($0)", count(of: $0)) }
    return OracleAnswer.Facets(
      category: Dictionary(uniqueKeysWithValues: categories.map { ($0.name, $0.count) }),
      tier: Dictionary(uniqueKeysWithValues: tiers), rating: ratings, price: prices)
  }
}

extension SearchHit {
  var compared: OracleAnswer.Hit {
    // Who sells nothing comes last by price: the engine's least key is the oracle's.
    OracleAnswer.Hit(
      id: id, key: key == -.greatestFiniteMagnitude ? -.infinity : key, score: score, distanceMetres: distanceMetres)
  }
}
