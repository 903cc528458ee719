import EventLoops
import Feeds
import HTTPServer
import Identity
import JSON
import PostgresClient
import TestSupport
import Testing
import WebAPI

/// Feeds over real sockets.
@Suite struct FeedRouteTests {
  private struct Door: Sendable {
    let fed: FedDatabase
    let server: TestServer
    let secret: String
    static let path = "/api/v1/feeds/availability"

    func post(_ body: String, _ headers: [(String, String)] = []) async throws -> RawAnswer {
      try await TestHTTPClient(server.address).send(
        "POST", Door.path, headers: [("X-Api-Key", secret), ("Content-Type", "application/x-ndjson")] + headers,
        body: Array(body.utf8))
    }

    /// Of one good line, sent with these headers alone.
    func status(_ headers: [(String, String)]) async throws -> Int {
      try await TestHTTPClient(server.address).send(
        "POST", Door.path, headers: headers, body: Array(FeedText.line(1, 0..<10).utf8)
      ).status
    }

    var head: String {
      "POST \(Door.path) HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(secret)\r\nContent-Type: application/x-ndjson; charset=utf-8\r\n"
    }
  }

  private func withDoor(_ body: @escaping @Sendable (Door) async throws -> Void) async throws {
    try await FedDatabase.with { fed in
      let ring = KeyRing(database: fed.database, on: fed.group.loops[0])
      let outcome: Result<Void, any Error>
      do {
        let (_, secret) = try await APIKeyStore(database: fed.database).create(
          name: "test", scopes: [.feedWrite], expiresAfterDays: nil)
        let api = try API(
          routes: fed.feed.routes(), configuration: APIConfiguration(version: "test"),
          environment: APIEnvironment(authenticator: ring))
        try await withTestServer(api) { server in
          let door = Door(fed: fed, server: server, secret: secret.text)
          try await eventually("the key is known") { try await door.post("").status == 200 }
          try await body(door)
        }
        outcome = .success(())
      } catch {
        outcome = .failure(error)
      }
      await ring.close()
      return try outcome.get()
    }
  }

  @Test func linesAreTakenAndTold() async throws {
    try await withDoor { door in
      let lines = [FeedText.line(1, 0..<10), "nonsense", FeedText.line(3, 10..<20), FeedText.line(3, 10..<20)]
      let answer = try await door.post(lines.joined(separator: "\n"))
      #expect(answer.status == 200)
      let data = try #require(try answer.json()["data"])
      #expect(data["lines"]?.int == 4 && data["applied"]?.int == 2 && data["repeated"]?.int == 1)
      #expect(data["refused"]?["count"]?.int == 1)
      let refused = try #require(data["refused"]?["lines"]?.array?.first { _ in true })
      let problem = try #require(refused["problems"]?.array?.first { _ in true })
      #expect(refused["line"]?.int == 2 && problem["code"]?.string == "malformed")
      #expect(data["gaps"]?["missing"]?.int == 1 && data["gaps"]?["list"]?.array?.count == 1)
      #expect(LogPosition.parse(data["position"]?.string ?? "") != nil)
      #expect(try await door.fed.busyMinutes() == ["acme \(FedDatabase.staff[0][0])": Set(0..<20)])
      let arabic = try await door.post("nonsense", [("Accept-Language", "ar")])
      #expect(arabic.text.contains("كائن JSON"))
    }
  }

  @Test func whoMayNotAndWhatIsNoFeedIsRefusedBeforeItsBody() async throws {
    try await withDoor { door in
      let key = [("X-Api-Key", door.secret)]
      let lines = [("Content-Type", "application/x-ndjson")]
      let keyless = try await door.status(lines)
      #expect(keyless == 401)
      #expect(try await door.status(lines + [("X-Api-Key", "qk_no")]) == 401)
      #expect(try await door.status(key) == 415)
      #expect(try await door.status(key + [("Content-Type", "application/json")]) == 415)
      #expect(try await door.status(key + lines + [("Content-Encoding", "gzip")]) == 415)
      #expect(try await door.fed.rows().isEmpty)
      #expect(try await door.status(key + [("Content-Type", "application/jsonl")]) == 200)
    }
  }

  /// What was applied before a client went stays; it sends everything again, and nothing is taken twice.
  @Test func aClientThatIsCutOffSendsAgain() async throws {
    try await withDoor { door in
      let lines = (1...50).map { FeedText.line($0, $0 * 10..<$0 * 10 + 5) + "\n" }
      let text = lines.joined()
      let client = try door.server.connect()
      try client.send("\(door.head)Content-Length: \(text.utf8.count)\r\n\r\n\(lines[..<30].joined())")
      try await eventually("the lines that came are there") { try await door.fed.rows().count == 30 }
      try client.send(String(lines[30].dropLast(20)))
      client.close()
      let answer = try await door.post(text)
      let data = try #require(try answer.json()["data"])
      #expect(data["applied"]?.int == 20 && data["repeated"]?.int == 30)
      #expect(try await door.fed.rows().count == 50)
    }
  }

  /// Lines are applied as they come, long before the stream ends.
  @Test func aStreamThatStaysOpenIsAppliedAsItComes() async throws {
    try await withDoor { door in
      let client = try door.server.connect()
      try client.send("\(door.head)Transfer-Encoding: chunked\r\n\r\n")
      for number in 1...5 {
        let line = FeedText.line(number, number * 10..<number * 10 + 5) + "\n"
        try client.send("\(String(line.utf8.count, radix: 16))\r\n\(line)\r\n")
        try await eventually("line \(number) is there") { try await door.fed.rows().count == number }
      }
      try client.send("0\r\n\r\n")
      let answer = try client.readAnswer()
      #expect(answer.status == 200 && answer.text.contains("\"applied\":5"))
    }
  }

  /// 100 MB in one body: repeats, so that the database has little to do; the process holds a batch at a time.
  @Test func aHundredMegabytesAreTaken() async throws {
    try await withDoor { door in
      let lines = (1...4_000).map { FeedText.line($0, $0 * 10..<$0 * 10 + 5) + "\n" }.joined()
      let blank = [UInt8](repeating: UInt8(ascii: "\n"), count: 1 << 20)
      let client = try door.server.connect()
      try client.send("\(door.head)Content-Length: \(lines.utf8.count + blank.count * 100)\r\n\r\n")
      let before = ResourceUsage.residentBytes()
      try client.send(lines)
      for _ in 0..<100 { try client.send(blank) }
      let answer = try client.readAnswer()
      #expect(answer.status == 200 && answer.text.contains("\"applied\":4000"))
      // Other tests run beside it, so this is a rough bound; keeping the body would be 100 MB and more.
      #expect(ResourceUsage.residentBytes() < before + (80 << 20))
    }
  }

  private func post(_ lines: [String], _ secret: String, _ door: Door, language: String = "en") async throws -> RawAnswer {
    try await TestHTTPClient(door.server.address).send(
      "POST", Door.path,
      headers: [("X-Api-Key", secret), ("Content-Type", "application/x-ndjson"), ("Accept-Language", language)],
      body: Array(lines.joined(separator: "\n").utf8))
  }

  /// A line under another's name ends the stream: what came before it stays, nothing from it on is taken.
  @Test func aKeyWritesItsSourcesAlone() async throws {
    try await withDoor { door in
      let owner = ("staff_id", FedDatabase.staff[0][0])
      func line(_ source: String, _ number: Int) -> String {
        FeedText.line(source, number, owner, number * 10..<number * 10 + 5)
      }
      let (key, secret) = try await APIKeyStore(database: door.fed.database).create(
        name: "confined", scopes: [.feedWrite], sources: ["beta", "acme"], expiresAfterDays: nil)
      #expect(key.sources == ["acme", "beta"])
      try await eventually("the key is known") { try await post([], secret.text, door).status == 200 }

      let long = [line("acme", 1), line("beta", 1), line("zeta", 1)] + (2...5_000).map { line("acme", $0) }
      let answer = try await post(long, secret.text, door)
      #expect(answer.status == 403, "\(answer.text)")
      let error = try #require(try answer.json()["error"])
      #expect(error["code"]?.string == "FORBIDDEN")
      #expect(error["message"]?.string == "Line 3 is of the source zeta; this key may write acme, beta alone.")
      let details = try #require(error["details"])
      #expect(details["line"]?.int == 3 && details["source"]?.string == "zeta" && details["applied"]?.int == 2)
      #expect(details["allowed_sources"]?.array.map { $0.compactMap(\.string) } == ["acme", "beta"])
      #expect(Set(try await door.fed.rows().map(\.source)) == ["acme", "beta"])
      #expect(try await door.fed.rows().count == 2)
      #expect(try await post([line("zeta", 1)], secret.text, door, language: "ar").text.contains("لا يكتب إلا باسم"))

      // A wrong line of another is another's; one that names nobody is just wrong.
      let wrong = #"{"source":"zeta","sequence":1}"#
      #expect(try await post([wrong], secret.text, door).status == 403)
      let unnamed = try await post([#"{"sequence":1}"#, "{", line("acme", 2)], secret.text, door)
      #expect(unnamed.status == 200 && unnamed.text.contains("\"applied\":1"), "\(unnamed.text)")
      // A key that is not confined may write any.
      #expect(try await door.post(line("zeta", 1)).status == 200)
    }
  }

  @Test func theDocumentDescribesLinesAndKeys() async throws {
    try await withDoor { door in
      let document = try await TestHTTPClient(door.server.address).get("/api/v1/openapi.json").json()
      let operation = try #require(document["paths"]?[Door.path]?["post"])
      #expect(operation["x-permission"]?.string == "feed.write" && operation["security"]?.array?.count == 2)
      #expect(operation["description"]?.string?.contains("allowed_sources") == true)
      let schema = operation["requestBody"]?["content"]?["application/x-ndjson"]?["schema"]
      #expect(schema?["$ref"]?.string == "#/components/schemas/AvailabilityLine")
      let line = document["components"]?["schemas"]?["AvailabilityLine"]
      #expect(line?["required"]?.array?.count == 5 && line?["properties"]?["status"]?["enum"]?.array?.count == 2)
      #expect(document["components"]?["securitySchemes"]?["api_key"]?["name"]?.string == "X-Api-Key")
      #expect(
        operation["responses"]?["401"] != nil && operation["responses"]?["403"] != nil && operation["responses"]?["415"] != nil)
    }
  }
}
