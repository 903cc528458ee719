import AvailabilityIndex
import Dispatch
import Geometry
import ProviderIndex
import Ranking
import Synchronization
import TestSupport
import Testing
import TextIndex

/// An index that is written to: at every position it answers as the linear scan of what has been written.
@Suite struct IndexWriterTests {
  /// The index and, beside it, what it should hold.
  struct Subject {
    let writer: IndexWriter
    var records: [String: ProviderRecord] = [:]
    var market: RandomMarket
    var position: UInt64 = 0
    var merges = 0
    /// Ids with a record that is not published yet.
    var waiting: Set<String> = []

    init(_ random: SeededRandom, base: Int) throws {
      market = try RandomMarket(random)
      var builder = SegmentBuilder(analyzer: TieredAnalyzer())
      for number in 0..<base {
        let record = try market.record("p\(number)")
        records[record.id] = record
        try builder.add(record)
      }
      writer = IndexWriter(analyzer: TieredAnalyzer(), base: base > 0 ? try builder.finish() : nil)
    }

    mutating func someID() -> String { "p\(Int.random(in: 0..<400, using: &market.random))" }

    /// A few random writes, live ones among them.
    mutating func write(_ count: Int) throws {
      for _ in 0..<count {
        let id = someID()
        switch Int.random(in: 0..<10, using: &market.random) {
        case 0..<3:
          let record = try market.record(id)
          try writer.upsert(record)
          records[id] = record
          waiting.insert(id)
        case 3:
          #expect(writer.remove(id: id) == (records.removeValue(forKey: id) != nil))
        default:
          try change(id)
        }
      }
    }

    private mutating func change(_ id: String) throws {
      let (share, isSet) = (Double(Int.random(in: 0...20, using: &market.random)) / 20, Bool.random(using: &market.random))
      let change: LiveChange
      switch Int.random(in: 0..<6, using: &market.random) {
      case 0, 1:
        change = .availability(share)
        records[id]?.availability = share
      case 2:
        change = .rating(share * 5, count: 7)
        records[id]?.rating = share * 5
        records[id]?.ratingCount = 7
      case 3:
        change = .verified(isSet)
        records[id]?.verified = isSet
      case 4:
        change = .flags(isSet ? [.open, .hotSlot] : [])
        records[id]?.flags = isSet ? [.open, .hotSlot] : []
      default:
        change = isSet ? .popularity(share) : .newness(share)
        if isSet { records[id]?.popularity = share } else { records[id]?.newness = share }
      }
      if let location = writer.locate(id), Int.random(in: 0..<4, using: &market.random) == 0, !waiting.contains(id) {
        #expect(writer.apply(change, at: location))
      } else {
        #expect(try writer.apply(change, to: id) == (records[id] != nil))
      }
    }

    mutating func publish() throws -> IndexSnapshot {
      position += 1
      waiting = []
      return try writer.publish(position: position)
    }

    mutating func merge() throws {
      guard let merge = writer.dueMerge() else { return }
      let finished = try merge.run()
      // What happens while a merge runs must not be lost.
      try write(10)
      _ = try publish()
      writer.finish(finished)
      merges += 1
    }
  }

  @Test(arguments: [0, 1, 200]) func everyPositionIsTheLinearScans(base: Int) throws {
    var subject = try Subject(SeededRandom(stream: "everyPositionIsTheLinearScans\(base)"), base: base)
    let searcher = Searcher()
    for _ in 0..<60 {
      try subject.write(.random(in: 0...30, using: &subject.market.random))
      if Bool.random(using: &subject.market.random) { try subject.merge() }
      let snapshot = try subject.publish()
      #expect(snapshot.count == subject.records.count && subject.writer.count == subject.records.count)
      #expect(snapshot.position == subject.position)
      for segment in snapshot.segments { segment._checkInvariants() }
      let records = Array(subject.records.values)
      let scan = LinearScan(records)
      for _ in 0..<6 {
        var query = try subject.market.query(records)
        query.when = nil
        if query.order == .soonest { query.order = .relevance }
        // How rare a word is counts the removed until they are merged away: ranked by words only on a segment of its own.
        query.rules.weights.text = 0
        try SearchTests.check(searcher, snapshot, scan, query)
      }
    }
    #expect(subject.merges > 5 && subject.writer.segmentCount < 20)
  }

  @Test func aSnapshotKeepsItsProviders() throws {
    var subject = try Subject(SeededRandom(), base: 100)
    let before = try subject.publish()
    let records = Array(subject.records.values)
    for number in 0..<50 { subject.writer.remove(id: "p\(number)") }
    let after = try subject.publish()
    #expect(before.count == 100 && after.count == 50)
    try SearchTests.check(Searcher(), before, LinearScan(records), subject.market.query(records))
  }

  /// The searcher holds what its hits point into.
  @Test func hitsOutliveTheirSnapshot() throws {
    let searcher = Searcher()
    let ids = try {
      var subject = try Subject(SeededRandom(), base: 100)
      var query = ProviderQuery(circle: try GeoCircle(centre: subject.market.place(), radiusMetres: 20_000_000))
      query.facets = .category
      try searcher.search(try subject.publish(), query)
      return searcher.hits.map(\.id)
    }()
    // Memory that was given back would be used again.
    var other = try Subject(SeededRandom(stream: "other"), base: 200)
    _ = try other.publish()
    #expect(ids.count == 20 && searcher.hits.map(\.id) == ids && searcher.facets.categories.reduce(0) { $0 + $1.count } == 100)
    for (rank, hit) in searcher.hits.enumerated() {
      let figures = searcher.figures(ofHit: rank)
      #expect(figures.score == hit.score && figures.key == hit.key && figures.distanceMetres == hit.distanceMetres)
      #expect(figures.segment == hit.segment && figures.number == hit.number)
      #expect(searcher.withID(ofHit: rank) { $0.elementsEqual(hit.id.utf8) })
    }
  }

  /// A place that segments have moved from is refused, so that nobody else is changed.
  @Test func locationsGoOutOfDate() throws {
    var subject = try Subject(SeededRandom(), base: 10)
    let writer = subject.writer
    let location = try #require(writer.locate("p3"))
    _ = try subject.publish()
    #expect(writer.apply(.availability(0.25), at: location), "nothing was published")
    for number in 0..<10 { try writer.upsert(try subject.market.record("q\(number)")) }
    _ = try subject.publish()
    #expect(!writer.apply(.availability(0.75), at: location))
    let again = try #require(writer.locate("p3"))
    #expect(writer.apply(.availability(0.5), at: again))
    writer.finish(try #require(writer.dueMerge()).run())
    #expect(!writer.apply(.availability(0.75), at: again))
    let snapshot = try subject.publish()
    let segment = try #require(snapshot.segments.first)
    var query = ProviderQuery(circle: try GeoCircle(centre: subject.market.place(), radiusMetres: 20_000_000))
    (query.ids, query.rules) = (["p3"], RankingRules())
    query.rules.weights.availability = 1
    let searcher = Searcher()
    try searcher.search(snapshot, query)
    #expect(segment.number(of: "p3") != nil && searcher.hits.map(\.score) == [0.5])
  }

  @Test func manyInsertsStayFewSegments() throws {
    var subject = try Subject(SeededRandom(), base: 0)
    for number in 0..<500 {
      try subject.writer.upsert(try subject.market.record("q\(number)"))
      _ = try subject.publish()
      while let merge = subject.writer.dueMerge() { subject.writer.finish(try merge.run()) }
      #expect(subject.writer.segmentCount <= 10)
    }
    #expect(subject.writer.count == 500)
  }

  @Test func badRecordsAreRefusedByName() throws {
    let place = try GeoPoint(latitude: 31.95, longitude: 35.91)
    func refusal(_ change: (inout ProviderRecord) -> Void) -> String? {
      var record = ProviderRecord(id: "x", place: place, category: "salon")
      change(&record)
      do throws(IndexError) {
        try IndexWriter(analyzer: TieredAnalyzer()).upsert(record)
        return nil
      } catch { return "\(error)" }
    }
    #expect(refusal { _ in } == nil)
    #expect(refusal { $0.id = "" }?.contains("id: must have 1 to") == true)
    #expect(refusal { $0.rating = 5.1 } == "provider 'x': rating: 5.1: must be a number from 0 to 5")
    #expect(refusal { $0.rating = .nan }?.contains("rating") == true)
    #expect(refusal { $0.availability = -0.1 }?.contains("availability") == true)
    #expect(refusal { $0.popularity = .infinity }?.contains("popularity") == true)
    #expect(refusal { $0.services = [.init(price: -1, durationMinutes: 5)] }?.contains("services.price") == true)
    #expect(refusal { $0.services = [.init(price: 1, durationMinutes: 70_000)] }?.contains("services.duration") == true)
    #expect(refusal { $0.tags = Array(repeating: "t", count: 101) }?.contains("tags") == true)
    var builder = SegmentBuilder(analyzer: TieredAnalyzer())
    for _ in 0..<2 { try builder.add(ProviderRecord(id: "twice", place: place, category: "")) }
    let finished = builder
    #expect(throws: IndexError.duplicate(id: "twice")) { try finished.finish() }
  }

  /// Searches of every kind in several threads while one writes, publishes, merges and fills the calendar: every answer is one that some
  /// state could have given.
  @Test func readersSearchWhileTheIndexIsWritten() async throws {
    var subject = try Subject(SeededRandom(), base: 400)
    let calendar = AvailabilityCalendar(staffCount: 100, firstDay: RandomMarket.day)
    subject.writer.calendar = calendar
    for row in 0..<100 as Range<UInt32> {
      let record = try subject.market.record("p\(row)", staff: row..<row + 1)
      try subject.writer.upsert(record)
      subject.records[record.id] = record
    }
    let board = SnapshotBoard(try subject.publish())
    let end = Flag()
    let seeds = (0..<3).map { _ in subject.market.random.next() }
    try await withThrowingTaskGroup(of: Int.self) { group in
      for seed in seeds {
        group.addTask { try await offThePool { try Self.read(board, seed: seed, until: end) } }
      }
      for _ in 0..<150 {
        try subject.write(20)
        for _ in 0..<20 {
          let (staff, day) = (
            Int.random(in: 0..<100, using: &subject.market.random), Int32.random(in: 0..<3, using: &subject.market.random)
          )
          let slots = DaySlots(bits: UInt128(UInt64.random(in: 0...(.max), using: &subject.market.random)))
          #expect(calendar.setDay(staff: staff, day: RandomMarket.day + day, slots: slots))
        }
        board.post(try subject.publish())
        try subject.merge()
        await Task.yield()
      }
      end.isRaised.store(true, ordering: .relaxed)
      for try await searches in group { #expect(searches > 0) }
    }
    let records = Array(subject.records.values)
    let (snapshot, scan, searcher) = (try subject.publish(), LinearScan(records), Searcher())
    for _ in 0..<20 {
      var query = ProviderQuery(circle: try GeoCircle(centre: subject.market.place(), radiusMetres: 20_000))
      query.categories = ["salon"]
      try SearchTests.check(searcher, snapshot, scan, query)
    }
  }

  /// As time passes, shares are counted again: in any portions, of several segments, while providers come, go and move.
  @Test func availabilityFollowsTime() throws {
    var subject = try Subject(SeededRandom(), base: 0)
    var calendar: AvailabilityCalendar?
    let records = try subject.market.records(500, calendar: &calendar)
    let made = try #require(calendar)
    subject.writer.calendar = made
    var kept: [String: ProviderRecord] = [:]
    let start = Int(RandomMarket.day) * 96
    for (number, record) in records.enumerated() {
      try subject.writer.upsert(record)
      kept[record.id] = record
      if number % 100 == 99 { _ = try subject.publish() }
    }
    for slot in start..<start + 60 {
      if slot % 7 == 0, let some = kept.keys.randomElement(using: &subject.market.random) {
        subject.writer.remove(id: some)
        kept[some] = nil
        if let merge = subject.writer.dueMerge() { subject.writer.finish(try merge.run()) }
      }
      let (coming, hot) = (SlotWindow(from: slot, to: slot + 48), SlotWindow(from: slot, to: slot + 16))
      var portions = 0
      let crew = slot % 2 == 0 ? Crew.alone : Crew(size: 3) { DispatchQueue.concurrentPerform(iterations: $0, execute: $1) }
      while !subject.writer.refreshAvailability(
        coming: coming, hot: hot, limit: .random(in: 1...300, using: &subject.market.random), crew: crew)
      {
        portions += 1
      }
      #expect(portions > 0)
      for id in kept.keys where kept[id]?.staff.isEmpty == false {
        let staff = kept[id].map { Int($0.staff.lowerBound)..<Int($0.staff.upperBound) } ?? 0..<0
        kept[id]?.availability = made.shareFree(staff: staff, window: coming)
        let isHot = made.canStart(staff: staff, window: hot, slots: 1)
        kept[id]?.flags.remove(.hotSlot)
        if isHot { kept[id]?.flags.insert(.hotSlot) }
      }
      let snapshot = try subject.publish()
      for segment in snapshot.segments { segment._checkInvariants() }
      var query = ProviderQuery(circle: try GeoCircle(centre: subject.market.place(), radiusMetres: 50_000))
      query.rules.weights.hotSlot = 0.2
      try SearchTests.check(Searcher(), snapshot, LinearScan(Array(kept.values), calendar: made), query)
    }
  }

  private final class Flag: Sendable {
    let isRaised = Atomic<Bool>(false)
  }

  private static func read(_ board: SnapshotBoard, seed: UInt64, until end: Flag) throws -> Int {
    var market = try RandomMarket(SeededRandom(seed: seed))
    var reader = SnapshotReader(board)
    let searcher = Searcher()
    var searches = 0
    var position: UInt64 = 0
    repeat {
      let snapshot = reader.latest()
      #expect(snapshot.position >= position, "a reader never goes back")
      position = snapshot.position
      let query = try market.query([])
      try searcher.search(snapshot, query)
      let hits = searcher.hits
      #expect(Set(hits.map(\.id)).count == hits.count, "one answer never has a provider twice")
      #expect(zip(hits, hits.dropFirst()).allSatisfy { $0.key >= $1.key })
      #expect(hits.allSatisfy { $0.distanceMetres <= query.circle.radiusMetres && $0.score >= 0 && $0.score.isFinite })
      let categories = searcher.facets.categories
      #expect(!query.facets.contains(.category) || categories.reduce(0) { $0 + $1.count } == searcher.total)
      searches += 1
    } while !end.isRaised.load(ordering: .relaxed)
    return searches
  }
}
