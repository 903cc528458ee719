// Feeds: what partners and providers' own software say of the times that are taken. Lines come as a stream of any length, over HTTP or from a
// file, and are applied a batch at a time: what is held is one batch, and what has been applied stays whatever becomes of the stream.
public import PostgresClient
public import Telemetry
import WebAPI

/// Takes streams of `AvailabilityLine`.
public struct AvailabilityFeed: Sendable {
  let database: Database
  let metrics: FeedMetrics?
  private let clock: TelemetryClock

  public init(database: Database, metrics registry: MetricsRegistry? = nil, clock: TelemetryClock = .system) {
    self.database = database
    metrics = registry.map(FeedMetrics.init)
    self.clock = clock
  }

  /// Begins to take a stream.
  /// - Parameter sources: whose lines are taken; nil for anybody's.
  public func begin(sources: Set<String>? = nil) -> AvailabilityImport { AvailabilityImport(self, sources) }

  /// What has ended before need not be kept.
  var keptSince: PostgresTimestamp {
    PostgresTimestamp(
      microsecondsSince1970: Int64(clock.unixNanoseconds() / 1_000) - Int64(FeedLimits.keptPastDays) * 86_400_000_000)
  }
}

/// A line is of a source that its sender may not write. What came before it has been taken, it and all that comes after it have not.
public struct ForeignSource: Error, Sendable, Equatable, CustomStringConvertible {
  public let line: Int
  public let source: String
  /// By name.
  public let allowed: [String]

  public var description: String {
    "line \(line) is of the source \(source), only \(allowed.joined(separator: ", ")) may be written"
  }
}

/// One stream on its way in. Streams of the same source may come at once: each batch waits for the other's, and the numbers of the lines decide.
public final class AvailabilityImport {
  private let feed: AvailabilityFeed
  private let sources: Set<String>?
  private var lines = BodyLines<AvailabilityLine>(maximumLineBytes: FeedLimits.lineBytes)
  /// So far; what it counts as applied has been committed.
  public private(set) var report = FeedReport()

  init(_ feed: AvailabilityFeed, _ sources: Set<String>?) { (self.feed, self.sources) = (feed, sources) }

  /// Takes the next bytes, and applies the lines that end in them. When it throws, what it had not applied is lost, and the stream with it.
  /// Throws `ForeignSource` and `PostgresError`.
  public func take(_ bytes: [UInt8]) async throws {
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + FeedLimits.batchBytes)
      var batch = FeedBatch(sources: sources)
      lines.read(bytes.span.bytes.extracting(start..<end)) { number, reading in batch.add(reading, number) }
      try await apply(batch)
      start = end
    }
  }

  /// Takes the last line, and learns a position of the log that contains everything.
  public func finish() async throws -> FeedReport {
    var batch = FeedBatch(sources: sources)
    lines.finish { number, reading in batch.add(reading, number) }
    try await apply(batch)
    report.position = try await feed.database.query(FeedStatements.position).only()[0]
    return report
  }

  private func apply(_ batch: FeedBatch) async throws {
    var refused = batch.refused
    if !batch.entries.isEmpty {
      let plan = try await feed.apply(batch.entries)
      report.add(plan)
      feed.metrics?.count(plan)
      refused += plan.refused
    }
    feed.metrics?.refused.add(refused.count)
    for line in refused.sorted(by: { $0.number < $1.number }) { report.refuse(line) }
    if let foreign = batch.foreign { throw foreign }
  }
}

/// Lines that are applied in one transaction.
struct FeedBatch {
  /// Whose lines are taken; nil for anybody's.
  let sources: Set<String>?
  /// The first line of anybody else: nothing is taken from there on.
  private(set) var foreign: ForeignSource?
  private(set) var entries: [FeedEntry] = []
  private(set) var refused: [FeedReport.RefusedLine] = []

  init(sources: Set<String>?) { self.sources = sources }

  mutating func add(_ reading: LineReading<AvailabilityLine>, _ number: Int) {
    guard foreign == nil else { return }
    switch reading {
    case .read(let line):
      guard mayTake(line, number) else { return }
      entries.append(FeedEntry(lineNumber: number, source: line.source, sequence: line.sequence, line: line))
    case .refused(let problems, let line):
      let names = Set(problems.map(\.field))
      let isNamed = names.isDisjoint(with: ["", "source"]) && !line.source.isEmpty
      guard !isNamed || mayTake(line, number) else { return }
      refused.append(.init(number: number, problems: problems.map(FeedReport.Problem.init)))
      // Where source and number are right, the number counts as seen: the gap that it would leave is none.
      if isNamed, !names.contains("sequence") {
        entries.append(FeedEntry(lineNumber: number, source: line.source, sequence: line.sequence, line: nil))
      }
    }
  }

  private mutating func mayTake(_ line: AvailabilityLine, _ number: Int) -> Bool {
    guard let sources, !sources.contains(line.source) else { return true }
    foreign = ForeignSource(line: number, source: line.source, allowed: sources.sorted())
    return false
  }
}

/// What the feed counts.
struct FeedMetrics: Sendable {
  private let applied: Counter
  private let repeated: Counter
  let refused: Counter
  private let missing: Counter

  init(_ registry: MetricsRegistry) {
    let lines = registry.counterFamily(
      "qareeb_availability_lines_total", help: "Lines of availability feeds, by what became of them.", labels: ["outcome"])
    (applied, repeated, refused) = (lines.with("applied"), lines.with("repeated"), lines.with("refused"))
    missing = registry.counter(
      "qareeb_availability_missing_total", help: "Sequence numbers that sources of availability feeds passed over.")
  }

  func count(_ plan: BatchPlan) {
    applied.add(plan.applied)
    repeated.add(plan.repeated)
    missing.add(plan.gaps.reduce(0) { $0 + $1.last - $1.first + 1 })
  }
}
