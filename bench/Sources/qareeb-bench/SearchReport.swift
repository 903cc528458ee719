import BenchKit
import MarketWorkload

/// What the rounds say. Members of the file are named as its readers know them.
struct SearchReport: Encodable {
  struct Settings: Encodable {
    let seed: UInt64
    let providers: Int
    let queriesPerClass: Int
    let rounds: Int
    let buildThreads: Int
    let medianInRadius: Int
    let ninetyNinthInRadius: Int
  }

  let provenance: Provenance
  let settings: Settings
  /// Medians of the rounds, one for each engine and class.
  let results: [SearchSample]
  let samples: [SearchSample]
  /// Of Qareeb's index.
  let buildSeconds: Double?
  let bytesPerProvider: Double?
  let updatesPerSecond: Double?
  let peersBuildSeconds: [String: Double]
  /// Whether the engines answered alike.
  let findings: [AnswerCheck.Finding]

  private enum CodingKeys: String, CodingKey {
    case provenance, settings, results, samples
    case buildSeconds = "build_s"
    case bytesPerProvider = "bytes_per_provider"
    case updatesPerSecond = "availability_updates_per_s"
    case peersBuildSeconds = "peers_build_s"
    case findings
  }

  /// The median of each figure over the rounds.
  static func summary(_ rounds: [SearchSample]) -> SearchSample {
    SearchSample(
      engine: rounds[0].engine, queryClass: rounds[0].queryClass, providers: rounds[0].providers,
      p50: Spread(rounds.map(\.p50Microseconds)).median, p99: Spread(rounds.map(\.p99Microseconds)).median,
      queriesPerSecond: Spread(rounds.map(\.queriesPerSecond)).median)
  }

  private func rounds(of sample: SearchSample) -> [SearchSample] {
    samples.filter { $0.engine == sample.engine && $0.queryClass == sample.queryClass }
  }

  var text: String {
    var table = TextTable(["class", "engine", "p50 µs", "p99 µs", "queries/s"])
    for result in results {
      let rounds = rounds(of: result)
      table.add([
        result.queryClass, result.engine, Spread(rounds.map(\.p50Microseconds)).text(places: 1),
        Spread(rounds.map(\.p99Microseconds)).text(places: 0), Spread(rounds.map(\.queriesPerSecond)).text(places: 0),
      ])
    }
    let peers = peersBuildSeconds.sorted { $0.key < $1.key }.map { "\($0.key) was ready after \($0.value.text(places: 1)) s" }
    let ours = buildSeconds.map { seconds in
      "qareeb: built in \(seconds.text(places: 2)) s, \((bytesPerProvider ?? 0).text(places: 0)) bytes a provider, "
        + "\((updatesPerSecond ?? 0).text(places: 0)) availability updates/s"
    }
    return """
      \(provenance.text)
      \(settings.providers) providers, \(settings.queriesPerClass) queries a class, one thread; \
      median of \(settings.rounds) interleaved rounds (lowest–highest).
      A radius holds \(settings.medianInRadius) providers at the median, \(settings.ninetyNinthInRadius) at the 99th percentile.

      \(table.text)
      \((peers + [ours].compactMap { $0 } + findings.map(\.text)).joined(separator: "\n"))

      """
  }

  var chart: BarChart {
    BarChart(
      title: "Search: 99th percentile of latency, \(settings.providers) providers",
      unit: "microseconds on a logarithmic axis, less is better; whiskers: lowest and highest round; orange: the goal",
      footnote: "\(provenance.text) · \(settings.rounds) rounds of \(settings.queriesPerClass) queries a class, one thread",
      axis: .logarithmic,
      bars: results.map { result in
        let isOurs = result.engine == "qareeb"
        return BarChart.Bar(
          "(\(result.queryClass)) \(result.engine)", Spread(rounds(of: result).map(\.p99Microseconds)), isOurs ? .ours : .peer,
          goal: isOurs ? SearchReport.goals[result.queryClass] : nil)
      })
  }

  /// Microseconds at the 99th percentile, at 1,000,000 providers.
  private static let goals = ["a": 50.0, "b": 50, "c": 150, "d": 150, "e": 200]
}
