import Discovery
import EventLoops
import JSON
import ProviderIndex
import Synchronization
import TestSupport
import Testing
import WebAPI

/// Answers that are no older than what was asked for, while editions follow one another.
@Suite struct PositionTests {
  @Test(arguments: [("0/0", 0), ("16/B374D848", 0x16_B374_D848), ("FFFFFFFF/FFFFFFFF", UInt64.max), ("1/a", 0x1_0000_000A)])
  func positionsAreRead(_ text: String, _ value: UInt64) throws {
    let position = try #require(FeedPosition(text))
    #expect(position.value == value)
    #expect(position.description == text.uppercased())
    #expect(FeedPosition(position.description) == position)
  }

  @Test(arguments: ["", "/", "1", "1/", "/1", "1/2/3", "g/1", "123456789/1", "1/123456789", " 1/1", "-1/1", "+1/1", "1/٣"])
  func othersAreNot(_ text: String) { #expect(FeedPosition(text) == nil) }

  @Test(arguments: ["GET", "POST"])
  func aSearchWaitsForItsPosition(_ method: String) async throws {
    let demo = try DemoDiscovery(providers: 20, position: 5, waitMilliseconds: 60_000)
    try await demo.serve { client, _ in
      async let answer =
        method == "GET"
        ? client.get("/api/v1/search/providers?\(nearby)&min_position=0/7")
        : client.post("/api/v1/search/providers", json: #"{"lat":31.95,"lon":35.91,"min_position":"0/7"}"#)
      try await eventually { demo.board.waitingCount == 1 }
      demo.board.post(try DemoDiscovery.edition(of: demo.details, demo.demo, demo.analyzer, position: 6))
      #expect(demo.board.waitingCount == 1)
      demo.board.post(try DemoDiscovery.edition(of: demo.details, demo.demo, demo.analyzer, position: 8))
      let answered = try await answer
      #expect(answered.status == 200)
      #expect(try answered.meta?["position"]?.string == "0/8")
      #expect(demo.board.waitingCount == 0)
    }
  }

  @Test func whoWaitsTooLongIsToldHowFarBehind() async throws {
    let demo = try DemoDiscovery(providers: 20, position: 5, waitMilliseconds: 20)
    try await demo.serve { client, _ in
      for target in [
        "search/providers?\(nearby)&min_position=1/5", "search/suggest?q=spa&min_position=1/5",
        "services/categories?min_position=1/5",
        "services/by-area?area=sweifieh&min_position=1/5", "providers/\(demo.details[0].id)?min_position=1/5",
        // A name that is written so that nobody waits for it is refused at once.
        "services/categories?min%5Fposition=1/5",
      ] {
        let answer = try await client.get("/api/v1/\(target)")
        #expect(answer.status == 503, "\(target)")
        let error = try #require(try answer.json()["error"])
        #expect(error["code"]?.string == "INDEX_BEHIND")
        #expect(error["details"]?["position"]?.string == "0/5" && error["details"]?["min_position"]?.string == "1/5")
        #expect(error["details"]?["behind_bytes"]?.int == 1 << 32)
        #expect(answer.value("Retry-After") == "1")
      }
      #expect(demo.board.waitingCount == 0)
    }
  }

  /// Whoever hangs up leaves nothing behind.
  @Test func whoGoesIsForgotten() async throws {
    let demo = try DemoDiscovery(providers: 20, position: 5, waitMilliseconds: 60_000)
    try await demo.serve { _, address in
      let client = try RawHTTPClient(address)
      try client.send("GET /api/v1/search/providers?\(nearby)&min_position=0/7 HTTP/1.1\r\nHost: localhost\r\n\r\n")
      try await eventually { demo.board.waitingCount == 1 }
      client.reset()
      try await eventually { demo.board.waitingCount == 0 }
    }
  }

  /// Before there is an index searches say so, and how far it is; the first edition ends that.
  @Test func beforeTheFirstIndexEveryoneIsToldHowFarItIs() async throws {
    let demo = try DemoDiscovery(providers: 20, waitMilliseconds: 20)
    let board = EditionBoard()
    let state = IndexState(
      ageMilliseconds: { nil }, building: { IndexBuilding(phase: "hydrating", rows: 1_200, expectedRows: 2_400) })
    try await demo.serve(try demo.discovery(board, state)) { client, _ in
      for target in [
        "search/providers?\(nearby)", "search/providers?\(nearby)&min_position=0/1", "search/suggest?q=spa",
        "services/categories",
        "services/by-area?area=sweifieh", "providers/\(demo.details[0].id)",
      ] {
        let answer = try await client.get("/api/v1/\(target)")
        #expect(answer.status == 503, "\(target)")
        let error = try #require(try answer.json()["error"])
        #expect(error["code"]?.string == "INDEX_BUILDING")
        #expect(error["message"]?.string?.contains("1200 of about 2400") == true)
        #expect(error["details"]?["phase"]?.string == "hydrating")
        #expect(error["details"]?["rows"]?.int == 1_200 && error["details"]?["expected_rows"]?.int == 2_400)
        #expect(answer.value("Retry-After") == "2")
      }
      board.post(demo.edition)
      let answer = try await client.get("/api/v1/search/providers?\(nearby)")
      #expect(answer.status == 200)
      #expect(try answer.meta?["age_ms"] == nil)
    }
  }

  @Test func theAgeIsTold() async throws {
    let demo = try DemoDiscovery(providers: 20)
    try await demo.serve { client, _ in
      let answer = try await client.get("/api/v1/search/providers?\(nearby)&limit=1")
      #expect(try answer.meta?["age_ms"]?.int == 12)
    }
  }

  /// Searches on two loops while editions are replaced: each answer is of one edition, whole, and never older than one before it on the
  /// same connection.
  @Test func answersAreOfOneEdition() async throws {
    let demo = try DemoDiscovery(providers: 120, position: 1)
    let names = (0..<6).map { round in
      demo.details.map { details in
        var details = details
        details.name = Localized(en: "Round \(round) of \(details.name.en)", ar: details.name.ar)
        return details
      }
    }
    let editions = try names.enumerated().map { round, details in
      try DemoDiscovery.edition(of: details, demo.demo, demo.analyzer, position: UInt64(100 + round))
    }
    try await demo.serve(loops: 2) { _, address in
      let over = Flag()
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<4 {
          group.addTask {
            try await offThePool {
              let client = try RawHTTPClient(address)
              var (last, answers) = (0, 0)
              while !over.isUp || answers < 20 {
                let answer = try client.exchange(
                  "GET /api/v1/search/providers?\(nearby)&limit=100&fields=name HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(answer.status == 200)
                let position = Int(try answer.meta?["position"]?.string?.dropFirst(2) ?? "", radix: 16) ?? -1
                #expect(position >= last)
                last = position
                let hits = try answer.data?["providers"]?.elements ?? []
                #expect(hits.count == 100)
                let expected = position >= 100 ? "Round \(position - 100) of " : ""
                #expect(hits.allSatisfy { $0["name"]?.string?.hasPrefix(expected) == true }, "\(position)")
                answers += 1
              }
              return answers
            }
          }
        }
        for edition in editions {
          demo.board.post(edition)
          try await Task.sleep(for: .milliseconds(5))
        }
        over.raise()
        for try await answers in group { #expect(answers >= 20) }
      }
    }
  }
}

private final class Flag: Sendable {
  private let value = Atomic(false)
  var isUp: Bool { value.load(ordering: .relaxed) }
  func raise() { value.store(true, ordering: .relaxed) }
}
