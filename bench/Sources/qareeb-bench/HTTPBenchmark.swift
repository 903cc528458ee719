import BenchKit
import Foundation
import TargetRoutes

/// What one answered request costs each server, in CPU time of its processes.
struct HTTPBenchmark: Benchmark {
  static let name = "http"
  static let summary = "CPU time, latency and rate of fixed and JSON answers, beside nginx and a bare epoll loop"
  static let options = """
      --seconds N      of load in each round, for each contestant (3)
      --rounds N       interleaved over all contestants (5)
      --connections N  kept open (64)
      --port N         the first of three in a row that are free (18080)
      --json FILE      also writes every figure
      --svg FILE       also draws CPU time per request
      --tiny           one short round: does everything still work?
    """

  let load: Wrk
  let rounds: Int

  static func run(_ arguments: inout Arguments, _ environment: BenchEnvironment) throws {
    let isTiny = arguments.flag("--tiny")
    let load = Wrk(
      connections: try arguments.positive("--connections") ?? 64,
      seconds: try arguments.positive("--seconds") ?? (isTiny ? 1 : 3))
    let rounds = try arguments.positive("--rounds") ?? (isTiny ? 1 : 5)
    let port = try arguments.positive("--port") ?? 18_080
    let json = try arguments.text("--json")
    let svg = try arguments.text("--svg")
    try arguments.finish()

    let servers = try HTTPServers(environment, firstPort: port)
    defer { servers.stop() }
    let contestants = servers.contestants
    for contestant in contestants { try contestant.check() }
    let samples = try HTTPBenchmark(load: load, rounds: rounds).measure(contestants)
    let report = HTTPReport(
      provenance: try Provenance(date: environment.date, command: environment.command, folder: environment.folder),
      seconds: load.seconds, connections: load.connections, rounds: rounds, contestants: contestants, samples: samples)
    print(report.text, terminator: "")
    if let json { try ResultFile.write(report, to: json) }
    if let svg { try ResultFile.write(report.chart.svg, to: svg) }
  }

  private func measure(_ contestants: [HTTPContestant]) throws -> [[HTTPSample]] {
    try measureInterleaved(
      contestants, rounds: rounds,
      warmUp: { contestant in
        var short = load
        short.seconds = 1
        _ = try short.run(contestant.url)
      },
      measure: { contestant, round in
        let before = try contestant.server.use()
        let result = try load.run(contestant.url)
        let after = try contestant.server.use()
        let sample = HTTPSample(result, cpuSeconds: after.cpuSeconds - before.cpuSeconds, residentBytes: after.residentBytes)
        let note = "round \(round + 1)/\(rounds)  \(contestant.title): \(sample.cpuMicroseconds.text(places: 2)) µs\n"
        FileHandle.standardError.write(Data(note.utf8))
        return sample
      })
  }
}

/// One contestant in one round.
struct HTTPSample: Codable {
  let requests: Int
  let requestsPerSecond: Double
  /// Of the server's processes, a request.
  let cpuMicroseconds: Double
  let p50Microseconds: Double
  let p99Microseconds: Double
  let residentBytes: Int

  init(_ result: Wrk.Result, cpuSeconds: Double, residentBytes: Int) {
    requests = result.requests
    requestsPerSecond = result.requestsPerSecond
    cpuMicroseconds = cpuSeconds * 1_000_000 / Double(result.requests)
    p50Microseconds = result.p50Microseconds
    p99Microseconds = result.p99Microseconds
    self.residentBytes = residentBytes
  }
}
