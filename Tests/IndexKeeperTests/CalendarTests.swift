import AvailabilityIndex
import ChangeFeed
import Foundation
import IndexKeeper
import PostgresClient
import ProviderIndex
import Synchronization
import TestSupport
import Testing

/// Calendars that follow a real database, and time.
@Suite struct CalendarTests {
  private static let spring = "timestamptz '2026-03-20 08:07+00'"

  /// Random writes to calendars, in a zone whose clocks change within the days that are kept.
  @Test(arguments: ["Europe/Berlin", "Asia/Amman", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu"])
  func randomWritesAreFollowed(zone: String) async throws {
    try await withMarket(providers: 60) { market in
      market.set("2026-03-20T08:07:00Z")
      try await market.script("UPDATE catalogue.market SET time_zone = '\(zone)'")
      var random = SeededRandom(stream: zone)
      try await market.withIndex { index in
        try await market.requireEqual(index, "\(zone), hydrated")
        for round in 0..<2 {
          var writer = RandomWriter(market.database, seed: random.next())
          (writer.moment, writer.calendarShare) = (Self.spring, 1)
          for _ in 0..<60 { try await writer.write() }
          try await market.requireEqual(index, "\(zone), round \(round)")
        }
        #expect(market.hydrations == 1)
      }
    }
  }

  /// Hours pass, days pass, and weeks at once; and while they do, calendars change.
  @Test func timeIsFollowed() async throws {
    try await withMarket(providers: 60) { market in
      market.set("2026-10-20T08:07:00Z")
      try await market.script("UPDATE catalogue.market SET time_zone = 'Europe/Berlin'")
      var random = SeededRandom()
      try await market.withIndex { index in
        for time in [
          "2026-10-20T08:14:59Z", "2026-10-20T08:15:00Z", "2026-10-20T16:00:00Z", "2026-10-20T23:59:00Z", "2026-10-21T00:00:00Z",
          "2026-10-25T00:30:00Z", "2026-12-24T12:00:00Z", "2027-06-01T00:00:00Z",
        ] {
          market.set(time)
          var writer = RandomWriter(market.database, seed: random.next())
          (writer.moment, writer.calendarShare) = ("timestamptz '\(time)'", 1)
          for _ in 0..<10 { try await writer.write() }
          try await market.requireEqual(index, time)
          let calendar = try #require(market.shown.latest?.index.calendar)
          let now = market.time.withLock { $0.microsecondsSince1970 }
          #expect(Int64(calendar.firstDay) == now / 86_400_000_000)
        }
        #expect(market.hydrations == 1)
      }
    }
  }

  /// From a file: written on one day, read on another.
  @Test func calendarsOutliveTheProcess() async throws {
    try await withMarket(providers: 60) { market in
      let folder = try TemporaryFolder()
      var options = market.options()
      options.filePath = folder.url.appending(path: "index.qidx").path
      var random = SeededRandom()
      for (round, time) in ["2026-03-20T08:07:00Z", "2026-03-20T22:00:00Z", "2026-03-23T10:00:00Z"].enumerated() {
        market.set(time)
        try await market.withIndex(options) { index in
          var writer = RandomWriter(market.database, seed: random.next())
          (writer.moment, writer.calendarShare) = (Self.spring, 2)
          for _ in 0..<30 { try await writer.write() }
          try await market.requireEqual(index, time)
        }
        // What happens while nobody follows is caught up with.
        var writer = RandomWriter(market.database, seed: random.next())
        (writer.moment, writer.calendarShare) = (Self.spring, 2)
        for _ in 0..<10 { try await writer.write() }
        #expect(market.hydrations == 1, "round \(round): \(market.logged)")
      }
    }
  }

  /// What a country decides about its clocks, and what somebody mistyped.
  @Test func aMarketsZoneMayChange() async throws {
    try await withMarket(providers: 20) { market in
      market.set("2026-03-20T08:07:00Z")
      try await market.withIndex { index in
        try await market.script("UPDATE catalogue.market SET time_zone = 'America/New_York'")
        try await market.requireEqual(index, "another zone")
        for name in ["Asia/Nowhere", "../../../etc/passwd", "Europe", "/etc/passwd"] {
          try await market.script("UPDATE catalogue.market SET time_zone = '\(name)'")
          let snapshot = try await market.caughtUp(index)
          let calendar = try #require(snapshot.calendar)
          let all = SlotWindow(from: .min, to: .max)
          #expect(calendar.freeSlotCount(staff: 0..<calendar.staffCount, window: all) == 0, "\(name)")
          #expect(market.logged.contains { $0.contains("a market's time zone is not known") && $0.contains(name) }, "\(name)")
        }
        try await market.script(
          """
          INSERT INTO catalogue.market (id, name_en, name_ar, country, currency, currency_exponent, time_zone, languages, weekend, centre)
          VALUES ('tokyo', 'Tokyo', 'طوكيو', 'JP', 'JPY', 0, 'Asia/Tokyo', '{en}', '{6,7}', 'POINT(139.7 35.7)');
          UPDATE catalogue.market SET time_zone = 'Asia/Amman' WHERE id = 'amman';
          UPDATE catalogue.provider SET market_id = 'tokyo', area_id = NULL WHERE hashtext(id::text) % 2 = 0;
          """)
        try await market.requireEqual(index, "two markets")
        #expect(market.hydrations == 1)
      }
    }
  }

  /// Whoever has committed that time is taken never finds it free again.
  @Test func whatWasTakenIsGone() async throws {
    try await withMarket(providers: 20) { market in
      market.set("2026-03-20T08:07:00Z")
      try await market.withIndex { index in
        for round in 0..<30 {
          try await market.script(
            """
            INSERT INTO catalogue.outside_busy (provider_id, source, during)
            SELECT id, 'storm', tstzrange(timestamptz '2026-03-20 12:00+00' + '\(round) hours', timestamptz '2026-03-20 13:00+00' + '\(round) hours')
            FROM catalogue.provider
            """)
          let calendar = try #require(try await market.caughtUp(index).calendar)
          let from = Int(calendar.firstDay) * 96 + (12 + round) * 4
          #expect(calendar.freeSlotCount(staff: 0..<calendar.staffCount, window: SlotWindow(from: from, to: from + 4)) == 0)
        }
      }
    }
  }
}

extension KeptMarket {
  /// Sets the clock of its indexes.
  func set(_ time: String) {
    guard let date = try? Date(time, strategy: .iso8601) else {
      Issue.record("'\(time)' is no time")
      return
    }
    self.time.withLock { $0 = PostgresTimestamp(microsecondsSince1970: Int64(date.timeIntervalSince1970) * 1_000_000) }
  }
}
