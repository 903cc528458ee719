import AvailabilityIndex
import Geometry
import ProviderIndex
import Ranking
import TestSupport
import Testing
import TextIndex

/// Input that nobody should send: each a clear refusal or a right answer, never a trap.
@Suite struct AwkwardInputTests {
  static func place(_ latitude: Double = 31.95, _ longitude: Double = 35.91) throws -> GeoPoint {
    try GeoPoint(latitude: latitude, longitude: longitude)
  }

  static func query(radiusMetres: Double = 1_000) throws -> ProviderQuery {
    ProviderQuery(circle: try GeoCircle(centre: place(), radiusMetres: radiusMetres))
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, 90.000_001, -90.000_001, .greatestFiniteMagnitude])
  func placesThatAreNoneCannotBeMade(latitude: Double) {
    #expect(throws: GeometryError.self) { try GeoPoint(latitude: latitude, longitude: 0) }
    #expect(throws: GeometryError.self) { try GeoPoint(latitude: 0, longitude: latitude * 2) }
  }

  @Test(arguments: [Double.nan, .infinity, 0, -0.0, -1, 20_015_116])
  func radiiThatAreNoneCannotBeMade(radiusMetres: Double) throws {
    let place = try Self.place()
    #expect(throws: GeometryError.self) { try GeoCircle(centre: place, radiusMetres: radiusMetres) }
  }

  @Test func queriesThatAreNoneAreRefusedByName() throws {
    let snapshot = IndexSnapshot(try SearchTests.segment([ProviderRecord(id: "a", place: try Self.place(), category: "")]))
    let valid = try Self.query()
    func refusal(_ change: (inout ProviderQuery) -> Void) -> String? {
      var query = valid
      change(&query)
      do throws(IndexError) {
        try Searcher().search(snapshot, query)
        return nil
      } catch { return "\(error)" }
    }
    #expect(refusal { _ in } == nil)
    #expect(refusal { $0.limit = -1 } == "limit: -1: must be from 0 to 10000")
    #expect(refusal { $0.limit = .max }?.hasPrefix("limit: ") == true)
    #expect(refusal { $0.limit = .min }?.hasPrefix("limit: ") == true)
    #expect(refusal { $0.total = .atMost(-1) }?.hasPrefix("total: ") == true)
    #expect(refusal { $0.lowestRating = .nan }?.hasPrefix("rating_min: ") == true)
    #expect(refusal { $0.lowestRating = 5.1 }?.hasPrefix("rating_min: ") == true)
    #expect(refusal { ($0.lowestPrice, $0.highestPrice) = (2, 1) }?.hasPrefix("price_min: ") == true)
    #expect(refusal { $0.after = .init(key: .nan, id: "a") }?.hasPrefix("cursor: ") == true)
    #expect(refusal { $0.order = .soonest }?.hasPrefix("sort: ") == true)
    let many = Array(repeating: "x", count: IndexLimits.filterValues + 1)
    #expect(refusal { $0.categories = many }?.hasPrefix("category: ") == true)
    #expect(refusal { $0.tags = many }?.hasPrefix("tag: ") == true)
    #expect(refusal { $0.ids = many }?.hasPrefix("provider_ids: ") == true)
    for weight in [Double.nan, .infinity, -1] {
      #expect(refusal { $0.rules.weights.rating = weight }?.hasPrefix("profile: weights.rating: ") == true)
    }
    #expect(refusal { $0.rules.textPivot = 0 }?.hasPrefix("profile: text.pivot: ") == true)
    let page = String(repeating: "word ", count: 5_000)
    #expect(refusal { CaseFoldingSplitter().analyze(page, into: &$0.words) } == "q: 5000 words: must be at most 16")
  }

  @Test func extremesThatAreAllowedAnswer() throws {
    let records = try (0..<40).map { number in
      var record = ProviderRecord(id: "p\(number)", place: try Self.place(), category: "")
      record.services = [.init(price: number == 0 ? 0 : IndexLimits.highestPrice, durationMinutes: 0)]
      record.rating = number == 1 ? 5 : 0
      return record
    }
    let (segment, scan) = (try SearchTests.segment(records), LinearScan(records))
    let searcher = Searcher()
    func check(_ change: (inout ProviderQuery) -> Void) throws {
      for order in [ProviderQuery.Order.relevance, .distance, .rating, .price] {
        var query = try Self.query()
        query.order = order
        change(&query)
        try SearchTests.check(searcher, IndexSnapshot(segment), scan, query)
      }
    }
    try check { $0.limit = 0 }
    try check { $0.limit = IndexLimits.hits }
    try check { ($0.lowestPrice, $0.highestPrice) = (.min, .max) }
    try check { $0.highestPrice = .min }
    try check { $0.lowestPrice = .max }
    try check { $0.lowestPrice = IndexLimits.highestPrice }
    try check { $0.lowestRating = 5 }
    try check { $0.after = .init(key: .infinity, id: "") }
    try check { $0.after = .init(key: -.infinity, id: "") }
    try check { $0.categories = [""] }
    try check { $0.tags = [""] }
    try check { $0.ids = ["", "p1", "p1", String(repeating: "p", count: 10_000)] }
    try check { $0.categories = [String(repeating: "\u{10FFFF}", count: 10_000), "\0"] }
  }

  /// Whoever is at the very centre is within any radius, by any decay.
  @Test(arguments: [Double.leastNonzeroMagnitude, 1e-300, 1e-40, 1e-9]) func circlesOfNothingHoldTheirCentre(
    radiusMetres: Double
  ) throws {
    let records = try [
      ProviderRecord(id: "here", place: Self.place(), category: ""),
      ProviderRecord(id: "there", place: Self.place(31.95, 35.910_001), category: ""),
    ]
    let (snapshot, scan, searcher) = (IndexSnapshot(try SearchTests.segment(records)), LinearScan(records), Searcher())
    for order in [ProviderQuery.Order.relevance, .distance, .rating, .price] {
      for decay in [Decay.linear, Decay(shape: .exponential, scaleMetres: nil), Decay(shape: .gaussian, scaleMetres: nil)] {
        var query = try Self.query(radiusMetres: radiusMetres)
        (query.order, query.rules.decay) = (order, decay)
        try SearchTests.check(searcher, snapshot, scan, query)
        #expect(searcher.hits.map(\.id) == ["here"])
      }
    }
  }

  @Test func timesOutsideTheCalendarFindNobody() throws {
    var record = ProviderRecord(id: "a", place: try Self.place(), category: "")
    record.staff = 0..<1
    let calendar = AvailabilityCalendar(staffCount: 1, firstDay: 20_000)
    let other = AvailabilityCalendar(staffCount: 0, firstDay: 20_000)
    let segment = try SearchTests.segment([record])
    let searcher = Searcher()
    var query = try Self.query()
    for day: Int32 in [-1_000_000, 19_999, 20_500, 1_000_000] {
      query.when = .init(window: SlotWindow(day: day, slots: 0..<96), slots: 1)
      for calendar in [calendar, other, nil] {
        try searcher.search(IndexSnapshot(segment, calendar: calendar), query)
        #expect(searcher.count == 0 && searcher.total == 0)
      }
    }
  }

  @Test func anEmptyIndexAndOneProvider() throws {
    let empty = [
      IndexSnapshot(try SearchTests.segment([])), try IndexWriter(analyzer: CaseFoldingSplitter()).publish(position: 1),
    ]
    let searcher = Searcher()
    var random = try RandomMarket(SeededRandom())
    for snapshot in empty {
      for _ in 0..<100 { try SearchTests.check(searcher, snapshot, LinearScan([]), random.query([])) }
    }
    let one = [try random.record("one")]
    let snapshot = IndexSnapshot(try SearchTests.segment(one))
    for _ in 0..<300 {
      var query = try random.query(one)
      query.when = nil
      if query.order == .soonest { query.order = .relevance }
      try SearchTests.check(searcher, snapshot, LinearScan(one), query)
    }
  }

  /// A tower block, and data that was never geocoded: the tree's boxes tell nobody apart.
  @Test func fiftyThousandAtOnePoint() throws {
    var random = SeededRandom()
    let place = try Self.place()
    let records = (0..<50_000).map { number in
      var record = ProviderRecord(id: "p\(number)", place: place, category: number % 3 == 0 ? "salon" : "spa")
      record.rating = Double(Int.random(in: 0...50, using: &random)) / 10
      record.availability = Double(Int.random(in: 0...4, using: &random)) / 4
      record.verified = .random(using: &random)
      return record
    }
    let (snapshot, scan) = (IndexSnapshot(try SearchTests.segment(records)), LinearScan(records))
    let searcher = Searcher()
    for order in [ProviderQuery.Order.relevance, .distance, .rating, .price] {
      var query = try Self.query(radiusMetres: 0.001)
      (query.order, query.facets) = (order, order == .price ? [.category, .rating] : [])
      try SearchTests.check(searcher, snapshot, scan, query)
      (query.categories, query.verifiedOnly) = (["salon"], true)
      try SearchTests.check(searcher, snapshot, scan, query)
    }
    var elsewhere = ProviderQuery(circle: try GeoCircle(centre: Self.place(31.95, 35.92), radiusMetres: 100))
    elsewhere.facets = .category
    try SearchTests.check(searcher, snapshot, scan, elsewhere)
  }

  /// Ids are bytes: ones that begin with others, that look alike, that are equal only to who compares characters.
  @Test func idsAreBytes() throws {
    let ids = [
      "a", "aa", "a\0", "a\u{FFFD}", "\u{E9}", "e\u{301}", "\u{FF5E}", "\u{1F600}", "A", " ", "a ",
      String(repeating: "a", count: 128),
    ]
    let records = try ids.map { ProviderRecord(id: $0, place: try Self.place(), category: "") }
    let snapshot = IndexSnapshot(try SearchTests.segment(records))
    let searcher = Searcher()
    var query = try Self.query()
    query.limit = 1
    var pages: [String] = []
    repeat {
      try searcher.search(snapshot, query)
      pages += searcher.hits.map(\.id)
      query.after = searcher.hits.last?.cursor
    } while searcher.count == 1
    #expect(pages == ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    for id in ids {
      (query.after, query.ids) = (nil, [id])
      try searcher.search(snapshot, query)
      #expect(searcher.hits.map(\.id) == [id] && searcher.total == 1)
    }
    let long = ProviderRecord(id: String(repeating: "a", count: 129), place: try Self.place(), category: "")
    #expect(throws: IndexError.self) { try SearchTests.segment([long]) }
  }

  /// Terms are cut; names that are equal up to there must not be taken for each other.
  @Test func longNamesAreRefusedAndFindNobody() throws {
    let longest = String(repeating: "x", count: IndexLimits.nameBytes)
    var record = ProviderRecord(id: "a", place: try Self.place(), category: longest)
    record.tags = [longest]
    let snapshot = IndexSnapshot(try SearchTests.segment([record]))
    let searcher = Searcher()
    for (name, count) in [(longest, 1), (longest + "x", 0)] {
      for isTag in [false, true] {
        var query = try Self.query()
        if isTag { query.tags = [name] } else { query.categories = [name] }
        try searcher.search(snapshot, query)
        #expect(searcher.total == count)
      }
    }
    record.tags = [longest + "x"]
    #expect(throws: IndexError.self) { try record.check() }
    (record.tags, record.category) = ([], longest + "x")
    #expect(throws: IndexError.self) { try record.check() }
  }

  /// What is no UTF-8 becomes replacement characters when it becomes a `String`: then it is a text like any other.
  @Test func textsOfAnyBytes() throws {
    let broken = String(decoding: [0x61, 0xED, 0xA0, 0x80, 0x62, 0xFF, 0xD8] as [UInt8], as: UTF8.self)
    var record = ProviderRecord(id: broken, place: try Self.place(), category: broken)
    let page = (0..<5_000).map { "word\($0) حلاق\u{64B}\u{200F} \u{1F600}" }.joined(separator: broken)
    record.texts = [.init(.name, page), .init(.name, ""), .init(.description, String(repeating: "x", count: 100_000))]
    record.tags = [broken, broken, "", "\0"]
    let snapshot = IndexSnapshot(try SearchTests.segment([record]))
    let searcher = Searcher()
    func finds(_ change: (inout ProviderQuery) -> Void) throws -> Bool {
      var query = try Self.query()
      query.rules.weights.text = 1
      change(&query)
      try searcher.search(snapshot, query)
      return searcher.hits.map(\.id) == [broken]
    }
    func asks(_ text: String) -> (inout ProviderQuery) -> Void {
      { query in
        CaseFoldingSplitter().analyze(text, into: &query.words)
        (query.lastWordIsPrefix, query.allowsTypos) = (true, true)
      }
    }
    #expect(try finds { $0.categories = [broken] } && finds { $0.tags = [broken, "\0"] } && finds { $0.ids = [broken] })
    #expect(
      try finds(asks("word4999 w")) && finds(asks(String(repeating: "x", count: 50_000))) && finds(asks("\u{1F600}\u{FFFD}")))
    #expect(try !finds(asks("nowhere")) && !finds(asks(String(repeating: "\u{10400}", count: 50_000))))
  }
}
