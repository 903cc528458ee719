import Foundation
import TestSupport
import Testing

/// `qareeb index build` on several threads, through the real program: nobody can tell how many there were.
@Suite struct IndexThreadsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func build(_ name: String, _ lines: [String], threads: Int, _ options: String...) async throws -> FinishedProcess {
    _ = try folder.write(lines.joined(separator: "\n"), to: "\(name).ndjson")
    return try await FinishedProcess.run(
      try RunningQareeb.program(),
      ["index", "build", "--from", "\(name).ndjson", "--out", "\(name).qidx", "--threads", "\(threads)"] + options,
      in: folder.url)
  }

  private func index(_ name: String) throws -> Data { try Data(contentsOf: folder.url.appending(path: "\(name).qidx")) }

  /// Some 1.7 MB: seven batches. Every third stands where others do, and is as good, so that only its line decides.
  private static func lines(_ count: Int = 6_000, services: String = "\"price\":\"8.000\",\"currency\":\"JOD\"") -> [String] {
    (0..<count).map { number in
      let latitude = number % 3 == 0 ? 31.95 : 31 + Double(number % 997) / 1_000
      let name = "{\"en\":\"Rose \(number % 1_501) Salon\",\"ar\":\"صالون الوردة \(number % 701)\"}"
      return
        "{\"id\":\"provider-\(number)\",\"name\":\(name),\"category\":\"trade \(number * 7 % 23)\",\"lat\":\(latitude),\"lon\":35.91,"
        + "\"rating\":\(number % 5),\"services\":[{\"name\":{\"en\":\"Haircut\",\"ar\":\"قص شعر\"},\(services)}],\"tags\":[\"t\(number % 9)\"]}"
    }
  }

  @Test func anyNumberMakesTheSameFile() async throws {
    for threads in [1, 2, 5] {
      let result = try await build("t\(threads)", Self.lines(), threads: threads)
      try #require(result.exitCode == 0, "\(result.error)")
      #expect(result.output.contains("6000 providers, prices in JOD"))
    }
    let one = try index("t1")
    #expect(try index("t2") == one && index("t5") == one)
  }

  /// Left out, bad lines leave nothing behind: the file is that of the others alone.
  @Test(arguments: [1, 2, 5]) func badLinesAreNamedWhereverTheyAre(threads: Int) async throws {
    var lines = Self.lines()
    let bad: [(line: Int, text: String, problem: String)] = [
      (2_500, "nope", "line 2500: not JSON at column "),
      (3_001, "{\"id\":\"x\",\"lat\":95,\"lon\":2}", "line 3001: lat: 95: must be a number from -90 to 90"),
      (5_990, lines[6], "line 5990: id: occurs already in line 7"),
      (
        5_991, "{\"id\":\"y\",\"lat\":1,\"lon\":2,\"services\":[{\"price\":\"1\",\"currency\":\"SAR\"}]}",
        "line 5991: services[0].currency: SAR"
      ),
    ]
    for (line, text, _) in bad { lines[line - 1] = text }
    let failed = try await build("bad", lines, threads: threads)
    #expect(failed.exitCode == 65)
    #expect(failed.error.contains("bad.ndjson has 4 bad lines; no index was written"), "\(failed.error)")
    let skipped = try await build("bad", lines, threads: threads, "--skip-bad")
    #expect(skipped.exitCode == 0)
    #expect(skipped.error.contains("Left out 4 bad lines"))
    for (_, _, problem) in bad {
      #expect(failed.error.contains(problem), "\(failed.error)")
      #expect(skipped.error.contains(problem), "\(skipped.error)")
    }
    let places = bad.map { failed.error.range(of: $0.problem)?.lowerBound }
    #expect(places == places.sorted { ($0 ?? failed.error.endIndex) < ($1 ?? failed.error.endIndex) }, "\(failed.error)")
    let good = lines.enumerated().filter { line in !bad.contains { $0.line == line.offset + 1 } }.map(\.element)
    try #require(try await build("good", good, threads: 1).exitCode == 0)
    #expect(try index("bad") == index("good"))
  }

  /// The first price decides, wherever it is, for all behind it that name none.
  @Test(arguments: [1, 2, 5]) func theFirstPriceInTheFileDecides(threads: Int) async throws {
    var lines = Self.lines(services: "\"duration_min\":30")
    let price = "{\"id\":\"first\",\"lat\":1,\"lon\":2,\"services\":[{\"price\":\"1.5\",\"currency\":\"SAR\"}]}"
    let other = "{\"id\":\"other\",\"lat\":1,\"lon\":2,\"services\":[{\"price\":\"1.255\"}]}"
    (lines[1_500], lines[1_501]) = (price, other)
    let failed = try await build("late", lines, threads: threads)
    #expect(failed.exitCode == 65)
    #expect(
      failed.error.contains("line 1502: services[0].price: \"1.255\": SAR has at most 2 digits after the point"),
      "\(failed.error)")
    lines[1_501] = "{\"id\":\"other\",\"lat\":1,\"lon\":2,\"services\":[{\"price\":\"1.25\"}]}"
    lines[5_900] = "{\"id\":\"last\",\"lat\":1,\"lon\":2,\"services\":[{\"price\":\"7.25\"}]}"
    let built = try await build("late", lines, threads: threads)
    #expect(built.exitCode == 0 && built.output.contains("6000 providers, prices in SAR"), "\(built.output)\(built.error)")
  }

  @Test func moreThreadsThanLines() async throws {
    let result = try await build("few", Array(Self.lines().prefix(2)), threads: 5)
    #expect(result.exitCode == 0 && result.output.contains("2 providers"), "\(result.error)")
    let none = try await build("none", [], threads: 5)
    #expect(none.exitCode == 0 && none.output.contains("0 providers"), "\(none.error)")
  }
}
