import EventLoops
import Foundation
import Glibc
import JSON
import Synchronization
import TestSupport
import Testing

/// PostgreSQL dies, or stops answering, while clients go on asking.
@Suite struct DatabaseOutageTests {
  @Test func everyRequestIsAnsweredThroughOutages() async throws {
    let folder = try TemporaryFolder()
    let postgres = try await offThePool { try OwnPostgres(in: folder) }
    try await RunningQareeb.with(
      database: postgres.connectionString,
      environment: [
        "QAREEB_DATABASE_STATEMENT_TIMEOUT": "500ms", "QAREEB_DATABASE_QUEUE_WAIT": "500ms",
        "QAREEB_DATABASE_CONNECT_TIMEOUT": "500ms",
      ]
    ) { running in
      let crowd = try await Crowd(of: 6, asking: running)
      for _ in 0..<3 {
        try await postgres.kill()
        try await crowd.expectRefusals(running)
        try await postgres.startAgain()
        try await crowd.expectAnswers(running)
      }
      // It runs, but answers nothing: a disk or a network that hangs.
      postgres.signal(SIGSTOP)
      try await crowd.expectRefusals(running)
      postgres.signal(SIGCONT)
      try await crowd.expectAnswers(running)
      let surprises = try await crowd.finish()
      #expect(surprises.isEmpty, "\(surprises.prefix(5))\n\(running.process.error.suffix(2_000))")
      #expect(running.process.exitCode == nil)
    }
    try await postgres.stop()
  }

  /// PostgreSQL does not end before everybody who follows its log has confirmed all of it. A node that has not written its file for a
  /// while cannot, and must get out of the way.
  @Test func aNodeDoesNotKeepItsDatabaseFromStopping() async throws {
    let folder = try TemporaryFolder()
    let postgres = try await offThePool { try OwnPostgres(in: folder) }
    try await RunningQareeb.with(
      database: postgres.connectionString,
      environment: ["QAREEB_INDEX_SAVE_INTERVAL": "1h", "QAREEB_LIMITS_POSITION_WAIT": "60s"]
    ) { running in
      let search = "/api/v1/search/providers?lat=31.9539&lon=35.9106&radius_m=50000&tag=renamed"
      func requireFound(_ count: Int) async throws {
        _ = try await postgres.run(
          """
          UPDATE catalogue.provider SET tags = '{renamed}'
          WHERE id IN (SELECT id FROM catalogue.provider WHERE market_id = 'amman' AND is_active ORDER BY id LIMIT \(count))
          """)
        let position = try await postgres.run("SELECT pg_current_wal_flush_lsn()")
        let answer = try await running.client.get("\(search)&min_position=\(position)")
        let found = answer.status == 200 ? try answer.json()["data"]?["providers"]?.array?.count : nil
        try #require(found == count, "\(answer.text)\n\(running.process.error.suffix(2_000))")
      }
      // The first file is written at once, the next an hour later.
      let file = running.folder.url.appending(path: "index.qidx").path
      try await eventually("the first file is written") { FileManager.default.fileExists(atPath: file) }
      try await requireFound(1)
      try await postgres.kill(.inOrder)
      #expect(try await running.client.get(search).status == 200)
      try await postgres.startAgain()
      try await requireFound(2)
    }
    try await postgres.stop()
  }
}

/// Clients that ask one after another, each on one connection that must never break.
private final class Crowd: Sendable {
  private struct Counts {
    var answered: [Int]
    var refused: [Int]
    var surprises: [String] = []
    var isOver = false
  }

  private let counts: Mutex<Counts>
  private let clients: Mutex<[Task<Void, any Error>]>
  private static let targets = ["/api/v1/providers?market=amman&limit=5", "/api/v1/markets"]

  init(of size: Int, asking running: RunningQareeb) async throws {
    counts = Mutex(Counts(answered: Array(repeating: 0, count: size), refused: Array(repeating: 0, count: size)))
    clients = Mutex([])
    var expected: [String: String] = [:]
    for target in Crowd.targets { expected[target] = try await running.client.get(target).dataText() }
    let (address, answers) = (running.address, expected)
    for number in 0..<size {
      let client = Task { [self] in try await offThePool { try ask(number, address, answers) } }
      clients.withLock { $0.append(client) }
    }
  }

  private func ask(_ number: Int, _ address: ListenAddress, _ expected: [String: String]) throws {
    let client = try RawHTTPClient(address)
    while !counts.withLock({ $0.isOver }) {
      for target in Crowd.targets {
        do {
          let answer = try client.exchange("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n")
          note(answer, number, expected[target] ?? "")
        } catch {
          counts.withLock { $0.surprises.append("client \(number), after \($0.answered[number]) answers: \(error)") }
          return
        }
        // Leaves some of two cores to PostgreSQL, which has to come back.
        usleep(1_000)
      }
    }
  }

  private func note(_ answer: RawAnswer, _ number: Int, _ expected: String) {
    counts.withLock { counts in
      switch answer.status {
      case 200 where answer.text.hasPrefix(expected): counts.answered[number] += 1
      case 503 where Crowd.isProperRefusal(answer): counts.refused[number] += 1
      default: counts.surprises.append("\(answer.status) \(answer.fields) \(answer.text)")
      }
    }
  }

  private static func isProperRefusal(_ answer: RawAnswer) -> Bool {
    guard let seconds = answer.value("Retry-After").flatMap({ Int($0) }), (1...60).contains(seconds) else { return false }
    return answer.text.hasPrefix("{\"success\":false,\"error\":{\"code\":\"SERVICE_UNAVAILABLE\"") && !answer.saysClose
  }

  /// Every client is refused again and again; the process itself is well.
  func expectRefusals(_ running: RunningQareeb) async throws {
    try await untilEveryoneHasMore("refused") { $0.refused }
    let ready = try await running.client.get("/health/ready")
    #expect(ready.status == 503)
    #expect(ready.value("Retry-After") != nil)
    #expect(ready.text.contains("\"check\":\"database\""), "\(ready.text)")
    #expect(try await running.client.get("/health/live").status == 200)
  }

  func expectAnswers(_ running: RunningQareeb) async throws {
    try await eventually("it is ready again") { try await running.client.get("/health/ready").status == 200 }
    try await untilEveryoneHasMore("answered") { $0.answered }
  }

  private func untilEveryoneHasMore(_ what: String, _ kind: @Sendable (Counts) -> [Int]) async throws {
    let before = counts.withLock { kind($0) }
    try await eventually("everyone is \(what)") {
      try counts.withLock { counts in
        if let surprise = counts.surprises.first { throw DidNotHappen(description: surprise) }
        return zip(kind(counts), before).allSatisfy { $0 >= $1 + 5 }
      }
    }
  }

  func finish() async throws -> [String] {
    counts.withLock { $0.isOver = true }
    for client in clients.withLock({ $0 }) { try await client.value }
    return counts.withLock { $0.surprises }
  }
}
