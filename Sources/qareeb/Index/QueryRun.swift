import Glibc
import IndexFormats
import ProviderIndex

/// Runs queries one after the other, as often as wanted, and keeps how long each search took: the search alone, neither reading the
/// query nor writing the answer.
struct QueryRun {
  /// Their times are all kept, 4 bytes each.
  static let mostSearches = 100_000_000

  /// What one query found. The searcher holds the hits until the next search.
  struct Answer {
    let line: QueryLine
    let searcher: Searcher
    /// The median of its runs.
    let tookNanoseconds: UInt64

    /// Where the next page begins; nil when this one is not full.
    var cursor: ProviderQuery.Cursor? {
      searcher.count > 0 && searcher.count == line.query.limit ? searcher.hit(searcher.count - 1).cursor : nil
    }
  }

  struct Summary {
    let queries: Int
    let searches: Int
    /// Nil when nothing was searched.
    let median: UInt64?
    let percentile99: UInt64?
    let searchesPerSecond: Double?
  }

  private let snapshot: IndexSnapshot
  private let queries: [QueryLine]
  private let repeats: Int
  private let searcher = Searcher()
  /// By query, then by run. Four seconds and more count as the most that fits.
  private var nanoseconds: [UInt32]

  init(_ snapshot: IndexSnapshot, _ queries: [QueryLine], repeats: Int) {
    self.snapshot = snapshot
    self.queries = queries
    self.repeats = repeats
    nanoseconds = Array(repeating: 0, count: queries.count * repeats)
  }

  /// Hands over the answers of the last round.
  mutating func run(_ take: (Answer) -> Void) throws(IndexError) {
    for round in 0..<repeats {
      for (index, line) in queries.enumerated() {
        let start = monotonicNanoseconds()
        try searcher.search(snapshot, line.query)
        nanoseconds[index * repeats + round] = UInt32(clamping: monotonicNanoseconds() - start)
        guard round == repeats - 1 else { continue }
        let runs = nanoseconds[index * repeats..<(index + 1) * repeats].sorted()
        take(Answer(line: line, searcher: searcher, tookNanoseconds: Self.percentile(50, of: runs) ?? 0))
      }
    }
  }

  var summary: Summary {
    let sorted = nanoseconds.sorted()
    let total = sorted.reduce(UInt64(0)) { $0 + UInt64($1) }
    return Summary(
      queries: queries.count, searches: sorted.count, median: Self.percentile(50, of: sorted),
      percentile99: Self.percentile(99, of: sorted),
      searchesPerSecond: total > 0 ? Double(sorted.count) * 1e9 / Double(total) : nil)
  }

  /// The least of them that so many percent do not exceed.
  private static func percentile(_ percent: Int, of sorted: [UInt32]) -> UInt64? {
    sorted.isEmpty ? nil : UInt64(sorted[(sorted.count * percent + 99) / 100 - 1])
  }
}

/// Of a clock that never jumps.
private func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
