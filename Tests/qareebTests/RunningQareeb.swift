import EventLoops
import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

@testable import EmbeddedPostgres

/// The real program, serving on a free port.
final class RunningQareeb: Sendable {
  let process: StartedProcess
  let port: Int
  let client: TestHTTPClient
  let folder: TemporaryFolder

  /// The build puts the test bundle and the program into one folder; the bundle is this process or one of its arguments.
  static func program() throws -> String {
    let candidates = CommandLine.arguments.map { URL(filePath: $0).deletingLastPathComponent().appending(path: "qareeb").path }
    return try #require(candidates.first { FileManager.default.isExecutableFile(atPath: $0) }, "no binary beside the tests")
  }

  /// What a test need not say: data in `folder`, a free port, a rate limit that no test meets by accident.
  static func environment(_ folder: TemporaryFolder, database: String?) -> [String: String] {
    var variables = [
      "PORT": "0", "QAREEB_DATA_DIRECTORY": folder.url.path, "QAREEB_DATA_ASSETS": "\(TestCluster.checkout)/data",
      "QAREEB_WEB_DIRECTORY": "\(TestCluster.checkout)/web",
      "QAREEB_HTTP_LOOPS": "2", "QAREEB_LIMITS_REQUESTS_PER_MINUTE": "1000000",
      // Nothing is written here that a search could wait for.
      "QAREEB_LIMITS_SEARCHES_PER_MINUTE": "1000000", "QAREEB_LIMITS_POSITION_WAIT": "10ms",
    ]
    if let database {
      variables["DATABASE_URL"] = database
      variables["QAREEB_DEMO_LOAD"] = "true"
    }
    return variables
  }

  /// Starts it without waiting for anything.
  /// - Parameter database: nil has it keep a cluster of its own in `folder`.
  static func launch(
    _ arguments: [String] = ["serve"], database: String?, environment: [String: String] = [:], folder: TemporaryFolder
  ) throws -> StartedProcess {
    try StartedProcess(
      program(), arguments, environment: self.environment(folder, database: database).merging(environment) { $1 },
      in: folder.url, cluster: database == nil ? clusterDirectory(folder) : "")
  }

  /// Starts it and waits until it is ready.
  static func start(
    _ arguments: [String] = ["serve"], database: String?, environment: [String: String] = [:], folder: TemporaryFolder? = nil
  ) async throws -> RunningQareeb {
    let folder = try folder ?? TemporaryFolder()
    let process = try launch(arguments, database: database, environment: environment, folder: folder)
    try await eventually("it says where it serves:\n\(process.error)") {
      if let code = process.exitCode {
        throw DidNotHappen(description: "it ended with \(code) instead of serving:\n\(process.error)")
      }
      return servedPort(process) != nil
    }
    let running = RunningQareeb(process, port: try #require(servedPort(process)), folder)
    try await eventually("it gets ready:\n\(process.error.suffix(4_000))") {
      try await running.client.get("/health/ready").status == 200
    }
    return running
  }

  private init(_ process: StartedProcess, port: Int, _ folder: TemporaryFolder) {
    self.process = process
    self.port = port
    self.folder = folder
    client = TestHTTPClient(.tcp(host: "127.0.0.1", port: port))
  }

  /// Only a whole line counts: the last one may still be in the writing.
  private static func servedPort(_ process: StartedProcess) -> Int? {
    process.error.firstMatch(of: /Qareeb is serving on http:\/\/localhost:(\d+)\n/).flatMap { Int($0.1) }
  }

  var base: String { "http://127.0.0.1:\(port)" }
  var address: ListenAddress { .tcp(host: "127.0.0.1", port: port) }

  func stop() async throws -> Int32 {
    process.signal(SIGTERM)
    return try await process.end()
  }

  /// Serves while `body` runs, and ends well afterwards.
  static func with<T: Sendable>(
    _ arguments: [String] = ["serve"], database: String?, environment: [String: String] = [:],
    _ body: (RunningQareeb) async throws -> T
  ) async throws -> T {
    let running = try await start(arguments, database: database, environment: environment)
    do {
      let result = try await body(running)
      let code = try await running.stop()
      #expect(code == 0, "\(running.process.error)")
      return result
    } catch {
      running.process.signal(SIGKILL)
      throw error
    }
  }

  /// One for all tests that only read, with the demo market; it ends with the tests.
  static let shared = Task {
    let running = try await start(database: try await TestDatabase.make(from: .migrated).connectionString)
    startedShared.withLock { $0 = running }
    atexit { RunningQareeb.endShared() }
    return running
  }
  private static let startedShared = Mutex<RunningQareeb?>(nil)

  private static func endShared() {
    guard let running = startedShared.withLock({ $0 }) else { return }
    running.process.signal(SIGKILL)
    for folder in [running.folder, running.process.outputs] { folder.remove() }
  }
}

// MARK: The private cluster of one

extension RunningQareeb {
  static func clusterDirectory(_ folder: TemporaryFolder) -> String { "\(folder.url.path)/postgres" }

  /// Every process of the PostgreSQL in `folder`.
  static func postgresProcesses(_ folder: TemporaryFolder) -> [Int32] {
    realPath("\(clusterDirectory(folder))/data").map(ProcessTable.postgresProcesses(in:)) ?? []
  }

  /// The process that started the others.
  static func postmaster(_ folder: TemporaryFolder) throws -> Int32 {
    let lines = try String(contentsOfFile: "\(clusterDirectory(folder))/data/postmaster.pid", encoding: .utf8)
    return try #require(lines.split(separator: "\n").first.flatMap { Int32($0) })
  }

  /// As a power cut would, as far as processes are concerned.
  func killEverything() async throws {
    process.signal(SIGKILL)
    _ = try await process.end()
    for pid in RunningQareeb.postgresProcesses(folder) { kill(pid, SIGKILL) }
    try await eventually("PostgreSQL is gone") { RunningQareeb.postgresProcesses(folder).isEmpty }
  }
}

extension RawAnswer {
  /// `data` of an answer's envelope, as text: what does not differ between two answers to one question.
  func dataText() throws -> String {
    #expect(status == 200, "\(text)")
    let end = try #require(text.range(of: ",\"meta\":", options: .backwards)?.lowerBound, "\(text)")
    return String(text[..<end])
  }

  func errorCode() throws -> String? { try json()["error"]?["code"]?.string }
}
