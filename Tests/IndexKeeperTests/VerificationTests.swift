import EventLoops
import Foundation
import PostgresClient
import ProviderIndex
import TestSupport
import Testing

@testable import IndexKeeper

/// An index and the database are compared at one position; what differs is named.
@Suite struct VerificationTests {
  private func verify(_ options: LiveIndexOptions) async throws -> VerificationReport {
    let group = try EventLoopGroup(count: 1, name: "verify")
    let loop = group.loops[0]
    let result: Result<VerificationReport, any Error>
    do {
      result = .success(try await loop.run { try await IndexVerification(options).run(on: loop) })
    } catch {
      result = .failure(error)
    }
    await group.shutdown()
    return try result.get()
  }

  private func slots(_ market: KeptMarket) async throws -> Int {
    try await market.database.query("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()").only()[0]
  }

  @Test func equalWhileOthersWrite() async throws {
    try await withMarket { market in
      var random = SeededRandom()
      let folder = try TemporaryFolder()
      var options = market.options()
      options.filePath = folder.url.appending(path: "index.qidx").path
      try await market.withIndex(options) { index in
        // A node that has only just hydrated has not saved yet, and nobody may follow its slot.
        while !FileManager.default.fileExists(atPath: folder.url.path + "/index.qidx") {
          try await Task.sleep(for: .milliseconds(5))
        }
        let done = Flag()
        defer { done.set() }
        let seeds = (0..<3).map { _ in random.next() }
        let writers = seeds.map { seed in
          Task {
            var writer = RandomWriter(market.database, seed: seed)
            while !done.isSet { try await writer.write() }
          }
        }
        for _ in 0..<4 {
          let report = try await verify(options)
          #expect(report.isEqual, "\(report.differences)")
          #expect(report.isServed && report.rows > 100 && report.documents > 50 && report.indexHash == report.databaseHash)
        }
        done.set()
        for writer in writers { try await writer.value }
        #expect(index.status.phase == .following)
        // Nothing is left behind but the node's own.
        #expect(try await slots(market) == 1)
        #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/index.qidx.save"))
      }
      // The file alone, brought forward by what has been written since.
      try await market.script("UPDATE catalogue.provider SET name_en = 'Changed' WHERE name_en LIKE 'Provider 1%'")
      let report = try await verify(options)
      #expect(report.isEqual && !report.isServed && report.replayedBytes > 0, "\(report.differences)")
      #expect(market.hydrations == 1)
    }
  }

  /// The node's slot is moved behind its back, so that it never hears of some changes: exactly those are named.
  @Test func whatIsMissingIsNamed() async throws {
    try await withMarket { market in
      let folder = try TemporaryFolder()
      var options = market.options()
      options.filePath = folder.url.appending(path: "index.qidx").path
      try await market.withIndex(options) { _ in }
      let id = try await market.database.query("SELECT id::text FROM catalogue.provider WHERE name_en = 'Provider 7'").only()[
        0, as: String.self]
      try await market.script(
        """
        UPDATE catalogue.provider SET name_en = 'Unheard', rating_sum = 5, rating_count = 1 WHERE id = '\(id)';
        DELETE FROM catalogue.service WHERE provider_id = '\(id)' AND name_en = 'Cut 1';
        UPDATE catalogue.category SET name_en = 'Unheard' WHERE id = 'spa';
        """)
      try await market.script(
        """
        SELECT pg_replication_slot_advance(slot_name, pg_current_wal_flush_lsn()) FROM pg_replication_slots
        WHERE database = current_database()
        """)
      try await market.script("UPDATE catalogue.provider SET name_en = 'Heard' WHERE name_en = 'Provider 8'")
      let report = try await verify(options)
      #expect(!report.isEqual && report.indexHash != report.databaseHash)
      let found = Set(
        report.differences.map { "\($0.subject == id ? "7" : $0.subject) \($0.field): \($0.index) | \($0.database)" })
      for expected in [
        "7 row.name.en: Provider 7 | Unheard", "7 row.live.ratingCount: 2 | 1", "category spa row.name.en: Spa | Unheard",
      ] { #expect(found.contains(expected), "\(expected) in \(found)") }
      #expect(found.contains { $0.hasPrefix("7 row.services.") && $0.hasSuffix("| nothing") }, "\(found)")
      // Those of the renamed category are found by other words, and of nobody else anything is said.
      let strangers = report.differences.filter { $0.subject != id && $0.subject != "category spa" }
      #expect(strangers.allSatisfy { $0.field == "document.words" } && !strangers.isEmpty)
      let spas = try await market.database.query(
        PreparedQuery(adHoc: "SELECT count(*) FROM catalogue.provider WHERE category_id = 'spa' AND id <> '\(id)'")
      ).only()[
        0, as: Int.self]
      #expect(strangers.count == spas && report.differenceCount == report.differences.count)
    }
  }

  @Test func whatCannotBeVerifiedIsSaid() async throws {
    try await withMarket(providers: 20) { market in
      let folder = try TemporaryFolder()
      var options = market.options()
      options.filePath = folder.url.appending(path: "index.qidx").path
      let path = try #require(options.filePath)
      await #expect(throws: IndexOperationError.noIndex(path: path)) { try await verify(options) }
      try await market.withIndex(options) { _ in }
      var other = options
      other.analyzerFingerprint = "other dictionaries"
      await #expect(throws: IndexOperationError.self) { try await verify(other) }
      try await market.script(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()")
      await #expect {
        try await verify(options)
      } throws: { error in
        if case IndexOperationError.slotGone = error { true } else { false }
      }
    }
  }
}

/// Members are compared whatever they are.
@Suite struct MemberDifferenceTests {
  private struct Inner: Hashable { var number = 1, text: String? = "a" }
  private struct Outer: Hashable { var inner = Inner(), list = [1, 2] }

  @Test func differencesHavePaths() {
    var other = Outer()
    #expect(MemberDifferences.between(Outer(), other, at: "x").isEmpty)
    other.inner.text = nil
    other.inner.number = 2
    other.list = [2]
    let found = MemberDifferences.between(Outer(), other, at: "x").map { "\($0.path) \($0.one) \($0.other)" }
    #expect(found == ["x.inner.number 1 2", "x.inner.text a nothing", "x.list [1, 2] [2]"])
    #expect(MemberDifferences.between(Inner?.none, Inner(), at: "x").count == 1)
  }

  @Test func allAreCountedAndSomeAreKept() {
    var list = DifferenceList(limit: 2)
    for number in 0..<5 { list.add("\(number)", "field", index: String(repeating: "x", count: 1_000), database: "") }
    #expect(list.count == 5 && list.kept.map(\.subject) == ["0", "1"] && list.kept[0].index.count == 201)
  }
}
