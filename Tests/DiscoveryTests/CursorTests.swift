import Discovery
import JSON
import TestSupport
import Testing
import WebAPI

/// Scrolling: every match once, in order; and cursors that nobody else can make.
@Suite struct CursorTests {
  private static let demo = Result { try DemoDiscovery() }

  private static func scroll(_ client: TestHTTPClient, _ query: String, limit: Int) async throws -> [String] {
    var seen: [String] = []
    var next = ""
    repeat {
      let answer = try await client.get("/api/v1/search/providers?\(query)&limit=\(limit)&fields=name\(next)")
      #expect(answer.status == 200, "\(answer.text)")
      seen += try answer.data?["providers"]?.ids ?? []
      next = try answer.meta?["next_cursor"]?.string.map { "&cursor=\($0)" } ?? ""
    } while !next.isEmpty && seen.count < 10_000
    return seen
  }

  @Test(arguments: [
    "", "&sort=distance", "&sort=rating", "&sort=price", "&category=barber&q=haircut", "&q=7ala2", "&verified=true",
  ])
  func pagesAddUp(_ more: String) async throws {
    try await Self.demo.get().serve { client, _ in
      let whole = try await Self.scroll(client, nearby + more, limit: 100)
      #expect(whole.count > 60 && Set(whole).count == whole.count)
      for limit in [1, 7, 33] where limit > 1 || whole.count < 300 {
        let seen = try await Self.scroll(client, nearby + more, limit: limit)
        #expect(seen == whole, "\(limit)")
      }
    }
  }

  /// While providers come and go, and are put into other words, between one page and the next: nobody is shown twice, and whoever was
  /// there all the time is shown once, in order.
  @Test func aListThatMovesIsScrolledWhole() async throws {
    let demo = try DemoDiscovery(providers: 200)
    let stayed = Set(demo.details.enumerated().filter { $0.offset % 3 != 0 }.map(\.element.id.description))
    let editions = try (0..<8).map { round in
      let details = demo.details.enumerated().filter { $0.offset % 3 != 0 || ($0.offset / 3 + round) % 2 == 0 }.map(\.element)
      return try DemoDiscovery.edition(
        of: round % 2 == 0 ? details : details.reversed(), demo.demo, demo.analyzer, position: UInt64(0x20_0000_0000 + round),
        after: demo.edition)
    }
    try await demo.serve { client, _ in
      for order in ["distance", "price", "rating"] {
        var (seen, distances): ([String], [Int]) = ([], [])
        var (next, page) = ("", 0)
        repeat {
          demo.board.post(editions[page % editions.count])
          page += 1
          let answer = try await client.get(
            "/api/v1/search/providers?\(nearby)&radius_m=50000&sort=\(order)&limit=7&fields=distance_m\(next)")
          #expect(answer.status == 200, "\(answer.text)")
          let hits = try answer.data?["providers"]
          seen += hits?.ids ?? []
          distances += hits?.elements.compactMap { $0["distance_m"]?.int } ?? []
          next = try answer.meta?["next_cursor"]?.string.map { "&cursor=\($0)" } ?? ""
        } while !next.isEmpty && page < 100
        #expect(Set(seen).count == seen.count, "\(order)")
        #expect(stayed.isSubset(of: seen), "\(order): \(stayed.subtracting(seen).count) are missing")
        if order == "distance" { #expect(distances == distances.sorted()) }
      }
    }
  }

  @Test func theLastPageHasNoNext() async throws {
    try await Self.demo.get().serve { client, _ in
      let data = try #require(try await client.get("/api/v1/search/providers?\(nearby)&category=cleaning&limit=100").data)
      let count = try #require(data["total"]?.int)
      #expect(count > 5 && count < 100)
      for limit in [count, count + 1] {
        let page = try await client.get("/api/v1/search/providers?\(nearby)&category=cleaning&limit=\(limit)")
        #expect(try page.meta?["next_cursor"] == nil)
      }
      let page = try await client.get("/api/v1/search/providers?\(nearby)&category=cleaning&limit=\(count - 1)")
      #expect(try page.meta?["next_cursor"]?.string != nil)
    }
  }

  /// Any other character in any place makes it another one; nothing of it is obeyed.
  @Test func aTamperedCursorIsRefused() async throws {
    try await Self.demo.get().serve { client, _ in
      let target = "/api/v1/search/providers?\(nearby)&limit=5"
      let cursor = try #require(try await client.get(target).meta?["next_cursor"]?.string)
      #expect(try await client.get("\(target)&cursor=\(cursor)").status == 200)
      var random = SeededRandom()
      let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
      for place in cursor.indices {
        var other = cursor
        let digit = try #require(digits.filter { $0 != cursor[place] }.randomElement(using: &random))
        other.replaceSubrange(place...place, with: [digit])
        let answer = try await client.get("\(target)&cursor=\(other)")
        #expect(answer.status == 400, "\(other)")
        #expect(try answer.problems == ["cursor malformed"])
      }
      for other in [String(cursor.dropLast()), cursor + "A", String(cursor.reversed())] {
        #expect(try await client.get("\(target)&cursor=\(other)").status == 400)
      }
    }
  }

  @Test func aCursorBelongsToItsSearchAndItsKey() async throws {
    let demo = try Self.demo.get()
    try await demo.serve { client, _ in
      let target = "/api/v1/search/providers?\(nearby)&category=barber"
      let cursor = try #require(try await client.get(target + "&limit=5").meta?["next_cursor"]?.string)
      // What only changes what is shown does not matter.
      for more in ["", "&limit=9", "&fields=name", "&facets=tier", "&lang=ar", "&explain=true", "&highlight=true"] {
        #expect(try await client.get("\(target)&cursor=\(cursor)\(more)").status == 200, "\(more)")
      }
      for more in [
        "&category=spa", "&q=hair", "&rating_min=1", "&sort=price", "&radius_m=9000", "&verified=true", "&profile=words",
      ] {
        let answer = try await client.get("\(target)&cursor=\(cursor)\(more)")
        #expect(answer.status == 400, "\(more)")
        #expect(answer.text.contains("belongs to other parameters"), "\(more)")
      }
    }
    var configuration = demo.configuration
    configuration.cursorKey = Array("another".utf8)
    let other = try ProviderDiscovery(demo.board, DemoDiscovery.state, configuration)
    try await demo.serve { client, _ in
      let cursor = try #require(try await client.get("/api/v1/search/providers?\(nearby)&limit=5").meta?["next_cursor"]?.string)
      try await demo.serve(other) { stranger, _ in
        let answer = try await stranger.get("/api/v1/search/providers?\(nearby)&limit=5&cursor=\(cursor)")
        #expect(answer.status == 400)
        #expect(answer.text.contains("made elsewhere"))
      }
    }
  }
}
