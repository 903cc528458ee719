import Foundation
import JSON
import TestSupport
import Testing

/// What every client relies on, seen through curl.
@Suite struct CurlTests {
  private let base: String

  init() async throws { base = try await RunningQareeb.shared.value.base }

  @Test func aConnectionIsKeptAcrossRequests() async throws {
    let transfers = try await Curl.run(
      ["/health/live", "/api/v1/markets", "/nowhere", "/api/v1/version"].map { base + $0 }, [])
    #expect(transfers.map(\.status) == [200, 200, 404, 200])
    #expect(transfers.map(\.connections) == [1, 0, 0, 0])
  }

  @Test func headSaysWhatGetSays() async throws {
    let url = base + "/api/v1/markets"
    let (get, head) = (try await Curl.get(url), try await Curl.get(url, "--head"))
    #expect(head.status == 200)
    #expect(head.bodyBytes == 0)
    for name in ["Content-Length", "Content-Type", "ETag", "Cache-Control"] {
      #expect(head.value(name) == get.value(name))
      #expect(head.value(name) != nil)
    }
  }

  @Test(arguments: ["/api/v1/providers?market=amman&limit=100", "/api/v1/search/providers?lat=31.9539&lon=35.9106&limit=100"])
  func largeAnswersTravelCompressed(_ path: String) async throws {
    let url = base + path
    let (plain, packed) = (try await Curl.get(url), try await Curl.get(url, "--compressed"))
    #expect(plain.value("Content-Encoding") == nil)
    #expect(packed.value("Content-Encoding") == "gzip")
    #expect(packed.bodyBytes * 2 < plain.bodyBytes)
    func data(_ transfer: Curl) -> Substring? { transfer.body.split(separator: ",\"meta\":").first }
    #expect(data(packed) == data(plain))
    for transfer in [plain, packed] { #expect(transfer.value("Vary") == "Accept-Encoding, Accept-Language") }
    let small = try await Curl.get(base + "/api/v1/version", "--compressed")
    #expect(small.value("Content-Encoding") == nil)
  }

  @Test func whoLooksInTheUsualPlaceIsLed() async throws {
    let (path, place) = ("/openapi.json", "/api/v1/openapi.json")
    let answer = try await Curl.get(base + path)
    #expect(answer.status == 307 && answer.value("Location") == place)
    #expect(try await Curl.get(base + place).status == 200)
  }

  @Test(arguments: [
    "/api/v1/markets", "/api/v1/services/categories", "/api/v1/search/providers?lat=31.9539&lon=35.9106&q=spa",
    "/api/v1/openapi.json",
    "/docs", "/docs/script.js",
  ])
  func whatHasNotChangedIsNotSentAgain(_ path: String) async throws {
    let first = try await Curl.get(base + path)
    let tag = try #require(first.value("ETag"))
    let second = try await Curl.get(base + path, "-H", "If-None-Match: \(tag)")
    #expect(second.status == 304)
    #expect(second.bodyBytes == 0)
    #expect(second.value("ETag") == tag)
    #expect(try await Curl.get(base + path, "-H", "If-None-Match: \"other\"").status == 200)
  }

  @Test func errorsSpeakTheCallersLanguage() async throws {
    let url = base + "/api/v1/providers?market=amman&limit=0"
    let arabic = try await Curl.get(url, "-H", "Accept-Language: ar-JO, en;q=0.5")
    let english = try await Curl.get(url, "-H", "Accept-Language: fr, en;q=0.5, ar;q=0.1")
    for (answer, language) in [(arabic, "ar"), (english, "en")] {
      #expect(answer.status == 400)
      #expect(answer.value("Content-Language") == language)
      #expect(answer.value("Vary")?.contains("Accept-Language") == true)
      let error = try #require(try JSONDocument(Array(answer.body.utf8)).root["error"])
      #expect(error["code"]?.string == "VALIDATION_ERROR")
      #expect(error["details"]?["fields"]?.array?.first { _ in true }?["field"]?.string == "limit")
    }
    #expect(arabic.body.contains(/"message":"[^"]*\p{Arabic}/))
    #expect(!english.body.contains(/"message":"[^"]*\p{Arabic}/))
  }

  @Test func aRequestKeepsItsName() async throws {
    let named = try await Curl.get(base + "/api/v1/version", "-H", "X-Request-Id: checkout-7f3a")
    #expect(named.value("X-Request-Id") == "checkout-7f3a")
    #expect(named.body.contains("\"request_id\":\"checkout-7f3a\""))
    let hostile = try await Curl.get(base + "/api/v1/version", "-H", "X-Request-Id: <script>alert(1)</script>")
    #expect(hostile.status == 200)
    #expect(hostile.value("X-Request-Id")?.contains("<") == false)
    let missing = try await Curl.get(base + "/nowhere", "-H", "X-Request-Id: checkout-7f3b")
    #expect(missing.value("X-Request-Id") == "checkout-7f3b")
  }

  @Test func aTraceIsContinued() async throws {
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    let answer = try await Curl.get(base + "/api/v1/version", "-H", "traceparent: 00-\(trace)-00f067aa0ba902b7-01")
    let continued = try #require(answer.value("traceparent"))
    #expect(continued.hasPrefix("00-\(trace)-"))
  }

  @Test func unsuitableRequestsAreAnsweredInTheEnvelope() async throws {
    let cases: [(path: String, options: [String], status: Int, code: String)] = [
      ("/api/v1/nowhere", [], 404, "NOT_FOUND"), ("/nowhere", [], 404, "NOT_FOUND"),
      ("/api/v1/markets/atlantis/areas", [], 404, "NOT_FOUND"),
      ("/api/v1/providers", [], 400, "VALIDATION_ERROR"),
      ("/api/v1/providers/not-an-id", [], 400, "VALIDATION_ERROR"),
      ("/api/v1/providers?market=amman&market=amman", [], 400, "VALIDATION_ERROR"),
      ("/api/v1/markets", ["-X", "POST", "--data", "{}"], 405, "METHOD_NOT_ALLOWED"),
      ("/api/v1/markets", ["-X", "DELETE"], 405, "METHOD_NOT_ALLOWED"),
      ("/api/v1/markets?q=" + String(repeating: "a", count: 20_000), [], 414, "URI_TOO_LONG"),
      ("/api/v1/markets", ["-H", "X-Long: " + String(repeating: "a", count: 70_000)], 431, "HEADERS_TOO_LARGE"),
    ]
    for (path, options, status, code) in cases {
      let answer = try await Curl.run([base + path], options)[0]
      #expect(answer.status == status, "\(path.prefix(60)) \(answer.body)")
      let root = try JSONDocument(Array(answer.body.utf8)).root
      #expect(root["success"]?.bool == false)
      #expect(root["error"]?["code"]?.string == code, "\(path.prefix(60)) \(answer.body)")
      #expect(root["error"]?["message"]?.string?.isEmpty == false)
      #expect(root["meta"]?["request_id"]?.string == answer.value("X-Request-Id"))
      #expect(answer.value("Content-Type") == "application/json; charset=utf-8")
      if status == 405 { #expect(answer.value("Allow") == "GET, HEAD, OPTIONS") }
    }
  }

  @Test func aSlashTooManyLeadsToTheRoute() async throws {
    let answer = try await Curl.get(base + "/api/v1/markets/", "--location")
    #expect(answer.status == 200)
  }

  @Test func optionsTellsTheMethods() async throws {
    let answer = try await Curl.get(base + "/api/v1/markets", "-X", "OPTIONS")
    #expect(answer.status == 204)
    #expect(answer.value("Allow") == "GET, HEAD, OPTIONS")
    #expect(answer.value("Access-Control-Allow-Origin") == nil)
  }

  @Test func pagesFollowOneAnotherWithoutGapOrRepetition() async throws {
    var (ids, cursor, pages) = ([String](), String?.none, 0)
    repeat {
      let query = cursor.map { "&cursor=\($0)" } ?? ""
      let answer = try await Curl.get(base + "/api/v1/providers?market=amman&limit=67\(query)")
      let root = try JSONDocument(Array(answer.body.utf8)).root
      ids += try #require(root["data"]?.array).compactMap { $0["id"]?.string }
      cursor = root["meta"]?["next_cursor"]?.string
      pages += 1
    } while cursor != nil && pages < 60
    #expect(ids.count == 2_400, "the demo market's")
    #expect(pages == 36)
    #expect(ids == Set(ids).sorted())
  }
}

/// Settings of a server of one's own.
@Suite struct CurlSettingTests {
  @Test(arguments: ["https://app.example", "*"])
  func onlyAllowedOriginsMayCall(_ setting: String) async throws {
    try await TestDatabase.with(.migrated) { database in
      try await RunningQareeb.with(
        database: database.connectionString, environment: ["QAREEB_CORS_ORIGINS": setting]
      ) { running in
        let url = running.base + "/api/v1/markets"
        func preflight(_ origin: String) async throws -> Curl {
          try await Curl.get(
            url, "-X", "OPTIONS", "-H", "Origin: \(origin)", "-H", "Access-Control-Request-Method: GET", "-H",
            "Access-Control-Request-Headers: authorization")
        }
        let allowed = try await preflight("https://app.example")
        #expect(allowed.status == 204)
        #expect(allowed.value("Access-Control-Allow-Origin") == setting)
        #expect(allowed.value("Access-Control-Allow-Methods")?.contains("GET") == true)
        #expect(allowed.value("Access-Control-Allow-Headers")?.lowercased().contains("authorization") == true)
        #expect(allowed.value("Access-Control-Max-Age") != nil)
        let answer = try await Curl.get(url, "-H", "Origin: https://app.example")
        #expect(answer.status == 200)
        #expect(answer.value("Access-Control-Allow-Origin") == setting)
        #expect(answer.value("Access-Control-Expose-Headers")?.contains("X-Request-Id") == true)
        if setting == "*" {
          // Everybody may read, but never with somebody's cookies.
          #expect(answer.value("Access-Control-Allow-Credentials") == nil)
        } else {
          #expect(answer.value("Vary")?.contains("Origin") == true)
          for other in ["https://evil.example", "https://app.example.evil", "null"] {
            #expect(try await preflight(other).value("Access-Control-Allow-Origin") == nil)
            #expect(try await Curl.get(url, "-H", "Origin: \(other)").value("Access-Control-Allow-Origin") == nil)
          }
        }
      }
    }
  }

  @Test func aUnixSocketServesTheSame() async throws {
    let path = TestServer.freshSocketPath()
    let database = try await TestDatabase.make(from: .migrated)
    try await RunningQareeb.with(["serve", "--unix-socket", path], database: database.connectionString) { _ in
      let answer = try await Curl.get("http://localhost/api/v1/markets", "--unix-socket", path)
      #expect(answer.status == 200)
      #expect(answer.body.contains("\"id\":\"amman\""))
    }
    try await database.drop()
  }

  @Test func tooManyRequestsAreToldWhenToComeBack() async throws {
    try await TestDatabase.with(.migrated) { database in
      try await RunningQareeb.with(
        database: database.connectionString, environment: ["QAREEB_LIMITS_REQUESTS_PER_MINUTE": "3"]
      ) { running in
        let url = running.base + "/api/v1/version"
        let transfers = try await Curl.run(Array(repeating: url, count: 5), [])
        #expect(transfers.map(\.status) == [200, 200, 200, 429, 429])
        #expect(transfers.prefix(3).map { $0.value("RateLimit-Remaining") } == ["2", "1", "0"])
        let refused = transfers[4]
        #expect(refused.value("Retry-After").flatMap { Int($0) }.map { (1...60).contains($0) } == true)
        #expect(refused.body.contains("\"code\":\"RATE_LIMIT_EXCEEDED\""))
        // Health checks are never counted.
        #expect(try await Curl.get(running.base + "/health/live").status == 200)
      }
    }
  }
}
