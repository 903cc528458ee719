import Synchronization

/// Only grows. Hold it: adding is lock-free and allocates nothing.
public struct Counter: Sendable {
  let cells: AtomicCells

  /// A counter of no registry, to be shown by a callback or not at all.
  public init() { cells = AtomicCells(cells: 1) }

  public func add(_ amount: Int = 1) {
    precondition(amount >= 0, "a counter only grows")
    cells.add(0, UInt64(amount))
  }

  public var value: UInt64 { cells.total(0) }
}

/// Goes up and down.
public struct Gauge: Sendable {
  private final class Cell: Sendable {
    let value = Atomic<Int>(0)
  }

  private let cell = Cell()

  public func set(_ value: Int) { cell.value.store(value, ordering: .relaxed) }
  public func add(_ amount: Int = 1) { cell.value.wrappingAdd(amount, ordering: .relaxed) }
  public func subtract(_ amount: Int = 1) { cell.value.wrappingSubtract(amount, ordering: .relaxed) }
  public var value: Int { cell.value.load(ordering: .relaxed) }
}

/// Upper bounds of a histogram's buckets, in whole units (nanoseconds, bytes), and what one unit is in the published unit.
public struct HistogramBuckets: Sendable, Equatable {
  public let upperBounds: [UInt64]
  /// Units in one published unit: 1e9 for nanoseconds published as seconds.
  public let unitsPerPublished: Double

  public init(upperBounds: [UInt64], unitsPerPublished: Double = 1) {
    precondition(!upperBounds.isEmpty && zip(upperBounds, upperBounds.dropFirst()).allSatisfy(<), "bounds grow")
    precondition(unitsPerPublished > 0, "a unit is positive")
    self.upperBounds = upperBounds
    self.unitsPerPublished = unitsPerPublished
  }

  /// Nanoseconds published as seconds: 10 µs to 10 s in steps of 1, 2.5, 5.
  public static let latency = HistogramBuckets(
    upperBounds: [
      10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
      1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000, 500_000_000,
      1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
    ], unitsPerPublished: 1e9)

  /// Bytes: 256 B to 64 MiB in steps of four.
  public static let size = HistogramBuckets(upperBounds: (4...13).map { UInt64(1) << (2 * $0) })
}

/// Counts observations by size. Hold it: observing is lock-free and allocates nothing.
public struct Histogram: Sendable {
  let buckets: HistogramBuckets
  // One cell a bound, one for what is above the last, one for the sum.
  private let cells: AtomicCells

  init(buckets: HistogramBuckets) {
    self.buckets = buckets
    cells = AtomicCells(cells: buckets.upperBounds.count + 2)
  }

  /// Observes a value in the buckets' unit: nanoseconds for `.latency`. O(log buckets).
  public func observe(_ value: UInt64) {
    let bounds = buckets.upperBounds
    var low = 0
    var high = bounds.count
    while low < high {
      let middle = (low + high) / 2
      if value <= bounds[middle] { high = middle } else { low = middle + 1 }
    }
    cells.add(low, 1, bounds.count + 1, value)
  }

  public func observe(nanoseconds: UInt64) { observe(nanoseconds) }

  /// Observations at or below each bound, then all of them; and their sum. Each number is exact, together they may straddle an observation.
  func snapshot() -> (cumulative: [UInt64], sum: UInt64) {
    var running: UInt64 = 0
    let cumulative = (0...buckets.upperBounds.count).map { index in
      running &+= cells.total(index)
      return running
    }
    return (cumulative, cells.total(buckets.upperBounds.count + 1))
  }

  public var count: UInt64 { snapshot().cumulative.last ?? 0 }
}
