import BenchKit

/// What was found, beside the goal.
struct FeedsReport: Encodable {
  enum Way: String, Encodable, CaseIterable {
    case file, again, http

    var title: String {
      switch self {
      case .file: "qareeb feed import"
      case .again: "the same file again"
      case .http: "POST /api/v1/feeds/availability"
      }
    }
  }

  struct Settings: Encodable {
    let providers: Int
    let lines: Int
    let bytesPerLine: Int
    let rounds: Int
    let busyRowsAtTheEnd: Int
  }

  struct Sample: Encodable {
    /// Of the whole command or request, its start and its report.
    let seconds: Double
    let linesPerSecond: Double
    /// From the beginning until a search of the server has seen the last line.
    let secondsUntilSearchable: Double
    let databaseCPUSeconds: Double
    /// Following the log; over HTTP reading the lines too.
    let serverCPUSeconds: Double
  }

  struct Row: Encodable {
    let way: Way
    let samples: [Sample]
    let linesPerSecond: Spread
    let secondsUntilSearchable: Spread

    init(_ way: Way, _ samples: [Sample]) {
      self.way = way
      self.samples = samples
      linesPerSecond = Spread(samples.map(\.linesPerSecond))
      secondsUntilSearchable = Spread(samples.map(\.secondsUntilSearchable))
    }
  }

  /// On two cores, shared with PostgreSQL and the server that follows: a chain's whole month of bookings in a minute.
  static let goalLinesPerSecond = 10_000.0

  let provenance: Provenance
  let settings: Settings
  let ways: [Row]

  var text: String {
    var table = TextTable(["", "lines/s", "goal", "", "s until searchable", "PostgreSQL's CPU s", "server's"])
    for row in ways {
      table.add([
        row.way.title, row.linesPerSecond.text(places: 0), "≥ \(FeedsReport.goalLinesPerSecond.text(places: 0))",
        row.linesPerSecond.median >= FeedsReport.goalLinesPerSecond ? "met" : "MISSED",
        row.secondsUntilSearchable.text(places: 1), Spread(row.samples.map(\.databaseCPUSeconds)).median.text(places: 1),
        Spread(row.samples.map(\.serverCPUSeconds)).median.text(places: 1),
      ])
    }
    return """
      \(provenance.text)
      \(settings.providers) providers, feeds of \(settings.lines) lines of \(settings.bytesPerLine) bytes; median of \(settings.rounds) \
      rounds (lowest–highest); \(settings.busyRowsAtTheEnd) busy times at the end.

      \(table.text)
      """
  }
}
