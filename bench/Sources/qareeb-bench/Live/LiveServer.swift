import BenchKit
import Foundation

/// `qareeb serve` as a process of its own, on the bench's database.
final class LiveServer {
  struct Start: Codable {
    /// From the start of the process to the first 200 of /health/ready.
    let readySeconds: Double
    /// What of it the server's log says that the index took; nil where it was read from its file.
    let indexSeconds: Double?
    let residentBytes: Int
    let peakResidentBytes: Int
    /// What PostgreSQL's processes worked meanwhile.
    let databaseCPUSeconds: Double
    let serverCPUSeconds: Double
  }

  /// Ten times the goal of a cold start at a million providers, for slower machines and more of them.
  private static let startSeconds = 300.0
  /// At its end the server writes its index.
  private static let stopSeconds = 120.0

  let process: ServerProcess
  let start: Start
  private let connection: KeepAliveConnection

  /// Returns when it is ready.
  init(_ environment: BenchEnvironment, _ database: LiveDatabase, folder: String, port: Int) throws {
    let settings = [
      "http.host=127.0.0.1", "data.directory=\(folder)", "data.assets=\(environment.assets)", "demo.load=false",
      // As with nginx no request is logged, none is refused for its number, and no connection is closed for its age.
      "log.level=notice", "log.format=json", "limits.searches_per_minute=100000000", "limits.requests_per_connection=1000000000",
      "limits.position_wait=60s",
    ]
    try database.waitUntilUnfollowed()
    let databaseBefore = try database.use()
    process = try ServerProcess(
      "qareeb", "\(environment.binaries)/qareeb", ["serve", "--port", String(port)] + settings.flatMap { ["--set", $0] },
      environment: ["DATABASE_URL": database.connectionString], port: port, folder: folder, stopSeconds: LiveServer.stopSeconds)
    connection = KeepAliveConnection(port: port)
    while connection.get("/health/ready")?.status != 200 {
      guard process.isRunning else { throw BenchError("the server ended at once:\n\(process.log)") }
      guard process.startedAt.seconds < LiveServer.startSeconds else {
        throw BenchError("the server does not get ready:\n\(process.log)")
      }
      Thread.sleep(forTimeInterval: 0.005)
    }
    let seconds = process.startedAt.seconds
    let use = try process.use()
    start = Start(
      readySeconds: seconds, indexSeconds: LiveServer.hydrationSeconds(process.log), residentBytes: use.residentBytes,
      peakResidentBytes: try process.peakResidentBytes(),
      databaseCPUSeconds: try database.use().cpuSeconds - databaseBefore.cpuSeconds, serverCPUSeconds: use.cpuSeconds)
  }

  /// Of the line that a hydration ends with.
  private static func hydrationSeconds(_ log: String) -> Double? {
    let line = log.split(separator: "\n").last { $0.contains("index hydrated from the database") }
    guard let line, let name = line.range(of: "\"duration_ms\":") else { return nil }
    return Double(line[name.upperBound...].prefix { $0.isNumber }).map { $0 / 1_000 }
  }

  /// Waits until a search has seen everything up to there.
  func waitForPosition(_ position: String, atMostSeconds: Double) throws {
    let patient = KeepAliveConnection(port: process.port, timeoutSeconds: 90)
    let begun = ContinuousClock.now
    while true {
      let reply = patient.get("/api/v1/search/providers?lat=0&lon=0&limit=1&min_position=\(position)")
      if reply?.status == 200 { return }
      guard process.isRunning else { throw BenchError("the server ended:\n\(process.log)") }
      guard begun.seconds < atMostSeconds else {
        let answer = reply.map { "\($0.status) \(String(decoding: $0.body, as: UTF8.self))" } ?? "nothing"
        throw BenchError("the index does not reach \(position); the server answers \(answer):\n\(process.log)")
      }
    }
  }

  /// Until it uses no processor any more: what it does in the background after its start is done.
  func waitUntilQuiet() throws {
    var quiet = 0
    let begun = ContinuousClock.now
    while quiet < 3 {
      let before = try process.use().cpuSeconds
      Thread.sleep(forTimeInterval: 0.5)
      quiet = try process.use().cpuSeconds - before < 0.05 ? quiet + 1 : 0
      guard begun.seconds < LiveServer.stopSeconds else { throw BenchError("the server does not come to rest") }
    }
  }

  /// How long it took.
  func stop() throws -> Double {
    let begun = ContinuousClock.now
    process.stop()
    let seconds = begun.seconds
    guard process.log.contains("\"stopped\"") else { throw BenchError("the server did not stop in order:\n\(process.log)") }
    return seconds
  }
}
