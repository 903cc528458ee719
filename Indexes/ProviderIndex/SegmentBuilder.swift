import Columns
import Geometry
import Ranking
import SpatialIndex
public import TextIndex

/// Takes providers in any order and lays them out as a segment.
public struct SegmentBuilder {
  private let analyzer: any TextAnalyzer
  private var tokens = TokenBuffer()
  private var terms: TermIndexBuilder
  private var places: [GeoPoint] = []
  private var ids: [String] = []
  private var categories: [UInt16] = []
  private var categoryNumbers: [String: UInt16] = [:]
  private var ratings: [Double] = []
  private var availabilities: [Double] = []
  private var ratingCounts: [UInt32] = []
  private var bytes: [SIMD8<UInt8>] = []
  private var lowestPrices: [Double] = []
  private var serviceStarts: [UInt32] = [0]
  private var prices: [Int64] = []
  private var durations: [UInt16] = []
  private var staff: [SIMD2<UInt32>] = []
  private var areas: [ServiceAreas.Area] = []

  public init(analyzer: any TextAnalyzer) {
    self.analyzer = analyzer
    terms = TermIndexBuilder()
  }

  public var count: Int { places.count }

  /// Adds one provider; a record that is not right is refused and nothing of it kept. Ids are compared when the segment is finished.
  public mutating func add(_ record: ProviderRecord) throws(IndexError) {
    try record.check()
    guard count < IndexLimits.providers else { throw .full(providers: count + 1) }
    let category = try number(ofCategory: record.category)
    let number = UInt32(count)
    places.append(record.place)
    ids.append(record.id)
    categories.append(category)
    ratings.append(record.rating)
    availabilities.append(record.availability)
    ratingCounts.append(record.ratingCount)
    staff.append(SIMD2(record.staff.lowerBound, UInt32(record.staff.count)))
    for service in record.services {
      prices.append(service.price ?? -1)
      durations.append(UInt16(service.durationMinutes))
    }
    serviceStarts.append(UInt32(prices.count))
    let lowest = record.services.lazy.compactMap(\.price).min()
    lowestPrices.append(lowest.map(Double.init) ?? .infinity)
    bytes.append(Self.bytes(of: record, lowestPrice: lowest))
    for circle in record.serviceAreas { areas.append(ServiceAreas.Area(owner: number, circle: circle)) }
    addTerms(of: record, number: number)
  }

  private mutating func number(ofCategory name: String) throws(IndexError) -> UInt16 {
    if let number = categoryNumbers[name] { return number }
    guard categoryNumbers.count < IndexLimits.categories else {
      throw .query(field: "category", reason: "more than \(IndexLimits.categories) different ones")
    }
    let number = UInt16(categoryNumbers.count)
    categoryNumbers[name] = number
    return number
  }

  private mutating func addTerms(of record: ProviderRecord, number: UInt32) {
    for text in record.texts {
      tokens.removeAll()
      analyzer.analyze(text.text, into: &tokens)
      terms.add(provider: number, field: text.field, tokens: tokens)
    }
    if !record.category.isEmpty { terms.add(provider: number, filter: .category, record.category) }
    for tag in Set(record.tags) where !tag.isEmpty { terms.add(provider: number, filter: .tag, tag) }
  }

  /// In the order of `FeatureBlocks.Row`.
  private static func bytes(of record: ProviderRecord, lowestPrice: Int64?) -> SIMD8<UInt8> {
    SIMD8(
      Share.roundedUp(record.rating / 5), Share.roundedUp(record.availability), record.verified ? 255 : 0, record.tier.rawValue,
      Share.roundedUp(record.popularity), Share.roundedUp(record.newness), lowestPrice.map(Cheapness.of) ?? 0,
      record.flags.rawValue)
  }

  /// The segment. O(n log n).
  public consuming func finish() throws(IndexError) -> Segment {
    let order = numbering()
    let features = FeatureBlocks(count: order.count)
    features.fill { [bytes] row, number in bytes[Int(order[number])][row.rawValue] }
    var newNumbers = [UInt32](repeating: 0, count: order.count)
    for (number, arrival) in order.enumerated() { newNumbers[Int(arrival)] = UInt32(number) }
    let services = orderedServices(order)
    let idColumn = TextColumn(order.lazy.map { [ids] in ids[Int($0)] })
    let idTable = try IDTable.build(idColumn).get()
    let vectors = order.map { arrival in
      let vector = UnitVector(places[Int(arrival)])
      return SIMD4(vector.x, vector.y, vector.z, lowestPrices[Int(arrival)])
    }
    return Segment(
      tree: PackedTree(
        latitudes: order.map { places[Int($0)].latitude }, longitudes: order.map { places[Int($0)].longitude }),
      features: features, vectors: Column(vectors),
      places: Column(order.map { SIMD2(places[Int($0)].latitude, places[Int($0)].longitude) }),
      shares: Self.live(order, ratings, availabilities),
      counts: Self.live(order, ratingCounts), ids: idColumn, idTable: idTable,
      categories: Column(order.map { categories[Int($0)] }),
      categoryNames: TextColumn(categoryNumbers.sorted { $0.value < $1.value }.map(\.key)),
      serviceStarts: Column(services.starts),
      prices: Column(services.prices), durations: Column(services.durations), staff: Column(order.map { staff[Int($0)] }),
      areas: ServiceAreas(areas.map { ServiceAreas.Area(owner: newNumbers[Int($0.owner)], circle: $0.circle) }),
      terms: terms.finish(providerCount: order.count, numbers: newNumbers))
  }

  private static func live(_ order: [UInt32], _ ratings: [Double], _ availabilities: [Double]) -> LiveWords {
    let words = LiveWords(count: 2 * order.count)
    for (number, arrival) in order.enumerated() {
      words.store(ratings[Int(arrival)].bitPattern, at: 2 * number)
      words.store(availabilities[Int(arrival)].bitPattern, at: 2 * number + 1)
    }
    return words
  }

  private static func live(_ order: [UInt32], _ counts: [UInt32]) -> LiveWords {
    let words = LiveWords(count: order.count)
    for (number, arrival) in order.enumerated() { words.store(UInt64(counts[Int(arrival)]), at: number) }
    return words
  }

  private func orderedServices(_ order: [UInt32]) -> (starts: [UInt32], prices: [Int64], durations: [UInt16]) {
    var starts: [UInt32] = [0]
    var (newPrices, newDurations): ([Int64], [UInt16]) = ([], [])
    starts.reserveCapacity(order.count + 1)
    newPrices.reserveCapacity(prices.count)
    newDurations.reserveCapacity(durations.count)
    for arrival in order {
      let services = Int(serviceStarts[Int(arrival)])..<Int(serviceStarts[Int(arrival) + 1])
      newPrices.append(contentsOf: prices[services])
      newDurations.append(contentsOf: durations[services])
      starts.append(UInt32(newPrices.count))
    }
    return (starts, newPrices, newDurations)
  }

  /// Arrival numbers in the order of the segment: along the Hilbert curve, and inside short runs of neighbours by what the market's
  /// profile makes of a provider beside distance, best first: so the leaves are small and their bounds tight.
  private func numbering() -> [UInt32] {
    var order: [(key: UInt64, arrival: UInt32)] = []
    order.reserveCapacity(count)
    for (arrival, place) in places.enumerated() { order.append((HilbertCurve.number(place), UInt32(arrival))) }
    order.sort { ($0.key, $0.arrival) < ($1.key, $1.arrival) }
    for start in stride(from: 0, to: count, by: Self.qualityRun) {
      let run = start..<min(start + Self.qualityRun, count)
      for index in run {
        let arrival = Int(order[index].arrival)
        let quality = 0.25 * ratings[arrival] / 5 + 0.25 * availabilities[arrival] + (bytes[arrival][2] != 0 ? 0.2 : 0.14)
        order[index].key = UInt64((1 - quality) * 4_294_967_295)
      }
      order[run].sort { ($0.key, $0.arrival) < ($1.key, $1.arrival) }
    }
    return order.map(\.arrival)
  }

  /// Four leaves. Measured at a million providers: longer runs make leaves wider than their better bounds are worth, shorter ones mix
  /// good and bad in every leaf.
  private static let qualityRun = 64
}
