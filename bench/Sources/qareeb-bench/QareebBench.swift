import BenchKit
import Foundation

/// One subcommand, in a file of its own.
protocol Benchmark {
  static var name: String { get }
  static var summary: String { get }
  static var options: String { get }
  /// Prints what it found. A missed goal is a finding, not a failure.
  static func run(_ arguments: inout Arguments, _ environment: BenchEnvironment) throws
}

/// What a benchmark is given from outside.
struct BenchEnvironment {
  let date: Date
  /// As the user gave it, for the record.
  let command: [String]
  /// `bench/`, and scratch space under the repository's `var/`.
  let folder: String
  let scratch: String
  /// Where this program and the targets beside it are.
  let binaries: String

  /// The product's `data/`.
  var assets: String { URL(fileURLWithPath: folder).deletingLastPathComponent().appendingPathComponent("data").path }

  /// The dictionaries of text analysis.
  var dictionaries: URL { URL(fileURLWithPath: assets).appendingPathComponent("analysis") }
}

@main
struct QareebBench {
  static var benchmarks: [any Benchmark.Type] {
    [
      HTTPBenchmark.self, AllocationsBenchmark.self, SearchBenchmark.self, GrowthBenchmark.self, AnalyzeBenchmark.self,
      RelevanceBenchmark.self, LiveBenchmark.self, FeedsBenchmark.self, DatasetCommand.self,
    ]
  }

  static func main() {
    var arguments = Arguments(CommandLine.arguments.dropFirst())
    let wantsHelp = arguments.flag("--help") || arguments.flag("-h")
    let name = arguments.word()
    let benchmark = benchmarks.first { $0.name == name }
    guard let benchmark, !wantsHelp else {
      print(help(benchmark))
      exit(wantsHelp || name == nil ? EXIT_SUCCESS : EX_USAGE)
    }
    do {
      try benchmark.run(&arguments, environment())
    } catch {
      FileHandle.standardError.write(Data("qareeb-bench \(benchmark.name): \(error)\n".utf8))
      exit(EXIT_FAILURE)
    }
  }

  private static func environment() throws -> BenchEnvironment {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let scratch = folder.deletingLastPathComponent().appendingPathComponent("var/bench").path
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    return BenchEnvironment(
      date: Date(), command: ["qareeb-bench"] + CommandLine.arguments.dropFirst(), folder: folder.path, scratch: scratch,
      binaries: URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path)
  }

  private static func help(_ benchmark: (any Benchmark.Type)?) -> String {
    if let benchmark {
      return "qareeb-bench \(benchmark.name): \(benchmark.summary)\n\n\(benchmark.options)"
    }
    let list = benchmarks.map { "  \($0.name.padding(toLength: 14, withPad: " ", startingAt: 0))\($0.summary)" }
    return """
      Measures Qareeb beside its peers, in one run. docs/benchmarks.md says how to read the results.

      usage: qareeb-bench BENCHMARK [options]     (qareeb-bench BENCHMARK --help lists them)

      \(list.joined(separator: "\n"))
      """
  }
}
