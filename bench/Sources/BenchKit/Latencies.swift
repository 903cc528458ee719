/// How long many things took, in one unit that the name of the member says where this is kept.
public struct Latencies: Codable, Sendable, Hashable {
  public let samples: Int
  public let p50: Double
  public let p99: Double
  public let maximum: Double

  public init(_ values: [Double]) {
    precondition(!values.isEmpty, "latencies need a value")
    let sorted = values.sorted()
    samples = sorted.count
    p50 = sorted[sorted.count / 2]
    p99 = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
    maximum = sorted[sorted.count - 1]
  }

  public func text(places: Int) -> String {
    "\(p50.text(places: places)) / \(p99.text(places: places)) / \(maximum.text(places: places))"
  }
}
