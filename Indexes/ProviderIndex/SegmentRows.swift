import Columns
import Geometry
import Ranking
import SpatialIndex
import TextIndex

/// What a segment is laid out from: everything but the terms, a row a provider, in any order.
struct SegmentRows {
  var places: [GeoPoint] = []
  var ids: [String] = []
  var categories: [UInt16] = []
  private(set) var categoryNumbers: [ExactText: UInt16] = [:]
  var ratings: [Double] = []
  var availabilities: [Double] = []
  var ratingCounts: [UInt32] = []
  /// In the order of `FeatureBlocks.Row`.
  var bytes: [SIMD16<UInt8>] = []
  /// In minor units; infinity without a price.
  var lowestPrices: [Double] = []
  var serviceStarts: [UInt32] = [0]
  var prices: [Int64] = []
  var durations: [UInt16] = []
  var staff: [SIMD2<UInt32>] = []
  var areas: [ServiceAreas.Area] = []

  var count: Int { places.count }

  mutating func number(ofCategory name: String) throws(IndexError) -> UInt16 {
    if let number = categoryNumbers[ExactText(name)] { return number }
    guard categoryNumbers.count < IndexLimits.categories else {
      throw .query(field: "category", reason: "more than \(IndexLimits.categories) different ones")
    }
    let number = UInt16(categoryNumbers.count)
    categoryNumbers[ExactText(name)] = number
    return number
  }

  /// Row numbers in the order of the segment: along the Hilbert curve, and inside short runs of neighbours by merit, best
  /// first: so the leaves are small and their bounds tight.
  func order() -> [UInt32] {
    var order: [(key: UInt64, row: UInt32)] = []
    order.reserveCapacity(count)
    for (row, place) in places.enumerated() { order.append((HilbertCurve.number(place), UInt32(row))) }
    order.sort { ($0.key, $0.row) < ($1.key, $1.row) }
    for start in stride(from: 0, to: count, by: Self.meritRun) {
      let run = start..<min(start + Self.meritRun, count)
      for index in run {
        let row = Int(order[index].row)
        order[index].key = UInt64((1 - min(max(merit(row), 0), 1)) * 4_294_967_295)
      }
      order[run].sort { ($0.key, $0.row) < ($1.key, $1.row) }
    }
    return order.map(\.row)
  }

  private func merit(_ row: Int) -> Double {
    Merit(
      rating: ratings[row], availability: availabilities[row],
      verified: bytes[row][FeatureBlocks.Row.verification.rawValue] != 0
    ).whole
  }

  /// Four leaves. Measured at a million providers: longer runs make leaves wider than their better bounds are worth, shorter ones mix
  /// good and bad in every leaf.
  static let meritRun = 64

  /// The segment; `terms` is given the new number of each row. O(n log n).
  consuming func layOut(terms: ([UInt32]) -> TermIndex) throws(IndexError) -> Segment {
    let order = order()
    var numbers = [UInt32](repeating: 0, count: order.count)
    for (number, row) in order.enumerated() { numbers[Int(row)] = UInt32(number) }
    let features = FeatureBlocks(count: order.count)
    features.fill { [bytes] row, number in bytes[Int(order[number])][row.rawValue] }
    let services = orderedServices(order)
    let idColumn = TextColumn(order.lazy.map { [ids] in ids[Int($0)] })
    let vectors = order.map { row in
      let vector = UnitVector(places[Int(row)])
      return SIMD4(vector.x, vector.y, vector.z, lowestPrices[Int(row)])
    }
    let (latitudes, longitudes) = (order.map { places[Int($0)].latitude }, order.map { places[Int($0)].longitude })
    let byCategory = CategoryOrder(
      categories: order.map { categories[Int($0)] }, categoryCount: categoryNumbers.count, merits: order.map { merit(Int($0)) },
      latitudes: latitudes, longitudes: longitudes, bytes: features)
    let categoryNames = TextColumn(categoryNumbers.sorted { $0.value < $1.value }.map(\.key.text))
    return Segment(
      tree: PackedTree(latitudes: latitudes, longitudes: longitudes), features: features, byCategory: byCategory,
      vectors: Column(vectors),
      places: Column(order.map { SIMD2(places[Int($0)].latitude, places[Int($0)].longitude) }),
      shares: Self.live(order, ratings, availabilities), counts: Self.live(order, ratingCounts), ids: idColumn,
      idTable: try IDTable.build(idColumn).get(), categories: Column(order.map { categories[Int($0)] }),
      categoryNames: categoryNames, categoryTable: try IDTable.build(categoryNames).get(),
      serviceStarts: Column(services.starts),
      prices: Column(services.prices), durations: Column(services.durations), staff: Column(order.map { staff[Int($0)] }),
      areas: ServiceAreas(areas.map { ServiceAreas.Area(owner: numbers[Int($0.owner)], circle: $0.circle) }),
      terms: terms(numbers))
  }

  private static func live(_ order: [UInt32], _ ratings: [Double], _ availabilities: [Double]) -> LiveWords {
    let words = LiveWords(count: 2 * order.count)
    for (number, row) in order.enumerated() {
      words.store(ratings[Int(row)].bitPattern, at: 2 * number)
      words.store(availabilities[Int(row)].bitPattern, at: 2 * number + 1)
    }
    return words
  }

  private static func live(_ order: [UInt32], _ counts: [UInt32]) -> LiveWords {
    let words = LiveWords(count: order.count)
    for (number, row) in order.enumerated() { words.store(UInt64(counts[Int(row)]), at: number) }
    return words
  }

  private func orderedServices(_ order: [UInt32]) -> (starts: [UInt32], prices: [Int64], durations: [UInt16]) {
    var starts: [UInt32] = [0]
    var (newPrices, newDurations): ([Int64], [UInt16]) = ([], [])
    starts.reserveCapacity(order.count + 1)
    newPrices.reserveCapacity(prices.count)
    newDurations.reserveCapacity(durations.count)
    for row in order {
      let services = Int(serviceStarts[Int(row)])..<Int(serviceStarts[Int(row) + 1])
      newPrices.append(contentsOf: prices[services])
      newDurations.append(contentsOf: durations[services])
      starts.append(UInt32(newPrices.count))
    }
    return (starts, newPrices, newDurations)
  }
}
