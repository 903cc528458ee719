import BenchKit
import Foundation
import MarketWorkload
import TargetRoutes

/// Searches over HTTP beside the same server, and nginx, answering one body of the same size.
final class LiveLoad {
  struct Sample: Codable {
    let requests: Int
    let requestsPerSecond: Double
    /// Of the server's processes, a request.
    let cpuMicroseconds: Double
    /// Of wrk, which shares the machine.
    let loadMicroseconds: Double
    let p50Microseconds: Double
    let p99Microseconds: Double
  }

  enum Role: String, Codable { case search, fixed, nginx }

  struct Contestant {
    let id: String
    let title: String
    let role: Role
    let server: ServerProcess
    let url: String
    let script: String
    let bodyBytes: Int
  }

  /// The search of all classes by turns, and what it is compared with.
  static let mixedID = "search"
  static let fixedID = "fixed"

  private let fixed: ServerProcess
  private let nginx: ServerProcess
  let contestants: [Contestant]

  /// `server` answers searches, and has answered every one of them once when this returns.
  init(_ environment: BenchEnvironment, _ server: ServerProcess, _ market: LiveMarket, perClass: Int, firstPort: Int) throws {
    let folder = "\(environment.scratch)/live"
    let mixed = SearchURLs(market, perClass: perClass)
    let (bodyBytes, body) = try LiveLoad.askAll(mixed, server)
    let bodyPath = "\(folder)/given.json"
    try ResultFile.write(body, to: bodyPath)
    fixed = try ServerProcess(
      "http-target", "\(environment.binaries)/http-target", [String(firstPort), "--body", bodyPath], port: firstPort,
      folder: folder)
    let configuration = "\(folder)/nginx.conf"
    try ResultFile.write(
      NginxConfiguration.text(port: firstPort + 1, scratch: folder, body: body, bodyPath: bodyPath), to: configuration)
    nginx = try ServerProcess(
      "nginx", "nginx", ["-p", folder, "-e", "stderr", "-c", configuration], port: firstPort + 1, folder: folder)
    for server in [fixed, nginx] { try server.waitUntilReady() }

    var contestants: [Contestant] = []
    func add(
      _ id: String, _ title: String, _ role: Role, _ server: ServerProcess, _ path: String, _ urls: SearchURLs, _ bytes: Int
    ) throws {
      let script = "\(folder)/wrk-\(id).lua"
      try ResultFile.write(urls.script(path: path), to: script)
      contestants.append(
        Contestant(
          id: id, title: title, role: role, server: server, url: server.url(path + urls.queries[0]), script: script,
          bodyBytes: bytes))
    }
    try add(LiveLoad.mixedID, "Qareeb, searches of all classes", .search, server, SearchURLs.path, mixed, bodyBytes)
    for queryClass in SearchURLs.classes {
      let urls = SearchURLs(market, perClass: perClass, only: queryClass)
      try add(
        "search-\(queryClass)", "Qareeb, searches (\(queryClass))", .search, server, SearchURLs.path, urls,
        LiveLoad.askAll(urls, server).0)
    }
    try add(LiveLoad.fixedID, "Qareeb's server, fixed body", .fixed, fixed, TargetPath.given, mixed, body.utf8.count)
    try add("nginx-file", "nginx, cached file", .nginx, nginx, "/fixed.json", mixed, body.utf8.count)
    try add("nginx-return", "nginx, text in its configuration", .nginx, nginx, "/return", mixed, body.utf8.count)
    self.contestants = contestants
    for contestant in contestants where contestant.role != .search {
      if let problem = try Answer.fetch(contestant.url).problem(expectedBody: body) {
        throw BenchError("\(contestant.title) answers \(contestant.url) with \(problem)")
      }
    }
  }

  func stop() {
    for server in [fixed, nginx] { server.stop() }
  }

  /// The mean size of the answers, and the answer that is closest to it.
  private static func askAll(_ urls: SearchURLs, _ server: ServerProcess) throws -> (Int, String) {
    let connection = KeepAliveConnection(port: server.port)
    let bodies = try urls.queries.map { query in
      guard let reply = connection.get(SearchURLs.path + query), reply.status == 200 else {
        let answer = try Answer.fetch(server.url(SearchURLs.path + query))
        throw BenchError("\(SearchURLs.path)\(query) is answered with \(answer.status): \(answer.body)")
      }
      return reply.body
    }
    let mean = bodies.map(\.count).reduce(0, +) / bodies.count
    let closest = bodies.min { abs($0.count - mean) < abs($1.count - mean) } ?? []
    return (mean, String(decoding: closest, as: UTF8.self))
  }

  /// In interleaved rounds; a row a contestant, a column a round.
  func measure(_ load: Wrk, rounds: Int) throws -> [[Sample]] {
    try measureInterleaved(
      contestants, rounds: rounds,
      warmUp: { contestant in
        var short = load
        short.seconds = 1
        _ = try LiveLoad.measure(contestant, short)
      },
      measure: { contestant, round in
        let sample = try LiveLoad.measure(contestant, load)
        note(
          "round \(round + 1)/\(rounds)  \(contestant.title): \(sample.requestsPerSecond.text(places: 0)) requests/s, "
            + "\(sample.cpuMicroseconds.text(places: 1)) µs")
        return sample
      })
  }

  private static func measure(_ contestant: Contestant, _ load: Wrk) throws -> Sample {
    var load = load
    load.script = contestant.script
    let before = try contestant.server.use()
    let result = try load.run(contestant.url)
    let spent = try contestant.server.use().cpuSeconds - before.cpuSeconds
    return Sample(
      requests: result.requests, requestsPerSecond: result.requestsPerSecond,
      cpuMicroseconds: spent * 1_000_000 / Double(result.requests),
      loadMicroseconds: result.cpuSeconds * 1_000_000 / Double(result.requests), p50Microseconds: result.p50Microseconds,
      p99Microseconds: result.p99Microseconds)
  }

  // MARK: While the catalogue changes

  struct DuringUpdates: Codable {
    let seconds: Int
    let requests: Int
    let requestsPerSecond: Double
    let p50Microseconds: Double
    let p99Microseconds: Double
    let socketErrors: Int
    let badAnswers: Int
    let work: MarketWriters.Work
    /// Commits are asked for meanwhile: what a writer sees on a machine without a core to spare.
    let visibility: VisibilityProbe.Result
  }

  func measureDuringUpdates(_ load: Wrk, _ writers: MarketWriters, _ task: MarketWriters.Task, _ market: LiveMarket) throws
    -> DuringUpdates
  {
    guard let searches = contestants.first(where: { $0.id == LiveLoad.mixedID }) else { preconditionFailure("it was put there") }
    var load = load
    load.script = searches.script
    let probe = VisibilityProbe(port: searches.server.port, market: market)
    let finish = try writers.start(task, probe: probe)
    let result = Swift.Result { try load.runCountingErrors(searches.url) }
    writers.stop()
    let work = try finish()
    let found = try probe.finish()
    let wrk = try result.get()
    return DuringUpdates(
      seconds: load.seconds, requests: wrk.requests, requestsPerSecond: wrk.requestsPerSecond,
      p50Microseconds: wrk.p50Microseconds, p99Microseconds: wrk.p99Microseconds, socketErrors: wrk.socketErrors,
      badAnswers: wrk.badAnswers, work: work, visibility: found)
  }
}
