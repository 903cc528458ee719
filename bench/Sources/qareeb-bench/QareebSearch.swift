import AvailabilityIndex
import Foundation
import Geometry
import MarketWorkload
import ProviderIndex
import Ranking
import TextIndex

/// Qareeb's own engine among the contestants: the one place where the benchmark meets `ProviderIndex`.
///
/// It is measured twice: as `qareeb`, which counts matches to a thousand and then says "at least", as discovery screens ask it to; and as
/// `qareeb-exact`, which counts every one, as the peers do.
final class QareebSearch: SearchContestant, @unchecked Sendable {
  // Sendable: the writer is used by one thread at a time, which the benchmark promises; all else is immutable.
  let engine: String
  let classes = QueryClass.allCases
  let figures: BuildFigures
  fileprivate let snapshot: IndexSnapshot
  fileprivate let providers: [Int32]
  fileprivate let countsAll: Bool
  private let writer: IndexWriter
  private let locations: [IndexWriter.Location]

  static func build(_ market: Market) throws -> [any SearchContestant] {
    let records = (0..<market.providerCount).lazy.map { record(market, $0) }
    let start = ContinuousClock.now
    var making: Duration = .zero
    var builder = SegmentBuilder(analyzer: CaseFoldingSplitter())
    var firstStaff: UInt32 = 0
    for index in 0..<market.providerCount {
      let before = ContinuousClock.now
      var record = records[index]
      record.staff = firstStaff..<firstStaff + UInt32(market.staffCount(ofProvider: index))
      firstStaff = record.staff.upperBound
      // Making the data is not building the index.
      making += ContinuousClock.now - before
      try builder.add(record)
    }
    let segment = try builder.finish()
    let seconds = (ContinuousClock.now - start - making) / .seconds(1)
    let calendar = calendar(market, staff: Int(firstStaff))
    let writer = IndexWriter(analyzer: CaseFoldingSplitter(), base: segment, calendar: calendar)
    let snapshot = try writer.publish(position: 1)
    let figures = BuildFigures(seconds: seconds, bytesPerProvider: Double(segment.byteCount) / Double(max(segment.count, 1)))
    let ids = (0..<market.providerCount).map(Market.providerID)
    let locations = ids.compactMap(writer.locate)
    var providers = [Int32](repeating: 0, count: segment.count)
    for (index, id) in ids.enumerated() { if let number = segment.number(of: id) { providers[number] = Int32(index) } }
    return [("qareeb", false), ("qareeb-exact", true)].map { name, countsAll in
      QareebSearch(name, figures, snapshot, providers, countsAll, writer, locations)
    }
  }

  private init(
    _ engine: String, _ figures: BuildFigures, _ snapshot: IndexSnapshot, _ providers: [Int32], _ countsAll: Bool,
    _ writer: IndexWriter, _ locations: [IndexWriter.Location]
  ) {
    self.engine = engine
    self.figures = figures
    self.snapshot = snapshot
    self.providers = providers
    self.countsAll = countsAll
    self.writer = writer
    self.locations = locations
  }

  private static func record(_ market: Market, _ index: Int) -> ProviderRecord {
    let provider = market.provider(at: index)
    guard let place = try? GeoPoint(latitude: provider.latitude, longitude: provider.longitude) else {
      preconditionFailure("the workload places provider \(index) outside the world")
    }
    let category = Market.categories[provider.category]
    var record = ProviderRecord(id: provider.id, place: place, category: category)
    record.texts = [.init(.name, provider.name.english), .init(.name, provider.name.arabic), .init(.category, category)]
    for service in provider.services {
      record.texts += [.init(.service, service.name.english), .init(.service, service.name.arabic)]
      record.services.append(.init(price: Int64(service.price), durationMinutes: service.durationMinutes))
    }
    record.rating = provider.rating
    record.ratingCount = UInt32(provider.ratingCount)
    record.verified = provider.isVerified
    record.tier = provider.tier.flatMap { Tier(name: $0.rawValue) } ?? .none
    record.tags = Market.tags.enumerated().filter { provider.tagBits >> UInt16($0.offset) & 1 == 1 }.map(\.element)
    record.availability = provider.availability
    record.serviceAreas = provider.serviceAreas.compactMap { area in
      guard
        let centre = try? GeoPoint(
          latitude: Double(area.latitudeMicrodegrees) / 1e6, longitude: Double(area.longitudeMicrodegrees) / 1e6)
      else { return nil }
      return try? GeoCircle(centre: centre, radiusMetres: Double(area.radiusMetres))
    }
    return record
  }

  private static func calendar(_ market: Market, staff: Int) -> AvailabilityCalendar {
    let calendar = AvailabilityCalendar(staffCount: staff, firstDay: 0, days: Market.horizonDays)
    var row = 0
    for provider in 0..<market.providerCount {
      for member in 0..<market.staffCount(ofProvider: provider) {
        for day in 0..<Market.horizonDays {
          let free = market.freeSlots(ofProvider: provider, staff: member, day: day)
          let slots = DaySlots(bits: UInt128(free.high) << 64 | UInt128(free.low))
          precondition(calendar.setDay(staff: row, day: Int32(day), slots: slots), "day \(day) is within the horizon")
        }
        row += 1
      }
    }
    return calendar
  }

  func makeReader() -> any SearchReader { QareebReader(self) }

  func apply(_ update: AvailabilityUpdate) {
    writer.apply(.availability(update.availability), at: locations[update.providerIndex])
  }
}

private final class QareebReader: SearchReader {
  private let engine: QareebSearch
  private let searcher = Searcher()
  private let analyzer = CaseFoldingSplitter()
  private var queries: [ProviderQuery] = []
  private var texts: [String?] = []

  init(_ engine: QareebSearch) { self.engine = engine }

  func prepare(_ queries: [GeneratedQuery]) throws {
    texts = queries.map(\.text)
    self.queries = try queries.map { generated in
      let centre = try GeoPoint(latitude: generated.latitude, longitude: generated.longitude)
      var query = ProviderQuery(circle: try GeoCircle(centre: centre, radiusMetres: Double(generated.radiusMetres)))
      query.limit = GeneratedQuery.limit
      // Who is free is looked up provider by provider: a screen says "100+" there sooner.
      query.total = engine.countsAll ? .exact : .atMost(generated.window == nil ? 1_000 : 100)
      query.categories = generated.categories.map { Market.categories[$0] }
      query.highestPrice = generated.priceMaximum.map(Int64.init)
      query.lowestRating = generated.ratingMinimumTenths.map { Double($0) / 10 }
      query.lastWordIsPrefix = generated.endsInPrefix
      query.when = generated.window.map {
        ProviderQuery.When(
          window: SlotWindow(day: Int32($0.day), slots: $0.slots), slots: ($0.durationMinutes + 14) / 15)
      }
      return query
    }
  }

  func answer(_ index: Int, into answer: inout SearchAnswer) throws {
    if let text = texts[index] {
      queries[index].words.removeAll()
      analyzer.analyze(text, into: &queries[index].words)
    }
    try searcher.search(engine.snapshot, queries[index])
    for rank in 0..<searcher.count {
      let hit = searcher.hit(rank)
      answer.hits.append(SearchAnswer.Hit(providerIndex: Int(engine.providers[hit.number]), score: hit.score))
    }
    answer.total = searcher.total
  }
}
