import BenchKit
import Foundation

/// What analysing a text costs: time, and allocations once warm.
struct AnalyzeBenchmark: Benchmark {
  static let name = "analyze"
  static let summary = "nanoseconds and heap allocations of analysing a query or a document"
  static let options = """
      --rounds N   timed rounds, of which the median counts (101)
      --json FILE  also writes the figures
      --tiny       as short as it can be
    """

  /// A 30-character query at the median.
  private static let goalNanoseconds = 5_000.0

  /// As `counted-analysis` prints them.
  struct Figure: Codable {
    let kind: String
    let analyzer: String
    let texts: Int
    let meanBytes: Double
    let meanCharacters: Double
    let medianNanoseconds: Double
    let minimumNanoseconds: Double
    let allocations: Int
    let terms: Int
  }

  struct Report: Encodable {
    let provenance: Provenance
    let rounds: Int
    let goalNanoseconds: Double
    let figures: [Figure]
  }

  static func run(_ arguments: inout Arguments, _ environment: BenchEnvironment) throws {
    let rounds = arguments.flag("--tiny") ? 3 : try arguments.positive("--rounds") ?? 101
    let json = try arguments.text("--json")
    try arguments.finish()
    let output = try Command("\(environment.binaries)/counted-analysis", [environment.dictionaries.path, String(rounds)]).output()
    let figures = try output.split(separator: "\n").map { try JSONDecoder().decode(Figure.self, from: Data($0.utf8)) }
    let report = Report(
      provenance: try Provenance(date: environment.date, command: environment.command, folder: environment.folder),
      rounds: rounds, goalNanoseconds: goalNanoseconds, figures: figures)
    print(text(report), terminator: "")
    if let json { try ResultFile.write(report, to: json) }
  }

  private static func text(_ report: Report) -> String {
    var table = TextTable(["text", "analyser", "characters", "terms/text", "median ns", "least ns", "allocations, all rounds"])
    for figure in report.figures {
      table.add([
        figure.kind, figure.analyzer, figure.meanCharacters.text(places: 1),
        (Double(figure.terms) / Double(figure.texts)).text(places: 1), figure.medianNanoseconds.text(places: 0),
        figure.minimumNanoseconds.text(places: 0), String(figure.allocations),
      ])
    }
    return "\(report.provenance.text)\n\n\(table.text)"
  }
}
