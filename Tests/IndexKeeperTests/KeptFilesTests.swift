import ChangeFeed
import EventLoops
import Foundation
import PostgresClient
import Synchronization
import TestSupport
import Testing

@testable import IndexKeeper

/// Files that are kept to go back to, or to be gone on with, and the log that their slots hold, do not stay for ever.
@Suite struct KeptFilesTests {
  @Test func limitsAreReachedByTimeOrByLog() {
    let limits = KeptFileLimits()
    #expect(limits.seconds == 86_400 && limits.logBytes == 2 << 30)
    #expect(!limits.areReached(ageSeconds: 86_399, heldLogBytes: (2 << 30) - 1))
    #expect(limits.areReached(ageSeconds: 86_400, heldLogBytes: 0))
    #expect(limits.areReached(ageSeconds: 0, heldLogBytes: 2 << 30))
    // A damaged file says nothing of its log.
    #expect(!limits.areReached(ageSeconds: 86_399, heldLogBytes: nil) && limits.areReached(ageSeconds: 86_400, heldLogBytes: nil))
  }

  @Test func afterADayTheyAreGivenUp() async throws {
    try await withRebuilt { subject in
      try await subject.market.withIndex(subject.options) { index in
        try await makeBoth(subject)
        let (folder, market) = (try #require(subject.options.folder), subject.market)
        let names = try [folder.previous, folder.unchecked].map { path in
          let now = FeedClock.system.now()
          return now.microsecondsSince1970 / 1_000_000 - Int64(try #require(folder.ageSeconds(path, at: now)))
        }
        market.setTime(secondsSince1970: (names.min() ?? 0) + 86_399)
        try await sweeps(market, "age")
        #expect(folder.exists(folder.previous) && folder.exists(folder.unchecked))
        #expect(try await subject.slots() == 3)

        market.setTime(secondsSince1970: (names.max() ?? 0) + 86_400)
        while try await subject.slots() > 1 { await Task.yield() }
        #expect(subject.files == ["index.qidx", "index.qidx.lock"])
        #expect(subject.logged("is given up") == 2)
        await #expect(throws: IndexOperationError.nothingToReturnTo(path: folder.previous)) {
          try await rebuild(subject.options, rollsBack: true)
        }
        try await market.requireEqual(index, "after a day")
      }
    }
  }

  @Test func whenTheyHoldTooMuchLogTheyAreGivenUp() async throws {
    try await withRebuilt(logBytes: 32 << 20) { subject in
      try await subject.market.withIndex(subject.options) { index in
        let (folder, market) = (try #require(subject.options.folder), subject.market)
        try await makeBoth(subject)
        let position = try #require(try IndexFileFacts.read(path: folder.previous)?.position)
        try await sweeps(market, "log")
        // Others write to the same log.
        #expect(folder.exists(folder.previous) || index.position - position >= 32 << 20)

        try await market.script("SELECT pg_logical_emit_message(false, 'test', repeat('x', 1 << 20)) FROM generate_series(1, 33)")
        while try await subject.slots() > 1 { await Task.yield() }
        #expect(index.position - position >= 32 << 20)
        #expect(subject.files == ["index.qidx", "index.qidx.lock"])
        try await market.requireEqual(index, "after much log")
      }
    }
  }

  private func withRebuilt(
    logBytes: UInt64 = IndexKeeperLimits.keptLogBytes, _ body: (RebuiltMarket) async throws -> Void
  ) async throws {
    try await withMarket(providers: 50) { market in
      var subject = try RebuiltMarket(market)
      subject.options.sweepIntervalMilliseconds = 0
      subject.options.keptFiles.logBytes = logBytes
      try await body(subject)
    }
  }

  /// An index to go back to, and one of a run that was killed.
  private func makeBoth(_ subject: RebuiltMarket) async throws {
    struct Killed: Error {}
    #expect(try await rebuild(subject.options).outcome == .takenUp)
    await #expect(throws: Killed.self) { try await rebuild(subject.options) { $0.questions = { _ in throw Killed() } } }
  }

  /// Returns when the node has looked for old files, from the first to the last, since the call. It looks for slots that nobody uses behind
  /// them, which have names of the whole cluster: the first may go with the look of its start, the second with a look that was under way.
  private func sweeps(_ market: KeptMarket, _ test: String) async throws {
    for number in 1...3 {
      let name = "qareeb_index_\(test)\(number)"
      try await market.script("SELECT pg_create_logical_replication_slot('\(name)', 'pgoutput')")
      let isThere = PreparedQuery(adHoc: "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '\(name)'")
      while try await market.database.query(isThere).only()[0, as: Int.self] > 0 { await Task.yield() }
    }
  }
}

extension KeptMarket {
  fileprivate func setTime(secondsSince1970 seconds: Int64) {
    time.withLock { $0 = PostgresTimestamp(microsecondsSince1970: seconds * 1_000_000) }
  }
}
