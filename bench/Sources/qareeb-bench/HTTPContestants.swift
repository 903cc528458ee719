import BenchKit

/// One thing that is measured: a route of a server, or pgbench as the reference for what a query costs.
struct HTTPContestant {
  enum Role: String, Codable { case floor, nginx, ours, client }

  enum Source {
    case http(ServerProcess, _ path: String)
    case pgbench(PgBench)
  }

  let id: String
  let title: String
  let role: Role
  let source: Source
  /// A file for wrk that varies the requests.
  var script: String?
  /// The most CPU time a request may cost, in times of the best nginx.
  var goal: Double?
  var expectedBody: String?
  /// Whose processes are counted apart.
  var database: BenchDatabase?

  /// Before anything is measured: the right answer?
  func check() throws {
    guard case .http(let server, let path) = source else { return }
    if let problem = try Answer.fetch(server.url(path)).problem(expectedBody: expectedBody) {
      throw BenchError("\(title) answers \(server.url(path)) with \(problem)")
    }
  }

  func measure(_ load: Wrk) throws -> HTTPSample {
    let before = try database?.use()
    var sample = try measureSource(load)
    if let database, let before {
      let seconds = try database.use().cpuSeconds - before.cpuSeconds
      sample.databaseMicroseconds = seconds * 1_000_000 / Double(sample.requests)
    }
    return sample
  }

  private func measureSource(_ load: Wrk) throws -> HTTPSample {
    switch source {
    case .http(let server, let path):
      var load = load
      load.script = script
      let before = try server.use()
      let result = try load.run(server.url(path))
      let after = try server.use()
      return HTTPSample(
        requests: result.requests, requestsPerSecond: result.requestsPerSecond,
        cpuMicroseconds: (after.cpuSeconds - before.cpuSeconds) * 1_000_000 / Double(result.requests),
        p50Microseconds: result.p50Microseconds, p99Microseconds: result.p99Microseconds, residentBytes: after.residentBytes)
    case .pgbench(var pgbench):
      pgbench.seconds = load.seconds
      let result = try pgbench.run()
      return HTTPSample(
        requests: result.transactions, requestsPerSecond: result.transactionsPerSecond,
        cpuMicroseconds: result.cpuSeconds * 1_000_000 / Double(result.transactions))
    }
  }
}
