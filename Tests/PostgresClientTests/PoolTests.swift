import EventLoops
import PostgresClient
import Telemetry
import TestSupport
import Testing

@Suite struct PoolTests {
  @Test func waitersAreServedInOrder() async throws {
    try await withDatabase(configure: { $0.maximumConnectionsPerLoop = 1 }) { database in
      let order = Record<Int>()
      let stats = try #require(database.statistics.first)
      let tasks = try await database.withConnection { _ in
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<20 {
          tasks.append(Task { try await database.withConnection { _ in order.append(number) } })
          // One after another into the queue.
          while stats.waitingCount <= number { await Task.yield() }
        }
        return tasks
      }
      for task in tasks { try await task.value }
      #expect(order.elements == Array(0..<20))
      #expect(stats.waitingCount == 0 && stats.inUseCount == 0)
    }
  }

  @Test func aFullQueueRefusesAtOnce() async throws {
    try await withDatabase(configure: {
      $0.maximumConnectionsPerLoop = 1
      $0.maximumWaitingPerLoop = 2
    }) { database in
      let stats = try #require(database.statistics.first)
      let tasks = try await database.withConnection { _ in
        let tasks = (0..<2).map { _ in Task { try await database.execute("SELECT 1") } }
        while stats.waitingCount < 2 { await Task.yield() }
        let error = await failure { try await database.query("SELECT 1") }
        #expect(error?.code == .overloaded)
        return tasks
      }
      for task in tasks { #expect(try await task.value == 1) }
    }
  }

  @Test func aWaitThatIsTooLongEnds() async throws {
    try await withDatabase(configure: {
      $0.maximumConnectionsPerLoop = 1
      $0.acquireTimeoutMilliseconds = 30
    }) { database in
      try await database.waitUntilReady(timeoutMilliseconds: 60_000)
      try await database.withConnection { _ in
        let error = await failure { try await database.query("SELECT 1") }
        #expect(error?.code == .overloaded && error?.message.contains("30 ms") == true)
      }
      let one = try await database.query("SELECT 1::int8").only()[0, as: Int.self]
      #expect(one == 1)
    }
  }

  @Test func aCancelledWaiterLeavesTheQueue() async throws {
    try await withDatabase(configure: { $0.maximumConnectionsPerLoop = 1 }) { database in
      let stats = try #require(database.statistics.first)
      try await database.withConnection { _ in
        let task = Task { try await database.query("SELECT 1") }
        while stats.waitingCount < 1 { await Task.yield() }
        task.cancel()
        #expect(await failure { try await task.value }?.code == .cancelled)
        #expect(stats.waitingCount == 0)
      }
    }
  }

  @Test func sharedReadsDoNotKeepAnExclusiveWaiterWaiting() async throws {
    try await withDatabase(configure: { $0.maximumConnectionsPerLoop = 1 }) { database in
      let done = Tally()
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for _ in 0..<8 {
          tasks.addTask {
            while done.value == 0 { _ = try await database.query(DeadlineTests.quickRead, 1) }
          }
        }
        tasks.addTask {
          for _ in 0..<50 { try await database.withConnection { _ = try await $0.query("SELECT 1") } }
          done.add()
        }
        try await tasks.waitForAll()
      }
    }
  }

  @Test func manyTasksFromManyLoopsAndFromOutside() async throws {
    try await withDatabase(loops: 3) { database in
      let total = try await withThrowingTaskGroup(of: Int.self) { tasks in
        for number in 0..<300 {
          tasks.addTask {
            let shared = try await database.query(DeadlineTests.quickRead, number).only()[0, as: Int.self]
            let alone = try await database.query("SELECT $1::int8 + 1", number).only()[0, as: Int.self]
            return alone - shared
          }
        }
        return try await tasks.reduce(0, +)
      }
      #expect(total == 300)
      #expect(database.statistics.allSatisfy { $0.inUseCount == 0 && $0.connectionCount <= 4 && $0.connectionCount > 0 })
    }
  }

  @Test func sharedReadsOfOneTurnShareOneConnection() async throws {
    try await withDatabase { database in
      let loop = try await database.withConnection { $0.loop }
      let processes = try await loop.run {
        try await withThrowingTaskGroup(of: Int32.self) { tasks in
          for _ in 0..<10 {
            tasks.addTask { try await database.query(Self.process).only()[0, as: Int32.self] }
          }
          return try await tasks.reduce(into: Set<Int32>()) { $0.insert($1) }
        }
      }
      #expect(processes.count == 1)
    }
  }

  static let process = PreparedQuery(reading: "SELECT pg_backend_pid()")

  @Test func aFailingSharedReadSpoilsNoOther() async throws {
    let divide = PreparedQuery(reading: "SELECT 100 / $1::int8")
    try await withDatabase(configure: { $0.maximumConnectionsPerLoop = 2 }) { database in
      let failures = try await withThrowingTaskGroup(of: Bool.self) { tasks in
        for number in 0..<200 {
          tasks.addTask {
            if number % 50 == 0 {
              let error = await failure { try await database.query(divide, 0) }
              return error?.sqlState?.description == "22012"
            }
            let value = try await database.query(divide, number).only()[0, as: Int.self]
            #expect(value == 100 / number)
            return false
          }
        }
        return try await tasks.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(failures == 4)
    }
  }

  @Test func idleAndOldConnectionsAreReplaced() async throws {
    try await withDatabase(configure: {
      $0.minimumConnectionsPerLoop = 0
      $0.idleTimeoutMilliseconds = 1
    }) { database in
      _ = try await database.query("SELECT 1")
      let stats = try #require(database.statistics.first)
      while stats.connectionCount > 0 { await Task.yield() }
    }
    try await withDatabase(configure: { $0.maximumLifetimeMilliseconds = 1 }) { database in
      var processes: Set<Int32> = []
      while processes.count < 3 {
        processes.insert(try await database.query("SELECT pg_backend_pid()").only()[0, as: Int32.self])
      }
    }
  }

  @Test func aTransactionLeftOpenIsRolledBackBeforeTheNext() async throws {
    try await withDatabase(configure: { $0.maximumConnectionsPerLoop = 1 }) { database in
      try await database.withConnection { connection in
        _ = try await connection.query("BEGIN")
        _ = try await connection.query("CREATE TABLE left_open (n int)")
      }
      let count = try await database.query("SELECT count(*) FROM pg_tables WHERE tablename = 'left_open'").only()[0, as: Int.self]
      #expect(count == 0)
    }
  }

  @Test func metricsTell() async throws {
    let registry = MetricsRegistry()
    let home = try await sharedDatabase.value
    let group = try EventLoopGroup(count: 1)
    let database = try Database(
      group: group, configuration: DatabaseConfiguration(connectionString: home.connectionString), metrics: registry)
    _ = try await database.query("SELECT 1")
    _ = await failure { try await database.query("SELECT 1/0") }
    let page = registry.rendered
    #expect(page.contains("qareeb_postgres_query_seconds_count 1\n"), "\(page)")
    #expect(page.contains(#"qareeb_postgres_errors_total{class="data"} 1"#))
    #expect(page.contains(#"qareeb_postgres_pool_connections{loop="0"} 1"#))
    await database.close()
    await group.shutdown()
  }

  @Test func afterClosingItRefuses() async throws {
    let home = try await sharedDatabase.value
    let group = try EventLoopGroup(count: 2)
    let database = try Database(group: group, configuration: DatabaseConfiguration(connectionString: home.connectionString))
    _ = try await database.query("SELECT 1")
    await database.close()
    #expect(await failure { try await database.query("SELECT 1") }?.code == .closed)
    #expect(database.statistics.allSatisfy { $0.connectionCount == 0 })
    await group.shutdown()
  }
}
