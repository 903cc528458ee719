import Bytes
import IndexFormats
import JSON
import ProviderIndex
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
      #expect(cursor.key.bitPattern == key.bitPattern && cursor.id == id)
    }
  }
}
