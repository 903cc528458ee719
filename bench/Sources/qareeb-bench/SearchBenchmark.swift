import BenchKit
import Foundation
import MarketWorkload

/// What one search costs, by class, beside other engines on the same data and queries.
struct SearchBenchmark: Benchmark {
  static let name = "search"
  static let summary = "latency and rate of searches by class, beside Boost.Geometry, Lucene and PostGIS"
  static let options = """
      --providers N      in the market (1000000)
      --queries N        of each class (10000); PostGIS is asked the first 1000
      --threads 1        on which an engine answers; more is refused, as the peers answer on one
      --build-threads N  on which Qareeb's index is built (as many as the machine runs at once)
      --rounds N         interleaved over all contestants (3)
      --classes LETTERS  of a to f (abcdef)
      --seed N           another market (\(Market.defaultSeed))
      --peers            also the peers (bench/peers/search)
      --only NAMES       of the peers, with commas between (\(SearchPeers.names.joined(separator: ",")))
      --without-qareeb   the others alone
      --oracle           also a plain scan, which every class can be checked against; for few providers
      --analysis KIND    how texts become words: simple, as the peers do, or bilingual, as the product does (simple)
      --check            fail if engines' answers differ
      --json FILE        also writes every figure
      --svg FILE         also draws the 99th percentiles
      --tiny             2000 providers, 50 queries, one round: does everything still work?
    """

  private struct Options {
    let isTiny: Bool
    let providers: Int
    let queries: Int
    let rounds: Int
    let seed: UInt64
    let classes: [QueryClass]
    let withPeers: Bool
    let only: [String]?
    let withoutQareeb: Bool
    let withOracle: Bool
    let mustAgree: Bool
    let isBilingual: Bool
    let buildThreads: Int
    let json: String?
    let svg: String?

    init(_ arguments: inout Arguments) throws {
      isTiny = arguments.flag("--tiny")
      providers = try arguments.positive("--providers") ?? (isTiny ? 2_000 : 1_000_000)
      queries = try arguments.positive("--queries") ?? (isTiny ? 50 : 10_000)
      rounds = try arguments.positive("--rounds") ?? (isTiny ? 1 : 3)
      seed = try arguments.positive("--seed").map { UInt64($0) } ?? Market.defaultSeed
      classes = try QueryClass.list(arguments.text("--classes"))
      withPeers = arguments.flag("--peers")
      only = try arguments.text("--only")?.split(separator: ",").map(String.init)
      if let unknown = only?.first(where: { !SearchPeers.names.contains($0) }) {
        throw BenchError("there is no peer '\(unknown)'")
      }
      withoutQareeb = arguments.flag("--without-qareeb")
      withOracle = arguments.flag("--oracle")
      mustAgree = arguments.flag("--check")
      let analysis = try arguments.text("--analysis") ?? "simple"
      guard ["simple", "bilingual"].contains(analysis) else { throw BenchError("--analysis must be simple or bilingual") }
      isBilingual = analysis == "bilingual"
      buildThreads = try arguments.positive("--build-threads") ?? ProcessInfo.processInfo.activeProcessorCount
      guard !(isBilingual && mustAgree) else {
        throw BenchError("--check compares with engines that split simply; it goes with --analysis simple")
      }
      json = try arguments.text("--json")
      svg = try arguments.text("--svg")
      let threads = try arguments.positive("--threads") ?? 1
      guard threads == 1 else { throw BenchError("--threads must be 1: the peers answer on one thread") }
      try arguments.finish()
      guard withPeers || withOracle || !withoutQareeb else {
        throw BenchError("--without-qareeb leaves nobody to measure; add --peers or --oracle")
      }
    }
  }

  /// Whoever answers, in this process or in another.
  private struct Contestant {
    let engine: String
    let classes: [QueryClass]
    let measure: (QueryClass) throws -> SearchSample
  }

  static func run(_ arguments: inout Arguments, _ environment: BenchEnvironment) throws {
    let options = try Options(&arguments)
    let market = Market(providerCount: options.providers, seed: options.seed)
    // Before minutes go into the peers: is there an engine to measure?
    let ours =
      options.withoutQareeb
      ? []
      : try QareebSearch.build(
        market, options.isBilingual ? .bilingual(environment) : .simple, threads: options.buildThreads)
    let inProcess = ours + (options.withOracle ? [OracleSearch(market)] : [])
    let results = "\(environment.scratch)/search/results"
    // Answers of another run must not be compared with this one's.
    if FileManager.default.fileExists(atPath: results) { try FileManager.default.removeItem(atPath: results) }
    try FileManager.default.createDirectory(atPath: results, withIntermediateDirectories: true)
    let measurings = inProcess.map {
      SearchMeasuring(contestant: $0, market: market, queriesPerClass: options.queries, results: results)
    }
    let peers = try options.withPeers ? peers(market, options, results, environment) : nil
    let report: SearchReport
    do {
      let contestants =
        measurings.map { measuring in
          Contestant(
            engine: measuring.contestant.engine, classes: measuring.contestant.classes,
            measure: { try measuring.measure($0) })
        }
        + (peers?.all ?? []).map { peer in
          Contestant(engine: peer.engine, classes: peer.classes, measure: { try peer.measure($0) })
        }
      let measuring = ours.isEmpty ? nil : measurings.first
      report = try measure(contestants, measuring, peers?.all ?? [], options, market, results, environment)
    } catch {
      try peers?.stop()
      throw error
    }
    try peers?.stop()
    print(report.text, terminator: "")
    if let json = options.json { try ResultFile.write(report, to: json) }
    if let svg = options.svg { try ResultFile.write(report.chart.svg, to: svg) }
    if options.mustAgree, report.findings.contains(where: { !$0.isAgreement }) {
      throw BenchError("the engines' answers differ, see above")
    }
  }

  private static func peers(
    _ market: Market, _ options: Options, _ results: String, _ environment: BenchEnvironment
  ) throws -> SearchPeers {
    let dataset = Dataset(market: market, queriesPerClass: options.queries, folder: "\(environment.scratch)/search/dataset")
    try dataset.write()
    return try SearchPeers(dataset, only: options.only, results: results, environment)
  }

  private static func measure(
    _ contestants: [Contestant], _ measuring: SearchMeasuring?, _ peers: [SearchPeer], _ options: Options, _ market: Market,
    _ results: String, _ environment: BenchEnvironment
  ) throws -> SearchReport {
    var rows: [SearchSample] = []
    var samples: [SearchSample] = []
    var findings: [AnswerCheck.Finding] = []
    for queryClass in options.classes {
      let answering = contestants.filter { $0.classes.contains(queryClass) }
      let measured = try measureInterleaved(answering, rounds: options.rounds, warmUp: { _ in }) { contestant, round in
        let sample = try contestant.measure(queryClass)
        note("round \(round + 1)/\(options.rounds)", sample)
        return sample
      }
      rows += measured.map(SearchReport.summary)
      samples += measured.flatMap { $0 }
      // Class (f) has no one answer: what it asks of changes meanwhile.
      guard queryClass != .f else { continue }
      findings += try AnswerCheck(results: results).compare(
        queryClass.rawValue, answering.map(\.engine).filter { $0 != "qareeb" })
    }
    let crowding = Crowding(market)
    return SearchReport(
      provenance: try Provenance(date: environment.date, command: environment.command, folder: environment.folder),
      settings: SearchReport.Settings(
        seed: market.seed, providers: market.providerCount, queriesPerClass: options.queries, rounds: options.rounds,
        buildThreads: options.buildThreads, medianInRadius: crowding.median, ninetyNinthInRadius: crowding.ninetyNinth),
      results: rows, samples: samples, buildSeconds: measuring?.contestant.figures.seconds,
      bytesPerProvider: measuring?.contestant.figures.bytesPerProvider, updatesPerSecond: measuring?.updatesPerSecond(),
      peersBuildSeconds: Dictionary(uniqueKeysWithValues: peers.map { ($0.engine, $0.buildSeconds) }),
      findings: findings)
  }

  private static func note(_ round: String, _ sample: SearchSample) {
    let text =
      "\(round)  class \(sample.queryClass)  \(sample.engine): p50 \(sample.p50Microseconds.text(places: 1)) µs, "
      + "p99 \(sample.p99Microseconds.text(places: 0)) µs, \(sample.queriesPerSecond.text(places: 0)) queries/s\n"
    FileHandle.standardError.write(Data(text.utf8))
  }
}

extension QueryClass {
  /// The classes of some letters; all where there are none.
  static func list(_ letters: String?) throws -> [QueryClass] {
    guard let letters else { return allCases }
    return try letters.map { letter in
      guard let queryClass = QueryClass(rawValue: String(letter)) else { throw BenchError("there is no class '\(letter)'") }
      return queryClass
    }
  }
}
