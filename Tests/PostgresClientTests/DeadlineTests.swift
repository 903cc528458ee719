import EventLoops
import PostgresClient
import TestSupport
import Testing

@Suite struct DeadlineTests {
  @Test func aLateStatementIsCancelledAndTheConnectionGoesOn() async throws {
    try await withConnection { connection in
      let process = connection.serverProcessID
      for _ in 0..<5 {
        let error = await failure { try await connection.query("SELECT pg_sleep(60)", timeoutMilliseconds: 20) }
        #expect(error?.code == .timeout)
        let own = try await connection.query("SELECT pg_backend_pid()").only()[0, as: Int32.self]
        #expect(own == process)
      }
    }
  }

  @Test func aCancelledTaskCancelsItsStatement() async throws {
    try await withDatabase { database in
      for _ in 0..<10 {
        let task = Task { try await database.query("SELECT pg_sleep(61)", timeoutMilliseconds: 600_000) }
        // Only once the server is at it.
        try await waitUntil(
          database, "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(61)' AND state = 'active'", is: 1)
        task.cancel()
        let error = await failure { try await task.value }
        #expect(error?.code == .cancelled)
        let sum = try await database.query("SELECT 1::int8").only()[0, as: Int.self]
        #expect(sum == 1)
      }
      let stats = try #require(database.statistics.first)
      #expect(stats.connectionCount <= 4)
    }
  }

  @Test func cancelledBeforeItWasSent() async throws {
    try await withDatabase { database in
      let task = Task {
        while !Task.isCancelled { await Task.yield() }
        _ = try await database.query("SELECT 1")
      }
      task.cancel()
      let error = await failure { try await task.value }
      #expect(error?.code == .cancelled)
    }
  }

  @Test func theServersOwnTimeoutIsToldAsOne() async throws {
    var options = ConnectionOptions()
    options.serverStatementTimeoutMilliseconds = 30
    try await withConnection(options: options) { connection in
      let error = await failure { try await connection.query("SELECT pg_sleep(60)") }
      #expect(error?.code == .timeout && error?.sqlState == .queryCanceled)
    }
  }

  static let slowRead = PreparedQuery(
    reading: "SELECT count(*) FROM generate_series(1, $1::int8) AS a, generate_series(1, $1) AS b")
  static let quickRead = PreparedQuery(reading: "SELECT $1::int8")

  @Test func aSlowSharedReadTakesNobodyWithIt() async throws {
    try await withDatabase(configure: { $0.maximumConnectionsPerLoop = 1 }) { database in
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for number in 0..<60 {
          tasks.addTask {
            if number % 20 == 3 {
              let error = await failure { try await database.query(Self.slowRead, 100_000, timeoutMilliseconds: 50) }
              #expect(error?.code == .timeout)
            } else {
              let value = try await database.query(Self.quickRead, number).only()[0, as: Int.self]
              #expect(value == number)
            }
          }
        }
        try await tasks.waitForAll()
      }
    }
  }

  @Test func aScriptCanBeTimedOut() async throws {
    try await withConnection { connection in
      let error = await failure { try await connection.script("SELECT pg_sleep(60)", timeoutMilliseconds: 20) }
      #expect(error?.code == .timeout)
      let one = try await connection.query("SELECT 1::int8").only()[0, as: Int.self]
      #expect(one == 1)
    }
  }
}

/// Asks until the count is what is waited for; the test's own time limit ends it otherwise.
func waitUntil(_ database: Database, _ sql: String, is wanted: Int) async throws {
  while try await database.query(PreparedQuery(adHoc: sql)).only()[0, as: Int.self] != wanted {}
}
