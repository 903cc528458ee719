import PostgresClient
import TestSupport
import Testing

@testable import Feeds

/// What has passed goes while feeds are at work, so that the table stays as large as what is still to come.
@Suite struct PruningTests {
  private static let day = 1_440
  private static let source = "old"

  /// An hour of each of the days, counted from the clock's.
  private func add(_ days: ClosedRange<Int>, to fed: FedDatabase) async throws {
    try await fed.script(
      """
      INSERT INTO catalogue.outside_busy (source, provider_id, during)
      SELECT '\(Self.source)', '\(FedDatabase.providers[1])', tstzrange(start, start + interval '1 hour')
      FROM (SELECT to_timestamp(\(FeedText.start / 1_000_000)) + n * interval '1 day' AS start
        FROM generate_series(\(days.lowerBound), \(days.upperBound)) AS n) AS days
      """)
  }

  /// The days of those that are left.
  private func days(_ fed: FedDatabase) async throws -> [Int] {
    try await fed.rows().filter { $0.source == Self.source }.map { Int(($0.from - FeedText.start) / 86_400_000_000) }
  }

  private func lines(_ numbers: ClosedRange<Int>) -> String {
    numbers.map { FeedText.line($0, $0 * 10..<$0 * 10 + 5) }.joined(separator: "\n")
  }

  @Test func theOldestGoTwoForEachThatComes() async throws {
    try await FedDatabase.with { fed in
      try await add(-300 ... -8, to: fed)
      try await add(-7...5, to: fed)
      #expect(try await fed.take(lines(1...100)).applied == 100)
      #expect(try await days(fed) == Array(-100...5))
      // What changes nothing costs nothing.
      #expect(try await fed.take(lines(1...100)).repeated == 100)
      #expect(try await days(fed) == Array(-100...5))
      #expect(try await fed.take(lines(101...200)).applied == 100)
      // A week is kept: the row of seven days ago had not ended when the week began.
      #expect(try await days(fed) == Array(-7...5))
      #expect(try await fed.rows().count == 213)
    }
  }

  @Test func whatWasLongOverWhenItCameDoesNotStay() async throws {
    try await FedDatabase.with { fed in
      let history = (1...50).map { number in
        let minute = -(20 + number) * Self.day
        return FeedText.line(number, minute..<minute + 60)
      }
      let report = try await fed.take(history.joined(separator: "\n"))
      #expect(report.applied == 50)
      #expect(try await fed.rows().isEmpty)
      #expect(try await fed.take(FeedText.line(50, 0..<10)).repeated == 1)
    }
  }

  /// Nobody waits for rows that somebody else holds.
  @Test func heldRowsAreLeftAlone() async throws {
    try await FedDatabase.with { fed in
      try await add(-40 ... -21, to: fed)
      try await fed.database.transaction { transaction in
        let held = try await transaction.query(
          "SELECT id FROM catalogue.outside_busy ORDER BY upper(during) LIMIT 10 FOR UPDATE")
        #expect(held.count == 10)
        #expect(try await fed.take(lines(1...10)).applied == 10)
        #expect(try await days(fed) == Array(-40 ... -31))
      }
      #expect(try await fed.take(lines(11...20)).applied == 10)
      #expect(try await days(fed).isEmpty)
    }
  }

  /// One stream takes back what it said of the past, others add and prune.
  @Test func streamsPruneBesideOneAnother() async throws {
    try await FedDatabase.with { fed in
      try await add(-400 ... -101, to: fed)
      try await withThrowingTaskGroup(of: FeedReport.self) { group in
        group.addTask {
          let run = fed.feed.begin()
          for number in 1...100 {
            let day = (-100 - number) * Self.day
            let line = FeedText.line(Self.source, number, ("provider_id", FedDatabase.providers[1]), day..<day + 600, "free")
            try await run.take(Array((line + "\n").utf8))
          }
          return try await run.finish()
        }
        for name in ["acme", "zeta"] {
          group.addTask {
            let run = fed.feed.begin()
            for number in 1...100 {
              let line = FeedText.line(name, number, ("staff_id", FedDatabase.staff[0][0]), number * 10..<number * 10 + 5)
              try await run.take(Array((line + "\n").utf8))
            }
            return try await run.finish()
          }
        }
        for try await report in group { #expect(report.applied == 100) }
      }
      // 400 could go, and 300 were there.
      #expect(try await days(fed).isEmpty)
      #expect(try await fed.rows().count == 200)
    }
  }
}
