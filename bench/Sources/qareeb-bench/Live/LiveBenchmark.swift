import BenchKit
import Foundation
import MarketWorkload

/// The product from outside: `qareeb serve` beside a PostgreSQL with a large market in it.
struct LiveBenchmark: Benchmark {
  static let name = "live"
  static let summary = "the index behind the API: starts, changes until they are found, backlogs, searches over HTTP"
  static let options = """
      --providers N     in the database (1000000)
      --staff N         each provider has one to so many people, with hours (2); 0 for none
      --rows N          of the backlog (400000)
      --updates N       rows changed a second, elsewhere (1000)
      --seconds N       of updates, alone and beside searches (30)
      --load-seconds N  of load in each round, for each contestant (3)
      --rounds N        interleaved over all contestants (3)
      --connections N   kept open (64)
      --queries N       of each class (500)
      --port N          the first of three in a row (three free ones from 18080)
      --json FILE       also writes every figure
      --svg FILE        also draws requests/s
      --tiny            2000 providers, a second each: does everything still work?
    """

  struct Options {
    let providers: Int
    let staff: Int
    let backlogRows: Int
    let updatesPerSecond: Int
    let updateSeconds: Int
    let load: Wrk
    let rounds: Int
    let queries: Int
    let port: Int
    let json: String?
    let svg: String?

    init(_ arguments: inout Arguments) throws {
      let isTiny = arguments.flag("--tiny")
      providers = try arguments.positive("--providers") ?? (isTiny ? 2_000 : 1_000_000)
      guard providers >= 1_000 else { throw BenchError("--providers needs at least 1000: fewer are not spread over writers") }
      staff = try arguments.number("--staff", atLeast: 0) ?? 2
      backlogRows = try arguments.positive("--rows") ?? (isTiny ? 2_000 : 400_000)
      guard backlogRows >= 100 else { throw BenchError("--rows needs at least 100") }
      updatesPerSecond = try arguments.positive("--updates") ?? (isTiny ? 200 : 1_000)
      updateSeconds = try arguments.positive("--seconds") ?? (isTiny ? 1 : 30)
      load = Wrk(
        connections: try arguments.positive("--connections") ?? 64,
        seconds: try arguments.positive("--load-seconds") ?? (isTiny ? 1 : 3))
      rounds = try arguments.positive("--rounds") ?? (isTiny ? 1 : 3)
      queries = try arguments.positive("--queries") ?? (isTiny ? 20 : 500)
      port = try arguments.positive("--port") ?? ServerProcess.freePorts(3, from: 18_080)
      json = try arguments.text("--json")
      svg = try arguments.text("--svg")
      try arguments.finish()
    }
  }

  static func run(_ arguments: inout Arguments, _ environment: BenchEnvironment) throws {
    let options = try Options(&arguments)
    let market = LiveMarket(market: Market(providerCount: options.providers))
    let database = try LiveDatabase(environment, market: market, staff: options.staff, qareeb: "\(environment.binaries)/qareeb")
    let report: LiveReport
    do {
      report = try LiveRun(environment: environment, options: options, market: market, database: database).report()
    } catch {
      try? database.stop()
      throw error
    }
    try database.stop()
    print(report.text, terminator: "")
    if let json = options.json { try ResultFile.write(report, to: json) }
    if let svg = options.svg { try ResultFile.write(report.chart.svg, to: svg) }
  }
}

/// One part after another, each finding what the one before has left.
private struct LiveRun {
  let environment: BenchEnvironment
  let options: LiveBenchmark.Options
  let market: LiveMarket
  let database: LiveDatabase

  /// Changes of one transaction while updates run at a rate: a person's or a program's few.
  private static let updates = 5...5

  func report() throws -> LiveReport {
    let folder = "\(environment.scratch)/live/data"
    if FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let writers = try MarketWriters(database.target, market: market)
    defer { writers.close() }

    let first = try LiveServer(environment, database, folder: folder, port: options.port)
    guard first.start.indexSeconds != nil else { throw BenchError("the log tells of no hydration:\n\(first.process.log)") }
    note("cold start: ready after \(first.start.readySeconds.text(places: 2)) s")
    try first.waitUntilQuiet()
    let stopSeconds = try first.stop()
    let server = try LiveServer(environment, database, folder: folder, port: options.port)
    guard server.start.indexSeconds == nil else {
      throw BenchError("the index was not read from its file:\n\(server.process.log)")
    }
    note("warm start: ready after \(server.start.readySeconds.text(places: 3)) s")

    let load = try LiveLoad(environment, server.process, market, perClass: options.queries, firstPort: options.port + 1)
    defer { load.stop() }
    let samples = try load.measure(options.load, rounds: options.rounds)
    let (work, visibility) = try measureVisibility(server, writers)
    note("commit to searchable (p50 / p99 / max): \(visibility.milliseconds.text(places: 2)) ms")
    var long = options.load
    long.seconds = options.updateSeconds
    let during = try load.measureDuringUpdates(long, writers, updateTask, market)
    _ = try server.stop()

    let backlog = LiveBacklog(
      environment: environment, database: database, writers: writers, rows: options.backlogRows, folder: folder,
      port: options.port)
    let (applied, last) = try backlog.measure()
    _ = try last.stop()
    return LiveReport(
      provenance: try Provenance(date: environment.date, command: environment.command, folder: environment.folder),
      settings: LiveReport.Settings(
        seed: market.market.seed, providers: options.providers, services: database.serviceCount,
        staff: database.staffCount,
        updatesPerSecond: options.updatesPerSecond, connections: options.load.connections, rounds: options.rounds,
        loadSeconds: options.load.seconds, queriesPerClass: options.queries),
      coldStart: first.start, stopSeconds: stopSeconds, warmStart: server.start,
      visibility: LiveReport.Visibility(work: work, found: visibility), backlog: applied,
      load: LiveReport.rows(load.contestants, samples), loadDuringUpdates: during)
  }

  private var updateTask: MarketWriters.Task {
    MarketWriters.Task(changes: LiveRun.updates, rowsPerSecond: Double(options.updatesPerSecond))
  }

  private func measureVisibility(
    _ server: LiveServer, _ writers: MarketWriters
  ) throws -> (MarketWriters.Work, VisibilityProbe.Result) {
    let probe = VisibilityProbe(port: server.process.port, market: market)
    var task = updateTask
    task.rows = options.updatesPerSecond * options.updateSeconds
    let work = try writers.start(task, probe: probe)()
    return (work, try probe.finish())
  }
}
