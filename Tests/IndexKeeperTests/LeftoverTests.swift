import Foundation
import Glibc
import IndexKeeper
import PostgresClient
import TestSupport
import Testing

/// What killed processes leave behind is cleared away.
@Suite struct LeftoverTests {
  /// A start from the file makes no slot; those that other starts have left must not stay either.
  @Test func aWarmStartDropsSlotsThatNobodyUses() async throws {
    try await withMarket(providers: 20) { market in
      let folder = try TemporaryFolder()
      var options = market.options()
      options.filePath = folder.url.appending(path: "index.qidx").path
      try await market.withIndex(options) { index in try await market.requireEqual(index, "first") }
      try await market.script(
        "SELECT pg_create_logical_replication_slot('qareeb_index_left', 'pgoutput'), pg_create_logical_replication_slot('other_left', 'pgoutput')"
      )
      try await market.withIndex(options) { index in
        _ = try await market.caughtUp(index)
        while try await market.slots("qareeb_index_left") > 0 { await Task.yield() }
        #expect(try await market.slots("qareeb_index_%") == 1)
      }
      #expect(try await market.slots("other_left") == 1)
      #expect(market.hydrations == 1)
      try await market.script(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'other_left'")
    }
  }

  /// A file that was being written is removed, unless somebody still writes it.
  @Test func halfWrittenFilesAreRemoved() async throws {
    try await withMarket(providers: 20) { market in
      let folder = try TemporaryFolder()
      var options = market.options()
      options.filePath = folder.url.appending(path: "index.qidx").path
      _ = try folder.write("half", to: "index.qidx.123456.part")
      _ = try folder.write("another's", to: "other.qidx.123456.part")
      let path = try folder.write("in the writing", to: "index.qidx.123457.part")
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      defer { close(descriptor) }
      try #require(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
      try await market.withIndex(options) { index in try await market.requireEqual(index, "beside leftovers") }
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
      #expect(files == ["index.qidx", "index.qidx.123457.part", "other.qidx.123456.part"])
    }
  }
}

extension KeptMarket {
  /// How many slots of this database are called so.
  fileprivate func slots(_ pattern: String) async throws -> Int {
    try await database.query(
      PreparedQuery(
        adHoc: "SELECT count(*) FROM pg_replication_slots WHERE database = current_database() AND slot_name LIKE '\(pattern)'")
    ).only()[0, as: Int.self]
  }
}
