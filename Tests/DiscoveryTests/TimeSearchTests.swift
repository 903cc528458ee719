import Discovery
import JSON
import TestSupport
import Testing
import WebAPI

/// Searches for times, beside the definition: one slot after the other.
@Suite struct TimeSearchTests {
  private static let market = Result { try TimedMarket() }
  private static let everywhere = "\(nearby)&radius_m=50000&limit=100"

  private func pages(_ client: TestHTTPClient, _ query: String) async throws -> [JSONValue] {
    var (hits, cursor) = ([JSONValue](), "")
    repeat {
      let answer = try await client.get("/api/v1/search/providers?\(Self.everywhere)&\(query)\(cursor)")
      try #require(answer.status == 200, "\(query): \(answer.text)")
      hits += try answer.data?["providers"]?.elements ?? []
      cursor = try answer.meta?["next_cursor"]?.string.map { "&cursor=\($0)" } ?? ""
    } while !cursor.isEmpty
    return hits
  }

  @Test func windowsFindWhoIsFree() async throws {
    let market = try Self.market.get()
    try await market.serve { client in
      var random = SeededRandom(stream: "windowsFindWhoIsFree")
      for round in 0..<40 {
        // Some windows begin in the past, some between two quarters.
        let first = TimedMarket.slot * 900 + Int.random(in: -20_000..<200_000, using: &random)
        let last = first + Int.random(in: 1..<40_000, using: &random)
        let minutes = Int.random(in: 5...180, using: &random)
        let from = max((first + 899) / 900, TimedMarket.slot + 1)
        let (to, slots) = (last / 900, (minutes + 14) / 15)
        let hot = round % 4 == 0
        let end = hot ? min(to, TimedMarket.slot + 1 + 16) : to
        let order = ["", "&sort=soonest", "&sort=distance"][round % 3]
        let query =
          "available_from=\(TimedMarket.text(second: first))&available_to=\(TimedMarket.text(second: last))&duration_min=\(minutes)\(order)"
          + (hot ? "&hot=true" : "")
        let hits = try await pages(client, query)
        let expected = market.providers { $0.start(from: from, to: end, slots: slots) != nil }
        #expect(Set(hits.ids) == expected && hits.count == expected.count, "\(query)")
        let starts = hits.map { $0["next_free_start"]?.string ?? "" }
        for (id, start) in zip(hits.ids, starts) {
          let soonest = try #require(market.soonest(id, from: from, to: end, slots: slots))
          #expect(start == TimedMarket.wall(slot: soonest), "\(id): \(query)")
        }
        if order == "&sort=soonest" { #expect(starts == starts.sorted(), "\(query)") }
      }
    }
  }

  @Test func hotSlotsBeginWithinFourHours() async throws {
    let market = try Self.market.get()
    try await market.serve { client in
      let next = TimedMarket.slot + 1
      for minutes in [nil, 30, 90] {
        let slots = ((minutes ?? 1) + 14) / 15
        let hits = try await pages(client, "hot=true" + (minutes.map { "&duration_min=\($0)" } ?? ""))
        #expect(Set(hits.ids) == market.providers { $0.start(from: next, to: next + 16, slots: slots) != nil })
        #expect(!hits.isEmpty && hits.count < 300)
      }
    }
  }

  @Test func whoWorksIsOpen() async throws {
    let market = try Self.market.get()
    try await market.serve { client in
      let hits = try await pages(client, "open_now=true")
      #expect(Set(hits.ids) == market.providers { $0.isWorking(TimedMarket.slot) })
      #expect(!hits.isEmpty && hits.allSatisfy { $0["next_free_start"]?.string == nil })
      // Being at work is not being free.
      let busy = market.providers { $0.isWorking(TimedMarket.slot) && !$0.isFree(TimedMarket.slot) }
      #expect(!busy.isEmpty && busy.isSubset(of: hits.ids))
    }
  }

  @Test func theSoonestComeFirst() async throws {
    let market = try Self.market.get()
    try await market.serve { client in
      let next = TimedMarket.slot + 1
      let hits = try await pages(client, "sort=soonest")
      #expect(Set(hits.ids) == market.providers { $0.start(from: next, to: next + 28 * 96, slots: 1) != nil })
      let starts = hits.compactMap { $0["next_free_start"]?.string }
      #expect(starts == starts.sorted() && starts.count == hits.count)
      // Without any times, whoever wants to know is told.
      let told = try await pages(client, "fields=next_free_start")
      for hit in told {
        let id = try #require(hit["id"]?.string)
        let soonest = market.soonest(id, from: next, to: next + 28 * 96, slots: 1)
        #expect(hit["next_free_start"]?.string == soonest.map(TimedMarket.wall))
      }
      #expect(try await pages(client, "sort=rating").allSatisfy { $0["next_free_start"]?.string == nil })
    }
  }

  /// The service says how long a visit takes.
  @Test func aServiceTakesItsTime() async throws {
    let market = try Self.market.get()
    try await market.serve { client in
      var free = 0
      for provider in market.demo.details.prefix(60) {
        guard let service = provider.services.first else { continue }
        let next = TimedMarket.slot + 1
        let slots = (service.durationMinutes + service.paddingMinutes + 14) / 15
        let soonest = market.soonest(provider.id.description, from: next, to: next + 28 * 96, slots: slots)
        let hits = try await pages(client, "sort=soonest&service_id=\(service.id)")
        #expect(hits.ids == (soonest == nil ? [] : [provider.id.description]))
        #expect(hits.first?["next_free_start"]?.string == soonest.map(TimedMarket.wall))
        free += hits.count
      }
      #expect(free > 5)
    }
  }

  @Test(arguments: [
    // Nobody works tomorrow night for twelve hours.
    (
      "available_from=2026-11-22T00:00:00Z&available_to=2026-11-22T06:00:00Z&duration_min=720",
      ["duration_min", "available_from"]
    ),
    ("hot=true&duration_min=720", ["duration_min", "hot"]),
    ("available_from=2026-11-20T00:00:00Z&available_to=2026-11-21T00:00:00Z&duration_min=15", ["available_from"]),
    ("available_from=2026-12-10T00:00:00Z&available_to=2026-12-11T00:00:00Z&duration_min=15&verified=true", ["available_from"]),
    ("sort=soonest&duration_min=720", ["sort", "duration_min"]),
  ])
  func anEmptyAnswerNamesTheTimes(_ query: String, _ names: [String]) async throws {
    try await Self.market.get().serve { client in
      let answer = try await client.get("/api/v1/search/providers?\(Self.everywhere)&\(query)")
      #expect(answer.status == 200, "\(answer.text)")
      let emptied = try answer.data?["emptied_by"]?.elements ?? []
      let told = emptied.map { $0["parameters"]?.elements.compactMap(\.string) ?? [] }
      #expect(told == names.map { [$0] }, "\(query): \(answer.text)")
      #expect(emptied.allSatisfy { ($0["matches_without"]?.int ?? 0) > 0 })
    }
  }

  @Test func calendarsGoNoFurther() async throws {
    try await Self.market.get().serve { client in
      let last = TimedMarket.slot * 900 + 420 + 28 * 86_400
      for (second, status) in [(last, 200), (last + 1, 400)] {
        let times = "available_from=2026-11-22T10:00:00Z&available_to=\(TimedMarket.text(second: second))&duration_min=30"
        for path in ["search/providers?\(Self.everywhere)", "staff/by-area?\(nearby)"] {
          let answer = try await client.get("/api/v1/\(path)&\(times)")
          #expect(answer.status == status, "\(answer.text)")
          if status == 400 { #expect(try answer.problems == ["available_to out_of_range"]) }
        }
      }
    }
  }

  // MARK: Staff

  @Test(arguments: ["", "&available_from=2026-11-22T05:00:00Z&available_to=2026-11-22T11:00:00Z&duration_min=45"])
  func staffOfAnAreaIsToldBySoonestStart(times: String) async throws {
    let market = try Self.market.get()
    try await market.serve { client in
      let answer = try await client.get("/api/v1/staff/by-area?\(nearby)&radius_m=50000&limit=200&category=barber\(times)")
      try #require(answer.status == 200, "\(answer.text)")
      let midnight = Int(TimedMarket.today + 1) * 96
      let (from, to, slots) =
        times.isEmpty ? (TimedMarket.slot + 1, TimedMarket.slot + 28 * 96, 1) : (midnight + 20, midnight + 44, 3)
      var expected: [String: String] = [:]
      for member in market.members where member.provider.category.id == "barber" {
        guard let start = member.start(from: from, to: to, slots: slots) else { continue }
        expected[member.member.id.description] = "\(TimedMarket.wall(slot: start)) \(member.provider.id)"
      }
      let people = try answer.data?["staff"]?.elements ?? []
      let told = people.map { person in
        (person["id"]?.string ?? "", "\(person["next_free_start"]?.string ?? "") \(person["provider"]?["id"]?.string ?? "")")
      }
      #expect(Dictionary(told) { first, _ in first } == expected)
      #expect(people.count == expected.count && !people.isEmpty)
      let starts = people.compactMap { $0["next_free_start"]?.string }
      #expect(starts == starts.sorted())
      #expect(try answer.data?["total"]?.int == expected.count && answer.data?["is_complete"]?.bool == true)
      #expect(
        people.allSatisfy { $0["names"]?["en"]?.string?.hasPrefix("Member") == true && $0["provider"]?["distance_m"]?.int != nil }
      )
    }
  }

  @Test(arguments: [
    ("area=nowhere", 404), ("area=sweifieh", 200), ("area=sweifieh&lat=31&lon=35", 400), ("lat=31.95", 400),
    ("area=sweifieh&category=plumber", 400), ("area=sweifieh&available_from=2026-11-22T05:00:00Z", 400),
  ])
  func placesAreChecked(query: String, status: Int) async throws {
    try await Self.market.get().serve { client in
      let answer = try await client.get("/api/v1/staff/by-area?\(query)")
      #expect(answer.status == status, "\(answer.text)")
    }
  }
}

extension [JSONValue] {
  fileprivate var ids: [String] { compactMap { $0["id"]?.string } }
}
