import BenchKit
import Foundation
import JSON
import MarketWorkload

/// Availability feeds from outside: lines a second by the command and over HTTP, into a market whose index follows.
struct FeedsBenchmark: Benchmark {
  static let name = "feeds"
  static let summary = "availability feeds: lines a second by 'qareeb feed import' and over HTTP"
  static let options = """
      --providers N     in the market, each with one member of staff (10000)
      --lines N         of each feed (100000)
      --rounds N        each with feeds of sources of their own (3)
      --port N          of the server (a free one from 18080)
      --json FILE       also writes every figure
      --tiny            1000 providers, 2000 lines, one round: does everything still work?
    """

  struct Options {
    let providers: Int
    let lines: Int
    let rounds: Int
    let port: Int
    let json: String?

    init(_ arguments: inout Arguments) throws {
      let isTiny = arguments.flag("--tiny")
      providers = try arguments.positive("--providers") ?? (isTiny ? 1_000 : 10_000)
      lines = try arguments.positive("--lines") ?? (isTiny ? 2_000 : 100_000)
      rounds = try arguments.positive("--rounds") ?? (isTiny ? 1 : 3)
      port = try arguments.positive("--port") ?? ServerProcess.freePorts(1, from: 18_080)
      json = try arguments.text("--json")
      try arguments.finish()
    }
  }

  static func run(_ arguments: inout Arguments, _ environment: BenchEnvironment) throws {
    let options = try Options(&arguments)
    let market = LiveMarket(market: Market(providerCount: options.providers))
    let database = try LiveDatabase(environment, market: market, staff: 0, qareeb: "\(environment.binaries)/qareeb")
    let report: FeedsReport
    do {
      report = try FeedsRun(environment: environment, options: options, database: database).report()
    } catch {
      try? database.stop()
      throw error
    }
    try database.stop()
    print(report.text, terminator: "")
    if let json = options.json { try ResultFile.write(report, to: json) }
  }
}

/// Every round: a feed by the command, the same again, and another over HTTP. A server follows the log all the while, as in production.
private struct FeedsRun {
  let environment: BenchEnvironment
  let options: FeedsBenchmark.Options
  let database: LiveDatabase

  private static let reachSeconds = 300.0

  func report() throws -> FeedsReport {
    let folder = "\(environment.scratch)/feeds"
    if FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: "\(folder)/data", withIntermediateDirectories: true)
    let staff = try addStaff()
    let server = try LiveServer(environment, database, folder: "\(folder)/data", port: options.port)
    let key = try makeKey(server)
    let today = Int(environment.date.timeIntervalSince1970) / 86_400 * 86_400
    var samples: [FeedsReport.Way: [FeedsReport.Sample]] = [:]
    var lineBytes = 0
    for round in 1...options.rounds {
      let file = try FeedFile("file-\(round)", lines: options.lines, staff: staff, today: today, folder: folder)
      let stream = try FeedFile("http-\(round)", lines: options.lines, staff: staff, today: today, folder: folder)
      lineBytes = file.byteCount / options.lines
      for (way, feed) in [(FeedsReport.Way.file, file), (.again, file), (.http, stream)] {
        let sample = try measure(way, server) { try way == .http ? post(feed, server, key) : importFile(feed) }
        note("round \(round), \(way.title): \(sample.linesPerSecond.text(places: 0)) lines/s")
        samples[way, default: []].append(sample)
      }
    }
    let rows = try database.run("SELECT count(*) FROM catalogue.outside_busy")
    _ = try server.stop()
    return FeedsReport(
      provenance: try Provenance(date: environment.date, command: environment.command, folder: environment.folder),
      settings: FeedsReport.Settings(
        providers: options.providers, lines: options.lines, bytesPerLine: lineBytes, rounds: options.rounds,
        busyRowsAtTheEnd: Int(rows) ?? 0),
      ways: FeedsReport.Way.allCases.map { FeedsReport.Row($0, samples[$0] ?? []) })
  }

  /// One for each provider, with hours on every day, so that the index has calendars to keep.
  private func addStaff() throws -> [String] {
    _ = try database.run(
      "INSERT INTO catalogue.staff (provider_id, name_en, name_ar) SELECT id, 'Rana', 'رنا' FROM catalogue.provider")
    _ = try database.run(
      """
      INSERT INTO catalogue.working_hours (provider_id, staff_id, weekday, starts, ends)
      SELECT provider_id, id, weekday, '08:00', '20:00' FROM catalogue.staff, generate_series(1, 7) AS weekday
      """)
    _ = try database.run("VACUUM ANALYZE")
    return try database.run("SELECT id FROM catalogue.staff ORDER BY id").split(separator: "\n").map(String.init)
  }

  /// Known to the server.
  private func makeKey(_ server: LiveServer) throws -> String {
    let output = try qareeb(["key", "create", "--name", "bench", "--scope", "feed.write"])
    guard let key = output.split(separator: "\n").first(where: { $0.hasPrefix("qk_") }).map(String.init) else {
      throw BenchError("no key was made:\n\(output)")
    }
    let begun = ContinuousClock.now
    while try curl(["--data-binary", ""], server, key).status != 200 {
      guard begun.seconds < 10 else { throw BenchError("the server does not know its key") }
      Thread.sleep(forTimeInterval: 0.05)
    }
    return key
  }

  private func qareeb(_ arguments: [String]) throws -> String {
    let settings = ["--set", "data.assets=\(environment.assets)"]
    return try Command(
      "env", ["DATABASE_URL=\(database.connectionString)", "\(environment.binaries)/qareeb"] + arguments + settings
    ).output()
  }

  // MARK: Measuring

  private func measure(
    _ way: FeedsReport.Way, _ server: LiveServer, _ send: () throws -> JSONDocument
  ) throws -> FeedsReport.Sample {
    let (databaseBefore, serverBefore) = (try database.use(), try server.process.use())
    let begun = ContinuousClock.now
    let answer = try send()
    let seconds = begun.seconds
    let told = way == .http ? answer.root["data"] : answer.root
    guard let position = told?["position"]?.string, told?[way == .again ? "repeated" : "applied"]?.int == options.lines else {
      throw BenchError(
        "not every line was taken: applied \(told?["applied"]?.int ?? -1), repeated \(told?["repeated"]?.int ?? -1)")
    }
    try server.waitForPosition(position, atMostSeconds: FeedsRun.reachSeconds)
    return FeedsReport.Sample(
      seconds: seconds, linesPerSecond: Double(options.lines) / seconds, secondsUntilSearchable: begun.seconds,
      databaseCPUSeconds: try database.use().cpuSeconds - databaseBefore.cpuSeconds,
      serverCPUSeconds: try server.process.use().cpuSeconds - serverBefore.cpuSeconds)
  }

  private func importFile(_ feed: FeedFile) throws -> JSONDocument {
    let output = try qareeb(["feed", "import", "--json", feed.path])
    // Its progress is on standard error.
    guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("{") }) else {
      throw BenchError("the command prints no report:\n\(output)")
    }
    return try JSONDocument(String(line))
  }

  private func post(_ feed: FeedFile, _ server: LiveServer, _ key: String) throws -> JSONDocument {
    let answer = try curl(["--data-binary", "@\(feed.path)"], server, key)
    guard answer.status == 200 else { throw BenchError("the server answers \(answer.status): \(answer.body)") }
    return try JSONDocument(answer.body)
  }

  private func curl(_ body: [String], _ server: LiveServer, _ key: String) throws -> (status: Int, body: String) {
    let output = try Command(
      "curl",
      [
        "--silent", "--show-error", "--header", "X-Api-Key: \(key)", "--header", "Content-Type: application/x-ndjson",
        "--write-out", "\n%{http_code}",
      ] + body + [server.process.url("/api/v1/feeds/availability")]
    ).output()
    let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
    return (lines.last.flatMap { Int($0) } ?? 0, lines.dropLast().joined(separator: "\n"))
  }
}
