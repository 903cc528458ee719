import DemoMarkets
import Discovery
import EventLoops
import HTTPServer
import JSON
import ProviderIndex
import Ranking
import Telemetry
import TestSupport
import TextAnalysis
import WebAPI

/// The made-up market of Amman, as an edition: everything that Discovery needs, without a database.
struct DemoDiscovery: Sendable {
  let analyzer: BilingualAnalyzer
  let demo: DemoMarket
  let details: [ProviderDetails]
  let edition: Edition
  let board: EditionBoard
  let configuration: DiscoveryConfiguration

  init(
    providers: Int = 600, position: UInt64 = 0x16_0000_0010, waitMilliseconds: UInt64 = 2_000, streamListeners: Int = 10
  ) throws {
    analyzer = BilingualAnalyzer(try DemoDiscovery.dictionaries())
    demo = try DemoMarket(file: ProjectFolder.file("data/demo/amman.json"))
    details = DemoDiscovery.details(of: demo, count: providers)
    edition = try DemoDiscovery.edition(of: details, demo, analyzer, position: position)
    board = EditionBoard()
    board.post(edition)
    configuration = DiscoveryConfiguration(
      profiles: DemoDiscovery.profiles, queries: analyzer.with(.query), typing: analyzer.with(.typing),
      highlighting: analyzer.with(.highlighting), cursorKey: Array("a key of the tests".utf8),
      positionWaitMilliseconds: waitMilliseconds, streamListeners: streamListeners)
  }

  static let state = IndexState(ageMilliseconds: { 12 }, building: { IndexBuilding(phase: "following") })

  static var profiles: SearchProfiles {
    var words = RankingRules()
    (words.weights.text, words.weights.distance, words.weights.rating) = (0.5, 0.25, 0.25)
    return SearchProfiles(["default": RankingProfile.default.rules, "words": words])
  }

  private static func dictionaries() throws -> AnalysisDictionaries {
    var dictionaries = AnalysisDictionaries()
    for file in AnalysisDictionaries.File.allCases {
      try dictionaries.add(file, Array(try ProjectFolder.text("data/analysis/\(file.rawValue)").utf8))
    }
    return dictionaries
  }

  static func details(of demo: DemoMarket, count: Int) -> [ProviderDetails] {
    var services: UInt64 = 0
    return demo.providers(count: count, seed: 2026).map { made in
      ProviderDetails(
        id: made.id, market: demo.about.id, name: made.name,
        category: NamedThing(id: made.category, name: demo.categories.first { $0.id == made.category }?.name ?? made.name),
        area: demo.areas.first { $0.id == made.area }.map { NamedThing(id: $0.id, name: $0.name) }, lat: made.lat, lon: made.lon,
        tier: made.tier, isVerified: made.isVerified,
        ratingTenths: made.ratingCount == 0 ? nil : (made.ratingSum * 20 + made.ratingCount) / (2 * made.ratingCount),
        ratingCount: made.ratingCount, tags: made.tags,
        currency: demo.about.currency,
        services: made.services.map { service in
          services += 1
          return ProviderDetails.Service(
            id: Identifier(high: 7, low: services), name: service.name, priceMinor: Int64(service.priceMinor),
            durationMinutes: service.durationMinutes)
        },
        serviceAreas: made.homeVisitRadiusMetres.map {
          [ProviderDetails.ServiceArea(lat: made.lat, lon: made.lon, radiusMetres: $0)]
        } ?? [])
    }
  }

  /// - Parameter older: of which everything is kept that is the same.
  static func edition(
    of details: [ProviderDetails], _ demo: DemoMarket, _ analyzer: BilingualAnalyzer, position: UInt64,
    after older: Edition? = nil
  ) throws -> Edition {
    var segment = SegmentBuilder(analyzer: analyzer)
    for details in details { try segment.add(ProviderRecord(details)) }
    let directory = older?.directory ?? directory(of: demo)
    return Edition(
      index: IndexSnapshot(try segment.finish(), position: position),
      providers: ProvidersInMemory(details, after: older?.providers as? ProvidersInMemory), directory: directory,
      names: try older?.names ?? NameIndex(directory, serviceNames: serviceNames(of: details), analyzer: analyzer))
  }

  static func directory(of demo: DemoMarket) -> Directory {
    let about = demo.about
    return Directory(
      markets: [
        DirectoryMarket(
          id: about.id, name: about.name, currency: about.currency, currencyExponent: about.currencyExponent,
          timeZone: about.timeZone, lat: about.lat, lon: about.lon)
      ], categories: demo.categories.map { NamedThing(id: $0.id, name: $0.name) },
      areas: demo.areas.map {
        DirectoryArea(
          market: about.id, thing: NamedThing(id: $0.id, name: $0.name), lat: $0.lat, lon: $0.lon, radiusMetres: $0.radiusMetres)
      })
  }

  private static func serviceNames(of details: [ProviderDetails]) -> [ServiceNameCount] {
    var counts: [Localized: [String: Int]] = [:]
    for provider in details {
      for service in provider.services { counts[service.name, default: [:]][provider.category.id, default: 0] += 1 }
    }
    return counts.map { name, byCategory in
      let main = byCategory.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
      return ServiceNameCount(name: name, category: main, count: byCategory.values.reduce(0, +))
    }
    .sorted { ($1.count, $0.name.en, $0.name.ar) < ($0.count, $1.name.en, $1.name.ar) }
  }

  func discovery(_ board: EditionBoard? = nil, _ state: IndexState = DemoDiscovery.state) throws -> ProviderDiscovery {
    try ProviderDiscovery(board ?? self.board, state, configuration)
  }

  /// Answers over a real socket.
  func serve<R: Sendable>(
    _ other: ProviderDiscovery? = nil, loops: Int = 1, clock: TelemetryClock = .system,
    _ body: @Sendable (TestHTTPClient, ListenAddress) async throws -> R
  ) async throws -> R {
    var configuration = APIConfiguration(version: "test")
    configuration.rateLimits[.search] = RateLimit(requests: 10_000_000, seconds: 60)
    let api = try API(
      routes: (try other ?? discovery()).routes(), configuration: configuration,
      environment: APIEnvironment(clock: clock))
    return try await withTestServer(api, loops: loops) { server in
      try await body(TestHTTPClient(server.address), server.address)
    }
  }
}

extension RawAnswer {
  var data: JSONValue? { get throws { try json()["data"] } }
  var meta: JSONValue? { get throws { try json()["meta"] } }
  /// The problems of a refused request: field, code.
  var problems: [String] {
    get throws {
      (try json()["error"]?["details"]?["fields"]?.array.map { Array($0) } ?? []).map {
        "\($0["field"]?.string ?? "?") \($0["code"]?.string ?? "?")"
      }
    }
  }
}

extension JSONValue {
  var elements: [JSONValue] { array.map { Array($0) } ?? [] }
  var ids: [String] { elements.compactMap { $0["id"]?.string } }
}

/// Around the centre of Amman.
let nearby = "lat=31.9539&lon=35.9106"
