import Columns
import Geometry
import Ranking
import SpatialIndex
import TextIndex

/// What a segment is laid out from: everything but the terms, a row a provider, in any order.
struct SegmentRows: Sendable {
  /// Who is alike in all else stands in the order of these; no two are the same.
  var turns: [UInt32] = []
  var places: [GeoPoint] = []
  var ids: [String] = []
  var categories: [UInt16] = []
  private(set) var categoryNumbers: [ExactText: UInt16] = [:]
  /// By category: the first turn of a provider in it.
  private(set) var categoryTurns: [UInt32] = []
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

  mutating func number(ofCategory name: String, turn: UInt32) throws(IndexError) -> UInt16 {
    if let number = categoryNumbers[ExactText(name)] {
      categoryTurns[Int(number)] = min(categoryTurns[Int(number)], turn)
      return number
    }
    guard categoryNumbers.count < IndexLimits.categories else {
      throw .query(field: "category", reason: "more than \(IndexLimits.categories) different ones")
    }
    let number = UInt16(categoryNumbers.count)
    categoryNumbers[ExactText(name)] = number
    categoryTurns.append(turn)
    return number
  }

  private struct Placed: BitwiseCopyable {
    var key: UInt64
    let turn: UInt32
    let row: UInt32

    static func < (one: Placed, other: Placed) -> Bool { (one.key, one.turn) < (other.key, other.turn) }
  }

  /// Row numbers in the order of the segment: along the Hilbert curve, and inside short runs of neighbours by merit, best
  /// first: so the leaves are small and their bounds tight.
  func order() -> [UInt32] {
    var order: [Placed] = []
    order.reserveCapacity(count)
    for (row, place) in places.enumerated() {
      order.append(Placed(key: HilbertCurve.number(place), turn: turns[row], row: UInt32(row)))
    }
    order.sort(by: <)
    for start in stride(from: 0, to: count, by: Self.meritRun) {
      let run = start..<min(start + Self.meritRun, count)
      for index in run {
        let row = Int(order[index].row)
        order[index].key = UInt64((1 - min(max(merit(row), 0), 1)) * 4_294_967_295)
      }
      order[run].sort(by: <)
    }
    return order.map(\.row)
  }

  func merit(_ row: Int) -> Double {
    Merit(
      rating: ratings[row], availability: availabilities[row],
      verified: bytes[row][FeatureBlocks.Row.verification.rawValue] != 0
    ).whole
  }

  /// Four leaves. Measured at a million providers: longer runs make leaves wider than their better bounds are worth, shorter ones mix
  /// good and bad in every leaf.
  static let meritRun = 64
}
