/// The middle of several measurements and how far apart they were.
public struct Spread: Codable, Sendable, Hashable {
  public let median: Double
  public let minimum: Double
  public let maximum: Double

  public init(_ values: [Double]) {
    precondition(!values.isEmpty, "a spread needs a value")
    let sorted = values.sorted()
    let middle = sorted.count / 2
    median = sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    minimum = sorted[0]
    maximum = sorted[sorted.count - 1]
  }

  /// How many times `values` is `base`, compared within each round: what disturbs a round disturbs both sides of its ratio.
  public init(ratiosOf values: [Double], to base: [Double]) {
    precondition(values.count == base.count, "a ratio needs both measurements of every round")
    self.init(zip(values, base).map { $0 / $1 })
  }

  /// `4.12 (4.05–4.31)`.
  public func text(places: Int) -> String {
    "\(median.text(places: places)) (\(minimum.text(places: places))–\(maximum.text(places: places)))"
  }
}

extension Double {
  public func text(places: Int) -> String {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = (magnitude * scale).rounded()
    guard scaled < 9e15 else { return String(self) }
    let digits = String(UInt64(scaled))
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    let sign = self < 0 && scaled > 0 ? "-" : ""
    if places == 0 { return sign + padded }
    return "\(sign)\(padded.dropLast(places)).\(padded.suffix(places))"
  }
}
