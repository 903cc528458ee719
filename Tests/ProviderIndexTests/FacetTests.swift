import Geometry
import ProviderIndex
import Ranking
import TestSupport
import Testing
import TextIndex

/// What the property tests do not show of facets: the shape of the answer, and what is refused.
@Suite struct FacetTests {
  static func market() throws -> (snapshot: IndexSnapshot, query: ProviderQuery) {
    let place = try GeoPoint(latitude: 31.95, longitude: 35.91)
    let writer = IndexWriter(analyzer: CaseFoldingSplitter())
    var position: UInt64 = 0
    // Two segments that know each other's categories under other numbers.
    for lot in [["spa", "salon", "salon", ""], ["salon", "barber", "spa"]] {
      for (number, category) in lot.enumerated() {
        var record = ProviderRecord(id: "\(position)-\(number)", place: place, category: category)
        (record.rating, record.tier) = (Double(number) + 0.99, number == 0 ? .gold : .none)
        if number > 1 { record.services = [.init(price: 9_000, durationMinutes: 1), .init(price: 4_999, durationMinutes: 1)] }
        try writer.upsert(record)
      }
      position += 1
      _ = try writer.publish(position: position)
    }
    let snapshot = try writer.publish(position: position)
    return (snapshot, ProviderQuery(circle: try GeoCircle(centre: place, radiusMetres: 1_000)))
  }

  @Test func countsAreOverAllMatches() throws {
    var (snapshot, query) = try Self.market()
    (query.facets, query.limit, query.total) = ([.category, .tier, .rating, .price], 1, .none)
    let searcher = Searcher()
    try searcher.search(snapshot, query)
    let facets = searcher.facets
    #expect(snapshot.segments.count == 2 && searcher.count == 1 && searcher.total == 7 && searcher.totalIsExact)
    #expect(
      facets.categories == [
        .init(name: "salon", count: 3), .init(name: "spa", count: 2), .init(name: "", count: 1), .init(name: "barber", count: 1),
      ])
    #expect(facets.tiers == [5, 0, 2, 0] && facets.count(of: .gold) == 2)
    #expect(facets.ratings == [2, 2, 2, 1, 0, 0])
    #expect(facets.prices == [3, 0, 0, 0, 0] && facets.withoutPrice == 4)
    query.priceBounds = [5_000]
    try searcher.search(snapshot, query)
    #expect(searcher.facets.prices == [0], "who is below the first bound is in none")
  }

  @Test func whatIsNotAskedForIsEmpty() throws {
    var (snapshot, query) = try Self.market()
    let searcher = Searcher()
    query.facets = .category
    try searcher.search(snapshot, query)
    #expect(searcher.facets.categories.count == 4 && searcher.facets.tiers.isEmpty && searcher.facets.prices.isEmpty)
    query.facets = []
    try searcher.search(snapshot, query)
    #expect(searcher.facets == SearchFacets())
    // Nobody matches: nothing of the search before is left.
    (query.facets, query.categories) = ([.category, .tier], ["florist"])
    try searcher.search(snapshot, query)
    #expect(searcher.facets.categories.isEmpty && searcher.facets.tiers == [0, 0, 0, 0])
  }

  @Test func boundsThatAreNoneAreRefused() throws {
    let (snapshot, valid) = try Self.market()
    func refusal(_ change: (inout ProviderQuery) -> Void) -> String? {
      var query = valid
      query.facets = [.rating, .price]
      change(&query)
      do throws(IndexError) {
        try Searcher().search(snapshot, query)
        return nil
      } catch { return "\(error)" }
    }
    #expect(refusal { ($0.ratingBounds, $0.priceBounds) = ([], []) } == nil)
    #expect(refusal { $0.ratingBounds = [0, .nan] }?.hasPrefix("facets.rating: ") == true)
    #expect(refusal { $0.ratingBounds = [1, 1] }?.hasPrefix("facets.rating: ") == true)
    #expect(refusal { $0.priceBounds = [2, 1] }?.hasPrefix("facets.price: ") == true)
    #expect(refusal { $0.priceBounds = [.min, 1] }?.hasPrefix("facets.price: ") == true)
    #expect(refusal { $0.priceBounds = (0..<65).map(Int64.init) }?.hasPrefix("facets: ") == true)
  }

  @Test func suggestionsAreTheKnownAndTheNear() throws {
    let centre = try GeoPoint(latitude: 31.95, longitude: 35.91)
    func record(_ id: String, _ name: String, north metres: Double, popularity: Double) throws -> ProviderRecord {
      let place = try GeoPoint(latitude: 31.95 + metres / 111_195, longitude: 35.91)
      var record = ProviderRecord(id: id, place: place, category: "")
      (record.texts, record.popularity) = ([.init(.name, name)], popularity)
      return record
    }
    let records = try [
      record("far", "Salon Rose", north: 4_000, popularity: 0.2), record("near", "Salon Rosalind", north: 100, popularity: 0.2),
      record("known", "Salon Rosé", north: 2_000, popularity: 1), record("other", "Salon Lily", north: 1, popularity: 1),
      record("away", "Salon Rosary", north: 9_000, popularity: 1), record("begun", "Rose Salonika", north: 1, popularity: 0),
    ]
    let snapshot = IndexSnapshot(try SearchTests.segment(records))
    let searcher = Searcher()
    func suggestions(_ typed: String, limit: Int = 8) throws -> [String] {
      var words = TokenBuffer()
      CaseFoldingSplitter().analyze(typed, into: &words)
      let circle = try GeoCircle(centre: centre, radiusMetres: 5_000)
      try searcher.search(snapshot, .suggestions(for: words, near: circle, limit: limit))
      return searcher.hits.map(\.id)
    }
    #expect(try suggestions("SALON ros") == ["known", "near", "far"])
    #expect(try suggestions("ros", limit: 2) == ["known", "near"])
    #expect(try suggestions("salo") == ["other", "known", "near", "begun", "far"])
    #expect(try suggestions("rose salon") == ["begun", "far"], "only the last word may be begun")
    #expect(try suggestions("lily ros") == [])
  }
}
