/// How many providers the radius of a query holds: what the market is tuned by.
public struct Crowding: Sendable {
  public let median: Int
  public let ninetyNinth: Int

  private static let queries = 10_000
  /// A cell of the grid: about 11 km, so that the largest radius reaches two cells away.
  private static let cellsPerDegree = 10.0

  /// Counts exactly, with a grid over every point: 8 bytes a provider while it lasts.
  public init(_ market: Market) {
    var cells: [Int64: [SIMD2<Int32>]] = [:]
    for index in 0..<market.providerCount {
      let opening = market.opening(of: index)
      cells[Crowding.cell(opening.latitude, opening.longitude), default: []].append([opening.latitude, opening.longitude])
    }
    let counts = (0..<Crowding.queries).map { Crowding.count(market.query(.a, $0), cells) }.sorted()
    median = counts[counts.count / 2]
    ninetyNinth = counts[counts.count * 99 / 100]
  }

  public var text: String { "a radius holds \(median) providers at the median, \(ninetyNinth) at the 99th percentile" }

  private static func cell(_ latitude: Int32, _ longitude: Int32) -> Int64 {
    let row = (Double(latitude) / 1_000_000 * cellsPerDegree).rounded(.down)
    let column = (Double(longitude) / 1_000_000 * cellsPerDegree).rounded(.down)
    return Int64(row) << 32 | Int64(column) & 0xFFFF_FFFF
  }

  /// On a plane: good to a part in a thousand over 20 km, which is enough for a figure like this.
  private static func count(_ query: GeneratedQuery, _ cells: [Int64: [SIMD2<Int32>]]) -> Int {
    let metresPerMicrodegree = Places.kilometresPerDegree / 1_000
    let shrink = Places.cosine(degrees: query.latitude)
    let reach = Double(query.radiusMetres) / metresPerMicrodegree
    let step = 1_000_000 / cellsPerDegree
    let rows = Int((reach / step).rounded(.up))
    let columns = Int((reach / shrink / step).rounded(.up))
    var count = 0
    for row in -rows...rows {
      for column in -columns...columns {
        let latitude = query.latitudeMicrodegrees + Int32(Double(row) * step)
        let longitude = query.longitudeMicrodegrees + Int32(Double(column) * step)
        for point in cells[cell(latitude, longitude)] ?? [] {
          let north = Double(point[0] - query.latitudeMicrodegrees)
          let east = Double(point[1] - query.longitudeMicrodegrees) * shrink
          if north * north + east * east <= reach * reach { count += 1 }
        }
      }
    }
    return count
  }
}
