import Catalogue
import DemoMarkets
import EventLoops
import HTTPServer
import JSON
import PostgresClient
import TestSupport
import Testing
import WebAPI

/// The catalogue's routes over real sockets and a real database.
@Suite struct CatalogueRoutesTests {
  private func withCatalogue(
    providers: Int = 60, _ body: @escaping @Sendable (TestHTTPClient, ProviderCatalogue, DemoMarket) async throws -> Void
  ) async throws {
    try await TestDatabase.with(.migrated) { home in
      let group = try EventLoopGroup(count: 1, name: "catalogue")
      let database = try Database(group: group, configuration: DatabaseConfiguration(connectionString: home.connectionString))
      let catalogue = ProviderCatalogue(database: database)
      let demo = try DemoMarket(file: ProjectFolder.file("data/demo/amman.json"))
      let outcome: Result<Void, any Error>
      do {
        _ = try await catalogue.load(demo, providers: providers, seed: 2026)
        var configuration = APIConfiguration(version: "test")
        configuration.rateLimits[.standard] = RateLimit(requests: 1_000_000, seconds: 60)
        let api = try API(routes: catalogue.routes(), configuration: configuration, environment: APIEnvironment())
        try await withTestServer(api) { try await body(TestHTTPClient($0.address), catalogue, demo) }
        outcome = .success(())
      } catch {
        outcome = .failure(error)
      }
      await database.close()
      await group.shutdown()
      try outcome.get()
    }
  }

  @Test func aMarketIsLoadedOnce() async throws {
    try await withCatalogue { client, catalogue, demo in
      #expect(try await catalogue.load(demo, providers: 60, seed: 2026) == .present)
      let markets = try await client.get("/api/v1/markets").json()["data"]?.array
      #expect(markets?.count == 1)
      let market = try #require(markets?.first(where: { _ in true }))
      #expect(market["currency"]?.string == "JOD" && market["currency_exponent"]?.int == 3)
      #expect(market["name"]?["ar"]?.string == "عمّان")
    }
  }

  /// Scrolling gives every provider once, in order, whatever the page's size.
  @Test(arguments: [1, 7, 60, 100])
  func pagesAddUp(limit: Int) async throws {
    try await withCatalogue { client, _, demo in
      var seen: [String] = []
      var cursor = ""
      repeat {
        let page = try await client.get("/api/v1/providers?market=amman&limit=\(limit)\(cursor)").json()
        for provider in try #require(page["data"]?.array) { seen.append(try #require(provider["id"]?.string)) }
        cursor = page["meta"]?["next_cursor"]?.string.map { "&cursor=\($0)" } ?? ""
      } while !cursor.isEmpty && seen.count <= 60
      #expect(seen == demo.providers(count: 60, seed: 2026).map { "\($0.id)" }.sorted())
    }
  }

  @Test func aCategoryIsAllThatItsFilterShows() async throws {
    try await withCatalogue { client, _, demo in
      let page = try await client.get("/api/v1/providers?market=amman&category=barber&limit=100").json()
      let shown = try #require(page["data"]?.array).compactMap { $0["id"]?.string }
      let barbers = demo.providers(count: 60, seed: 2026).filter { $0.category == "barber" }.map { "\($0.id)" }
      #expect(shown == barbers.sorted())
    }
  }

  @Test(arguments: [
    ("/api/v1/providers?market=nowhere", 404), ("/api/v1/providers", 400),
    ("/api/v1/providers?market=amman&limit=101", 400), ("/api/v1/providers?market=amman&cursor=1", 400),
    ("/api/v1/providers?market=amman&category=nothing", 200), ("/api/v1/markets/nowhere/areas", 404),
    ("/api/v1/markets/amman/areas", 200), ("/api/v1/markets", 200),
  ])
  func answersAsDocumented(target: String, status: Int) async throws {
    try await withCatalogue(providers: 1) { client, _, _ in
      let answer = try await client.get(target)
      #expect(answer.status == status, "\(target)")
      #expect(try answer.json()["success"]?.bool == (status == 200))
    }
  }

  @Test func anUnchangedAnswerIsNotSentAgain() async throws {
    try await withCatalogue(providers: 1) { client, _, _ in
      let tag = try #require(try await client.get("/api/v1/markets").values("etag").first)
      let again = try await client.get("/api/v1/markets", headers: [("If-None-Match", tag)])
      #expect(again.status == 304 && again.body.isEmpty)
    }
  }
}
