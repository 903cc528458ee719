import PostgresClient
import TestSupport
import Testing
import WebAPI

@testable import Feeds

/// Streams into a real database.
@Suite struct ImportTests {
  /// A stream with what it must come to.
  private struct Drawn {
    var lines: [String] = []
    var good = 0
    var minutes: [String: Set<Int>] = [:]

    init(_ random: inout SeededRandom, count: Int) {
      var next = ["acme": Int.random(in: 0...9, using: &random), "zeta.2": 1]
      for _ in 0..<count {
        if Int.random(in: 0..<20, using: &random) == 0 {
          lines.append(["", "{", "\u{FEFF}", "{\"source\":\"acme\"}", "[1]"].randomElement(using: &random) ?? "")
          continue
        }
        let source = Bool.random(using: &random) ? "acme" : "zeta.2"
        let sequence = next[source, default: 0]
        next[source] = sequence + (Int.random(in: 0..<10, using: &random) == 0 ? 3 : 1)
        let provider = Int.random(in: 0...1, using: &random)
        let owner =
          Int.random(in: 0..<3, using: &random) == 0
          ? ("provider_id", FedDatabase.providers[provider])
          : ("staff_id", FedDatabase.staff[provider][Int.random(in: 0...1, using: &random)])
        let from = Int.random(in: 0..<300, using: &random)
        let minutes = from..<from + Int.random(in: 1...60, using: &random)
        let isBusy = Int.random(in: 0..<5, using: &random) > 1
        lines.append(FeedText.line(source, sequence, owner, minutes, isBusy ? "busy" : "free"))
        good += 1
        if isBusy {
          self.minutes["\(source) \(owner.1)", default: []].formUnion(minutes)
        } else {
          self.minutes["\(source) \(owner.1)", default: []].subtract(minutes)
        }
      }
      self.minutes = self.minutes.filter { !$0.value.isEmpty }
    }
  }

  private static func send(
    _ text: ArraySlice<UInt8>, to run: AvailabilityImport, _ random: inout SeededRandom
  ) async throws {
    var rest = text
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 1...4_000, using: &random))
      try await run.take(Array(piece))
      rest = rest.dropFirst(piece.count)
    }
  }

  /// Any cut and any repeat of a stream ends in the same busy times.
  @Test(arguments: 0..<6)
  func cutsAndRepeatsChangeNothing(round: Int) async throws {
    try await FedDatabase.with { fed in
      var random = SeededRandom(stream: "cutsAndRepeatsChangeNothing \(round)")
      let drawn = Drawn(&random, count: 200)
      var applied = 0
      var start = 0
      while true {
        let text = Array(drawn.lines[start...].map { $0 + "\n" }.joined().utf8)
        // A sender that is cut off anywhere, in the middle of a line or of a character.
        let end = Int.random(in: 0..<5, using: &random) == 0 ? text.count : Int.random(in: 0...text.count, using: &random)
        let run = fed.feed.begin()
        try await Self.send(text[..<end], to: run, &random)
        applied += run.report.applied
        if end == text.count {
          _ = try await run.finish()
          break
        }
        let sent = start + text[..<end].count { $0 == UInt8(ascii: "\n") }
        start = max(0, sent - Int.random(in: 0...40, using: &random))
      }
      #expect(applied == drawn.good)
      #expect(try await fed.busyMinutes() == drawn.minutes)

      let before = try await fed.rows()
      let again = try await fed.take(drawn.lines.joined(separator: "\n"))
      #expect(again.applied == 0 && again.repeated == drawn.good && again.gapCount == 0)
      // Not even written anew: nothing of it is in the log.
      #expect(try await fed.rows() == before)
    }
  }

  @Test func streamsOfOneSourceAtOnceAreOneStream() async throws {
    try await FedDatabase.with { fed in
      var random = SeededRandom()
      let drawn = Drawn(&random, count: 400)
      let text = Array(drawn.lines.joined(separator: "\n").utf8)
      let applied = try await withThrowingTaskGroup(of: FeedReport.self) { group in
        for number in 0..<4 {
          group.addTask {
            var random = SeededRandom(stream: "stream \(number)")
            let run = fed.feed.begin()
            try await Self.send(text[...], to: run, &random)
            return try await run.finish()
          }
        }
        return try await group.reduce(0) { $0 + $1.applied }
      }
      #expect(applied == drawn.good)
      #expect(try await fed.busyMinutes() == drawn.minutes)
    }
  }

  @Test func everyBadLineIsToldAndTheOthersAreTaken() async throws {
    try await FedDatabase.with { fed in
      let staff = FedDatabase.staff[0][0]
      let other = FedDatabase.providers[1]
      let lines = [
        FeedText.line(1, 0..<10),
        "nonsense",
        FeedText.line(2, ("provider_id", "0190c7d2-0000-7000-8000-0000000000ff"), 0..<10),
        FeedText.line(3, ("staff_id", "0190c7d2-0000-7000-8000-0000000000ff"), 0..<10),
        FeedText.line(4, ("provider_id", "\(other)\",\"staff_id\":\"\(staff)"), 0..<10),
        FeedText.line(5, 20..<20),
        FeedText.line(6, 0..<367 * 1_440),
        FeedText.line("Acme", 7, ("staff_id", staff), 0..<10),
        FeedText.line("acme", 7, ("staff_id", staff), 0..<10, "booked"),
        #"{"source":"acme","sequence":8,"from":"2026-11-21 10:00","to":7,"status":"busy","stuff_id":1}"#,
        #"{"source":"acme","source":"acme"}"#,
        "\"" + String(repeating: "x", count: 1 << 20) + "\"",
        FeedText.line(9, 30..<40),
      ]
      var bytes = Array(lines.joined(separator: "\r\n").utf8)
      bytes += Array("\n{\"source\":\"ac\u{0}".utf8) + [0xC3, 0x28] + Array("\"}\n\n".utf8)
      let run = fed.feed.begin()
      try await run.take(bytes)
      let report = try await run.finish()
      #expect(report.applied == 2 && report.repeated == 0 && report.refusedCount == 12 && report.lines == 14)
      let told = report.refused.map { line in
        "\(line.number) " + line.problems.map { "\($0.field): \($0.message.en)" }.joined(separator: " | ")
      }
      let expected = [
        "2 : must be a JSON object: ", "3 provider_id: is no provider", "4 staff_id: is no staff member",
        "5 provider_id: is not the provider of that staff member", "6 to: must be after from",
        "7 to: must be at most 366 days after from", "8 source: must be 1 to 63 of a-z",
        "9 status: must be one of busy, free", "10 from: must be a time such as", "11 source: is given more than once",
        "12 : must be at most 16384 bytes long", "14 : must be a JSON object: ",
      ]
      #expect(told.count == expected.count)
      for (line, start) in zip(told, expected) { #expect(line.hasPrefix(start), "\(line)") }
      #expect(told[8].contains("to: must be a time") && told[8].contains("stuff_id: is not known; did you mean “staff_id”?"))
      // Lines whose number could be read have used it up; so nothing is missing.
      #expect(report.gapCount == 0 && report.sources == [.init(name: "acme", lastSequence: 9)])
      #expect(try await fed.busyMinutes() == ["acme \(staff)": Set(0..<10).union(30..<40)])
    }
  }

  @Test func gapsAreToldAndRememberedAndLateLinesRefused() async throws {
    try await FedDatabase.with { fed in
      let first = try await fed.take([1, 2, 5].map { FeedText.line($0, $0 * 10..<$0 * 10 + 5) }.joined(separator: "\n"))
      #expect(first.gaps == [.init(source: "acme", first: 3, last: 4)] && first.missingCount == 2 && first.applied == 3)
      let later = try await fed.take([4, 5, 6, 9].map { FeedText.line($0, $0 * 10..<$0 * 10 + 5) }.joined(separator: "\n"))
      #expect(later.applied == 2 && later.repeated == 1)
      #expect(later.refused.map(\.number) == [1] && later.refused.first?.problems.first?.code == "late")
      #expect(later.gaps == [.init(source: "acme", first: 7, last: 8)])
      let (last, gaps, count, missing) = try await fed.database.query(
        "SELECT last_sequence, gaps::text, gap_count, missing_count::bigint FROM feeds.source WHERE name = 'acme'"
      ).only().decode(Int.self, String.self, Int.self, Int.self)
      #expect(last == 9 && gaps == "{[3,5),[7,9)}" && count == 2 && missing == 4)
    }
  }

  /// What a source gives back is its own; what others said stands.
  @Test func sourcesAndCalendarsAreApart() async throws {
    try await FedDatabase.with { fed in
      let (staff, provider) = (("staff_id", FedDatabase.staff[0][0]), ("provider_id", FedDatabase.providers[0]))
      _ = try await fed.take(
        [
          FeedText.line("acme", 1, staff, 0..<100), FeedText.line("zeta", 1, staff, 50..<60),
          FeedText.line("acme", 2, provider, 0..<100), FeedText.line("acme", 3, staff, 40..<70, "free"),
          FeedText.line("acme", 4, staff, 45..<50), FeedText.line("acme", 5, staff, 50..<51),
        ].joined(separator: "\n"))
      #expect(
        try await fed.busyMinutes() == [
          "acme \(staff.1)": Set(0..<40).union(45..<51).union(70..<100), "zeta \(staff.1)": Set(50..<60),
          "acme \(provider.1)": Set(0..<100),
        ])
    }
  }

  /// Who leaves while lines are on their way takes the times along; lines that come later are refused.
  @Test func whoIsRemovedTakesTheTimesAlong() async throws {
    try await FedDatabase.with { fed in
      _ = try await fed.take(
        [FeedText.line(1, 0..<10), FeedText.line(2, ("provider_id", FedDatabase.providers[0]), 0..<10)].joined(separator: "\n"))
      try await fed.script("DELETE FROM catalogue.staff WHERE id = '\(FedDatabase.staff[0][0])'")
      #expect(try await fed.rows().map(\.owner) == [FedDatabase.providers[0]])
      try await fed.script("DELETE FROM catalogue.provider WHERE id = '\(FedDatabase.providers[0])'")
      #expect(try await fed.rows().isEmpty)
      let report = try await fed.take(FeedText.line(3, 0..<10))
      #expect(report.refusedCount == 1 && report.refused.first?.problems.first?.field == "staff_id")
    }
  }

  /// Whoever comes and goes while lines are applied: each line is taken or refused, and no stream breaks.
  @Test func comingAndGoingBreaksNoStream() async throws {
    try await FedDatabase.with { fed in
      let (staff, provider) = (FedDatabase.staff[0][0], FedDatabase.providers[0])
      let id = try #require(PostgresUUID(staff))
      let report = try await withThrowingTaskGroup(of: FeedReport?.self) { group in
        group.addTask {
          let run = fed.feed.begin()
          for number in 1...150 { try await run.take(Array((FeedText.line(number, number..<number + 2) + "\n").utf8)) }
          return try await run.finish()
        }
        group.addTask {
          for _ in 0..<30 {
            _ = try await fed.database.transaction { try await $0.execute("DELETE FROM catalogue.staff WHERE id = $1", id) }
            try await fed.script(
              "INSERT INTO catalogue.staff (id, provider_id, name_en, name_ar) VALUES ('\(staff)', '\(provider)', 'Rana', 'رنا')")
          }
          return nil
        }
        var report: FeedReport?
        for try await finished in group { report = finished ?? report }
        return try #require(report)
      }
      #expect(report.lines == 150 && report.repeated == 0)
      #expect(report.refused.allSatisfy { $0.problems == [.unknownStaff] })
      #expect(report.sources == [.init(name: "acme", lastSequence: 150)])
    }
  }

  @Test func thePositionHasWhatWasApplied() async throws {
    try await FedDatabase.with { fed in
      // As strict as a lax database lets us be: the test cluster does not wait for the log.
      let before = try #require(
        LogPosition.parse(try await fed.database.query("SELECT pg_current_wal_insert_lsn()::text").only()[0, as: String.self]))
      let report = try await fed.take(FeedText.line(1, 0..<10))
      let position = try #require(report.position.flatMap { LogPosition.parse($0) })
      #expect(position > before)
    }
  }

  /// A stream of any length is held a batch at a time, and one without an end of line not at all.
  @Test func whatHasNoEndIsNotKept() async throws {
    try await FedDatabase.with { fed in
      let run = fed.feed.begin()
      let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
      for _ in 0..<100 { try await run.take(piece) }
      try await run.take(Array("\n\(FeedText.line(1, 0..<10))".utf8))
      let report = try await run.finish()
      #expect(report.applied == 1 && report.refused.map(\.number) == [1])
    }
  }

  @Test func whatWasAppliedBeforeTheDatabaseWentStays() async throws {
    try await FedDatabase.with { fed in
      let run = fed.feed.begin()
      let lines = (1...3).map { FeedText.line($0, $0 * 10..<$0 * 10 + 5) + "\n" }
      try await run.take(Array(lines[0].utf8))
      try await fed.script("ALTER TABLE catalogue.outside_busy RENAME TO away")
      await #expect(throws: PostgresError.self) { try await run.take(Array(lines[1].utf8)) }
      #expect(run.report.applied == 1)
      try await fed.script("ALTER TABLE catalogue.away RENAME TO outside_busy")
      let report = try await fed.take(lines.joined())
      #expect(report.applied == 2 && report.repeated == 1)
    }
  }
}
