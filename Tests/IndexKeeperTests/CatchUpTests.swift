import Foundation
import IndexKeeper
import ProviderIndex
import Synchronization
import TestSupport
import Testing

/// A node that starts from its file tells nobody what has long been otherwise.
@Suite struct CatchUpTests {
  /// - Returns: the position of the file, that of the log when the node started again, and that of the first state it then showed.
  private func firstShown(catchUpMilliseconds: UInt64) async throws -> (saved: UInt64, away: UInt64, shown: UInt64) {
    let positions = Mutex<(saved: UInt64, away: UInt64, shown: UInt64)>((0, 0, 0))
    try await withMarket(providers: 20) { market in
      let folder = try TemporaryFolder()
      var options = market.options()
      options.filePath = folder.url.appending(path: "index.qidx").path
      try await market.withIndex(options) { index in _ = try await market.caughtUp(index) }
      let saved = try #require(market.shown.latest).index.position
      for number in 0..<20 {
        try await market.script(
          "UPDATE catalogue.provider SET name_en = 'Changed \(number)' WHERE name_en = 'Provider \(number)'")
      }
      let away = try await market.position()
      let first = Mutex<UInt64?>(nil)
      options.catchUpMilliseconds = catchUpMilliseconds
      options.shown = { [shown = market.shown] state in
        first.withLock { $0 = $0 ?? state.index.position }
        shown.show(state)
      }
      try await market.withIndex(options) { index in
        #expect(index.status.phase == .following)
        try await market.requireEqual(index, "after a start from its file")
      }
      #expect(market.hydrations == 1)
      positions.withLock { $0 = (saved, away, first.withLock { $0 } ?? 0) }
    }
    return positions.withLock { $0 }
  }

  @Test func whatWasCommittedBeforeAStartIsInTheFirstStateShown() async throws {
    let positions = try await firstShown(catchUpMilliseconds: 600_000)
    #expect(positions.shown >= positions.away && positions.away > positions.saved, "\(positions)")
  }

  @Test func whereCatchingUpTakesLongWhatThereIsIsShown() async throws {
    let positions = try await firstShown(catchUpMilliseconds: 0)
    #expect(positions.shown > 0 && positions.shown < positions.away, "\(positions)")
  }
}
