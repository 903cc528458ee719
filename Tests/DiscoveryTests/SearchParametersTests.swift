import JSON
import TestSupport
import Testing

/// What a search may ask, and how it is told what it may not: every problem of a request at once, each with its parameter.
@Suite struct SearchParametersTests {
  private static let demo = Result { try DemoDiscovery() }

  @Test(arguments: [
    "", "&radius_m=100", "&radius_m=50000", "&q=", "&q=barber&prefix=true", "&q=%D8%AD%D9%84%D8%A7%D9%82", "&category=barber",
    "&category=barber&category=salon", "&service_id=00000000-0000-0007-0000-000000000001", "&tag=kids", "&tag=kids&tag=parking",
    "&price_min=0&price_max=0", "&price_min=5000", "&price_max=5000", "&rating_min=0", "&rating_min=5", "&rating_min=4.5",
    "&verified=true", "&verified=false", "&tier=gold&tier=diamond", "&serves_me=true", "&open_now=false", "&hot=false",
    "&provider_ids=00000000-0000-7000-8000-000000000000", "&profile=words", "&sort=distance", "&sort=rating", "&sort=price",
    "&limit=1",
    "&limit=100", "&facets=category,price,rating,tier", "&facets=tier,tier", "&highlight=true", "&q=spa&highlight=true",
    "&fields=name,names", "&explain=true", "&lang=ar", "&min_position=0/0", "&min_position=16/10",
  ])
  func isAnswered(_ more: String) async throws {
    try await Self.demo.get().serve { client, _ in
      let answer = try await client.get("/api/v1/search/providers?\(nearby)\(more)")
      #expect(answer.status == 200, "\(more): \(answer.text)")
    }
  }

  @Test(arguments: [
    ("", ["lat missing", "lon missing"]),
    ("lat=31.9", ["lon missing"]),
    ("lat=91&lon=35", ["lat out_of_range"]),
    ("lat=x&lon=", ["lat malformed", "lon malformed"]),
    ("\(nearby)&radius_m=99", ["radius_m out_of_range"]),
    ("\(nearby)&radius_m=50001", ["radius_m out_of_range"]),
    ("\(nearby)&limit=0", ["limit out_of_range"]),
    ("\(nearby)&limit=101", ["limit out_of_range"]),
    ("\(nearby)&rating_min=5.1", ["rating_min out_of_range"]),
    ("\(nearby)&price_min=-1&price_max=1.5", ["price_min out_of_range", "price_max malformed"]),
    ("\(nearby)&price_min=2&price_max=1", ["price_min not_allowed"]),
    ("\(nearby)&verified=yes", ["verified malformed"]),
    ("\(nearby)&tier=bronze", ["tier not_allowed"]),
    ("\(nearby)&category=plumber", ["category not_allowed"]),
    ("\(nearby)&provider_ids=7", ["provider_ids malformed"]),
    ("\(nearby)&service_id=7", ["service_id malformed"]),
    ("\(nearby)&profile=best", ["profile not_allowed"]),
    ("\(nearby)&sort=name", ["sort not_allowed"]),
    ("\(nearby)&sort=price&profile=words", ["profile not_allowed"]),
    ("\(nearby)&facets=colour", ["facets not_allowed"]),
    ("\(nearby)&facets=", ["facets not_allowed"]),
    ("\(nearby)&fields=name,,tier", ["fields not_allowed"]),
    ("\(nearby)&lang=fr", ["lang not_allowed"]),
    ("\(nearby)&min_position=16", ["min_position malformed"]),
    ("\(nearby)&min_position=123456789/0", ["min_position malformed"]),
    ("\(nearby)&q=a%00", ["q not_allowed"]),
    ("\(nearby)&q=\(String(repeating: "a", count: 201))", ["q too_long"]),
    ("\(nearby)&categry=barber", ["categry unknown"]),
    ("\(nearby)&limit=1&limit=2", ["limit repeated"]),
    ("\(nearby)&cursor=AAAA", ["cursor malformed"]),
    ("bbox=1,2,3", ["bbox malformed"]),
    ("bbox=35,32,36,31", ["bbox malformed"]),
    ("bbox=35,31,36,nan", ["bbox malformed"]),
    ("bbox=35,31,36,32&lat=31&radius_m=500", ["lat not_allowed", "radius_m not_allowed"]),
    ("lat=200&limit=500&colour=red", ["lat out_of_range", "limit out_of_range", "lon missing", "colour unknown"]),
    (
      "\(nearby)&open_now=true&hot=true&available_from=2026-11-22T10:00:00Z&available_to=2026-11-22T12:00:00Z&duration_min=30",
      [
        "available_from not_allowed", "available_to not_allowed", "duration_min not_allowed", "open_now not_allowed",
        "hot not_allowed",
      ]
    ),
    ("\(nearby)&sort=soonest", ["sort not_allowed"]),
    ("\(nearby)&available_from=2026-11-22T10:00:00Z", ["available_to missing", "duration_min missing"]),
    (
      "\(nearby)&available_from=2026-11-22T10:00:00Z&available_to=2026-11-22T09:00:00Z&duration_min=30",
      ["available_to not_allowed"]
    ),
  ])
  func isRefused(_ query: String, _ problems: [String]) async throws {
    try await Self.demo.get().serve { client, _ in
      let answer = try await client.get("/api/v1/search/providers?\(query)")
      #expect(answer.status == 400, "\(query)")
      #expect(try answer.json()["error"]?["code"]?.string == "VALIDATION_ERROR")
      #expect(try answer.problems == problems, "\(query)")
      // In Arabic, what is expected is said in Arabic.
      let arabic = try await client.get("/api/v1/search/providers?\(query)", headers: [("Accept-Language", "ar")])
      for field in try arabic.json()["error"]?["details"]?["fields"]?.elements ?? [] {
        #expect(field["message"]?.string?.contains(/\p{Arabic}/) == true, "\(query): \(field["message"]?.string ?? "")")
      }
    }
  }

  @Test func aMisspeltNameIsGuessedAndAChoiceIsListed() async throws {
    try await Self.demo.get().serve { client, _ in
      let answer = try await client.get("/api/v1/search/providers?\(nearby)&categry=barber&category=plumber")
      let fields = try answer.json()["error"]?["details"]?["fields"]?.elements ?? []
      #expect(fields.first { $0["field"]?.string == "categry" }?["expected"]?.string == "category")
      let choice = try await client.get("/api/v1/search/providers?\(nearby)&category=plumber")
      #expect(choice.text.contains("one of barber, salon, spa, clinic, cleaning"))
      let arabic = try await client.get(
        "/api/v1/search/providers?\(nearby)&category=plumber", headers: [("Accept-Language", "ar")])
      #expect(arabic.text.contains("يجب أن يكون واحدًا من"))
    }
  }

  @Test(arguments: [
    (#"{}"#, ["lat missing", "lon missing"]),
    (#"{"lat":31.9,"lon":35.9,"limit":"20"}"#, ["limit malformed"]),
    (#"{"lat":31.9,"lon":35.9,"category":"barber"}"#, ["category malformed"]),
    (#"{"lat":31.9,"lon":35.9,"facets":["colour"]}"#, ["facets[0] not_allowed"]),
    (#"{"lat":31.9,"lon":35.9,"radius":5}"#, ["radius unknown"]),
    (#"{"searches":[]}"#, ["searches too_short"]),
    (#"{"searches":[{"lat":31.9,"lon":35.9}],"q":"spa"}"#, ["searches not_allowed"]),
    (#"{"searches":[{"lat":31.9,"lon":35.9},{"lat":31.9}]}"#, ["searches[1].lon missing"]),
    (#"{"searches":[{"lat":31.9,"lon":35.9},{"lat":31.9,"lon":35.9,"category":["x"]}]}"#, ["searches[1].category not_allowed"]),
  ])
  func aBodyIsRefused(_ body: String, _ problems: [String]) async throws {
    try await Self.demo.get().serve { client, _ in
      let answer = try await client.post("/api/v1/search/providers", json: body)
      #expect(answer.status == 400, "\(body)")
      #expect(try answer.problems == problems, "\(body)")
    }
  }
}
