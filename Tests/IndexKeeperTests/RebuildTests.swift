import ChangeFeed
import EventLoops
import Foundation
import PostgresClient
import ProviderIndex
import Synchronization
import TestSupport
import Testing

@testable import IndexKeeper

/// Indexes made, checked and handed over beside one that is served.
@Suite struct RebuildTests {
  private func withRebuilt(providers: Int = 200, _ body: (RebuiltMarket) async throws -> Void) async throws {
    try await withMarket(providers: providers) { try await body(RebuiltMarket($0)) }
  }

  @Test func searchesGoOnWhileIndexesAreChanged() async throws {
    try await withRebuilt { subject in
      let market = subject.market
      var random = SeededRandom()
      try await market.withIndex(subject.options) { index in
        let done = Flag()
        defer { done.set() }
        let searches = Counter()
        let reader = Task {
          var (reader, last) = (index.reader(), UInt64(0))
          while !done.isSet {
            let snapshot = reader.latest()
            // Somebody is always found, and time never goes back.
            let ids = try found("provider", in: snapshot)
            #expect(!ids.isEmpty && snapshot.position >= last && index.isReady)
            last = snapshot.position
            searches.add()
            // The machine has others to run as well.
            try await Task.sleep(for: .milliseconds(2))
          }
        }
        let seeds = (0..<2).map { _ in random.next() }
        let writers = seeds.map { seed in
          Task {
            var writer = RandomWriter(market.database, seed: seed)
            while !done.isSet { try await writer.write() }
          }
        }
        for round in 0..<3 {
          let before = searches.value
          let report = try await rebuild(subject.options)
          #expect(report.outcome == .takenUp && report.providers > 50)
          try await untilNot { subject.logged("changed over to a published index") <= round }
          #expect(searches.value > before)
        }
        let back = try await rebuild(subject.options, rollsBack: true)
        #expect(back.outcome == .takenUp)
        done.set()
        for writer in writers { try await writer.value }
        try await reader.value
        try await market.requireEqual(index, "after four changes")
        // One read by the start, none by the node since.
        #expect(market.hydrations == 1, "\(market.logged)")
        #expect(
          subject.files.isSuperset(of: ["index.qidx", "index.qidx.previous"]) && !subject.files.contains("index.qidx.next"))
      }
      try await market.withIndex(subject.options) { index in
        try await market.requireEqual(index, "from the file")
        #expect(market.hydrations == 1)
      }
    }
  }

  @Test func aDryRunLeavesNothing() async throws {
    try await withRebuilt { subject in
      try await subject.market.withIndex(subject.options) { index in
        // Its first file is written just now.
        try await untilNot { !subject.files.contains("index.qidx") }
        var plan = RebuildPlan()
        plan.publishes = false
        let steps = Mutex<[RebuildStep]>([])
        let report = try await rebuild(subject.options, plan) { $0.progress = { step in steps.withLock { $0.append(step) } } }
        #expect(report.outcome == .dryRun && report.providers == 200)
        #expect(steps.withLock { $0 }.contains(.checking("row counts")))
        // Whoever watches sees the last provider too.
        let counts = steps.withLock { $0 }.compactMap { if case .reading(let rows, _) = $0 { rows } else { nil } }
        #expect(counts.last == 200 && counts == counts.sorted())
        #expect(subject.files == ["index.qidx", "index.qidx.lock"])
        #expect(try await subject.slots() == 1 && subject.logged("changed over") == 0 && index.isReady)
      }
    }
  }

  @Test func whatIsWrongIsNotPublished() async throws {
    try await withRebuilt { subject in
      try await subject.market.withIndex(subject.options) { index in
        try await untilNot { !subject.files.contains("index.qidx") }
        await #expect(throws: IndexOperationError.checkFailed(["nobody answers"])) {
          try await rebuild(subject.options) { $0.questions = { _ in ["nobody answers"] } }
        }
        #expect(subject.files == ["index.qidx", "index.qidx.lock"])
        let slots = try await subject.slots()
        #expect(slots == 1 && index.isReady)
      }
    }
  }

  /// The check itself: an index that lacks what the database has is found out.
  @Test func theCheckSeesWhatIsMissing() async throws {
    try await withRebuilt { subject in
      let market = subject.market
      try await market.withIndex(subject.options) { _ in }
      try await market.script(
        """
        UPDATE catalogue.provider SET name_en = 'Unheard' WHERE name_en = 'Provider 7';
        DELETE FROM catalogue.service WHERE name_en = 'Cut 1' AND provider_id = (SELECT min(id::text)::uuid FROM catalogue.provider);
        """)
      // Committed before: the slot is moved behind it.
      try await market.script(
        """
        SELECT pg_replication_slot_advance(slot_name, pg_current_wal_flush_lsn()) FROM pg_replication_slots
        WHERE database = current_database();
        """)
      let group = try EventLoopGroup(count: 1, name: "check")
      let loop = group.loops[0]
      let path = try #require(subject.options.filePath)
      let rebuild = IndexRebuild(subject.options)
      await #expect {
        try await loop.run { try await rebuild.check(path, on: loop) }
      } throws: { error in
        guard case IndexOperationError.checkFailed(let reasons) = error else { return false }
        return reasons.contains("it has 400 services, the database 399") && reasons.contains { $0.contains("Unheard") }
      }
      await group.shutdown()
    }
  }

  @Test func aKilledRunIsGoneOnWith() async throws {
    try await withRebuilt { subject in
      struct Killed: Error {}
      var plan = RebuildPlan()
      plan.resumes = true
      let steps = Mutex<[RebuildStep]>([])
      try await subject.market.withIndex(subject.options) { index in
        // Ended in the middle of its checks, as a kill would.
        await #expect(throws: Killed.self) { try await rebuild(subject.options) { $0.questions = { _ in throw Killed() } } }
        #expect(subject.files.contains("index.qidx.unchecked"))
        #expect(try await subject.slots() == 2)
        try await subject.market.script("UPDATE catalogue.provider SET name_en = 'Changed' WHERE name_en = 'Provider 7'")
        let report = try await rebuild(subject.options, plan) { $0.progress = { step in steps.withLock { $0.append(step) } } }
        #expect(report.outcome == .takenUp)
        #expect(steps.withLock { $0 }.contains { if case .resuming = $0 { true } else { false } })
        #expect(!steps.withLock { $0 }.contains(.writing))
        try await subject.market.requireEqual(index, "resumed")

        // And begun anew, the other is not left lying about.
        await #expect(throws: Killed.self) { try await rebuild(subject.options) { $0.questions = { _ in throw Killed() } } }
        #expect(try await rebuild(subject.options).outcome == .takenUp)
        #expect(subject.files == ["index.qidx", "index.qidx.previous", "index.qidx.lock"])
        try await subject.market.requireEqual(index, "anew")
      }
    }
  }

  @Test func withoutANodeTheNextStartTakesIt() async throws {
    try await withRebuilt { subject in
      let market = subject.market
      try await market.withIndex(subject.options) { _ in }
      #expect(try await rebuild(subject.options).outcome == .waitsForStart)
      #expect(subject.files.contains("index.qidx.next"))
      let next = try #require(subject.options.folder).next
      await #expect(throws: IndexOperationError.isWaiting(path: next)) { try await rebuild(subject.options) }
      #expect(try await rebuild(subject.options, rollsBack: true).outcome == .withdrawn)
      #expect(!subject.files.contains("index.qidx.next"))
      await #expect(throws: IndexOperationError.self) { try await rebuild(subject.options, rollsBack: true) }

      #expect(try await rebuild(subject.options).outcome == .waitsForStart)
      try await market.script("UPDATE catalogue.provider SET name_en = 'Changed' WHERE name_en = 'Provider 7'")
      try await market.withIndex(subject.options) { index in
        try await market.requireEqual(index, "taken by the start")
        #expect(subject.files.contains("index.qidx.previous") && market.hydrations == 1)
        #expect(try await rebuild(subject.options, rollsBack: true).outcome == .takenUp)
        try await market.requireEqual(index, "and back")
      }
      #expect(market.hydrations == 1)
    }
  }

  /// What cannot be used is refused, and what is served goes on.
  @Test func aBadFileIsRefused() async throws {
    try await withRebuilt { subject in
      let market = subject.market
      try await market.withIndex(subject.options) { index in
        try await untilNot { !subject.files.contains("index.qidx") }
        let folder = try #require(subject.options.folder)
        var bytes = try Data(contentsOf: URL(filePath: folder.current))
        // Its slot is in use.
        try bytes.write(to: URL(filePath: folder.next))
        try await untilNot { folder.exists(folder.next) }
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(filePath: folder.next))
        try await untilNot { folder.exists(folder.next) }
        try await market.script("UPDATE catalogue.provider SET name_en = 'Changed' WHERE name_en = 'Provider 7'")
        try await market.requireEqual(index, "after two bad ones")
        #expect(subject.logged("a published index is not taken up") == 2 && market.hydrations == 1)
      }
    }
  }

  @Test func oneAtATimeAndNoFasterThanAllowed() async throws {
    try await withRebuilt { subject in
      try await subject.market.withIndex(subject.options) { _ in
        let folder = try #require(subject.options.folder)
        let lock = try #require(try FolderLock(path: folder.lock))
        await #expect(throws: IndexOperationError.busy(path: folder.lock)) { try await rebuild(subject.options) }
        withExtendedLifetime(lock) {}
      }
    }
  }

  @Test func readingIsHeldBack() async throws {
    let group = try EventLoopGroup(count: 1, name: "pace")
    var clock = FeedClock.system
    clock.monotonicMilliseconds = { 7_000 }
    let free = HydrationPace(rowsPerSecond: nil, clock: clock, loop: group.loops[0])
    #expect(free.delayMilliseconds(rows: 1_000_000) == 0)
    let held = HydrationPace(rowsPerSecond: 1_000, clock: clock, loop: group.loops[0])
    #expect(held.delayMilliseconds(rows: 0) == 0 && held.delayMilliseconds(rows: 500) == 500)
    await group.shutdown()
  }
}

/// Looks again and again; the pause between two looks is no part of what is tested.
private func untilNot(_ condition: () -> Bool) async throws {
  while condition() { try await Task.sleep(for: .milliseconds(5)) }
}

private final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  func add() { count.add(1, ordering: .relaxed) }
  var value: Int { count.load(ordering: .relaxed) }
}
