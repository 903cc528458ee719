import Discovery
import Geometry
import HTTPServer
import JSON
import ProviderIndex
import Ranking
import TestSupport
import Testing
import TextAnalysis
import TextIndex
import WebAPI

/// What a search answers: what the engine finds, as a phone shows it.
@Suite struct SearchAnswerTests {
  private static let demo = Result { try DemoDiscovery() }

  private static func query(_ change: (inout ProviderQuery) -> Void = { _ in }) throws -> ProviderQuery {
    var query = ProviderQuery(
      circle: try GeoCircle(centre: GeoPoint(latitude: 31.9539, longitude: 35.9106), radiusMetres: 10_000))
    change(&query)
    return query
  }

  private static let asked: [(String, @Sendable (DemoDiscovery, inout ProviderQuery) -> Void)] = [
    ("", { _, _ in }),
    ("&limit=100", { _, query in query.limit = 100 }),
    ("&category=spa&category=clinic&limit=50", { _, query in (query.categories, query.limit) = (["spa", "clinic"], 50) }),
    ("&tag=kids", { _, query in query.tags = ["kids"] }),
    ("&price_min=4000&price_max=6000", { _, query in (query.lowestPrice, query.highestPrice) = (4_000, 6_000) }),
    ("&rating_min=4.6", { _, query in query.lowestRating = 4.6 }),
    ("&verified=true&tier=gold", { _, query in (query.verifiedOnly, query.tiers) = (true, [.gold]) }),
    ("&sort=distance", { _, query in query.order = .distance }),
    ("&sort=rating", { _, query in query.order = .rating }),
    ("&sort=price", { _, query in query.order = .price }),
    (
      "&q=haircut",
      { demo, query in
        demo.analyzer.with(.query).analyze("haircut", into: &query.words)
        (query.rules.weights.text, query.rules.weights.distance, query.rules.weights.rating) = (0.5, 0.25, 0.25)
        (query.rules.weights.availability, query.rules.weights.verification) = (0, 0)
        query.rules.matching = MatchingRules()
      }
    ),
  ]

  @Test(arguments: asked.indices)
  func theHitsAreTheEngines(_ number: Int) async throws {
    let demo = try Self.demo.get()
    let (more, change) = Self.asked[number]
    let query = try Self.query { change(demo, &$0) }
    let searcher = Searcher()
    try searcher.search(demo.edition.index, query)
    let (ids, total) = (searcher.hits.map(\.id), searcher.total)
    let distances = searcher.hits.map { Int($0.distanceMetres.rounded()) }
    #expect(!ids.isEmpty)
    try await demo.serve { client, _ in
      let data = try #require(try await client.get("/api/v1/search/providers?\(nearby)\(more)").data)
      #expect(data["providers"]?.ids == ids)
      #expect(data["providers"]?.elements.compactMap { $0["distance_m"]?.int } == distances)
      #expect(data["total"]?.int == total)
    }
  }

  @Test func aHitShowsWhatAListNeeds() async throws {
    let demo = try Self.demo.get()
    try await demo.serve { client, _ in
      let hits = try #require(try await client.get("/api/v1/search/providers?\(nearby)&limit=100").data?["providers"]).elements
      for hit in hits {
        let details = try #require(demo.details.first { $0.id.description == hit["id"]?.string })
        #expect(hit["name"]?.string == details.name.en)
        #expect(hit["category"]?["name"]?.string == details.category.name.en)
        #expect(hit["area"]?["id"]?.string == details.area?.id)
        #expect(hit["tier"]?.string == details.tier && hit["verified"]?.bool == details.isVerified)
        #expect(hit["rating_count"]?.int == details.ratingCount)
        #expect(hit["rating"] == nil || details.ratingCount > 0)
        #expect(hit["price"]?["from_minor"]?.int == details.services.compactMap(\.priceMinor).min().map(Int.init))
        #expect(hit["price"]?["to_minor"]?.int == details.services.compactMap(\.priceMinor).max().map(Int.init))
        #expect(hit["tags"]?.elements.compactMap(\.string) == details.tags)
        #expect(hit["services"] == nil && hit["names"] == nil)
      }
    }
  }

  @Test func fieldsChooseAndLanguagesAreBoth() async throws {
    let demo = try Self.demo.get()
    try await demo.serve { client, _ in
      let target = "/api/v1/search/providers?\(nearby)&limit=1&fields=names,name,services,service_areas,market"
      let english = try await client.get(target)
      let hit = try #require(try english.data?["providers"]?.elements.first)
      let details = try #require(demo.details.first { $0.id.description == hit["id"]?.string })
      #expect(Set(hit.object.map { $0.map(\.name) } ?? []) == ["id", "names", "name", "services", "service_areas", "market"])
      #expect(hit["names"]?["ar"]?.string == details.name.ar && hit["name"]?.string == details.name.en)
      #expect(
        hit["services"]?.elements.compactMap { $0["price_minor"]?.int }
          == details.services.compactMap { $0.priceMinor.map(Int.init) })
      let arabic = try await client.get(target, headers: [("Accept-Language", "ar-JO,ar;q=0.9")])
      #expect(try arabic.data?["providers"]?.elements.first?["name"]?.string == details.name.ar)
      #expect(arabic.value("Content-Language") == "ar")
      // What is asked for by name wins.
      let chosen = try await client.get(target + "&lang=en", headers: [("Accept-Language", "ar")])
      #expect(try chosen.data?["providers"]?.elements.first?["name"]?.string == details.name.en)
      #expect(chosen.value("Content-Language") == "en")
    }
  }

  @Test func facetsAddUp() async throws {
    try await Self.demo.get().serve { client, _ in
      let data = try #require(
        try await client.get("/api/v1/search/providers?\(nearby)&facets=category,price,rating,tier&limit=1").data)
      let facets = try #require(data["facets"])
      let total = data["total"]?.int
      #expect(data["total_is_exact"]?.bool == true)
      for name in ["category", "tier", "rating"] {
        #expect(facets[name]?.elements.compactMap { $0["count"]?.int }.reduce(0, +) == total, "\(name)")
      }
      #expect(facets["category"]?.elements.allSatisfy { $0["name"]?.string != $0["id"]?.string } == true)
      #expect(facets["price"]?.elements.compactMap { $0["from_minor"]?.int } == [0, 5_000, 10_000, 20_000, 50_000])
    }
  }

  @Test func aBoxHoldsWhoIsInIt() async throws {
    let demo = try Self.demo.get()
    let box = try GeoBox(south: 31.93, west: 35.86, north: 31.98, east: 35.93)
    let inside = Set(demo.details.filter { box.contains(latitude: $0.lat, longitude: $0.lon) }.map(\.id.description))
    #expect(inside.count > 20)
    try await demo.serve { client, _ in
      var seen: [String] = []
      var next = ""
      repeat {
        let answer = try await client.get("/api/v1/search/providers?bbox=35.86,31.93,35.93,31.98&limit=13&facets=tier\(next)")
        #expect(try answer.data?["total"]?.int == inside.count)
        seen += try answer.data?["providers"]?.ids ?? []
        next = try answer.meta?["next_cursor"]?.string.map { "&cursor=\($0)" } ?? ""
      } while !next.isEmpty && seen.count <= inside.count
      #expect(seen.count == inside.count && Set(seen) == inside)
    }
  }

  @Test func homeVisitsAreOfWhoComesHere() async throws {
    let demo = try Self.demo.get()
    let here = try GeoPoint(latitude: 31.9539, longitude: 35.9106)
    let coming = try demo.details.filter { details in
      try details.serviceAreas.contains {
        try GeoCircle(centre: GeoPoint(latitude: $0.lat, longitude: $0.lon), radiusMetres: Double($0.radiusMetres)).contains(here)
      }
    }
    #expect(!coming.isEmpty)
    try await demo.serve { client, _ in
      let data = try await client.get("/api/v1/search/providers?\(nearby)&serves_me=true&limit=100").data
      #expect(Set(data?["providers"]?.ids ?? []) == Set(coming.map(\.id.description)))
    }
  }

  @Test func aServiceIsItsSellers() async throws {
    let demo = try Self.demo.get()
    let seller = demo.details[17]
    try await demo.serve { client, _ in
      let service = try #require(seller.services.last).id
      let data = try await client.get("/api/v1/search/providers?\(nearby)&radius_m=50000&service_id=\(service)").data
      #expect(data?["providers"]?.ids == [seller.id.description])
      let other = demo.details[18].id
      let none = try await client.get(
        "/api/v1/search/providers?\(nearby)&radius_m=50000&service_id=\(service)&provider_ids=\(other)"
      ).data
      #expect(none?["providers"]?.elements.isEmpty == true)
      #expect(none?["emptied_by"]?.elements.first?["parameters"]?.elements.compactMap(\.string) == ["service_id"])
    }
  }

  @Test(arguments: [
    ("\(nearby)&category=barber&price_max=1", [["price_max"]]),
    ("\(nearby)&q=zzqqxxwwvv", [["q"]]),
    ("\(nearby)&tag=nothing-like-it&verified=true", [["tag"]]),
    ("\(nearby)&tag=nothing-like-it&price_max=1", [["tag", "price_max"]]),
    ("lat=0&lon=0", [["radius_m"]]),
    ("lat=0&lon=0&verified=true", [["verified", "radius_m"]]),
    ("bbox=0,0,1,1", [["bbox"]]),
  ])
  func anEmptyAnswerSaysWhy(_ query: String, _ names: [[String]]) async throws {
    try await Self.demo.get().serve { client, _ in
      let data = try await client.get("/api/v1/search/providers?\(query)").data
      #expect(data?["providers"]?.elements.isEmpty == true)
      let emptied = data?["emptied_by"]?.elements ?? []
      #expect(emptied.map { $0["parameters"]?.elements.compactMap(\.string) ?? [] } == names)
      #expect(emptied.allSatisfy { $0["matches_without"]?.int ?? 0 > 0 })
    }
  }

  @Test func scoresAreTheSumsOfTheirParts() async throws {
    try await Self.demo.get().serve { client, _ in
      for more in ["", "&q=haircut", "&q=7ala2&sort=distance"] {
        let data = try #require(try await client.get("/api/v1/search/providers?\(nearby)&limit=5&explain=true\(more)").data)
        for hit in try #require(data["providers"]).elements {
          let parts = try #require(hit["explanation"]?["parts"]).elements
          #expect(parts.count >= 3)
          // In the order of the parts, as the engine sums: equal to the bit.
          let sum = parts.reduce(0.0) { $0 + ($1["contribution"]?.double ?? .nan) }
          #expect(sum == hit["explanation"]?["score"]?.double, "\(more)")
        }
      }
    }
  }

  @Test func aBodyAsksTheSame() async throws {
    try await Self.demo.get().serve { client, _ in
      let query = try await client.get("/api/v1/search/providers?\(nearby)&category=spa&category=salon&facets=tier&limit=7")
      let asked = #"{"lat":31.9539,"lon":35.9106,"category":["spa","salon"],"facets":["tier"],"limit":7}"#
      let body = try await client.post("/api/v1/search/providers", json: asked)
      #expect(body.status == 200)
      func data(_ answer: RawAnswer) -> Substring? { answer.text.split(separator: ",\"meta\":").first }
      #expect(data(query) == data(body))
      #expect(try query.meta?["next_cursor"]?.string == body.meta?["next_cursor"]?.string)

      let batch = try await client.post(
        "/api/v1/search/providers",
        json: #"{"searches":[\#(asked),{"lat":31.9539,"lon":35.9106,"q":"spa","limit":1}],"lang":"ar"}"#)
      let results = try #require(try batch.data?["results"]).elements
      #expect(results.count == 2)
      #expect(results[0]["providers"]?.ids == (try query.data?["providers"]?.ids))
      #expect(results[0]["next_cursor"]?.string == (try query.meta?["next_cursor"]?.string))
      #expect(results[1]["providers"]?.elements.count == 1)
      #expect(batch.value("Content-Language") == "ar")
    }
  }

  @Test func headAndUnchangedAnswers() async throws {
    let demo = try DemoDiscovery(providers: 40)
    try await demo.serve { client, _ in
      let target = "/api/v1/search/providers?\(nearby)"
      let first = try await client.get(target)
      let tag = try #require(first.value("ETag"))
      #expect(try first.meta?["position"]?.string == "16/10")
      let head = try await client.send("HEAD", target)
      #expect(head.status == 200 && head.body.isEmpty && head.value("ETag") == tag)
      let again = try await client.get(target, headers: [("If-None-Match", tag)])
      #expect(again.status == 304 && again.body.isEmpty && again.value("ETag") == tag)
      #expect(try await client.get(target + "&limit=3", headers: [("If-None-Match", tag)]).status == 200)
      #expect(try await client.get(target, headers: [("If-None-Match", tag), ("Accept-Language", "ar")]).status == 200)
      // A wrong request is wrong whoever has what.
      #expect(try await client.get(target + "&limit=0", headers: [("If-None-Match", tag)]).status == 400)
      // A move of the index that changes nothing here is no news; one that does is.
      demo.board.post(
        try DemoDiscovery.edition(of: demo.details, demo.demo, demo.analyzer, position: 0x16_0000_0011, after: demo.edition))
      #expect(try await client.get(target, headers: [("If-None-Match", tag)]).status == 304)
      demo.board.post(
        try DemoDiscovery.edition(
          of: Array(demo.details.dropFirst(20)), demo.demo, demo.analyzer, position: 0x16_0000_0012, after: demo.edition))
      let later = try await client.get(target, headers: [("If-None-Match", tag)])
      #expect(later.status == 200)
      #expect(try later.meta?["position"]?.string == "16/12")
    }
  }
}
