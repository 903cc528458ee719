import DemoMarkets
import Discovery
import JSON
import TestSupport
import Testing
import WebAPI

/// Suggestions, providers' pages, categories, and what is sold where.
@Suite struct BrowsingTests {
  private static let demo = Result { try DemoDiscovery() }

  private static func suggestions(_ client: TestHTTPClient, _ query: String) async throws -> [JSONValue] {
    let answer = try await client.get("/api/v1/search/suggest?\(query)")
    #expect(answer.status == 200, "\(answer.text)")
    return try answer.data?["suggestions"]?.elements ?? []
  }

  @Test(arguments: [
    ("bar", "category", "barber"), ("%D8%AD%D9%84", "category", "barber"), ("7ala2", "category", "barber"),
    ("swei", "area", "sweifieh"),
    ("%D8%A7%D9%84%D8%B5%D9%88%D9%8A", "area", "sweifieh"), ("spa", "category", "spa"),
  ])
  func namesAreCompleted(_ words: String, _ kind: String, _ id: String) async throws {
    try await Self.demo.get().serve { client, _ in
      let found = try await Self.suggestions(client, "q=\(words)&\(nearby)")
      #expect(found.contains { $0["kind"]?.string == kind && $0["id"]?.string == id }, "\(words)")
    }
  }

  @Test func everyBeginningOfAServiceFindsIt() async throws {
    try await Self.demo.get().serve { client, _ in
      for count in 3...7 {
        let found = try await Self.suggestions(client, "q=\("haircut".prefix(count))")
        let texts = found.filter { $0["kind"]?.string == "service" }.compactMap { $0["text"]?.string }
        #expect(texts.contains { $0.lowercased().contains("haircut") }, "\(count): \(texts)")
        #expect(Set(texts).count == texts.count)
      }
    }
  }

  @Test func providersComeAfterNamesAndAreMarked() async throws {
    let demo = try Self.demo.get()
    try await demo.serve { client, _ in
      let found = try await Self.suggestions(client, "q=fad&\(nearby)&limit=20")
      let kinds = found.compactMap { $0["kind"]?.string }
      let firstProvider = try #require(kinds.firstIndex(of: "provider"))
      #expect(kinds[firstProvider...].allSatisfy { $0 == "provider" })
      for suggestion in found {
        #expect(suggestion["parts"]?.elements.compactMap { $0["text"]?.string }.joined() == suggestion["text"]?.string)
      }
      let provider = found[firstProvider]
      #expect(provider["distance_m"]?.int != nil && provider["category"]?["name"]?.string != nil)
      let marked = found[firstProvider...].filter { $0["parts"]?.elements.contains { $0["match"]?.bool == true } == true }
      #expect(!marked.isEmpty, "\(found.compactMap { $0["text"]?.string })")
    }
  }

  @Test(arguments: [1, 3, 20])
  func theLimitIsKept(_ limit: Int) async throws {
    try await Self.demo.get().serve { client, _ in
      let found = try await Self.suggestions(client, "q=sa&\(nearby)&limit=\(limit)")
      #expect(found.count == limit)
    }
  }

  @Test(arguments: [
    ("", ["q missing"]), ("q=", ["q too_short"]), ("q=a&lat=31", ["lon missing"]), ("q=a&limit=21", ["limit out_of_range"]),
    ("q=a&near=x", ["near unknown"]),
  ])
  func aWrongKeystrokeIsRefused(_ query: String, _ problems: [String]) async throws {
    try await Self.demo.get().serve { client, _ in
      let answer = try await client.get("/api/v1/search/suggest?\(query)")
      #expect(answer.status == 400)
      #expect(try answer.problems == problems)
    }
  }

  @Test(arguments: ["q=%F0%9F%98%80", "q=---", "q=%D9%80", "q=zzqqxxwwvv"])
  func whatMeansNothingSuggestsNothing(_ query: String) async throws {
    try await Self.demo.get().serve { client, _ in
      let found = try await Self.suggestions(client, query)
      #expect(found.isEmpty)
    }
  }

  @Test func aProviderShowsEverything() async throws {
    let demo = try Self.demo.get()
    let details = try #require(demo.details.first { !$0.serviceAreas.isEmpty && $0.ratingCount > 0 && !$0.tags.isEmpty })
    try await demo.serve { client, _ in
      let answer = try await client.get("/api/v1/providers/\(details.id)?lang=ar")
      let data = try #require(try answer.data)
      #expect(data["name"]?.string == details.name.ar && data["names"]?["en"]?.string == details.name.en)
      #expect(data["services"]?.elements.compactMap { $0["name"]?.string } == details.services.map(\.name.ar))
      #expect(data["services"]?.elements.compactMap { $0["id"]?.string } == details.services.map(\.id.description))
      #expect(data["service_areas"]?.elements.compactMap { $0["radius_m"]?.int } == details.serviceAreas.map(\.radiusMetres))
      #expect(data["market"]?.string == "amman")
      let tag = try #require(answer.value("ETag"))
      let again = try await client.get("/api/v1/providers/\(details.id)?lang=ar", headers: [("If-None-Match", tag)])
      #expect(again.status == 304)
      #expect(try await client.get("/api/v1/providers/00000000-0000-7000-8000-000000000000").status == 404)
      #expect(try await client.get("/api/v1/providers/x").status == 400)
    }
  }

  @Test func categoriesAreCountedAroundAPlace() async throws {
    let demo = try Self.demo.get()
    try await demo.serve { client, _ in
      let plain = try #require(try await client.get("/api/v1/services/categories").data).elements
      #expect(plain.compactMap { $0["id"]?.string } == demo.demo.categories.map(\.id))
      #expect(plain.allSatisfy { $0["providers"] == nil })
      let counted = try #require(try await client.get("/api/v1/services/categories?\(nearby)&radius_m=50000").data).elements
      for category in counted {
        #expect(category["providers"]?.int == demo.details.count { $0.category.id == category["id"]?.string })
      }
    }
  }

  @Test func servicesOfANeighbourhoodAreCounted() async throws {
    let demo = try Self.demo.get()
    try await demo.serve { client, _ in
      let data = try #require(
        try await client.get("/api/v1/services/by-area?lat=31.9539&lon=35.9106&radius_m=50000&category=spa&limit=200").data)
      let spas = demo.details.filter { $0.category.id == "spa" }
      #expect(data["providers"]?.int == spas.count && data["is_complete"]?.bool == true)
      var sold: [String: [Int64]] = [:]
      for service in spas.flatMap(\.services) {
        sold[service.name.en + "/" + service.name.ar, default: []].append(service.priceMinor ?? -1)
      }
      let shown = try #require(data["services"]).elements
      #expect(shown.count == sold.count)
      for service in shown {
        let name = (service["names"]?["en"]?.string ?? "") + "/" + (service["names"]?["ar"]?.string ?? "")
        let prices = try #require(sold[name])
        #expect(service["providers"]?.int == prices.count)
        #expect(service["price"]?["from_minor"]?.int == prices.min().map(Int.init))
        #expect(service["price"]?["to_minor"]?.int == prices.max().map(Int.init))
      }
      #expect(try await client.get("/api/v1/services/by-area?area=nowhere").status == 404)
      let nowhere = try await client.get("/api/v1/services/by-area")
      #expect(try nowhere.problems == ["lat missing", "lon missing"])
      #expect(try await client.get("/api/v1/services/by-area?area=sweifieh&market=paris").status == 404)
      #expect(try await client.get("/api/v1/services/by-area?area=sweifieh&market=amman").status == 200)
    }
  }
}
