import TestSupport
import Testing

@testable import Feeds

/// The rules, without a database.
@Suite struct PlanningTests {
  @Test func numbersAreTakenOnce() {
    var progress = SourceProgress()
    #expect(progress.last == nil)
    // Where a source begins is no gap.
    #expect([7, 8, 8, 7, 3].map { progress.take($0) } == [.new, .new, .repeated, .repeated, .repeated])
    #expect(
      [12, 13, 10, 9, 11, 12, 15, 14].map { progress.take($0) } == [.new, .new, .late, .late, .late, .repeated, .new, .late])
    #expect(progress.gaps == [9...11, 14...14] && progress.newGaps == progress.gaps && progress.newlyMissing == 4)
    var next = SourceProgress(last: progress.last, gaps: progress.gaps)
    #expect(next.take(10) == .late && next.take(16) == .new && next.newGaps.isEmpty)
  }

  @Test func onlyTheLatestGapsAreRemembered() {
    var progress = SourceProgress(last: 0)
    for number in 1...FeedLimits.rememberedGaps + 10 { _ = progress.take(number * 2) }
    #expect(progress.gaps.count == FeedLimits.rememberedGaps)
    #expect(progress.newGaps.count == FeedLimits.rememberedGaps + 10)
    #expect(progress.take(1) == .repeated && progress.take(progress.gaps[0].lowerBound) == .late)
    #expect(progress.take(FeedLimits.highestSequence) == .new)
  }

  /// Against a model that knows of every minute what was said last.
  @Test func patchesSayWhatMinutesSay() {
    var random = SeededRandom()
    for _ in 0..<500 {
      var minutes = [Bool](repeating: false, count: 60)
      var rows: [TimeSpan] = []
      for minute in 0..<60 where Bool.random(using: &random) { minutes[minute] = true }
      for minute in 0..<60 where minutes[minute] { rows.append(Int64(minute)..<Int64(minute) + 1) }
      rows = rows.joined()
      var patch = BusyPatch()
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        let from = Int.random(in: 0..<60, using: &random)
        let to = Int.random(in: from...60, using: &random)
        let isBusy = Bool.random(using: &random)
        patch.say(Int64(from)..<Int64(to), isBusy: isBusy)
        for minute in from..<to { minutes[minute] = isBusy }
      }
      for (piece, next) in zip(patch.pieces, patch.pieces.dropFirst()) { #expect(piece.span.upperBound <= next.span.lowerBound) }
      let wanted = minutes.indices.filter { minutes[$0] }.map { Int64($0)..<Int64($0) + 1 }.joined()
      #expect(patch.applied(to: rows) == wanted)
      // Only what overlaps or touches is looked at; the rest must not matter.
      let near = rows.filter { row in
        patch.touched.contains { $0.lowerBound <= row.upperBound && row.lowerBound <= $0.upperBound }
      }
      let change = BusyChange(patch, rows: near.enumerated().map { (id: Int64($0), span: $1) })
      let left = rows.filter { row in !near.contains(row) || !change.removedRows.contains(Int64(near.firstIndex(of: row) ?? -1)) }
      #expect((left + change.added).sorted { $0.lowerBound < $1.lowerBound } == wanted)
      #expect(Set(left).isDisjoint(with: change.added))
    }
  }
}
