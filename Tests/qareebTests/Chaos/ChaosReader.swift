import JSON
import PostgresClient
import TestSupport
import Testing

/// Searches again and again, and believes nothing.
struct ChaosReader {
  enum Kind: CaseIterable { case pages, pairs, filters }

  /// The whole market, from the box's middle.
  static let market = "/api/v1/search/providers?bbox=35,31,37,33"

  private let kind: Kind
  private var asker: Asker
  private var random: SeededRandom
  /// The newest position that one life has shown.
  private var shown: (life: Int, position: UInt64) = (0, 0)
  private var paging = Paging()

  init(_ kind: Kind, _ server: MortalServer, seed: UInt64) {
    self.kind = kind
    asker = Asker(server)
    random = SeededRandom(seed: seed)
  }

  /// One search; false when there was no answer, for the server was killed.
  mutating func read() async throws -> Bool {
    switch kind {
    case .pages: try await turnPage()
    case .pairs: try await lookAtPair()
    case .filters: try await search()
    }
  }

  /// Who asks for no position is always answered, database or not.
  private mutating func ask(_ target: String) async throws -> RawAnswer? {
    guard let answer = try await asker.ask(target) else { return nil }
    try #require(answer.status == 200, "\(target): \(answer.status) \(answer.text)\n\(asker.server.lastWords)")
    let text = try #require(try answer.json()["meta"]?["position"]?.string, "\(answer.text)")
    let position = try #require(LogPosition.parse(text))
    if shown.life == asker.life {
      try #require(position >= shown.position, "from \(LogPosition.text(shown.position)) back to \(text)")
    }
    shown = (asker.life, position)
    return answer
  }

  private func hits(_ answer: RawAnswer) throws -> [JSONValue] {
    let hits = Array(try #require(try answer.json()["data"]?["providers"]?.array, "\(answer.text)"))
    let ids = hits.map { $0["id"]?.string ?? "" }
    try #require(Set(ids).count == ids.count, "somebody is on one page twice: \(answer.text)")
    return hits
  }

  // MARK: Pages

  /// A list by distance, page after page, whatever happens to the server meanwhile.
  private struct Paging {
    var cursor: String?
    var last = 0
    /// Who was shown, with the distance shown.
    var seen: Set<String> = []
  }

  private mutating func turnPage() async throws -> Bool {
    let place = "/api/v1/search/providers?lat=31.8&lon=35.7&radius_m=50000&sort=distance&limit=40&fields=distance_m,location"
    guard let answer = try await ask(place + (paging.cursor.map { "&cursor=\($0)" } ?? "")) else { return false }
    for hit in try hits(answer) {
      let (id, distance) = (try #require(hit["id"]?.string), try #require(hit["distance_m"]?.int))
      try #require(distance >= paging.last, "a later page goes back from \(paging.last) m: \(answer.text)")
      // Whoever moves away between two pages is rightly seen again, farther off; nobody else is.
      let location = "\(hit["location"]?["lat"]?.numberText ?? "") \(hit["location"]?["lon"]?.numberText ?? "")"
      try #require(paging.seen.insert("\(id) \(location)").inserted, "\(id) is on two pages: \(answer.text)")
      paging.last = distance
    }
    paging.cursor = try answer.json()["meta"]?["next_cursor"]?.string
    if paging.cursor == nil { paging = Paging() }
    return true
  }

  // MARK: Pairs

  private mutating func lookAtPair() async throws -> Bool {
    let number = Int.random(in: 0..<ChaosRun.writers, using: &random)
    guard let answer = try await ask(OwnedPair.search(number)) else { return false }
    _ = try OwnedPair.versionShown(in: answer, number)
    return true
  }

  // MARK: Filters

  /// Hits show what they were found by: an index and what is told beside it are of one moment. Papers and ratings are the exception: the
  /// index holds them in columns that change in place, so for the milliseconds until a transaction is shown they are ahead of what is told.
  /// These two searches only ask for an answer; what they come to is compared when the writers pause.
  private mutating func search() async throws -> Bool {
    let common = "&fields=category,tier,verified,rating,price,tags&limit=100"
    switch Int.random(in: 0..<8, using: &random) {
    case 0:
      let category = random.pick(["barber", "salon", "spa"])
      return try await search("category=\(category)\(common)") { $0["category"]?["id"]?.string == category }
    case 1:
      let tier = random.pick(["silver", "gold", "diamond"])
      return try await search("tier=\(tier)\(common)") { $0["tier"]?.string == tier }
    case 2: return try await search("verified=true\(common)") { $0["verified"]?.bool != nil }
    case 3: return try await search("rating_min=3.5\(common)") { $0["id"]?.string != nil }
    case 4:
      return try await search("price_min=5000&price_max=200000\(common)") { hit in
        (hit["price"]?["from_minor"]?.int ?? .max) <= 200_000 && (hit["price"]?["to_minor"]?.int ?? 0) >= 5_000
      }
    case 5:
      return try await search("tag=wifi\(common)") { $0["tags"]?.array?.contains { $0.string == "wifi" } == true }
    case 6:
      let words = random.pick(["provider", "changed", "hair%20cut", "%D8%AD%D9%84%D8%A7%D9%82", "long", "caf%C3%A9", "quarter2"])
      return try await search("q=\(words)&facets=category,tier,price,rating&highlight=true") { _ in true }
    default:
      return try await search("sort=\(random.pick(["rating", "price", "distance"]))&facets=tier&explain=true") { _ in true }
    }
  }

  private mutating func search(_ query: String, _ fits: (JSONValue) -> Bool) async throws -> Bool {
    guard let answer = try await ask("\(Self.market)&\(query)") else { return false }
    for hit in try hits(answer) { try #require(fits(hit), "\(query) has found \(hit["id"]?.string ?? ""): \(answer.text)") }
    return true
  }
}
