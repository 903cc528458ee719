import EventLoops
import Foundation
import IndexKeeper
import PostgresClient
import ProviderIndex
import TestSupport
import Testing

/// An index that follows a real database.
@Suite struct FollowingTests {
  @Test func hydratesAndFollows() async throws {
    try await withMarket { market in
      try await market.withIndex { index in
        try await market.requireEqual(index, "hydrated")
        #expect(index.status.phase == .following && index.status.providers == 200)
        try await market.script(
          """
          UPDATE catalogue.provider SET rating_sum = 45, rating_count = 10, verification = 'verified' WHERE name_en = 'Provider 7';
          UPDATE catalogue.provider SET name_en = 'Changed name' WHERE name_en = 'Provider 8';
          DELETE FROM catalogue.provider WHERE name_en = 'Provider 9';
          UPDATE catalogue.provider SET is_active = false WHERE name_en = 'Provider 10';
          UPDATE catalogue.service SET price_minor = 7777 WHERE name_en = 'Cut 2';
          DELETE FROM catalogue.service USING catalogue.provider WHERE provider_id = provider.id AND provider.name_en = 'Provider 11';
          UPDATE catalogue.area SET name_en = 'Renamed' WHERE id = 'area-2';
          """)
        try await market.requireEqual(index, "followed")
        let snapshot = try await market.caughtUp(index)
        #expect(try found("changed", in: snapshot).count == 1)
        #expect(try found("renamed", in: snapshot).count > 20)
        #expect(snapshot.count == 198)
        let age = try #require(index.ageMilliseconds)
        #expect(age < 120_000 && index.status.isConnected)
        #expect(market.hydrations == 1)
      }
    }
  }

  /// Calendars beside the rows of documents, in one transaction or in several.
  @Test func rowsOfCalendarsAreFollowed() async throws {
    try await withMarket(providers: 20) { market in
      try await market.withIndex { index in
        try await market.script(
          """
          INSERT INTO catalogue.staff (provider_id, name_en, name_ar) SELECT id, 'Rana', 'رنا' FROM catalogue.provider;
          INSERT INTO catalogue.working_hours (provider_id, staff_id, weekday, starts, ends)
          SELECT provider_id, id, 4, '16:00', '24:00' FROM catalogue.staff WHERE name_en = 'Rana';
          INSERT INTO catalogue.schedule_override (provider_id, staff_id, day, is_closed)
          SELECT provider_id, id, '2026-03-20', true FROM catalogue.staff;
          INSERT INTO catalogue.outside_busy (provider_id, source, during)
          SELECT id, 'partner', '[2026-03-01 10:00+03,2026-03-01 11:00+03)' FROM catalogue.provider;
          UPDATE catalogue.staff SET position = 1;
          UPDATE catalogue.outside_busy SET during = '[2026-03-01 10:00+03,2026-03-01 12:00+03)';
          DELETE FROM catalogue.schedule_override;
          DELETE FROM catalogue.provider WHERE name_en = 'Provider 3';
          TRUNCATE catalogue.outside_busy;
          UPDATE catalogue.provider SET name_en = 'Seen' WHERE name_en = 'Provider 4';
          """)
        try await market.requireEqual(index, "after rows of calendars")
        #expect(try found("seen", in: try await market.caughtUp(index)).count == 1)
        #expect(market.hydrations == 1)
      }
    }
  }

  /// A position that was never written is waited for in vain, and one that was, always seen.
  @Test func oneReadsWhatOneWrote() async throws {
    try await withMarket(providers: 20) { market in
      try await market.withIndex { index in
        #expect(await index.waitForPosition(.max, timeoutMilliseconds: 1) == false)
        for round in 0..<30 {
          try await market.script(
            "UPDATE catalogue.provider SET name_en = 'round\(round)' WHERE name_en IN ('Provider 3', 'round\(round - 1)')")
          let snapshot = try await market.caughtUp(index)
          #expect(try found("round\(round)", in: snapshot).count == 1)
        }
        let waiting = Task { await index.waitForPosition(.max, timeoutMilliseconds: 600_000) }
        waiting.cancel()
        #expect(await waiting.value == false)
      }
    }
  }

  /// What is large and was not changed does not come through the log: a change beside it must not lose it.
  @Test func largeValuesStayWhenSomethingElseChanges() async throws {
    try await withMarket(providers: 20) { market in
      try await market.script(
        """
        UPDATE catalogue.provider SET description_en = (
          SELECT 'precious ' || string_agg(md5(random()::text), ' ') FROM generate_series(1, 500)) WHERE name_en = 'Provider 3'
        """)
      let stored = try await market.database.query(
        "SELECT pg_column_size(description_en), pg_relation_size(reltoastrelid) FROM catalogue.provider, pg_class WHERE name_en = 'Provider 3' AND pg_class.oid = 'catalogue.provider'::regclass"
      ).only().decode(Int.self, Int.self)
      try #require(stored.0 > 8_192 && stored.1 > 0, "the text must be kept out of the row")
      let chunks =
        "SELECT string_agg(DISTINCT chunk_id::text, ',') FROM "
        + (try await market.database.query(
          "SELECT reltoastrelid::regclass::text FROM pg_class WHERE oid = 'catalogue.provider'::regclass"
        ).only()[0, as: String.self])
      func kept() async throws -> String {
        try await market.database.query(PreparedQuery(adHoc: chunks)).only()[0, as: String.self]
      }
      let written = try await kept()
      try await market.withIndex { index in
        try await market.script("UPDATE catalogue.provider SET is_online = true WHERE name_en = 'Provider 3'")
        try await market.script("UPDATE catalogue.provider SET rating_sum = 5, rating_count = 1 WHERE name_en = 'Provider 3'")
        try await market.script("UPDATE catalogue.provider SET name_en = 'Changed' WHERE name_en = 'Provider 3'")
        #expect(try await kept() == written, "a change beside it writes a large value anew")
        try await market.requireEqual(index, "large value kept")
        #expect(market.hydrations == 1)
        #expect(try found("precious", in: try await market.caughtUp(index)).count == 1)
      }
    }
  }

  /// Thousands of rows in one transaction are seen together.
  @Test func aHugeTransactionIsSeenWhole() async throws {
    try await withMarket { market in
      try await market.withIndex { index in
        let done = Flag()
        let reading = Task {
          var (reader, partial) = (index.reader(), 0)
          while !done.isSet {
            let count = reader.latest().count
            if count != 200, count != 8_200 { partial += 1 }
            await Task.yield()
          }
          return partial
        }
        try await market.script(
          """
          INSERT INTO catalogue.provider (market_id, category_id, name_en, name_ar, location)
          SELECT 'amman', 'spa', 'Huge ' || n, 'كبير', ST_MakePoint(35.9, 31.9) FROM generate_series(1, 8000) AS n
          """)
        let snapshot = try await market.caughtUp(index)
        done.set()
        #expect(await reading.value == 0)
        #expect(snapshot.count == 8_200)
        try await market.script("TRUNCATE catalogue.service_area; DELETE FROM catalogue.provider WHERE name_en LIKE 'Huge %'")
        try await market.requireEqual(index, "huge")
        #expect(market.hydrations == 1)
      }
    }
  }

  @Test func columnsMayComeAndGo() async throws {
    try await withMarket(providers: 20) { market in
      try await market.withIndex { index in
        try await market.script(
          """
          ALTER TABLE catalogue.provider ADD COLUMN mood text NOT NULL DEFAULT 'good';
          UPDATE catalogue.provider SET name_en = 'Changed one' WHERE name_en = 'Provider 1';
          ALTER TABLE catalogue.service ADD COLUMN colour text;
          UPDATE catalogue.service SET price_minor = price_minor + 1, colour = 'red';
          ALTER TABLE catalogue.provider DROP COLUMN mood;
          UPDATE catalogue.provider SET name_en = 'Changed two' WHERE name_en = 'Provider 2';
          """)
        try await market.requireEqual(index, "columns")
        #expect(market.logged.filter { $0.contains("error") } == [])
      }
    }
  }

  /// Somebody drops the slot: the index goes on being served, is hydrated anew, and follows again.
  @Test func aLostSlotIsNoticedAndMadeGood() async throws {
    try await withMarket { market in
      try await market.withIndex { index in
        let slot = try await market.database.query(
          "SELECT slot_name::text, coalesce(active_pid, 0) FROM pg_replication_slots WHERE database = current_database()"
        ).only()
        let (name, process) = try slot.decode(String.self, Int.self)
        // The walsender holds its slot; without it, the slot can be dropped before the keeper is back.
        try await market.database.withConnection { connection in
          while true {
            do {
              try await connection.script("SELECT pg_terminate_backend(\(process)); SELECT pg_drop_replication_slot('\(name)')")
              return
            } catch let error as PostgresError where error.sqlState?.description == "55006" {
              // Still ending, or the keeper was faster.
              let taken = try await connection.query(
                PreparedQuery(adHoc: "SELECT active_pid FROM pg_replication_slots WHERE slot_name = '\(name)'")
              ).first?[0, as: Int?.self]
              if let taken = taken ?? nil { try await connection.script("SELECT pg_terminate_backend(\(taken))") }
            }
          }
        }
        try await market.script("UPDATE catalogue.provider SET name_en = 'Changed' WHERE name_en = 'Provider 3'")
        #expect(index.isReady)
        try await market.requireEqual(index, "after the slot was lost")
        #expect(market.logged.contains { $0.contains("is lost") } && market.hydrations >= 2)
      }
    }
  }

  /// Several write while others search; at random moments the writers stop and everything is compared.
  @Test func manyWritersAndReaders() async throws {
    try await withMarket { market in
      var random = SeededRandom()
      try await market.withIndex { index in
        let done = Flag()
        let readers: [Task<Void, any Error>] = (0..<2).map { _ in
          Task {
            var reader = index.reader()
            var last: UInt64 = 0
            while !done.isSet {
              let snapshot = reader.latest()
              let ids = try found("provider", in: snapshot)
              #expect(Set(ids).count == ids.count && snapshot.position >= last)
              last = snapshot.position
              await Task.yield()
            }
          }
        }
        for round in 0..<3 {
          let counts = (0..<4).map { _ in (random.next(), Int.random(in: 10...60, using: &random)) }
          try await withThrowingTaskGroup(of: Void.self) { group in
            for (seed, count) in counts {
              group.addTask {
                var writer = RandomWriter(market.database, seed: seed)
                for _ in 0..<count { try await writer.write() }
              }
            }
            try await group.waitForAll()
          }
          try await market.requireEqual(index, "round \(round)")
        }
        done.set()
        for reader in readers { try await reader.value }
        #expect(market.hydrations == 1, "\(market.logged)")
      }
    }
  }

  /// A file that is damaged, made with other dictionaries, or whose slot is gone is not used; one that is right is.
  /// The database begins where the slot is, so what lies between an older file and that would be missed without anybody noticing.
  @Test func anOlderCopyOfTheFileIsNotUsed() async throws {
    try await withMarket(providers: 20) { market in
      let folder = try TemporaryFolder()
      let path = folder.url.appending(path: "index.qidx")
      var options = market.options()
      options.filePath = path.path
      options.saveIntervalMilliseconds = 0
      var copy = Data()
      try await market.withIndex(options) { index in
        while !FileManager.default.fileExists(atPath: path.path) { await Task.yield() }
        copy = try Data(contentsOf: path)
        try await market.script("UPDATE catalogue.provider SET name_en = 'Changed' WHERE name_en = 'Provider 3'")
        let changed = try await market.position()
        while try await market.confirmedPosition() < changed {
          // One change after another, until the file has the first of them.
          try await market.script("UPDATE catalogue.provider SET popularity = random() WHERE name_en = 'Provider 4'")
        }
      }
      try copy.write(to: path)
      try await market.withIndex(options) { index in try await market.requireEqual(index, "from an older copy") }
      #expect(market.hydrations == 2 && market.logged.contains { $0.contains("it has gone on to") }, "\(market.logged)")
    }
  }

  @Test func onlyGoodFilesAreUsed() async throws {
    try await withMarket { market in
      let folder = try TemporaryFolder()
      let path = folder.url.appending(path: "index.qidx")
      var options = market.options()
      options.filePath = path.path
      try await market.withIndex(options) { index in try await market.requireEqual(index, "first") }
      let first = try Data(contentsOf: path)
      try await market.script("UPDATE catalogue.provider SET name_en = 'Changed' WHERE name_en IN ('Provider 3', 'Provider 4')")
      try await market.withIndex(options) { index in try await market.requireEqual(index, "from the file") }
      #expect(market.hydrations == 1)

      options.analyzerFingerprint = "other dictionaries"
      try await market.withIndex(options) { index in try await market.requireEqual(index, "other dictionaries") }
      #expect(market.hydrations == 2)

      var damaged = try Data(contentsOf: path)
      damaged[damaged.count / 2] ^= 1
      try damaged.write(to: path)
      try await market.withIndex(options) { index in try await market.requireEqual(index, "damaged") }
      #expect(market.hydrations == 3)

      // The first file's slot has long been dropped.
      try first.write(to: path)
      options.analyzerFingerprint = ""
      try await market.withIndex(options) { index in try await market.requireEqual(index, "without its slot") }
      #expect(market.hydrations == 4 && market.logged.contains { $0.contains("it is gone") })
    }
  }
}

extension KeptMarket {
  /// Of the one slot there is.
  fileprivate func confirmedPosition() async throws -> UInt64 {
    let text = try await database.query(
      "SELECT confirmed_flush_lsn::text FROM pg_replication_slots WHERE database = current_database()"
    ).only()[0, as: String.self]
    return try #require(LogPosition.parse(text))
  }
}
