import Foundation
import Synchronization
import TestSupport
import Testing

/// A server that is killed and started again on the same folder, always on another port.
final class MortalServer: Sendable {
  private struct Life: Sendable {
    var number = 0
    var running: RunningQareeb?
  }

  let folder: TemporaryFolder
  private let database: String
  private let life = Mutex(Life())
  private let words = Mutex("")

  /// Cursors of one life are good in the next; the file is written often, so that there is much to go wrong.
  private static let environment = [
    "QAREEB_DEMO_LOAD": "false", "QAREEB_SEARCH_CURSOR_SECRET": "one secret for all lives", "QAREEB_INDEX_SAVE_INTERVAL": "200ms",
    // Not every request.
    "QAREEB_LOG_MODULES": "api=warning", "QAREEB_LIMITS_SEARCHES_PER_MINUTE": "100000000", "QAREEB_LIMITS_POSITION_WAIT": "1s",
  ]

  init(database: String, in folder: TemporaryFolder) {
    self.database = database
    self.folder = folder
  }

  /// One that knows nothing of what was before, and reads the database.
  static func fresh(database: String, in folder: TemporaryFolder) async throws -> MortalServer {
    let server = MortalServer(database: database, in: folder)
    if FileManager.default.fileExists(atPath: server.filePath) { try FileManager.default.removeItem(atPath: server.filePath) }
    try await server.start()
    return server
  }

  var filePath: String { folder.url.appending(path: "index.qidx").path }

  /// Starts it; who asks finds it once it is ready.
  func start() async throws {
    let running = try await RunningQareeb.start(database: database, environment: Self.environment, folder: folder)
    words.withLock { $0 = "" }
    life.withLock { $0 = Life(number: $0.number + 1, running: running) }
  }

  func startAndKill(afterMilliseconds milliseconds: Int) async throws {
    let process = try RunningQareeb.launch(database: database, environment: Self.environment, folder: folder)
    // When is up to chance: any moment will do, also one before its first line or after it is ready.
    try await Task.sleep(for: .milliseconds(milliseconds))
    process.signal(SIGKILL)
    _ = try await process.end()
  }

  func kill() async throws {
    guard let running = takeAway() else { return }
    #expect(running.process.exitCode == nil, "it ended by itself: \(running.process.error)")
    running.process.signal(SIGKILL)
    _ = try await running.process.end()
    remember(running)
  }

  /// In order; what is asked meanwhile may be refused.
  func stop() async throws {
    guard let running = takeAway() else { return }
    #expect(try await running.stop() == 0, "\(running.process.error)")
    remember(running)
  }

  /// Whatever has happened.
  func end() async throws { try await kill() }

  /// From now on nobody minds what it answers.
  private func takeAway() -> RunningQareeb? {
    life.withLock { life in
      defer { life.running = nil }
      return life.running
    }
  }

  private func remember(_ running: RunningQareeb) {
    let log = running.process.error
    // Only a state whose parts do not belong together can make it say that.
    #expect(!log.contains("nothing is known of a provider of the index"), "\(log.suffix(4_000))")
    words.withLock { $0 = log }
  }

  /// The end of what the last one said.
  var lastWords: String {
    let current = life.withLock { $0.running }?.process.error
    return String((current ?? words.withLock { $0 }).suffix(4_000))
  }

  func spoilFile(_ fate: Disaster.FileFate, _ random: inout SeededRandom) throws {
    guard fate != .kept, var bytes = FileManager.default.contents(atPath: filePath), !bytes.isEmpty else { return }
    let place = Int.random(in: 0..<bytes.count, using: &random)
    switch fate {
    case .kept: break
    case .deleted: return try FileManager.default.removeItem(atPath: filePath)
    case .truncated: bytes = bytes.prefix(place)
    case .damaged: bytes[bytes.startIndex + place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    }
    try bytes.write(to: URL(filePath: filePath))
  }

  // MARK: For those who ask

  /// Waits until there is one.
  func current() async throws -> (number: Int, running: RunningQareeb) {
    while true {
      let life = life.withLock { $0 }
      if let running = life.running { return (life.number, running) }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// How many there have been, this one with them.
  var lives: Int { life.withLock { $0.number } }
  var isAlive: Bool { life.withLock { $0.running != nil } }
  func isAlive(_ number: Int) -> Bool { life.withLock { $0.number == number && $0.running != nil } }
}

/// One who asks the server, whichever life it is in.
struct Asker {
  let server: MortalServer
  /// Which life has answered last.
  private(set) var life = 0
  private var client: TestHTTPClient?

  init(_ server: MortalServer) { self.server = server }

  /// Nil when the server was killed meanwhile: then there may be no answer, half of one, or one of somebody else on its port.
  mutating func ask(_ target: String) async throws -> RawAnswer? {
    let (number, running) = try await server.current()
    if number != life || client == nil { (life, client) = (number, TestHTTPClient(running.address)) }
    guard let client else { return nil }
    do {
      let answer = try await client.get(target)
      return server.isAlive(number) ? answer : nil
    } catch {
      guard !server.isAlive(number) else { throw error }
      return nil
    }
  }

  /// Asks until the index has come to `position`; until then only the documented refusal will do. Nil when there is no server, or it was
  /// killed meanwhile.
  mutating func askIfAlive(_ target: String, at position: String) async throws -> RawAnswer? {
    let asked = "\(target)\(target.contains("?") ? "&" : "?")min_position=\(position)"
    var last: RawAnswer?
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline {
      try Task.checkCancellation()
      guard server.isAlive, let answer = try await ask(asked) else { return nil }
      guard answer.status == 503 else { return answer }
      let seconds = answer.value("Retry-After").flatMap { Int($0) }
      #expect(try answer.errorCode() == "INDEX_BEHIND" && seconds.map((1...60).contains) == true, "\(answer)")
      last = answer
    }
    throw DidNotHappen(description: "\(asked) was not reached: \(last?.text ?? "no answer")\n\(server.lastWords)")
  }

  /// The same of a server that nobody kills.
  mutating func ask(_ target: String, at position: String) async throws -> RawAnswer {
    try #require(try await askIfAlive(target, at: position), "the server has died: \(server.lastWords)")
  }
}
