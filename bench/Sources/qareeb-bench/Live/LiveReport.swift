import BenchKit

/// What was found, beside the goals.
struct LiveReport: Encodable {
  struct Settings: Encodable {
    let seed: UInt64
    let providers: Int
    let services: Int
    let staff: Int
    let updatesPerSecond: Int
    let connections: Int
    let rounds: Int
    let loadSeconds: Int
    let queriesPerClass: Int
  }

  struct Visibility: Encodable {
    let work: MarketWriters.Work
    let found: VisibilityProbe.Result
  }

  struct LoadRow: Encodable {
    let id: String
    let title: String
    let role: LiveLoad.Role
    /// The mean over all queries, or the fixed body's.
    let bodyBytes: Int
    let samples: [LiveLoad.Sample]
    let requestsPerSecond: Spread
    let cpuMicroseconds: Spread
    let loadMicroseconds: Spread
    let p50Microseconds: Spread
    let p99Microseconds: Spread
    /// Requests/s as a share of the same server's with a fixed body, within each round.
    let shareOfFixed: Spread
  }

  /// What the figures should be on two cores at 1,000,000 providers.
  enum Goals {
    static let coldSeconds = 30.0
    static let warmSeconds = 1.0
    static let visibleMilliseconds = 50.0
    static let appliedRowsPerSecond = 20_000.0
    static let shareOfFixed = 0.7
  }

  let provenance: Provenance
  let settings: Settings
  let coldStart: LiveServer.Start
  let stopSeconds: Double
  let warmStart: LiveServer.Start
  let visibility: Visibility
  let backlog: LiveBacklog.Result
  let load: [LoadRow]
  let loadDuringUpdates: LiveLoad.DuringUpdates

  static func rows(_ contestants: [LiveLoad.Contestant], _ samples: [[LiveLoad.Sample]]) -> [LoadRow] {
    let fixed = contestants.firstIndex { $0.id == LiveLoad.fixedID } ?? contestants.startIndex
    let base = samples[fixed].map(\.requestsPerSecond)
    return zip(contestants, samples).map { contestant, samples in
      LoadRow(
        id: contestant.id, title: contestant.title, role: contestant.role, bodyBytes: contestant.bodyBytes, samples: samples,
        requestsPerSecond: Spread(samples.map(\.requestsPerSecond)), cpuMicroseconds: Spread(samples.map(\.cpuMicroseconds)),
        loadMicroseconds: Spread(samples.map(\.loadMicroseconds)), p50Microseconds: Spread(samples.map(\.p50Microseconds)),
        p99Microseconds: Spread(samples.map(\.p99Microseconds)),
        shareOfFixed: Spread(ratiosOf: samples.map(\.requestsPerSecond), to: base))
    }
  }

  var text: String {
    var loads = TextTable(["", "body bytes", "requests/s", "of fixed", "CPU µs/request", "wrk's", "p50 µs", "p99 µs"])
    for row in load {
      loads.add([
        row.title, String(row.bodyBytes), row.requestsPerSecond.text(places: 0), row.shareOfFixed.text(places: 2),
        row.cpuMicroseconds.text(places: 1), row.loadMicroseconds.median.text(places: 1),
        row.p50Microseconds.median.text(places: 0), row.p99Microseconds.median.text(places: 0),
      ])
    }
    return """
      \(provenance.text)
      \(settings.providers) providers, \(settings.services) services, \(settings.staff) staff; searches: median of \(settings.rounds) \
      interleaved rounds of \(settings.loadSeconds) s (lowest–highest), \(settings.connections) connections.

      \(goals.text)
      \(details)

      \(loads.text)
      """
  }

  private var goals: TextTable {
    var table = TextTable(["", "goal", "found", ""])
    func add(_ title: String, _ goal: String, _ found: String, isMet: Bool?) {
      table.add([title, goal, found, isMet.map { $0 ? "met" : "MISSED" } ?? ""])
    }
    add(
      "cold start until ready", "≤ \(Goals.coldSeconds.text(places: 0)) s", "\(coldStart.readySeconds.text(places: 1)) s",
      isMet: coldStart.readySeconds <= Goals.coldSeconds)
    add(
      "warm start until ready", "≤ \(Goals.warmSeconds.text(places: 0)) s", "\(warmStart.readySeconds.text(places: 2)) s",
      isMet: warmStart.readySeconds <= Goals.warmSeconds)
    let visible = visibility.found.milliseconds
    add(
      "commit until searchable, p50 / p99 / max", "p99 ≤ \(Goals.visibleMilliseconds.text(places: 0)) ms",
      "\(visible.text(places: 1)) ms", isMet: visible.p99 <= Goals.visibleMilliseconds)
    add(
      "  of them refused or without the change", "0",
      "\(visibility.found.refused + visibility.found.wrong) of \(visible.samples)",
      isMet: visibility.found.refused + visibility.found.wrong == 0)
    add(
      "backlog applied", "≥ \(Goals.appliedRowsPerSecond.text(places: 0)) rows/s",
      "\(backlog.rowsPerSecond.text(places: 0)) rows/s",
      isMet: backlog.rowsPerSecond >= Goals.appliedRowsPerSecond)
    add("  PostgreSQL decoding it for nobody", "", "\(backlog.decodingRowsPerSecond.text(places: 0)) rows/s", isMet: nil)
    if let search = load.first(where: { $0.id == LiveLoad.mixedID }) {
      add(
        "searches, of a fixed body's requests/s", "≥ \((Goals.shareOfFixed * 100).text(places: 0)) %",
        "\((search.shareOfFixed.median * 100).text(places: 0)) %", isMet: search.shareOfFixed.median >= Goals.shareOfFixed)
    }
    let errors = loadDuringUpdates.socketErrors + loadDuringUpdates.badAnswers
    add("searches during updates: errors", "0", "\(errors) of \(loadDuringUpdates.requests)", isMet: errors == 0)
    add(
      "  p50 / p99", "",
      "\(milliseconds(loadDuringUpdates.p50Microseconds)) / \(milliseconds(loadDuringUpdates.p99Microseconds)) ms", isMet: nil)
    return table
  }

  private func milliseconds(_ microseconds: Double) -> String { (microseconds / 1_000).text(places: 1) }

  private var details: String {
    let during = loadDuringUpdates
    return """
      Cold start: the index took \(coldStart.indexSeconds.map { $0.text(places: 1) } ?? "–") s; CPU \
      \(coldStart.serverCPUSeconds.text(places: 1)) s of the server, \(coldStart.databaseCPUSeconds.text(places: 1)) s of PostgreSQL; \
      memory \(coldStart.residentBytes >> 20) MB, at most \(coldStart.peakResidentBytes >> 20) MB. \
      Stopping took \(stopSeconds.text(places: 1)) s. After the warm start \(warmStart.residentBytes >> 20) MB.
      Updates: \(visibility.work.rowsPerSecond.text(places: 0)) rows/s in \(visibility.work.transactions) transactions; beside searches \
      \(during.work.rowsPerSecond.text(places: 0)) rows/s, \(during.requestsPerSecond.text(places: 0)) requests/s, commit until \
      searchable \(during.visibility.milliseconds.text(places: 1)) ms.
      Backlog: \(backlog.rows) rows, \(backlog.transactions) transactions, \(backlog.logBytes >> 20) MB of log, \
      \(backlog.seconds.text(places: 1)) s; CPU \(backlog.serverCPUSeconds.text(places: 1)) s of the server, \
      \(backlog.databaseCPUSeconds.text(places: 1)) s of PostgreSQL.
      """
  }

  var chart: BarChart {
    let fixed = load.first { $0.id == LiveLoad.fixedID }
    return BarChart(
      title: "Searches over HTTP, \(settings.providers) providers",
      unit: "requests/s, more is better; whiskers: lowest and highest round; orange: the goal",
      footnote: "\(provenance.text) · \(settings.rounds) × \(settings.loadSeconds) s, \(settings.connections) connections",
      bars: load.map { row in
        BarChart.Bar(
          row.title, row.requestsPerSecond, row.role == .search ? .ours : .peer,
          goal: row.id == LiveLoad.mixedID ? fixed.map { $0.requestsPerSecond.median * Goals.shareOfFixed } : nil)
      })
  }
}
