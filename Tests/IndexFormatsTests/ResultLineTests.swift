import Bytes
import IndexFormats
import JSON
import ProviderIndex
import Ranking
import Testing
import TextIndex

@Suite struct ResultLineTests {
  private func answer(_ query: String, id: String?, facets: FacetCounts? = nil, withCursor: Bool = false) throws -> String {
    var builder = SegmentBuilder(analyzer: CaseFoldingSplitter())
    try builder.add(try Lines.record("{\"id\":\"a\\\"ب\",\"lat\":1,\"lon\":2,\"rating\":5,\"availability\":1,\"verified\":true}"))
    try builder.add(try Lines.record("{\"id\":\"b\",\"lat\":1,\"lon\":2,\"rating\":5,\"verified\":true}"))
    let searcher = Searcher()
    let snapshot = IndexSnapshot(try builder.finish())
    // Hits are read from it.
    return try withExtendedLifetime(snapshot) {
      try searcher.search(snapshot, try Lines.query(query).query)
      var buffer = ByteBuffer()
      ResultLine.write(
        to: &buffer, id: id, searcher, facets: facets, tookNanoseconds: 9104,
        cursor: withCursor ? searcher.hits.last?.cursor : nil)
      return String(buffer)
    }
  }

  @Test func hitsTotalAndTimeAreWritten() throws {
    let line = try answer("{\"lat\":1,\"lon\":2,\"radius_m\":1000}", id: "q\n")
    #expect(
      line == """
        {"id":"q\\n","hits":[{"id":"a\\"ب","score":1.0,"distance_m":0.0},{"id":"b","score":0.75,"distance_m":0.0}],"total":2,\
        "took_us":9.104}

        """)
  }

  @Test func theLevelIsNamedWhereThereWereWords() throws {
    let line = try answer("{\"lat\":1,\"lon\":2,\"radius_m\":1000,\"q\":\"x\",\"limit\":0}", id: nil)
    #expect(line == "{\"id\":null,\"hits\":[],\"total\":0,\"level\":\"stem\",\"took_us\":9.104}\n")
  }

  /// Every facet of a search, by the names of the format.
  @Test func whatASearchCountedIsNamed() throws {
    var facets = SearchFacets()
    facets.categories = [.init(name: "salon", count: 3)]
    facets.prices = [1, 0, 2, 0, 0]
    facets.withoutPrice = 4
    facets.ratings = [0, 0, 0, 1, 2, 0]
    facets.tiers = [1, 0, 2, 0]
    let query = try Lines.query(#"{"lat":1,"lon":2,"radius_m":9,"facets":["category","price","rating","tier"]}"#).query
    let counts = try #require(FacetCounts(facets, of: query, in: .jordanianDinar))
    #expect(counts.facets.map(\.name) == ["category", "price", "rating", "tier"])
    #expect(counts.facets[1].counts.map(\.value) == ["0.000", "5.000", "10.000", "20.000", "50.000", "none"])
    #expect(counts.facets[1].counts.map(\.count) == [1, 0, 2, 0, 0, 4])
    #expect(counts.facets[3].counts.map(\.value) == ["none", "silver", "gold", "diamond"])
    #expect(FacetCounts(facets, of: ProviderQuery(circle: query.circle), in: .jordanianDinar) == nil)
    #expect(try Currency(code: "JPY").decimal(minorUnits: 5) == "5" && Currency(code: "USD").decimal(minorUnits: -5) == "-0.05")
  }

  @Test func facetsAndTheCursorFollow() throws {
    let facets = FacetCounts([
      .init(name: "category", counts: [.init(value: "salon", count: 7), .init(value: "\"", count: 1)]),
      .init(name: "tier", counts: []),
    ])
    let line = try answer("{\"lat\":1,\"lon\":2,\"radius_m\":1000,\"limit\":0}", id: nil, facets: facets)
    #expect(
      line
        == "{\"id\":null,\"hits\":[],\"total\":2,\"facets\":{\"category\":{\"salon\":7,\"\\\"\":1},\"tier\":{}},\"took_us\":9.104}\n"
    )
    let full = try answer("{\"lat\":1,\"lon\":2,\"radius_m\":1000,\"limit\":1}", id: "q", withCursor: true)
    #expect(try JSONDocument(full).root["cursor"]?.string == "3ff0000000000000:a\"ب")
  }

  @Test(arguments: [0, -0.0, 0.1, -1500.25, 4.9, .infinity, -.greatestFiniteMagnitude, .leastNonzeroMagnitude])
  func cursorsComeBackAsTheyWere(_ key: Double) throws {
    for id in ["p", "", "a:b", ":", "ب\u{0}"] {
      let cursor = try ProviderQuery.Cursor(text: ProviderQuery.Cursor(key: key, id: id).text)
      #expect(cursor.key.bitPattern == key.bitPattern && cursor.id == id && cursor.level == nil)
      for level in MatchTier.allCases {
        let cursor = ProviderQuery.Cursor(key: key, id: id, level: level)
        #expect(try ProviderQuery.Cursor(text: cursor.text) == cursor)
      }
    }
  }
}
