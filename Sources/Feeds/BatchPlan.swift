import PostgresClient
import WebAPI

/// A line of which at least source and number could be read.
struct FeedEntry: Equatable {
  let lineNumber: Int
  let source: String
  let sequence: Int
  /// Nil where the rest is wrong: the line is refused already, its number used up.
  let line: AvailabilityLine?
}

/// Whose busy times, and who says so.
struct CalendarKey: Hashable {
  let source: String
  let provider: PostgresUUID
  /// Nil for all of the provider's staff.
  let staff: PostgresUUID?

  /// As the database's constraint names the calendar.
  var owner: PostgresUUID { staff ?? provider }
}

/// What a batch of lines does, given what the database knows. Pure.
struct BatchPlan {
  private(set) var applied = 0
  private(set) var repeated = 0
  private(set) var refused: [FeedReport.RefusedLine] = []
  private(set) var gaps: [FeedReport.Gap] = []
  private(set) var progress: [String: SourceProgress]
  private(set) var patches: [CalendarKey: BusyPatch] = [:]

  /// - Parameters:
  ///   - progress: of every source that is named.
  ///   - providers: those of the named ones that there are.
  ///   - staff: those of the named ones that there are, with their providers.
  init(
    _ entries: [FeedEntry], progress: [String: SourceProgress], providers: Set<PostgresUUID>, staff: [PostgresUUID: PostgresUUID]
  ) {
    self.progress = progress
    for entry in entries {
      let verdict = self.progress[entry.source, default: SourceProgress()].take(entry.sequence)
      guard let line = entry.line else { continue }
      switch (verdict, BatchPlan.calendar(of: line, providers, staff)) {
      case (.repeated, _): repeated += 1
      case (.late, _): refused.append(.init(number: entry.lineNumber, problems: [.late]))
      case (.new, .failure(let problem)): refused.append(.init(number: entry.lineNumber, problems: [problem]))
      case (.new, .success(let calendar)):
        applied += 1
        patches[calendar, default: BusyPatch()].say(
          line.from.unixMicroseconds..<line.to.unixMicroseconds, isBusy: line.status == .busy)
      }
    }
    for (name, progress) in self.progress.sorted(by: { $0.key < $1.key }) {
      gaps += progress.newGaps.map { FeedReport.Gap(source: name, first: $0.lowerBound, last: $0.upperBound) }
    }
  }

  private static func calendar(
    of line: AvailabilityLine, _ providers: Set<PostgresUUID>, _ staff: [PostgresUUID: PostgresUUID]
  ) -> Result<CalendarKey, FeedReport.Problem> {
    let named = line.providerID.map(PostgresUUID.init)
    if let id = line.staffID.map(PostgresUUID.init) {
      guard let provider = staff[id] else { return .failure(.unknownStaff) }
      guard named == nil || named == provider else { return .failure(.staffOfAnother) }
      return .success(CalendarKey(source: line.source, provider: provider, staff: id))
    }
    guard let named, providers.contains(named) else { return .failure(.unknownProvider) }
    return .success(CalendarKey(source: line.source, provider: named, staff: nil))
  }
}

extension FeedReport.Problem: Error {}

extension PostgresUUID {
  init(_ id: Identifier) { self.init(high: id.high, low: id.low) }
}
