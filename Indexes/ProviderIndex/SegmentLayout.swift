import Columns
import Geometry
import Ranking
import SpatialIndex
import Synchronization
import TextIndex

/// Makes a segment of its rows, in two steps that leave room for the terms: first the numbers, which the terms need, then the rest, which
/// may be done beside them.
final class SegmentLayout: Sendable {
  /// A segment but for its terms.
  typealias Unfinished = @Sendable (TermIndex) -> Segment

  private let rows: SegmentRows
  private let order = Mutex<[UInt32]?>(nil)
  private let unfinished = Mutex<Result<Unfinished, IndexError>?>(nil)

  init(_ rows: SegmentRows) { self.rows = rows }

  /// The number of each row. O(n log n), once.
  var numbers: [UInt32] {
    let order = rowsInOrder
    var numbers = [UInt32](repeating: 0, count: order.count)
    for (number, row) in order.enumerated() { numbers[Int(row)] = UInt32(number) }
    return numbers
  }

  private var rowsInOrder: [UInt32] {
    order.withLock { order in
      if let order { return order }
      let made = rows.order()
      order = made
      return made
    }
  }

  func layOutRows() {
    let result: Result<Unfinished, IndexError>
    do throws(IndexError) {
      result = .success(try rows.unfinishedSegment(rowsInOrder, numbers))
    } catch {
      result = .failure(error)
    }
    unfinished.withLock { $0 = result }
  }

  /// The segment, or the id that occurs twice. After `layOutRows`.
  func segment(_ terms: TermIndex) throws(IndexError) -> Segment {
    guard let result = unfinished.withLock({ $0 }) else { preconditionFailure("the rows are laid out first") }
    return try result.get()(terms)
  }
}

extension SegmentRows {
  /// The segment but for its terms: everything that is a row a provider, in their final order. O(n log n).
  fileprivate func unfinishedSegment(_ order: [UInt32], _ numbers: [UInt32]) throws(IndexError) -> SegmentLayout.Unfinished {
    let features = FeatureBlocks(count: order.count)
    features.fill { row, number in bytes[Int(order[number])][row.rawValue] }
    let services = orderedServices(order)
    let idColumn = TextColumn(order.lazy.map { ids[Int($0)] })
    let vectors = order.map { row in
      let vector = UnitVector(places[Int(row)])
      return SIMD4(vector.x, vector.y, vector.z, lowestPrices[Int(row)])
    }
    let (latitudes, longitudes) = (order.map { places[Int($0)].latitude }, order.map { places[Int($0)].longitude })
    let byCategory = CategoryOrder(
      categories: order.map { categories[Int($0)] }, categoryCount: categoryNumbers.count, merits: order.map { merit(Int($0)) },
      latitudes: latitudes, longitudes: longitudes, bytes: features)
    let categoryNames = TextColumn(categoryNumbers.sorted { $0.value < $1.value }.map(\.key.text))
    let (idTable, categoryTable) = (try IDTable.build(idColumn).get(), try IDTable.build(categoryNames).get())
    let tree = PackedTree(latitudes: latitudes, longitudes: longitudes)
    let ordered = (
      vectors: Column(vectors), places: Column(order.map { SIMD2(places[Int($0)].latitude, places[Int($0)].longitude) }),
      shares: Self.live(order, ratings, availabilities), counts: Self.live(order, ratingCounts),
      categories: Column(order.map { categories[Int($0)] }), staff: Column(order.map { staff[Int($0)] }),
      areas: ServiceAreas(areas.map { ServiceAreas.Area(owner: numbers[Int($0.owner)], circle: $0.circle) }),
      serviceStarts: Column(services.starts), prices: Column(services.prices), durations: Column(services.durations)
    )
    return { terms in
      Segment(
        tree: tree, features: features, byCategory: byCategory, vectors: ordered.vectors, places: ordered.places,
        shares: ordered.shares, counts: ordered.counts, ids: idColumn, idTable: idTable, categories: ordered.categories,
        categoryNames: categoryNames, categoryTable: categoryTable, serviceStarts: ordered.serviceStarts,
        prices: ordered.prices, durations: ordered.durations, staff: ordered.staff, areas: ordered.areas, terms: terms)
    }
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
