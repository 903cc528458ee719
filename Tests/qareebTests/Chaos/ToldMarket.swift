import JSON
import TestSupport
import Testing

/// Everything that one server tells of the market at one position.
struct ToldMarket {
  /// Providers by id, from the pages of one search over all.
  private(set) var list: [String: String] = [:]
  /// The same from each one's own page.
  private(set) var pages: [String: String] = [:]
  /// What is asked, and the answer's data to the letter: orders, scores, counts.
  private(set) var answers: [String: String] = [:]

  var listHash: UInt64 { Self.hash(list) }
  var pagesHash: UInt64 { Self.hash(pages) }
  var answersHash: UInt64 { Self.hash(answers) }

  static func read(_ asker: inout Asker, at position: String) async throws -> ToldMarket {
    var told = ToldMarket()
    try await told.readList(&asker, position)
    for id in told.list.keys.sorted() {
      let answer = try await asker.ask("/api/v1/providers/\(id)?lang=en", at: position)
      try #require(answer.status == 200, "\(answer.text)")
      told.pages[id] = canonical(try #require(try answer.json()["data"]))
    }
    for target in orders { try await told.readPages(target, &asker, position) }
    for target in others { told.answers[target] = try await asker.ask(target, at: position).dataText() }
    for words in self.words { try await told.readFound(words, &asker, position) }
    return told
  }

  private static let fields =
    "fields=names,name,market,category,area,location,tier,verified,rating,rating_count,price,tags,services,service_areas"

  /// Lists whose whole order is compared.
  private static let orders = [
    "", "&sort=rating", "&sort=price", "&category=spa&verified=true", "&price_min=1000&price_max=400000", "&lang=ar",
  ].map { ChaosReader.market + "&limit=100" + $0 }

  private static let others = [
    "\(ChaosReader.market)&facets=category,price,rating,tier&limit=1",
    "/api/v1/services/categories?lat=31.95&lon=35.91&radius_m=50000",
    "/api/v1/services/by-area?lat=31.95&lon=35.91&radius_m=50000&limit=200", "/api/v1/services/by-area?area=area-2",
    "/api/v1/search/providers?lat=31.9&lon=35.9&serves_me=true&limit=100",
  ]

  /// Words whose finds are compared, and not their order: scores of words are of all texts of a segment, also of those removed.
  private static let words = ["provider", "cut", "changed", "quarter2", "salon", "long", "caf%C3%A9", "%D8%AD%D9%84%D8%A7%D9%82"]

  private mutating func readList(_ asker: inout Asker, _ position: String) async throws {
    for hit in try await hits("\(ChaosReader.market)&sort=distance&lang=en&limit=100&\(Self.fields)", &asker, position) {
      let id = try #require(hit["id"]?.string)
      try #require(list.updateValue(Self.canonical(hit), forKey: id) == nil, "\(id) is on two pages")
    }
  }

  private mutating func readPages(_ target: String, _ asker: inout Asker, _ position: String) async throws {
    answers[target] = try await hits(target, &asker, position).map(Self.canonical).joined(separator: "\n")
  }

  /// When segments are merged between two pages, some come again and others are passed over: read until it is the same twice.
  private mutating func readFound(_ words: String, _ asker: inout Asker, _ position: String) async throws {
    let target = "\(ChaosReader.market)&limit=100&fields=name&q=\(words)"
    var readings: [[String]] = []
    repeat {
      try #require(readings.count < 20, "every reading of \(target) is another: \(readings.suffix(2))")
      readings.append(try await pages(target, &asker, position).compactMap { $0["id"]?.string }.sorted())
    } while readings.count < 2 || readings[readings.count - 2] != readings[readings.count - 1]
    answers["q=\(words)"] = readings[readings.count - 1].joined(separator: " ")
  }

  /// All pages of a search whose order stands while nobody writes.
  private func hits(_ target: String, _ asker: inout Asker, _ position: String) async throws -> [JSONValue] {
    let hits = try await pages(target, &asker, position)
    let ids = hits.compactMap { $0["id"]?.string }
    try #require(Set(ids).count == hits.count, "somebody is in the pages of \(target) twice")
    return hits
  }

  private func pages(_ target: String, _ asker: inout Asker, _ position: String) async throws -> [JSONValue] {
    var (hits, cursor): ([JSONValue], String?) = ([], nil)
    repeat {
      let answer = try await asker.ask(target + (cursor.map { "&cursor=\($0)" } ?? ""), at: position)
      try #require(answer.status == 200, "\(target): \(answer.text)")
      hits += try #require(try answer.json()["data"]?["providers"]?.array, "\(answer.text)")
      cursor = try answer.json()["meta"]?["next_cursor"]?.string
    } while cursor != nil
    return hits
  }

  // MARK: Comparing

  /// JSON as one text for one meaning: members by name, numbers by value, and what is null left out.
  static func canonical(_ value: JSONValue) -> String {
    switch value.kind {
    case .object:
      let members = (value.object.map(Array.init) ?? []).filter { !$0.value.isNull }.sorted { $0.name < $1.name }
      return "{" + members.map { "\($0.name): \(canonical($0.value))" }.joined(separator: ", ") + "}"
    case .array: return "[" + (value.array.map(Array.init) ?? []).map(canonical).joined(separator: ", ") + "]"
    case .string: return (value.string ?? "").debugDescription
    case .number: return value.double.map { "\($0)" } ?? "no number"
    case .bool: return value.bool == true ? "true" : "false"
    case .null: return "null"
    }
  }

  /// FNV-1a.
  static func hash(_ lines: [String: String]) -> UInt64 {
    lines.sorted { $0.key < $1.key }.reduce(0xcbf2_9ce4_8422_2325) { hash, line in
      "\(line.key) \(line.value)\n".utf8.reduce(hash) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
  }
}
