import Foundation
import JSON
import TestSupport
import Testing

/// `qareeb index` through the real program: files in, files and lines out.
@Suite struct IndexCommandTests {
  private struct Hit: Equatable {
    let id: String
    let score: Double
    let metres: Double
  }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func qareeb(_ arguments: String...) async throws -> FinishedProcess {
    let result = try await FinishedProcess.run(try RunningQareeb.program(), ["index"] + arguments, in: folder.url)
    for noise in ["Fatal error", "Error Domain", "CocoaError", "unexpected failure", "Optional("] {
      #expect(!result.error.contains(noise), "\(result.error)")
    }
    return result
  }

  private func shell(_ script: String, _ arguments: String...) async throws -> FinishedProcess {
    try await FinishedProcess.run("sh", ["-c", script, "sh", try RunningQareeb.program()] + arguments, in: folder.url)
  }

  private func build(_ lines: String) async throws {
    _ = try folder.write(lines, to: "p.ndjson")
    let result = try await qareeb("build", "--from", "p.ndjson", "--out", "p.qidx")
    try #require(result.exitCode == 0, "\(result.error)")
  }

  private func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() }

  /// The results of queries, and the summary.
  private func answers(_ queries: String, _ options: String...) async throws -> (results: [JSONValue], summary: JSONValue) {
    _ = try folder.write(queries, to: "q.ndjson")
    let result = try await FinishedProcess.run(
      try RunningQareeb.program(), ["index", "query", "--index", "p.qidx", "--queries", "q.ndjson", "--json"] + options,
      in: folder.url)
    try #require(result.exitCode == 0, "\(result.error)")
    #expect(result.error == "")
    let lines = try result.output.split(separator: "\n").map { try JSONDocument(String($0)).root }
    return (Array(lines.dropLast()), try #require(lines.last))
  }

  private func hits(_ result: JSONValue) throws -> [Hit] {
    try #require(result["hits"]?.array).map { hit in
      Hit(
        id: try #require(hit["id"]?.string), score: try #require(hit["score"]?.double),
        metres: try #require(hit["distance_m"]?.double))
    }
  }

  private static let centre = (lat: 31.95, lon: 35.91)

  /// On the centre's meridian, so that distances are exact by hand: one degree of latitude is π · 6,371,008.8 m / 180.
  private static let market = """
    {"id":"far","name":{"en":"Far Salon"},"category":"salon","lat":32.03,"lon":35.91,"rating":5,"verified":true,"availability":1}
    {"id":"near","name":{"en":"Near Barber","ar":"حلاق قريب"},"category":"barber","lat":31.95,"lon":35.91,"rating":3,"availability":0.2,\
    "services":[{"name":{"en":"Shave"},"price":"4.500","currency":"JOD","duration_min":20}]}
    {"id":"twin-b","category":"salon","lat":31.96,"lon":35.91,"rating":4,"verified":true,"availability":0.5,"tags":["parking"],"tier":"gold",\
    "services":[{"name":{"en":"Haircut"},"price":"12.000","currency":"JOD","duration_min":40}]}
    {"id":"twin-a","category":"salon","lat":31.96,"lon":35.91,"rating":4,"verified":true,"availability":0.5}
    {"id":"outside","category":"salon","lat":32.06,"lon":35.91,"rating":5,"verified":true,"availability":1}

    """

  private static func expected(_ id: String, lat: Double, rating: Double, availability: Double, verified: Bool) -> Hit {
    let metres = (lat - centre.lat) * .pi / 180 * 6_371_008.8
    var score = 0.30 * max(0, 1 - metres / 10_000)
    score += 0.25 * rating / 5
    score += 0.25 * availability
    score += 0.20 * (verified ? 1 : 0.7)
    return Hit(id: id, score: score, metres: metres)
  }

  private static let ranked: [Hit] = [
    expected("twin-a", lat: 31.96, rating: 4, availability: 0.5, verified: true),
    expected("twin-b", lat: 31.96, rating: 4, availability: 0.5, verified: true),
    expected("far", lat: 32.03, rating: 5, availability: 1, verified: true),
    expected("near", lat: 31.95, rating: 3, availability: 0.2, verified: false),
  ].sorted { $0.score == $1.score ? $0.id < $1.id : $0.score > $1.score }

  private static let circle = "\"lat\":31.95,\"lon\":35.91,\"radius_m\":10000"

  @Test func scoresAreThoseOfTheFormula() async throws {
    try await build(Self.market)
    let (results, summary) = try await answers("{\"id\":\"all\",\(Self.circle)}\n")
    let result = try #require(results.first)
    #expect(results.count == 1)
    #expect(result["id"]?.string == "all")
    #expect(result["total"]?.int == 4)
    #expect(try #require(result["took_us"]?.double) > 0)
    let hits = try hits(result)
    #expect(hits.map(\.id) == Self.ranked.map(\.id))
    for (hit, expected) in zip(hits, Self.ranked) {
      #expect(abs(hit.score - expected.score) < 1e-9 && abs(hit.metres - expected.metres) < 1e-3, "\(hit), not \(expected)")
    }
    #expect(summary["queries"]?.int == 1 && summary["searches"]?.int == 1)
    for member in ["p50_us", "p99_us", "qps"] { #expect(try #require(summary[member]?.double) > 0, "\(member)") }
  }

  @Test func queriesAreAnsweredInOrder() async throws {
    try await build(Self.market)
    let queries: [(members: String, ids: [String], total: Int)] = [
      ("\"sort\":\"distance\",\"limit\":2", ["near", "twin-a"], 4),
      ("\"limit\":0", [], 4),
      ("\"category\":[\"barber\"]", ["near"], 1),
      ("\"category\":[\"spa\"]", [], 0),
      ("\"price_max\":\"12\",\"sort\":\"price\"", ["near", "twin-b"], 2),
      ("\"price_max\":\"11.999\"", ["near"], 1),
      ("\"price_min\":\"4.501\"", ["twin-b"], 1),
      ("\"rating_min\":4.5", ["far"], 1),
      ("\"verified\":true,\"sort\":\"distance\"", ["twin-a", "twin-b", "far"], 3),
      ("\"tag\":[\"parking\"],\"tier\":[\"gold\"]", ["twin-b"], 1),
      ("\"provider_ids\":[\"far\",\"outside\"]", ["far"], 1),
      ("\"q\":\"حلاق\"", ["near"], 1),
      ("\"q\":\"hairc\"", [], 0),
      ("\"q\":\"hairc\",\"prefix\":true", ["twin-b"], 1),
    ]
    let lines = queries.enumerated().map { "{\"id\":\"\($0.offset)\",\(Self.circle),\($0.element.members)}\n" }
    let (results, summary) = try await answers(lines.joined(), "--repeat", "3")
    #expect(results.map { $0["id"]?.string } == queries.indices.map { "\($0)" })
    for (result, query) in zip(results, queries) {
      #expect(try hits(result).map(\.id) == query.ids && result["total"]?.int == query.total, "\(query.members)")
    }
    #expect(summary["queries"]?.int == queries.count && summary["searches"]?.int == 3 * queries.count)
  }

  /// The profile `text` guesses where too little is found, and says so; the default one takes words as they are.
  @Test func theLevelOfTheWordsIsTold() async throws {
    try await build(Self.market)
    let queries: [(members: String, ids: [String], level: String?)] = [
      ("\"limit\":0", [], nil),
      ("\"q\":\"haircut\"", ["twin-b"], "stem"),
      ("\"q\":\"hairvut\"", [], "stem"),
      ("\"q\":\"haircut\",\"profile\":\"text\"", ["twin-b"], "exact"),
      ("\"q\":\"hairvut\",\"profile\":\"text\"", ["twin-b"], "typo"),
      ("\"q\":\"hairvut\",\"profile\":\"text\",\"typos\":false", [], "exact"),
      ("\"q\":\"hairvut\",\"typos\":true", ["twin-b"], "typo"),
    ]
    let (results, _) = try await answers(
      queries.map { "{\(Self.circle),\($0.members)}\n" }.joined(), "--profiles", ProjectFolder.file("data/ranking"))
    for (result, query) in zip(results, queries) {
      #expect(try hits(result).map(\.id) == query.ids && result["level"]?.string == query.level, "\(query.members)")
    }
  }

  @Test func aCursorLeadsToTheNextPage() async throws {
    try await build(Self.market)
    var (found, cursor) = ([String](), String?.none)
    repeat {
      let after = cursor.map { ",\"cursor\":\"\($0)\"" } ?? ""
      let result = try #require(try await answers("{\(Self.circle),\"limit\":1\(after)}\n").results.first)
      found += try hits(result).map(\.id)
      cursor = result["cursor"]?.string
    } while cursor != nil && found.count < 9
    #expect(found == Self.ranked.map(\.id))
  }

  @Test func profilesComeFromAFolder() async throws {
    try await build(Self.market)
    let profiles = folder.url.appending(path: "profiles")
    try FileManager.default.createDirectory(at: profiles, withIntermediateDirectories: true)
    let file = try folder.write("{\"weights\":{\"rating\":1}}\n", to: "profiles/stars.json")
    let (results, _) = try await answers("{\(Self.circle),\"profile\":\"stars\"}\n{\(Self.circle)}\n", "--profiles", "profiles")
    #expect(try hits(results[0]).map(\.id) == ["far", "twin-a", "twin-b", "near"])
    #expect(try hits(results[0]).map(\.score) == [1, 0.8, 0.8, 0.6])
    #expect(try hits(results[1]).map(\.id) == Self.ranked.map(\.id))

    try Data("{\"weights\":{\n\"ratng\":1}}\n".utf8).write(to: URL(filePath: file))
    let bad = try await qareeb("query", "--index", "p.qidx", "--queries", "q.ndjson", "--profiles", "profiles")
    #expect(bad.exitCode == 65)
    #expect(bad.error.contains("profiles/stars.json, line 2: weights.ratng: is not a member of"))
    #expect(bad.error.contains("did you mean rating?"))
    let missing = try await qareeb("query", "--index", "p.qidx", "--queries", "q.ndjson", "--profiles", "nowhere")
    #expect(missing.exitCode == 74)
    #expect(missing.error.contains("nowhere"))
  }

  @Test func forAPersonThereAreTables() async throws {
    try await build(Self.market)
    _ = try folder.write("{\"id\":\"all\",\(Self.circle)}\n{\(Self.circle),\"q\":\"nobody\"}\n", to: "q.ndjson")
    let result = try await qareeb("query", "--index", "p.qidx", "--queries", "q.ndjson")
    #expect(result.exitCode == 0)
    let lines = result.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines[0].prefix(4) == ["Query", "all:", "4", "found"])
    #expect(lines[1] == ["RANK", "PROVIDER", "SCORE", "METRES"])
    #expect(lines[2..<6].map { $0[1] } == Self.ranked.map { Substring($0.id) })
    #expect(lines[6].prefix(4) == ["Query", "2:", "0", "found"])
    #expect(lines[7].starts(with: ["2", "queries,", "2", "searches:", "p50"]))
  }

  @Test func badLinesAreNamed() async throws {
    let lines =
      "{\"id\":\"a\",\"lat\":1,\"lon\":2}\n\n{\"id\":\"b\",\"lat\":95,\"lon\":2}\nnope\n{\"id\":\"a\",\"lat\":1,\"lon\":2}\n"
    _ = try folder.write(lines, to: "p.ndjson")
    let problems = [
      "line 3: lat: 95: must be a number from -90 to 90", "line 4: not JSON at column ", "line 5: id: occurs already in line 1",
    ]
    let failed = try await qareeb("build", "--from", "p.ndjson", "--out", "p.qidx")
    #expect(failed.exitCode == 65)
    #expect(failed.error.contains("p.ndjson has 3 bad lines; no index was written"))
    for problem in problems { #expect(failed.error.contains(problem), "\(failed.error)") }
    #expect(try files() == ["p.ndjson"])

    let skipped = try await qareeb("build", "--from", "p.ndjson", "--out", "p.qidx", "--skip-bad")
    #expect(skipped.exitCode == 0)
    #expect(skipped.output.hasPrefix("p.qidx: 1 provider, "))
    #expect(skipped.error.contains("Left out 3 bad lines"))
    for problem in problems { #expect(skipped.error.contains(problem), "\(skipped.error)") }
    #expect(try await answers("{\"lat\":1,\"lon\":2,\"radius_m\":1}\n").results.first?["total"]?.int == 1)
  }

  @Test func badQueriesAreNamedBeforeAnythingRuns() async throws {
    try await build(Self.market)
    _ = try folder.write(
      "{\(Self.circle)}\n{\(Self.circle),\"sort\":\"best\"}\n{\"lat\":1,\"lon\":2,\"radius_m\":0}\n", to: "q.ndjson")
    let failed = try await qareeb("query", "--index", "p.qidx", "--queries", "q.ndjson", "--json")
    #expect(failed.exitCode == 65)
    #expect(failed.output == "")
    #expect(failed.error.contains("line 2: sort: \"best\": must be one of relevance, distance, rating, price"))
    #expect(failed.error.contains("line 3: radius_m: 0: must be a number of metres above 0"))
    let skipped = try await qareeb("query", "--index", "p.qidx", "--queries", "q.ndjson", "--json", "--skip-bad")
    #expect(skipped.exitCode == 0)
    #expect(skipped.output.split(separator: "\n").count == 2)
  }

  @Test func standardInputServesForBoth() async throws {
    _ = try folder.write(Self.market, to: "p.ndjson")
    _ = try folder.write("{\(Self.circle)}\n", to: "q.ndjson")
    let result = try await shell(
      "cat p.ndjson | \"$1\" index build --from - --out p.qidx && cat q.ndjson | \"$1\" index query --index p.qidx --queries - --json"
    )
    #expect(result.exitCode == 0, "\(result.error)")
    #expect(result.output.contains("\"total\":4"))
  }

  @Test func theCurrencyIsKeptInTheFile() async throws {
    try await build("{\"id\":\"a\",\"lat\":1,\"lon\":2,\"services\":[{\"price\":\"20.50\",\"currency\":\"SAR\"}]}\n")
    let (results, _) = try await answers(
      """
      {"lat":1,"lon":2,"radius_m":9,"price_max":"20.5"}
      {"lat":1,"lon":2,"radius_m":9,"price_max":"20.49"}

      """)
    #expect(results.map { $0["total"]?.int } == [1, 0])
    let other = try await qareeb("build", "--from", "p.ndjson", "--out", "p.qidx", "--currency", "JOD")
    #expect(other.exitCode == 65)
    #expect(other.error.contains("line 1: services[0].currency: SAR: all prices of one index are in one currency, here JOD"))
    #expect(try await qareeb("build", "--from", "p.ndjson", "--out", "p.qidx", "--currency", "XYZ").exitCode == 64)
  }

  @Test func anEmptyIndexFindsNothing() async throws {
    try await build("")
    #expect(try await answers("{\(Self.circle)}\n").results.first?["total"]?.int == 0)
    let none = try await answers("")
    #expect(none.results.isEmpty && none.summary["queries"]?.int == 0 && none.summary["p99_us"]?.isNull == true)
  }

  @Test func aWriteThatFailsLeavesTheOldFile() async throws {
    try await build(Self.market)
    let before = try Data(contentsOf: folder.url.appending(path: "p.qidx"))
    try #require(before.count > 4096)
    // A limit of 4 KiB on files stands for a full disk: the same calls fail.
    let result = try await shell("ulimit -f 8; exec \"$1\" index build --from p.ndjson --out p.qidx")
    #expect(result.exitCode == 74)
    #expect(result.error.contains("File too large"), "\(result.error)")
    #expect(try Data(contentsOf: folder.url.appending(path: "p.qidx")) == before)
    #expect(try files() == ["p.ndjson", "p.qidx"])
  }

  @Test func whatIsNoIndexIsRefused() async throws {
    try await build(Self.market)
    _ = try folder.write("{\(Self.circle)}\n", to: "q.ndjson")
    let whole = try Data(contentsOf: folder.url.appending(path: "p.qidx"))
    var flipped = whole
    flipped[whole.count / 2] ^= 0x10
    for (bytes, reason) in [
      (Data(), "not an index file"), (Data("hello, I am a text".utf8), "not an index file"),
      (whole.dropLast(64), "it was cut or not finished"),
      (flipped, "damaged"),
    ] {
      try bytes.write(to: folder.url.appending(path: "p.qidx"))
      let result = try await qareeb("query", "--index", "p.qidx", "--queries", "q.ndjson")
      #expect(result.exitCode == 65)
      #expect(result.error.contains("cannot use p.qidx") && result.error.contains(reason), "\(result.error)")
    }
  }

  @Test func whatCannotBeIsRefusedBeforeWork() async throws {
    _ = try folder.write(Self.market, to: "p.ndjson")
    let cases: [(arguments: [String], code: Int32, message: String)] = [
      (["build", "--from", "p.ndjson"], 64, "--out FILE is missing"),
      (["build", "--out", "p.qidx"], 64, "--from FILE is missing"),
      (["build", "--from", "p.ndjson", "--out", "./p.ndjson"], 64, "the providers would be lost"),
      (["build", "--from", "p.ndjson", "--out", "/dev/null"], 64, "something that is not a file"),
      (["build", "--from", "p.ndjson", "--out", "no/p.qidx"], 74, "No such file or directory"),
      (["build", "--from", "none.ndjson", "--out", "p.qidx"], 74, "cannot read none.ndjson: No such file or directory"),
      (["build", "--from", ".", "--out", "p.qidx"], 74, "cannot read .: Is a directory"),
      (["query", "--index", "p.qidx"], 64, "--queries FILE is missing"),
      (["query", "--queries", "p.ndjson"], 64, "--index FILE is missing"),
      (["query", "--index", "p.qidx", "--queries", "p.ndjson"], 74, "cannot read p.qidx: No such file or directory"),
      (["query", "--index", ".", "--queries", "p.ndjson"], 74, "it is not a file"),
    ]
    for (arguments, code, message) in cases {
      let result = try await FinishedProcess.run(try RunningQareeb.program(), ["index"] + arguments, in: folder.url)
      #expect(result.exitCode == code && result.error.contains(message), "\(arguments): \(result.exitCode) \(result.error)")
    }
    #expect(try files() == ["p.ndjson"])
  }
}
