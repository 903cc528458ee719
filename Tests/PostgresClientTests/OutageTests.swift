import EmbeddedPostgres
import EventLoops
import FoundationEssentials
import Glibc
import PostgresClient
import Telemetry
import TestSupport
import Testing

/// A cluster that may be killed, of one test.
private final class Victim: Sendable {
  private let options: ClusterOptions
  private let directory: String
  private let cluster = Record<PrivateCluster>()

  init() async throws {
    directory = ScratchSpace.folder + "/qareeb-victim-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    var options = ClusterOptions(directory: directory + "/cluster")
    options.durability = .disposable
    self.options = options
    try await start()
  }

  func start() async throws {
    let options = options
    cluster.append(try await offThePool { try PrivateCluster.start(options) })
  }

  var current: PrivateCluster {
    get throws { try #require(cluster.elements.last) }
  }

  var connectionString: String {
    get throws { try current.connectionString(database: "postgres") }
  }

  /// The server ends as with a power cut: SIGQUIT to the postmaster is its immediate shutdown.
  func kill(_ signal: Int32 = SIGQUIT) async throws {
    let process = try current.serverProcess
    _ = Glibc.kill(process, signal)
    // Ours to reap if it is our child, else somebody else's.
    try await offThePool { while waitpid(process, nil, WNOHANG) != process, Glibc.kill(process, 0) == 0 { usleep(1_000) } }
  }

  func remove() async throws {
    let all = cluster.elements
    let options = options
    let directory = directory
    try await offThePool {
      for cluster in all { try cluster.stop() }
      try PrivateCluster.erase(options)
      try FileManager.default.removeItem(atPath: directory)
    }
  }
}

private func withVictim(_ body: (Victim) async throws -> Void) async throws {
  let victim = try await Victim()
  do {
    try await body(victim)
  } catch {
    try await victim.remove()
    throw error
  }
  try await victim.remove()
}

@Suite(.serialized) struct OutageTests {
  private static let read = PreparedQuery(reading: "SELECT $1::int8")

  @Test(arguments: [SIGQUIT, SIGKILL])
  func underLoadTheDatabaseDiesAndComesBack(_ signal: Int32) async throws {
    try await withVictim { victim in
      let group = try EventLoopGroup(count: 2)
      var configuration = try DatabaseConfiguration(connectionString: try victim.connectionString)
      configuration.maximumConnectionsPerLoop = 3
      configuration.outageWaitMilliseconds = 50
      configuration.reconnect = BackOff(baseMilliseconds: 10, maximumMilliseconds: 200)
      let database = try Database(group: group, configuration: configuration)
      try await database.waitUntilReady(timeoutMilliseconds: 60_000)
      let answers = Tally()
      let refusals = Tally()
      let strange = Record<String>()
      let stop = Tally()
      let load = Task {
        await withTaskGroup(of: Void.self) { tasks in
          for worker in 0..<16 {
            tasks.addTask {
              while stop.value == 0 {
                do {
                  let number =
                    worker.isMultiple(of: 2)
                    ? try await database.query(Self.read, worker).only()[0, as: Int.self]
                    : try await database.query("SELECT $1::int8", worker).only()[0, as: Int.self]
                  if number != worker { strange.append("\(worker) was answered with \(number)") }
                  answers.add()
                } catch let error as PostgresError {
                  switch error.code {
                  case .unavailable, .connectionLost: refusals.add()
                  default: strange.append("\(error.code): \(error)")
                  }
                  // Leaves the processors to the other suites; nothing depends on how long.
                  try? await Task.sleep(for: .milliseconds(1))
                } catch {
                  strange.append("\(error)")
                }
              }
            }
          }
        }
      }
      while answers.value < 500 { await Task.yield() }
      try await victim.kill(signal)
      while refusals.value < 500 { await Task.yield() }
      // Fail-fast, with a time to come back.
      let error = await failure { while true { _ = try await database.query("SELECT 1") } }
      let isClear = if case .unavailable = error?.code { true } else { error?.code == .connectionLost }
      #expect(isClear, "\(String(describing: error))")
      #expect(!database.isReachable || database.statistics.contains { $0.connectionCount == 0 })

      try await victim.start()
      let before = answers.value
      while answers.value < before + 500 { await Task.yield() }
      stop.add()
      await load.value
      #expect(strange.elements == [])
      #expect(database.statistics.allSatisfy { $0.connectionCount <= 3 && $0.inUseCount == 0 && $0.waitingCount == 0 })
      // As many sessions on the server as we know of: none was leaked.
      let ours = database.statistics.reduce(0) { $0 + $1.connectionCount }
      let sessions = try await database.query(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'qareeb'"
      ).only()[0, as: Int.self]
      #expect(sessions <= max(ours, 6))
      await database.close()
      await group.shutdown()
    }
  }

  @Test func listeningGoesOnAfterARestartAndSaysSo() async throws {
    try await withVictim { victim in
      let group = try EventLoopGroup(count: 1)
      let target = try ConnectionTarget(try victim.connectionString)
      let listener = PostgresListener(
        target, channels: ["odd \"name\"", "plain"], on: group.loops[0],
        backOff: BackOff(baseMilliseconds: 10, maximumMilliseconds: 100))
      var events = listener.makeAsyncIterator()
      #expect(await events.next() == .listening)

      func notify(_ text: String) async throws {
        let connection = try await PostgresConnection.connect(target, on: group.loops[0])
        _ = try await connection.query("SELECT pg_notify('odd \"name\"', $1)", text)
        await connection.close()
      }
      try await notify("one")
      guard case .notification(let first) = await events.next() else {
        Issue.record("no notification")
        return
      }
      #expect(first.payload == "one" && first.channel == "odd \"name\"" && first.processID > 0)

      try await victim.kill()
      try await victim.start()
      #expect(await events.next() == .gap(.reconnected))
      try await notify("two")
      guard case .notification(let second) = await events.next() else {
        Issue.record("no notification after the restart")
        return
      }
      #expect(second.payload == "two")
      await listener.close()
      #expect(await events.next() == nil)
      await group.shutdown()
    }
  }

  @Test func wrongConfigurationIsSaidOnceAndClearly() async throws {
    let home = try await sharedDatabase.value
    let sink = MemoryLogSink()
    let logger = LogPipeline(format: .json, sink: sink).logger("test")
    let group = try EventLoopGroup(count: 1)
    let target = try ConnectionTarget(home.connectionString).withDatabase("no_such_database")
    var configuration = DatabaseConfiguration(target: target)
    configuration.reconnect = BackOff(baseMilliseconds: 1, maximumMilliseconds: 2)
    let database = try Database(group: group, configuration: configuration, logger: logger)
    for _ in 0..<5 {
      let error = await failure { try await database.waitUntilReady(timeoutMilliseconds: 60_000) }
      #expect(error?.code == .configuration && error?.sqlState == .unknownDatabase)
      #expect(error?.message == #"database "no_such_database" does not exist"#)
    }
    // Several attempts later it has been said once.
    let lines = sink.lines.filter { $0.contains("no_such_database") && $0.contains("refuses") }
    #expect(lines.count == 1, "\(sink.lines)")
    await database.close()
    await group.shutdown()
  }

  @Test func nobodyListeningIsUnavailable() async throws {
    let group = try EventLoopGroup(count: 1)
    var configuration = try DatabaseConfiguration(
      connectionString: "host=127.0.0.1 port=1 user=nobody password=hunter2 dbname=none")
    configuration.outageWaitMilliseconds = 1
    let database = try Database(group: group, configuration: configuration)
    let error = await failure { try await database.query("SELECT 1") }
    guard case .unavailable(let wait) = error?.code else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(wait > 0 && error?.message.contains("refused") == true)
    #expect(error.map { "\($0)".contains("hunter2") } == false)
    await database.close()
    await group.shutdown()
  }
}
