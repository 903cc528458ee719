import AvailabilityIndex
import Geometry
import ProviderIndex
import Ranking
import TestSupport
import Testing
import TextIndex

/// The engine beside the linear scan: equal ids, keys, scores, distances, order and totals, to the bit.
@Suite struct SearchTests {
  static func segment(_ records: [ProviderRecord]) throws -> Segment {
    var builder = SegmentBuilder(analyzer: TieredAnalyzer())
    for record in records { try builder.add(record) }
    return try builder.finish()
  }

  static func check(_ searcher: Searcher, _ snapshot: IndexSnapshot, _ scan: LinearScan, _ query: ProviderQuery) throws {
    try searcher.search(snapshot, query)
    let expected = scan.search(query)
    let found = searcher.hits.map { LinearScan.Hit(id: $0.id, key: $0.key, score: $0.score, distance: $0.distanceMetres) }
    let different = zip(found, expected.hits).first { $0 != $1 }
    #expect(
      found.count == expected.hits.count && different == nil,
      "\(found.count) of \(expected.hits.count); first difference: \(different.map { "\($0)" } ?? "none"); \(query)")
    #expect(searcher.totalIsExact && searcher.total == expected.total, "\(searcher.total), not \(expected.total): \(query)")
    #expect(searcher.facets == expected.facets, "\(query)")
    #expect(searcher.level == expected.level, "\(query)")
  }

  @Test(arguments: [0, 1, 15, 16, 17, 300, 5_000])
  func answersAreTheLinearScans(count: Int) throws {
    var market = try RandomMarket(SeededRandom(stream: "answersAreTheLinearScans\(count)"))
    var calendar: AvailabilityCalendar?
    let records = try market.records(count, calendar: &calendar)
    let segment = try Self.segment(records)
    segment._checkInvariants()
    // Hours of their own: who works is not who is free.
    let hours = AvailabilityCalendar(staffCount: calendar?.staffCount ?? 0, firstDay: RandomMarket.day)
    for staff in 0..<hours.staffCount {
      let slots = DaySlots(bits: UInt128(UInt64.random(in: 0...(.max), using: &market.random)) << 16)
      #expect(hours.setDay(staff: staff, day: RandomMarket.day + Int32(staff % 2), slots: slots))
    }
    let snapshot = IndexSnapshot(segment, calendar: calendar, hours: hours)
    let scan = LinearScan(records, calendar: calendar, hours: hours)
    let searcher = Searcher()
    for round in 0..<(count > 1_000 ? 150 : 300) {
      var query = try market.query(records)
      if round % 3 == 0 { query.openAt = Int(RandomMarket.day) * 96 + .random(in: -1...192, using: &market.random) }
      try Self.check(searcher, snapshot, scan, query)
    }
  }

  @Test func pagesFollowOneAnother() throws {
    var market = try RandomMarket(SeededRandom())
    var calendar: AvailabilityCalendar?
    let records = try market.records(900, calendar: &calendar)
    let snapshot = IndexSnapshot(try Self.segment(records), calendar: calendar)
    let scan = LinearScan(records, calendar: calendar)
    let searcher = Searcher()
    for _ in 0..<30 {
      var query = try market.query(records)
      query.limit = 7
      var whole = query
      whole.limit = IndexLimits.hits
      let expected = scan.search(whole).hits.map(\.id)
      var pages: [String] = []
      repeat {
        try Self.check(searcher, snapshot, scan, query)
        pages += searcher.hits.map(\.id)
        query.after = searcher.hits.last?.cursor
        // On a still index the level of the first page is found again.
        if Bool.random(using: &market.random) { query.after = query.after.map { .init(key: $0.key, id: $0.id) } }
      } while searcher.count == 7
      #expect(pages == expected)
    }
  }

  @Test func totalsMayBeBounded() throws {
    var market = try RandomMarket(SeededRandom())
    var calendar: AvailabilityCalendar?
    let records = try market.records(2_000, calendar: &calendar)
    let snapshot = IndexSnapshot(try Self.segment(records))
    let searcher = Searcher()
    var query = ProviderQuery(circle: try GeoCircle(centre: market.centres[0], radiusMetres: 50_000))
    try searcher.search(snapshot, query)
    let exact = searcher.total
    #expect(searcher.totalIsExact && exact > 1_000)
    query.total = .atMost(100)
    try searcher.search(snapshot, query)
    #expect(!searcher.totalIsExact && searcher.total == 100 && searcher.count == 20)
    query.total = .atMost(exact + 1)
    try searcher.search(snapshot, query)
    #expect(searcher.totalIsExact && searcher.total == exact)
    query.total = .none
    try searcher.search(snapshot, query)
    #expect(!searcher.totalIsExact && searcher.count == 20)
  }
}
