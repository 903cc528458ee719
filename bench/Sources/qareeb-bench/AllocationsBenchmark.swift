import BenchKit
import Foundation
import TargetRoutes

/// What one warm request and one warm search take from the heap: in the handler, on the whole way through the server, in the engine.
struct AllocationsBenchmark: Benchmark {
  static let name = "allocations"
  static let summary = "heap allocations per request and per search once warm; a search that has one fails"
  static let options = """
      --seconds N      of load for the longer of two runs (3)
      --connections N  kept open (64)
      --port N         where it listens (a free one from 18080)
      --providers N    that are searched (50000)
      --queries N      of each kind (1000)
      --json FILE      also writes the figures
      --tiny           as short as it can be
    """

  struct Figure: Encodable {
    let path: String
    let requests: Int
    /// Whatever the process allocated, a request; what opening connections costs is taken out.
    let perRequest: Double
    /// Inside the handler, in all of the run; counted on the synchronous JSON route only.
    let insideHandler: Int?
  }

  /// Searches of one kind, as `counted-search` prints them.
  struct SearchFigure: Codable {
    let kind: String
    let queries: Int
    let allocations: Int
    let found: Int
  }

  struct Report: Encodable {
    let provenance: Provenance
    let connections: Int
    let figures: [Figure]
    let providers: Int
    let searches: [SearchFigure]
  }

  private struct Counts: Decodable {
    let process: Int
    let handler: Int

    static func read(_ server: ServerProcess) throws -> Counts {
      try JSONDecoder().decode(Counts.self, from: Data(Answer.fetch(server.url("/allocations")).body.utf8))
    }
  }

  static func run(_ arguments: inout Arguments, _ environment: BenchEnvironment) throws {
    let isTiny = arguments.flag("--tiny")
    let seconds = max(2, try arguments.positive("--seconds") ?? (isTiny ? 2 : 3))
    let connections = try arguments.positive("--connections") ?? 64
    let port = try arguments.positive("--port") ?? ServerProcess.freePorts(1, from: 18_080)
    let providers = try arguments.positive("--providers") ?? (isTiny ? 10_000 : 50_000)
    let queries = try arguments.positive("--queries") ?? (isTiny ? 200 : 1_000)
    let json = try arguments.text("--json")
    try arguments.finish()

    let server = try ServerProcess(
      "counted-target", "\(environment.binaries)/counted-target", [String(port)], port: port, folder: environment.scratch)
    defer { server.stop() }
    try server.waitUntilReady()
    let figures = try [TargetPath.fixed, TargetPath.hits, TargetPath.fixedAsync, TargetPath.hitsAsync].map { path in
      try measure(server, path, Wrk(connections: connections, seconds: seconds))
    }
    let report = Report(
      provenance: try Provenance(date: environment.date, command: environment.command, folder: environment.folder),
      connections: connections, figures: figures, providers: providers,
      searches: try searches(environment, providers: providers, queries: queries))
    print(text(report), terminator: "")
    if let json { try ResultFile.write(report, to: json) }
    let allocating = report.searches.filter { $0.allocations > 0 || $0.found == 0 }.map(\.kind)
    guard allocating.isEmpty else {
      throw BenchError("a warm search must find something and allocate nothing; not so: \(allocating.joined(separator: ", "))")
    }
  }

  private static func searches(_ environment: BenchEnvironment, providers: Int, queries: Int) throws -> [SearchFigure] {
    let arguments = [String(providers), String(queries), environment.dictionaries.path]
    let lines = try Command("\(environment.binaries)/counted-search", arguments).output().split(separator: "\n")
    return try lines.map { try JSONDecoder().decode(SearchFigure.self, from: Data($0.utf8)) }
  }

  /// Two runs of different length open the same connections, so the difference between them is what requests cost.
  private static func measure(_ server: ServerProcess, _ path: String, _ load: Wrk) throws -> Figure {
    var short = load
    short.seconds = 1
    let url = server.url(path)
    if let problem = try Answer.fetch(url).problem() { throw BenchError("\(url) answers with \(problem)") }
    _ = try short.run(url)
    let start = try Counts.read(server)
    let few = try short.run(url)
    let middle = try Counts.read(server)
    let many = try load.run(url)
    let end = try Counts.read(server)
    let more = (end.process - middle.process) - (middle.process - start.process)
    guard many.requests > few.requests else { throw BenchError("the longer run had fewer requests; the machine is too busy") }
    return Figure(
      path: path, requests: few.requests + many.requests, perRequest: Double(more) / Double(many.requests - few.requests),
      insideHandler: path == TargetPath.hits ? end.handler - start.handler : nil)
  }

  private static func text(_ report: Report) -> String {
    var table = TextTable(["route", "requests", "allocations/request, whole way", "in the handler, all requests"])
    for figure in report.figures {
      table.add([
        figure.path, String(figure.requests), figure.perRequest.text(places: 4),
        figure.insideHandler.map { $0 == 0 ? "0 (goal 0: met)" : "\($0) (goal 0: MISSED)" } ?? "–",
      ])
    }
    var searches = TextTable(["search, \(report.providers) providers", "queries", "allocations/query", "all queries"])
    for figure in report.searches {
      let each = Double(figure.allocations) / Double(max(figure.queries, 1))
      let verdict = figure.allocations == 0 ? "0 (goal 0: met)" : "\(figure.allocations) (goal 0: MISSED)"
      searches.add([figure.kind, String(figure.queries), each.text(places: 4), verdict])
    }
    return "\(report.provenance.text)\n\n\(table.text)\n\(searches.text)"
  }
}
