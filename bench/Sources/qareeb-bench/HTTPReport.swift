import BenchKit

/// What the rounds say: a table, a chart, and every figure for the record.
struct HTTPReport: Encodable {
  struct Row: Encodable {
    let id: String
    let title: String
    let role: HTTPContestant.Role
    let samples: [HTTPSample]
    let cpuMicroseconds: Spread
    /// CPU time in times of the best nginx's, within each round.
    let timesNginx: Spread
    let goalTimesNginx: Double?
    let meetsGoal: Bool?
    let databaseMicroseconds: Spread?
    let requestsPerSecond: Spread
    let p50Microseconds: Spread?
    let p99Microseconds: Spread?
    let residentBytes: Spread?
  }

  let provenance: Provenance
  let seconds: Int
  let connections: Int
  let rounds: Int
  /// Which nginx the others are compared with: the one whose median is lower.
  let reference: String
  let rows: [Row]

  init(
    provenance: Provenance, seconds: Int, connections: Int, rounds: Int, contestants: [HTTPContestant],
    samples: [[HTTPSample]]
  ) {
    self.provenance = provenance
    self.seconds = seconds
    self.connections = connections
    self.rounds = rounds
    let costs = samples.map { $0.map(\.cpuMicroseconds) }
    let peers = contestants.indices.filter { contestants[$0].role == .nginx }
    let best = peers.min { Spread(costs[$0]).median < Spread(costs[$1]).median } ?? contestants.startIndex
    reference = contestants[best].id
    rows = contestants.indices.map { HTTPReport.row(contestants[$0], samples[$0], reference: costs[best]) }
  }

  private static func row(_ contestant: HTTPContestant, _ samples: [HTTPSample], reference: [Double]) -> Row {
    let costs = samples.map(\.cpuMicroseconds)
    let times = Spread(ratiosOf: costs, to: reference)
    return Row(
      id: contestant.id, title: contestant.title, role: contestant.role, samples: samples, cpuMicroseconds: Spread(costs),
      timesNginx: times, goalTimesNginx: contestant.goal, meetsGoal: contestant.goal.map { times.median <= $0 },
      databaseMicroseconds: spread(samples, \.databaseMicroseconds), requestsPerSecond: Spread(samples.map(\.requestsPerSecond)),
      p50Microseconds: spread(samples, \.p50Microseconds), p99Microseconds: spread(samples, \.p99Microseconds),
      residentBytes: spread(samples) { $0.residentBytes.map(Double.init) })
  }

  /// Nil for what a contestant does not tell.
  private static func spread(_ samples: [HTTPSample], _ figure: (HTTPSample) -> Double?) -> Spread? {
    let values = samples.compactMap(figure)
    return values.isEmpty ? nil : Spread(values)
  }

  var text: String {
    var table = TextTable([
      "", "CPU µs/request", "× nginx", "goal", "+ PostgreSQL µs", "requests/s", "p50 µs", "p99 µs", "RSS MB",
    ])
    for row in rows {
      table.add([
        row.title, row.cpuMicroseconds.text(places: 2), row.timesNginx.text(places: 2), HTTPReport.goal(row),
        HTTPReport.text(row.databaseMicroseconds, places: 2), row.requestsPerSecond.median.text(places: 0),
        HTTPReport.text(row.p50Microseconds, places: 0), HTTPReport.text(row.p99Microseconds, places: 0),
        HTTPReport.text(row.residentBytes, dividedBy: 1_048_576, places: 1),
      ])
    }
    let missed = rows.filter { $0.meetsGoal == false }.map { "goal missed: \($0.title)\n" }.joined()
    return """
      \(provenance.text)
      \(summary)

      \(table.text)
      \(missed.isEmpty ? "Every goal is met.\n" : missed)
      """
  }

  private static func text(_ spread: Spread?, dividedBy unit: Double = 1, places: Int) -> String {
    spread.map { ($0.median / unit).text(places: places) } ?? "–"
  }

  private var summary: String {
    "Median of \(rounds) interleaved rounds of \(seconds) s (lowest–highest), \(connections) connections, 2 server threads; "
      + "nginx is \(reference)."
  }

  private static func goal(_ row: Row) -> String {
    guard let goal = row.goalTimesNginx, let meets = row.meetsGoal else { return "–" }
    return "≤ \(goal.text(places: 2)) \(meets ? "met" : "MISSED")"
  }

  var chart: BarChart {
    let nginx = rows.first { $0.id == reference }?.cpuMicroseconds.median ?? 0
    return BarChart(
      title: "CPU time per HTTP request",
      unit: "microseconds of the server's processes, less is better; whiskers: lowest and highest round; orange: the goal",
      footnote: "\(provenance.text) · \(rounds) × \(seconds) s, \(connections) connections",
      bars: rows.map { row in
        BarChart.Bar(
          row.title, row.cpuMicroseconds, row.role == .ours ? .ours : .peer, goal: row.goalTimesNginx.map { $0 * nginx })
      })
  }
}
