import BenchKit
import Foundation
import MarketWorkload

/// How the cost of a search grows with the number of providers, while radii stay as they are: ten times the providers are ten times
/// as many in a circle.
struct GrowthBenchmark: Benchmark {
  static let name = "growth"
  static let summary = "median latency of searches by class over the number of providers, beside a logarithm"
  static let options = """
      --providers LIST   with commas between (10000,100000,1000000,10000000); the last needs 18 GB of memory
      --queries N        of each class (2000)
      --rounds N         interleaved over all sizes (3)
      --classes LETTERS  of a to f (abcdef)
      --json FILE        also writes every figure
      --svg FILE         also draws the medians
      --tiny             1000 and 2000 providers, 50 queries, one round: does everything still work?
    """

  private struct Options {
    let sizes: [Int]
    let queries: Int
    let rounds: Int
    let classes: [QueryClass]
    let json: String?
    let svg: String?

    init(_ arguments: inout Arguments) throws {
      let isTiny = arguments.flag("--tiny")
      let list = try arguments.text("--providers") ?? (isTiny ? "1000,2000" : "10000,100000,1000000,10000000")
      sizes = try list.split(separator: ",").map { text in
        guard let size = Int(text), size > 0 else { throw BenchError("--providers needs whole numbers above 0, not '\(text)'") }
        return size
      }
      guard zip(sizes, sizes.dropFirst()).allSatisfy({ $0 < $1 }), sizes.count > 1 else {
        throw BenchError("--providers needs at least two numbers that rise")
      }
      queries = try arguments.positive("--queries") ?? (isTiny ? 50 : 2_000)
      rounds = try arguments.positive("--rounds") ?? (isTiny ? 1 : 3)
      classes = try QueryClass.list(arguments.text("--classes"))
      json = try arguments.text("--json")
      svg = try arguments.text("--svg")
      try arguments.finish()
    }
  }

  /// One index of a size.
  private struct Built {
    let measuring: SearchMeasuring
    let figures: GrowthReport.Size
  }

  static func run(_ arguments: inout Arguments, _ environment: BenchEnvironment) throws {
    let options = try Options(&arguments)
    let results = "\(environment.scratch)/search/growth"
    try FileManager.default.createDirectory(atPath: results, withIntermediateDirectories: true)
    // All are held at once, so that rounds can go from size to size: whatever changes on the machine hits all of them alike.
    let built = try options.sizes.map { try build($0, options, results) }
    var samples: [SearchSample] = []
    for queryClass in options.classes {
      let measured = try measureInterleaved(built, rounds: options.rounds, warmUp: { _ in }) { built, round in
        let sample = try built.measuring.measure(queryClass)
        note(
          "round \(round + 1)/\(options.rounds)  class \(queryClass)  \(sample.providers): p50 \(sample.p50Microseconds.text(places: 1)) µs"
        )
        return sample
      }
      samples += measured.flatMap { $0 }
    }
    let report = GrowthReport(
      provenance: try Provenance(date: environment.date, command: environment.command, folder: environment.folder),
      queriesPerClass: options.queries, rounds: options.rounds, sizes: built.map(\.figures), samples: samples)
    print(report.text, terminator: "")
    if let json = options.json { try ResultFile.write(report, to: json) }
    if let svg = options.svg { try ResultFile.write(report.chart.svg, to: svg) }
  }

  private static func build(_ size: Int, _ options: Options, _ results: String) throws -> Built {
    let market = Market(providerCount: size)
    // The first counts matches as discovery screens ask it to, to a thousand; that is whose growth is shown.
    guard let contestant = try QareebSearch.build(market, threads: 1).first else {
      throw BenchError("there is no engine to measure")
    }
    let figures = contestant.figures
    note(
      "\(size) providers: built in \(figures.seconds.text(places: 2)) s, \(figures.bytesPerProvider.text(places: 0)) bytes each")
    return Built(
      measuring: SearchMeasuring(contestant: contestant, market: market, queriesPerClass: options.queries, results: results),
      figures: GrowthReport.Size(
        providers: size, buildSeconds: figures.seconds, bytesPerProvider: figures.bytesPerProvider))
  }

  private static func note(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
}

struct GrowthReport: Encodable {
  struct Size: Encodable {
    let providers: Int
    let buildSeconds: Double
    let bytesPerProvider: Double

    private enum CodingKeys: String, CodingKey {
      case providers
      case buildSeconds = "build_s"
      case bytesPerProvider = "bytes_per_provider"
    }
  }

  let provenance: Provenance
  let queriesPerClass: Int
  let rounds: Int
  let sizes: [Size]
  /// Medians of the rounds, one for each size and class.
  let results: [SearchSample]
  let samples: [SearchSample]

  init(provenance: Provenance, queriesPerClass: Int, rounds: Int, sizes: [Size], samples: [SearchSample]) {
    self.provenance = provenance
    self.queriesPerClass = queriesPerClass
    self.rounds = rounds
    self.sizes = sizes
    self.samples = samples
    results = Self.classes(samples).flatMap { queryClass in
      sizes.map { size in
        SearchReport.summary(samples.filter { $0.queryClass == queryClass && $0.providers == size.providers })
      }
    }
  }

  private static func classes(_ samples: [SearchSample]) -> [String] { Set(samples.map(\.queryClass)).sorted() }

  private func medians(_ queryClass: String, _ size: Size) -> Spread {
    Spread(samples.filter { $0.queryClass == queryClass && $0.providers == size.providers }.map(\.p50Microseconds))
  }

  /// A logarithm of the number of providers, through the first measurement.
  private func reference(_ queryClass: String) -> [Double] {
    sizes.map { medians(queryClass, sizes[0]).median * log(Double($0.providers)) / log(Double(sizes[0].providers)) }
  }

  var text: String {
    var table = TextTable(["class"] + sizes.map { "\($0.providers)" } + ["last step ×", "a logarithm's ×"])
    let (before, last) = (sizes[sizes.count - 2], sizes[sizes.count - 1])
    let logarithm = log(Double(last.providers)) / log(Double(before.providers))
    for queryClass in Self.classes(samples) {
      let costs = sizes.map { medians(queryClass, $0).median.text(places: 1) }
      let step = medians(queryClass, last).median / medians(queryClass, before).median
      table.add([queryClass] + costs + [step.text(places: 2), logarithm.text(places: 2)])
    }
    let built = sizes.map {
      "\($0.providers) providers: built in \($0.buildSeconds.text(places: 2)) s, \($0.bytesPerProvider.text(places: 0)) bytes each"
    }
    return """
      \(provenance.text)
      Median latency in µs by number of providers; \(queriesPerClass) queries a class, one thread, median of \(rounds) interleaved rounds.

      \(table.text)
      \(built.joined(separator: "\n"))

      """
  }

  var chart: LineChart {
    LineChart(
      title: "Search: median latency by number of providers",
      unit:
        "microseconds over providers (logarithmic axis), less is better; dashed: a logarithm of the number of providers through "
        + "the first point",
      footnote: "\(provenance.text) · \(rounds) rounds of \(queriesPerClass) queries a class, one thread",
      panels: Self.classes(samples).map { queryClass in
        LineChart.Panel(
          "class \(queryClass)",
          points: sizes.map { LineChart.Point(x: Double($0.providers), y: medians(queryClass, $0)) },
          reference: reference(queryClass))
      })
  }
}
