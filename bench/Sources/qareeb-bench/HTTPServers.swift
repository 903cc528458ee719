import BenchKit
import TargetRoutes

/// The servers, each with two threads or processes that work, each on a port of its own, and the database behind ours.
final class HTTPServers {
  private let epoll: ServerProcess
  private let nginx: ServerProcess
  private let ours: ServerProcess
  private let database: BenchDatabase
  private let scratch: String

  init(_ environment: BenchEnvironment, firstPort: Int) throws {
    scratch = environment.scratch
    let bodyPath = "\(scratch)/fixed.json"
    try ResultFile.write(fixedBody, to: bodyPath)
    let compiled = "\(scratch)/epoll"
    _ = try Command("cc", ["-O2", "-pthread", "-o", compiled, "\(environment.folder)/peers/epoll.c"]).succeed()
    epoll = try ServerProcess("epoll", compiled, [String(firstPort), "2", bodyPath], port: firstPort, folder: scratch)

    let configuration = "\(scratch)/nginx.conf"
    try ResultFile.write(
      NginxConfiguration.text(port: firstPort + 1, scratch: scratch, body: fixedBody, bodyPath: bodyPath), to: configuration)
    nginx = try ServerProcess(
      "nginx", "nginx", ["-p", scratch, "-e", "stderr", "-c", configuration], port: firstPort + 1, folder: scratch)

    database = try BenchDatabase(environment)
    ours = try ServerProcess(
      "http-target", "\(environment.binaries)/http-target", [String(firstPort + 2), database.connectionString],
      port: firstPort + 2, folder: scratch)
    for server in [epoll, nginx, ours] { try server.waitUntilReady() }
    try ResultFile.write(HTTPServers.pgbenchScript, to: "\(scratch)/product.pgbench")
    for path in [TargetPath.product, TargetPath.productAlone] {
      try ResultFile.write(HTTPServers.wrkScript(path), to: wrkScriptPath(path))
    }
  }

  func stop() throws {
    for server in [epoll, nginx, ours] { server.stop() }
    try database.stop()
  }

  var contestants: [HTTPContestant] {
    [
      fixed("epoll", "bare epoll loop", .floor, epoll, "/"),
      fixed("nginx-return", "nginx, text in its configuration", .nginx, nginx, "/return"),
      fixed("nginx-file", "nginx, cached file", .nginx, nginx, "/fixed.json"),
      fixed("fixed", "Qareeb, fixed body", .ours, ours, TargetPath.fixed, goal: 1.25),
      fixed("fixed-async", "Qareeb, fixed body, async", .ours, ours, TargetPath.fixedAsync, goal: 1.6),
      HTTPContestant(id: "hits", title: "Qareeb, 20 search hits", role: .ours, source: .http(ours, TargetPath.hits)),
      HTTPContestant(
        id: "hits-async", title: "Qareeb, 20 search hits, async", role: .ours, source: .http(ours, TargetPath.hitsAsync)),
      query("query", "Qareeb, one query", TargetPath.product, goal: 2.5),
      query("query-alone", "Qareeb, one query, unshared", TargetPath.productAlone),
      HTTPContestant(
        id: "pgbench", title: "pgbench, the same query", role: .client, source: .pgbench(pgbench), database: database),
    ]
  }

  private func fixed(
    _ id: String, _ title: String, _ role: HTTPContestant.Role, _ server: ServerProcess, _ path: String, goal: Double? = nil
  ) -> HTTPContestant {
    HTTPContestant(id: id, title: title, role: role, source: .http(server, path), goal: goal, expectedBody: fixedBody)
  }

  private func query(_ id: String, _ title: String, _ path: String, goal: Double? = nil) -> HTTPContestant {
    HTTPContestant(
      id: id, title: title, role: .ours, source: .http(ours, path + "1"), script: wrkScriptPath(path), goal: goal,
      database: database)
  }

  /// As many connections as our pools may open: eight a loop.
  private var pgbench: PgBench {
    PgBench(
      connectionString: database.connectionString, script: "\(scratch)/product.pgbench", connections: 16, seconds: 1)
  }

  private static let pgbenchScript = """
    \\set id random(1, \(ProductRoute.productCount))
    \(ProductRoute.sql.replacing("$1", with: ":id"));

    """

  private func wrkScriptPath(_ path: String) -> String { "\(scratch)/wrk\(path.replacing("/", with: "-"))all.lua" }

  /// A thousand products, their requests made beforehand.
  private static func wrkScript(_ path: String) -> String {
    """
    local requests, at = {}, 0
    function init()
      for i = 1, 1000 do requests[i] = wrk.format("GET", "\(path)" .. (i * 7919 % \(ProductRoute.productCount) + 1)) end
    end
    function request()
      at = at % 1000 + 1
      return requests[at]
    end

    """
  }
}
