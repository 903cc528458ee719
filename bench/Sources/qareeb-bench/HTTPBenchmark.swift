import BenchKit
import Foundation

/// What one answered request costs each server, in CPU time of its processes.
struct HTTPBenchmark: Benchmark {
  static let name = "http"
  static let summary = "CPU time, latency and rate of fixed, JSON and one-query answers, beside nginx, bare epoll and pgbench"
  static let options = """
      --seconds N      of load in each round, for each contestant (3)
      --rounds N       interleaved over all contestants (5)
      --connections N  kept open (64)
      --port N         the first of three in a row (three free ones from 18080)
      --json FILE      also writes every figure
      --svg FILE       also draws CPU time per request
      --tiny           one short round: does everything still work?
    """

  static func run(_ arguments: inout Arguments, _ environment: BenchEnvironment) throws {
    let isTiny = arguments.flag("--tiny")
    let load = Wrk(
      connections: try arguments.positive("--connections") ?? 64,
      seconds: try arguments.positive("--seconds") ?? (isTiny ? 1 : 3))
    let rounds = try arguments.positive("--rounds") ?? (isTiny ? 1 : 5)
    let port = try arguments.positive("--port") ?? ServerProcess.freePorts(3, from: 18_080)
    let json = try arguments.text("--json")
    let svg = try arguments.text("--svg")
    try arguments.finish()

    let servers = try HTTPServers(environment, firstPort: port)
    let samples: [[HTTPSample]]
    do {
      samples = try measure(servers.contestants, load, rounds: rounds)
    } catch {
      try servers.stop()
      throw error
    }
    try servers.stop()
    let report = HTTPReport(
      provenance: try Provenance(date: environment.date, command: environment.command, folder: environment.folder),
      seconds: load.seconds, connections: load.connections, rounds: rounds, contestants: servers.contestants,
      samples: samples)
    print(report.text, terminator: "")
    if let json { try ResultFile.write(report, to: json) }
    if let svg { try ResultFile.write(report.chart.svg, to: svg) }
  }

  private static func measure(_ contestants: [HTTPContestant], _ load: Wrk, rounds: Int) throws -> [[HTTPSample]] {
    for contestant in contestants { try contestant.check() }
    return try measureInterleaved(
      contestants, rounds: rounds,
      warmUp: { contestant in
        var short = load
        short.seconds = 1
        _ = try contestant.measure(short)
      },
      measure: { contestant, round in
        let sample = try contestant.measure(load)
        let note = "round \(round + 1)/\(rounds)  \(contestant.title): \(sample.cpuMicroseconds.text(places: 2)) µs\n"
        FileHandle.standardError.write(Data(note.utf8))
        return sample
      })
  }
}

/// One contestant in one round.
struct HTTPSample: Codable {
  var requests: Int
  var requestsPerSecond: Double
  /// Of the server's processes, a request; of pgbench's own, a transaction.
  var cpuMicroseconds: Double
  /// Of PostgreSQL's processes, a request that asks it.
  var databaseMicroseconds: Double?
  var p50Microseconds: Double?
  var p99Microseconds: Double?
  var residentBytes: Int?
}
