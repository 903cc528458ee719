import AvailabilityIndex
import ProviderIndex
import TestSupport
import Testing
import TextIndex

/// Searches that ask for categories and nothing else that needs masks walk a tree of their own.
@Suite struct CategoryOrderTests {
  /// Many small categories, so that a block holds several and most begin in the middle of one; some removed, some unknown, some named
  /// twice; more than are searched in their own order.
  @Test func categoriesAreSearchedInTheirOwnOrder() throws {
    var market = try RandomMarket(SeededRandom())
    var calendar: AvailabilityCalendar?
    var records = try market.records(2_000, calendar: &calendar)
    for index in records.indices {
      let most = Int.random(in: 1...40, using: &market.random)
      records[index].category = "c\(Int.random(in: 0..<most, using: &market.random))"
    }
    let writer = IndexWriter(analyzer: TieredAnalyzer(), base: try SearchTests.segment(records), calendar: calendar)
    let searcher = Searcher()
    for round in 0..<4 {
      if round > 0 {
        for _ in 0..<100 {
          let removed = records.remove(at: Int.random(in: records.indices, using: &market.random))
          #expect(writer.remove(id: removed.id))
        }
      }
      let snapshot = try writer.publish(position: UInt64(round + 1))
      let scan = LinearScan(records, calendar: calendar)
      for _ in 0..<80 {
        var query = try market.query(records)
        query.words.removeAll()
        (query.tags, query.ids, query.servesCentre) = ([], nil, false)
        query.categories = (0...Int.random(in: 0...12, using: &market.random)).map { _ in
          "c\(Int.random(in: 0..<45, using: &market.random))"
        }
        try SearchTests.check(searcher, snapshot, scan, query)
      }
    }
  }

  /// Changes of live columns reach both trees: a bound that stayed low in one would hide who has become the best.
  @Test func liveChangesReachBothOrders() throws {
    var market = try RandomMarket(SeededRandom())
    var calendar: AvailabilityCalendar?
    var records = try market.records(700, calendar: &calendar)
    let segment = try SearchTests.segment(records)
    let writer = IndexWriter(analyzer: TieredAnalyzer(), base: segment, calendar: calendar)
    let searcher = Searcher()
    for round in 0..<30 {
      for _ in 0..<40 {
        let index = Int.random(in: records.indices, using: &market.random)
        let share = [0, 1, Double.random(in: 0...1, using: &market.random)].randomElement(using: &market.random) ?? 0
        let change: LiveChange =
          switch Int.random(in: 0..<5, using: &market.random) {
          case 0: .rating(share * 5, count: 7)
          case 1: .verified(share > 0.5)
          case 2: .popularity(share)
          case 3: .newness(share)
          default: .availability(share)
          }
        #expect(try writer.apply(change, to: records[index].id))
        switch change {
        case .rating(let rating, let count): (records[index].rating, records[index].ratingCount) = (rating, count)
        case .verified(let verified): records[index].verified = verified
        case .popularity(let share): records[index].popularity = share
        case .newness(let share): records[index].newness = share
        case .availability(let share): records[index].availability = share
        case .flags: break
        }
      }
      segment._checkInvariants()
      let snapshot = try writer.publish(position: UInt64(round + 1))
      let scan = LinearScan(records, calendar: calendar)
      for _ in 0..<6 {
        var query = try market.query(records)
        if Bool.random(using: &market.random) {
          query.words.removeAll()
          (query.tags, query.ids, query.servesCentre) = ([], nil, false)
          query.categories = [records[0].category]
        }
        try SearchTests.check(searcher, snapshot, scan, query)
      }
    }
  }
}
