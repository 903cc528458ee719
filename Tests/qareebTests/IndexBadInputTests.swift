import Foundation
import JSON
import TestSupport
import Testing

/// What nobody should send, sent through the real program: each a clear refusal by line, or a right answer.
@Suite struct IndexBadInputTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func index(_ arguments: [String]) async throws -> FinishedProcess {
    try await FinishedProcess.run(try RunningQareeb.program(), ["index"] + arguments, in: folder.url)
  }

  private func write(_ lines: [[UInt8]], to name: String) throws {
    try Data(lines.joined(separator: [0x0A])).write(to: folder.url.appending(path: name))
  }

  private func build(_ lines: [String]) async throws {
    try write(lines.map { Array($0.utf8) }, to: "p.ndjson")
    let result = try await index(["build", "--from", "p.ndjson", "--out", "p.qidx"])
    try #require(result.exitCode == 0, "\(result.error)")
  }

  private func query(_ lines: [String]) async throws -> [JSONValue] {
    try write(lines.map { Array($0.utf8) }, to: "q.ndjson")
    let result = try await index(["query", "--index", "p.qidx", "--queries", "q.ndjson", "--json"])
    try #require(result.exitCode == 0, "\(result.error)")
    return try result.output.split(separator: "\n").dropLast().map { try JSONDocument(String($0)).root }
  }

  /// Ten at most, which is how many a run names.
  private typealias BadLine = (line: [UInt8], problem: String)

  private static func bad(_ line: String, _ problem: String) -> BadLine { (Array(line.utf8), problem) }

  /// Each line is refused by its number and what is wrong with it; left out, the others serve.
  private func checkProviders(_ bad: [BadLine]) async throws {
    let good = Array("{\"id\":\"good\",\"lat\":1,\"lon\":2}".utf8)
    try write([good] + bad.map(\.line), to: "p.ndjson")
    let failed = try await index(["build", "--from", "p.ndjson", "--out", "p.qidx"])
    #expect(failed.exitCode == 65)
    #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "p.qidx").path))
    let skipped = try await index(["build", "--from", "p.ndjson", "--out", "p.qidx", "--skip-bad"])
    #expect(skipped.exitCode == 0 && skipped.output.hasPrefix("p.qidx: 1 provider, "), "\(skipped.output)\(skipped.error)")
    for (number, bad) in bad.enumerated() {
      #expect(failed.error.contains("line \(number + 2): \(bad.problem)"), "\(failed.error)")
      #expect(skipped.error.contains("line \(number + 2): \(bad.problem)"), "\(skipped.error)")
    }
  }

  @Test func placesAndNumbersThatAreNone() async throws {
    try await checkProviders([
      Self.bad("{\"id\":\"a\",\"lat\":NaN,\"lon\":2}", "not JSON at column "),
      Self.bad("{\"id\":\"a\",\"lat\":1,\"lon\":Infinity}", "not JSON at column "),
      Self.bad("{\"id\":\"a\",\"lat\":1e999,\"lon\":2}", "lat: 1e999: must be a number from -90 to 90"),
      Self.bad("{\"id\":\"a\",\"lat\":1,\"lon\":-1e999}", "lon: -1e999: must be a number from -180 to 180"),
      Self.bad("{\"id\":\"a\",\"lat\":90.000001,\"lon\":2}", "lat: 90.000001: must be a number from -90 to 90"),
      Self.bad("{\"id\":\"a\",\"lat\":1,\"lon\":2,\"rating\":1e999}", "rating: 1e999: must be a number from 0 to 5"),
      Self.bad(
        "{\"id\":\"a\",\"lat\":1,\"lon\":2,\"service_areas\":[{\"lat\":1,\"lon\":2,\"radius_m\":-3}]}",
        "service_areas[0].radius_m: -3: must be a number of metres above 0"),
    ])
  }

  @Test func textsAndIdsThatAreNone() async throws {
    let surrogate: [UInt8] = Array("{\"id\":\"".utf8) + [0xED, 0xA0, 0x80] + Array("\",\"lat\":1,\"lon\":2}".utf8)
    try await checkProviders([
      Self.bad("{\"id\":\"\\ud800\",\"lat\":1,\"lon\":2}", "not JSON at column "),
      (surrogate, "not JSON at column "),
      Self.bad("{\"id\":\"good\",\"lat\":1,\"lon\":2}", "id: occurs already in line 1"),
      Self.bad("{\"id\":\"\",\"lat\":1,\"lon\":2}", "id: \"\": must have 1 to 128 bytes"),
      Self.bad("{\"id\":\"\(String(repeating: "x", count: 10_240))\",\"lat\":1,\"lon\":2}", "id: "),
    ])
  }

  /// Composed and decomposed letters are different bytes, so different ids.
  @Test func idsThatLookAlikeAreTwo() async throws {
    try await build(["caf\u{E9}", "cafe\u{301}"].map { "{\"id\":\"\($0)\",\"lat\":1,\"lon\":2}" })
    let result = try #require(try await query(["{\"lat\":1,\"lon\":2,\"radius_m\":1}"]).first)
    #expect(result["total"]?.int == 2)
  }

  @Test func queriesThatAreNone() async throws {
    try await build(["{\"id\":\"good\",\"lat\":1,\"lon\":2}"])
    let circle = "\"lat\":1,\"lon\":2,\"radius_m\":3"
    let bad: [BadLine] = [
      Self.bad("{\"lat\":NaN,\"lon\":2,\"radius_m\":3}", "not JSON at column "),
      Self.bad("{\"lat\":1,\"lon\":180.5,\"radius_m\":3}", "lon: 180.5: must be a number from -180 to 180"),
      Self.bad("{\"lat\":1,\"lon\":2,\"radius_m\":0}", "radius_m: 0: must be a number of metres above 0"),
      Self.bad("{\"lat\":1,\"lon\":2,\"radius_m\":-1}", "radius_m: -1: must be a number of metres above 0"),
      Self.bad("{\"lat\":1,\"lon\":2,\"radius_m\":1e999}", "radius_m: 1e999: must be a number of metres above 0"),
      Self.bad("{\(circle),\"limit\":9223372036854775808}", "limit: 9223372036854775808: must be a whole number from 0 to 10000"),
      Self.bad("{\(circle),\"limit\":-1}", "limit: -1: must be a whole number from 0 to 10000"),
      Self.bad("{\(circle),\"q\":\"\(String(repeating: "x ", count: 5_120))\"}", "q: 10240 bytes: must be at most 2048"),
      Self.bad("{\(circle),\"q\":\"\\udc00\"}", "not JSON at column "),
    ]
    try write(bad.map(\.line) + [Array("{\(circle)}".utf8)], to: "q.ndjson")
    let failed = try await index(["query", "--index", "p.qidx", "--queries", "q.ndjson", "--json"])
    #expect(failed.exitCode == 65 && failed.output == "")
    for (number, bad) in bad.enumerated() {
      #expect(failed.error.contains("line \(number + 1): \(bad.problem)"), "\(failed.error)")
    }
    let skipped = try await index(["query", "--index", "p.qidx", "--queries", "q.ndjson", "--json", "--skip-bad"])
    #expect(skipped.exitCode == 0 && skipped.output.contains("\"id\":\"good\""), "\(skipped.output)\(skipped.error)")
  }

  /// One provider, nobody at all, everybody at one point; the smallest and the largest circle and page.
  @Test(arguments: [0, 1, 5_000]) func extremesAreAnswered(count: Int) async throws {
    // At a pole and on the date line, where a degree of longitude is nothing.
    try await build((0..<count).map { "{\"id\":\"p\($0 + 10_000)\",\"lat\":90,\"lon\":-180,\"rating\":\($0 % 6)}" })
    let circles = [
      "\"lat\":90,\"lon\":-180,\"radius_m\":1e-300", "\"lat\":90,\"lon\":180,\"radius_m\":1e-6",
      "\"lat\":-90,\"lon\":0,\"radius_m\":20015115",
    ]
    let results = try await query(circles.flatMap { ["{\($0),\"limit\":10000}", "{\($0),\"limit\":0,\"facets\":[\"rating\"]}"] })
    #expect(results.map { $0["total"]?.int } == Array(repeating: count, count: 6))
    #expect(results.map { $0["hits"]?.array?.count } == [count, 0, count, 0, count, 0])
    let best = (0..<count).sorted { ($1 % 6, $0) < ($0 % 6, $1) }.map { "p\($0 + 10_000)" }
    for result in [results[0], results[2], results[4]] {
      let isRanked = result["hits"]?.array?.compactMap { $0["id"]?.string } == best
      #expect(isRanked, "by rating, then by id")
    }
  }
}
