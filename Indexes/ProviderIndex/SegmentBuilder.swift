import Geometry
import Ranking
import SpatialIndex
public import TextIndex

/// Takes providers in any order and lays them out as a segment.
///
/// Several builders with the same analyser can be filled at the same time, each on a thread of its own, and finished together. The
/// segment then depends on the providers and their turns, not on who took which: it is the same to the byte.
public struct SegmentBuilder: Sendable {
  private let analyzer: any TextAnalyzer
  private var terms = TermIndexBuilder()
  private var rows = SegmentRows()

  public init(analyzer: any TextAnalyzer) { self.analyzer = analyzer }

  public var count: Int { rows.count }

  /// Adds one provider; a record that is not right is refused and nothing of it kept. Ids are compared when the segment is finished.
  public mutating func add(_ record: ProviderRecord) throws(IndexError) { try add(record, turn: UInt32(count)) }

  /// The same for one of several builders.
  /// - Parameter turn: the provider's own among all builders'. Who is alike in all else stands in this order.
  public mutating func add(_ record: ProviderRecord, turn: UInt32) throws(IndexError) {
    try record.check()
    guard count < IndexLimits.providers else { throw .full(providers: count + 1) }
    let category = try rows.number(ofCategory: record.category, turn: turn)
    let row = UInt32(count)
    rows.turns.append(turn)
    rows.places.append(record.place)
    rows.ids.append(record.id)
    rows.categories.append(category)
    rows.ratings.append(record.rating)
    rows.availabilities.append(record.availability)
    rows.ratingCounts.append(record.ratingCount)
    rows.staff.append(SIMD2(record.staff.lowerBound, UInt32(record.staff.count)))
    for service in record.services {
      rows.prices.append(service.price ?? -1)
      rows.durations.append(UInt16(service.durationMinutes))
    }
    rows.serviceStarts.append(UInt32(rows.prices.count))
    let lowest = record.services.lazy.compactMap(\.price).min()
    rows.lowestPrices.append(lowest.map(Double.init) ?? .infinity)
    rows.bytes.append(Self.bytes(of: record, lowestPrice: lowest))
    for circle in record.serviceAreas { rows.areas.append(ServiceAreas.Area(owner: row, circle: circle)) }
    addTerms(of: record, row: row)
  }

  private mutating func addTerms(of record: ProviderRecord, row: UInt32) {
    for text in record.texts { terms.add(provider: row, field: text.field, text: text.text, analyzer: analyzer) }
    // Those in none are found by the empty name, as facets count them.
    terms.add(provider: row, filter: .category, record.category)
    for tag in Set(record.tags.map(ExactText.init)) where !tag.text.isEmpty {
      terms.add(provider: row, filter: .tag, tag.text)
    }
  }

  /// In the order of `FeatureBlocks.Row`.
  private static func bytes(of record: ProviderRecord, lowestPrice: Int64?) -> SIMD16<UInt8> {
    let merit = Merit(rating: record.rating, availability: record.availability, verified: record.verified)
    return SIMD16(
      merit.byte, merit.standingByte, Share.roundedUp(record.rating / 5), lowestPrice.map(Cheapness.of) ?? 0,
      Share.roundedUp(record.availability), record.verified ? 255 : 0, record.tier.rawValue, Share.roundedUp(record.popularity),
      Share.roundedUp(record.newness), record.flags.rawValue, 0, 0, 0, 0, 0, 0)
  }

  /// The segment, or the id that occurs twice.
  public consuming func finish(crew: Crew = .alone) throws(IndexError) -> Segment { try Self.finish([self], crew: crew) }

  /// One segment of all that several builders have taken. O(n log n).
  public static func finish(_ builders: consuming [SegmentBuilder], crew: Crew = .alone) throws(IndexError) -> Segment {
    let count = builders.reduce(0) { $0 + $1.count }
    guard count <= IndexLimits.providers else { throw .full(providers: count) }
    var (terms, parts) = ([TermIndexBuilder](), [SegmentRows]())
    var first = 0
    for builder in builders {
      terms.append(builder.terms)
      terms[terms.count - 1].moveProviders(by: UInt32(first))
      parts.append(builder.rows)
      first += builder.count
    }
    // What the parts share with the rest of this function would be copied where it is changed.
    builders = []
    let layout = SegmentLayout(try SegmentRows(joining: parts))
    parts = []
    let index = TermIndexBuilder.finish(
      terms, providerCount: count, crew: crew, numbers: { layout.numbers }, meanwhile: { layout.layOutRows() })
    return try layout.segment(index)
  }
}
