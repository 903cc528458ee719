import Geometry
import ProviderIndex
import Ranking
import TestSupport
import Testing
import TextIndex

/// What the property tests do not show of matching tiers: which level answers, and that everything speaks of that level.
@Suite struct MatchingTierTests {
  private static func record(_ id: String, _ name: String, north metres: Double = 100) throws -> ProviderRecord {
    let place = try GeoPoint(latitude: 31.95 + metres / 111_195, longitude: 35.91)
    var record = ProviderRecord(id: id, place: place, category: "")
    record.texts = [.init(.name, name)]
    return record
  }

  /// `q` under rules that go from exact to typo.
  private static func query(_ text: String, enough: Int = 10) throws -> ProviderQuery {
    var query = ProviderQuery(circle: try GeoCircle(centre: GeoPoint(latitude: 31.95, longitude: 35.91), radiusMetres: 5_000))
    query.rules.weights.text = 10
    query.rules.matching = MatchingRules()
    query.rules.matching.enough = enough
    TieredAnalyzer().analyze(text, into: &query.words)
    return query
  }

  /// Two of each tier, for "barber".
  private static func market() throws -> [ProviderRecord] {
    let names = ["barber", "barbers", "حلاق", "brbr", "bxrber"]
    return try names.enumerated().flatMap { tier, name in
      // The weaker, the nearer.
      try (0..<2).map { try record("\(tier)-\($0)", name, north: Double(1_000 - tier * 100 + $0)) }
    }
  }

  @Test(arguments: [
    (0, MatchTier.exact), (2, .exact), (3, .stem), (5, .synonym), (7, .phonetic), (9, .typo), (10, .typo), (11, .typo),
  ])
  func theStrongestLevelWithEnoughAnswers(enough: Int, level: MatchTier) throws {
    let snapshot = IndexSnapshot(try SearchTests.segment(try Self.market()))
    let searcher = Searcher()
    try searcher.search(snapshot, try Self.query("barber", enough: enough))
    #expect(searcher.level == level && searcher.total == 2 * (Int(level.rawValue) + 1))
    #expect(searcher.hits.prefix(2).map(\.id) == ["0-0", "0-1"], "as it was written comes first, though the others are nearer")
    #expect(searcher.hits.allSatisfy { $0.level == level && $0.cursor.level == level })
  }

  /// However the page and the total are asked for, and whatever has to be counted for the choice.
  @Test func pagesTotalsAndFacetsAreOfTheLevel() throws {
    let records = try Self.market()
    let (snapshot, scan) = (IndexSnapshot(try SearchTests.segment(records)), LinearScan(records))
    let searcher = Searcher()
    for enough in 0...11 {
      for limit in [0, 1, 3, 20] {
        var query = try Self.query("barber", enough: enough)
        query.limit = limit
        let expected = scan.search(query)
        try searcher.search(snapshot, query)
        #expect(searcher.level == expected.level && searcher.total == expected.total && searcher.totalIsExact)
        query.total = .atMost(1)
        try searcher.search(snapshot, query)
        #expect(searcher.level == expected.level && searcher.total == 1 && !searcher.totalIsExact)
        query.total = .none
        try searcher.search(snapshot, query)
        #expect(searcher.level == expected.level && searcher.total == 0 && !searcher.totalIsExact)
        #expect(searcher.hits.map(\.id) == expected.hits.map(\.id))
        query.facets = .category
        try searcher.search(snapshot, query)
        #expect(searcher.facets == expected.facets.with(categories: expected.total) && searcher.total == expected.total)
      }
    }
  }

  /// A filter, like the radius, is applied before matches are counted.
  @Test func matchesThatAreFilteredOutAreNotEnough() throws {
    let snapshot = IndexSnapshot(try SearchTests.segment(try Self.market()))
    let searcher = Searcher()
    var query = try Self.query("barber", enough: 2)
    query.ids = ["0-0", "1-0", "1-1", "4-0"]
    try searcher.search(snapshot, query)
    #expect(searcher.level == .stem && searcher.hits.map(\.id).sorted() == ["0-0", "1-0", "1-1"])
    query.ids = ["4-0"]
    try searcher.search(snapshot, query)
    #expect(searcher.level == .typo && searcher.total == 1)
    query.ids = ["0-0"]
    try searcher.search(snapshot, query)
    #expect(searcher.level == .exact && searcher.total == 1, "weaker levels that find nobody more do not answer")
  }

  /// Between two pages somebody new makes another level enough: the pages stay of one.
  @Test func laterPagesStayAtTheirLevel() throws {
    let writer = IndexWriter(analyzer: TieredAnalyzer())
    for record in try Self.market() { try writer.upsert(record) }
    let searcher = Searcher()
    var query = try Self.query("barber", enough: 7)
    query.limit = 3
    let first = try writer.publish(position: 1)
    try searcher.search(first, query)
    #expect(searcher.level == .phonetic && searcher.hits.map(\.level) == [.phonetic, .phonetic, .phonetic])
    query.after = searcher.hits.last?.cursor
    for number in 0..<7 { try writer.upsert(try Self.record("new\(number)", "barber of number \(number)")) }
    let second = try writer.publish(position: 2)
    try searcher.search(second, query)
    #expect(searcher.level == .phonetic)
    query.after = nil
    try searcher.search(second, query)
    #expect(searcher.level == .exact)
    // One that another search has given names a level that this one does not have.
    query.rules.matching = .literal
    query.after = .init(key: .infinity, id: "", level: .synonym)
    try searcher.search(second, query)
    #expect(searcher.level == .stem && searcher.total == 11)
  }

  @Test func slipsAreAsManyAsTheWordIsLong() throws {
    let names = ["spa", "spo", "salt", "nails", "beautification", "xyz"]
    let snapshot = IndexSnapshot(try SearchTests.segment(try names.map { try Self.record($0, $0) }))
    let searcher = Searcher()
    func found(_ text: String, _ change: (inout ProviderQuery) -> Void = { _ in }) throws -> [String] {
      var query = ProviderQuery(circle: try Self.query("").circle)
      query.rules.matching = MatchingRules()
      CaseFoldingSplitter().analyze(text, into: &query.words)
      change(&query)
      try searcher.search(snapshot, query)
      return searcher.hits.map(\.id).sorted()
    }
    #expect(try found("sa") == [], "two letters are not guessed at")
    #expect(try found("spx") == ["spa", "spo"], "three are where nobody has them")
    #expect(try found("spa") == ["spa"])
    #expect(try found("saltt") == ["salt"] && found("satl") == ["salt"] && found("sattl") == [])
    #expect(try found("beutifcation") == ["beautification"] && found("beutifcaton") == [])
    #expect(try found("saltt") { $0.allowsTypos = false } == [])
    #expect(try found("saltt") { $0.rules.matching.last = .phonetic } == [])
    #expect(
      try found("saltt") { ($0.rules.matching, $0.allowsTypos) = (.literal, true) } == ["salt"],
      "slips on their own, when asked for")
    #expect(try found("saltt xyz") == [] && found("spa saltt") == [], "every word is found, each in its way")
    #expect(try found("baeuti") { $0.lastWordIsPrefix = true } == ["beautification"])
    #expect(try found("baeuti") == [])
  }

  /// A slip into a rare word must not come before the common word that was written.
  @Test func theCommonWordBeatsTheRareSlip() throws {
    let records =
      try (0..<40).map { try Self.record("p\($0)", "salon", north: 4_000) } + [Self.record("slip", "sylon", north: 1)]
    let searcher = Searcher()
    let snapshot = IndexSnapshot(try SearchTests.segment(records))
    var query = try Self.query("salon", enough: 10_000)
    query.rules.weights = FeatureVector()
    (query.rules.weights.text, query.limit) = (1, 100)
    try searcher.search(snapshot, query)
    #expect(searcher.total == 41 && searcher.hits.last?.id == "slip")
  }

  // MARK: a word is missing

  /// `q` under rules that are for words alone and let one be missing.
  private static func partial(_ text: String) throws -> ProviderQuery {
    var query = try query(text)
    query.rules.weights = FeatureVector()
    (query.rules.weights.text, query.rules.matching.last) = (1, .partial)
    return query
  }

  @Test func whoHasAllWordsComesBeforeWhoLacksOne() throws {
    let names = ["nails spa", "xxxx yyyy", "nails nails", "spa", "barber nails", "barber"]
    let records = try names.map { try Self.record($0, $0) }
    let searcher = Searcher()
    let snapshot = IndexSnapshot(try SearchTests.segment(records))
    try searcher.search(snapshot, try Self.partial("nails spa"))
    #expect(searcher.level == .partial && searcher.hits.first?.id == "nails spa")
    #expect(Set(searcher.hits.map(\.id)) == ["nails spa", "nails nails", "spa", "barber nails"])
    #expect(searcher.hits.allSatisfy { ($0.score > 0.5) == ($0.id == "nails spa") })
    // A rare word that is there does not make up for the one that is not.
    let many = try (0..<30).map { try Self.record("p\($0)", "salon spa") } + [Self.record("rare", "xylophone")]
    try searcher.search(IndexSnapshot(try SearchTests.segment(many)), try Self.partial("salon xylophone"))
    #expect(searcher.level == .partial && searcher.total == 31 && searcher.hits.first?.id == "rare")
    #expect(searcher.hits.allSatisfy { $0.score < 0.5 })
  }

  @Test func nobodyLacksTwoWordsOrTheOnlyOne() throws {
    let records = try ["nails spa gold", "nails spa", "nails"].map { try Self.record($0, $0) }
    let snapshot = IndexSnapshot(try SearchTests.segment(records))
    let searcher = Searcher()
    func found(_ text: String, _ change: (inout ProviderQuery) -> Void = { _ in }) throws -> (Set<String>, MatchTier?) {
      var query = try Self.partial(text)
      change(&query)
      try searcher.search(snapshot, query)
      return (Set(searcher.hits.map(\.id)), searcher.level)
    }
    #expect(try found("nails spa gold") == (["nails spa gold", "nails spa"], .partial))
    #expect(try found("nails qqqqq") == (["nails spa gold", "nails spa", "nails"], .partial), "one may be in no dictionary")
    #expect(try found("qqqqq") == ([], .exact) && found("qqqqq wwwww") == ([], .exact))
    #expect(try found("spa gold") { $0.rules.matching.enough = 1 } == (["nails spa gold"], .exact))
    #expect(try found("spa gold") { $0.order = .distance } == (["nails spa gold"], .exact), "only where relevance orders")
    #expect(try found("spa gold") { $0.ids = ["nails", "nails spa"] } == (["nails spa"], .partial))
  }

  /// A segment may know none of a word.
  @Test func segmentsOfOtherWordsAgree() throws {
    let writer = IndexWriter(analyzer: TieredAnalyzer())
    let names = ["nails", "spa", "gold barber", "nails spa", "nails", "gold"]
    for (number, name) in names.enumerated() {
      try writer.upsert(try Self.record("\(number)", name, north: 10))
      _ = try writer.publish(position: UInt64(number + 1))
    }
    let records = try names.enumerated().map { try Self.record("\($0)", $1, north: 10) }
    let (snapshot, scan) = (try writer.publish(position: 9), LinearScan(records))
    let searcher = Searcher()
    for text in ["nails spa", "gold spa", "barber gold nails", "qqqqq gold"] {
      var query = try Self.partial(text)
      query.limit = 2
      var hits: [String] = []
      repeat {
        try searcher.search(snapshot, query)
        let expected = scan.search(query)
        #expect(searcher.level == expected.level && searcher.total == expected.total)
        #expect(searcher.hits.map(\.id) == expected.hits.map(\.id) && searcher.hits.map(\.score) == expected.hits.map(\.score))
        hits += searcher.hits.map(\.id)
        query.after = searcher.hits.last?.cursor
      } while searcher.count == 2
      #expect(Set(hits).count == hits.count && !hits.isEmpty)
    }
  }

  /// While typing, the whole word comes before longer ones.
  @Test func theWholeWordBeatsTheBegunOne() throws {
    let records = try [Self.record("begun", "nailery", north: 1), Self.record("whole", "nail", north: 2_000)]
    let searcher = Searcher()
    let snapshot = IndexSnapshot(try SearchTests.segment(records))
    var query = try Self.query("nail")
    query.rules.weights = FeatureVector()
    (query.rules.weights.text, query.lastWordIsPrefix) = (1, true)
    try searcher.search(snapshot, query)
    #expect(searcher.hits.map(\.id) == ["whole", "begun"] && searcher.level == .exact)
  }

  @Test func suggestionsGuessOnlyWhereNobodyIsFound() throws {
    let records = try [Self.record("rose", "Salon Rosalind"), Self.record("rise", "Salon Risalto"), Self.record("bar", "barber")]
    let snapshot = IndexSnapshot(try SearchTests.segment(records))
    let searcher = Searcher()
    func suggestions(_ typed: String) throws -> (ids: [String], level: MatchTier?) {
      var words = TokenBuffer()
      TieredAnalyzer().analyze(typed, into: &words)
      try searcher.search(snapshot, .suggestions(for: words, near: try Self.query("").circle))
      return (searcher.hits.map(\.id).sorted(), searcher.level)
    }
    #expect(try suggestions("salon rosa") == (["rose"], .exact), "'risa' is a slip away, and not tried")
    #expect(try suggestions("salon rsoa") == (["rose"], .typo))
    #expect(try suggestions("حلاق") == (["bar"], .synonym))
    #expect(try suggestions("qqqq") == ([], .exact))
  }
}

extension SearchFacets {
  /// These, with all matches in the one category of the market here; a scan that was asked for none has none.
  fileprivate func with(categories total: Int) -> SearchFacets {
    var facets = self
    facets.categories = total > 0 ? [.init(name: "", count: total)] : []
    return facets
  }
}
