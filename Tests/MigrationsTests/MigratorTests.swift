import EventLoops
import FoundationEssentials
import Migrations
import PostgresClient
import Synchronization
import TestSupport
import Testing

/// A folder of migrations and an empty database, gone afterwards.
private final class Bench: Sendable {
  let folder: String
  let group: EventLoopGroup
  let database: Database
  let home: TestDatabase

  init() async throws {
    folder = FileManager.default.temporaryDirectory.path + "/qareeb-migrations-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    home = try await TestDatabase.make()
    group = try EventLoopGroup(count: 1)
    var configuration = try DatabaseConfiguration(connectionString: home.connectionString)
    configuration.maximumConnectionsPerLoop = 3
    database = try Database(group: group, configuration: configuration)
  }

  var migrator: Migrator { Migrator(database: database, directory: folder) }

  func write(_ name: String, _ sql: String) throws {
    try Data(sql.utf8).write(to: URL(filePath: folder + "/" + name))
  }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: folder + "/" + name)
  }

  func number(_ sql: String) async throws -> Int {
    try await database.query(PreparedQuery(adHoc: sql)).only()[0, as: Int.self]
  }

  func close() async throws {
    await database.close()
    await group.shutdown()
    try FileManager.default.removeItem(atPath: folder)
    try await home.drop()
  }
}

private func withBench(_ body: (Bench) async throws -> Void) async throws {
  let bench = try await Bench()
  do {
    try await body(bench)
  } catch {
    try await bench.close()
    throw error
  }
  try await bench.close()
}

private func failure(_ body: () async throws -> some Any) async -> MigrationError? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error as? MigrationError
  }
}

@Suite struct MigratorTests {
  @Test func appliesInOrderOnceAndTells() async throws {
    try await withBench { bench in
      try bench.write("0002-fill.sql", "INSERT INTO numbers VALUES (1); INSERT INTO numbers VALUES (2);")
      try bench.write("0001-table.sql", "CREATE TABLE numbers (n int PRIMARY KEY)")
      try bench.write("notes.txt", "not a migration")
      let before = try await bench.migrator.status()
      #expect(before.entries.map(\.state) == [.pending, .pending])
      let events = Mutex<[MigrationEvent]>([])
      let applied = try await bench.migrator.migrate { event in events.withLock { $0.append(event) } }
      #expect(applied.map(\.version) == [1, 2])
      let told = events.withLock { $0 }
      #expect(told.count == 4 && told.first == .applying(version: 1, name: "table"))
      let again = try await bench.migrator.migrate()
      #expect(again.isEmpty)
      let after = try await bench.migrator.status()
      #expect(after.entries.map(\.state) == [.applied, .applied])
      #expect(after.entries.allSatisfy { $0.applied?.appliedAt != nil && $0.applied?.checksum.utf8.count == 64 })
      #expect(try await bench.number("SELECT count(*) FROM numbers") == 2)
    }
  }

  @Test func aFailureNamesFileLineAndStateAndLeavesNothing() async throws {
    try await withBench { bench in
      try bench.write("0001-good.sql", "CREATE TABLE kept (n int)")
      try bench.write("0002-bad.sql", "CREATE TABLE lost (n int);\n\nINSERT INTO lost\nVALUES (1, 2);\n")
      let error = await failure { try await bench.migrator.migrate() }
      #expect(error?.code == .failed && error?.file == "0002-bad.sql" && error?.line == 4)
      #expect(error?.sqlState?.description == "42601")
      #expect(error?.description.hasPrefix("0002-bad.sql:4: ") == true)
      #expect(try await bench.number("SELECT count(*) FROM pg_tables WHERE tablename IN ('kept', 'lost')") == 1)
      let states = try await bench.migrator.status().entries.map(\.state)
      #expect(states == [.applied, .pending])
      try bench.write("0002-bad.sql", "CREATE TABLE lost (n int)")
      #expect(try await bench.migrator.migrate().map(\.version) == [2])
    }
  }

  @Test func aRuntimeErrorNamesItsStatement() async throws {
    try await withBench { bench in
      try bench.write("0001-a.sql", "CREATE TABLE t (n int PRIMARY KEY);\nINSERT INTO t VALUES (1);\n\nINSERT INTO t VALUES (1);")
      let error = await failure { try await bench.migrator.migrate() }
      #expect(error?.line == 4 && error?.sqlState == .uniqueViolation)
    }
  }

  @Test func refusesWhatDoesNotFit() async throws {
    try await withBench { bench in
      try bench.write("0001-a.sql", "CREATE TABLE a (n int)")
      try bench.write("0003-c.sql", "CREATE TABLE c (n int)")
      try await bench.migrator.migrate()
      try bench.write("0002-b.sql", "CREATE TABLE b (n int)")
      #expect(await failure { try await bench.migrator.migrate() }?.code == .outOfOrder)
      try bench.remove("0002-b.sql")
      try bench.write("0001-a.sql", "CREATE TABLE a (n int) -- changed")
      #expect(await failure { try await bench.migrator.migrate() }?.code == .changed)
      try bench.remove("0001-a.sql")
      #expect(await failure { try await bench.migrator.migrate() }?.code == .missing)
      #expect(try await bench.number("SELECT count(*) FROM pg_tables WHERE tablename = 'b'") == 0)
    }
  }

  @Test func aFileWithoutTransactionCanBeFinishedAfterAFailure() async throws {
    try await withBench { bench in
      try bench.write("0001-a.sql", "CREATE TABLE t (n int); INSERT INTO t VALUES (1), (1)")
      let concurrently = """
        -- qareeb: no-transaction
        DROP INDEX CONCURRENTLY IF EXISTS t_n;
        CREATE UNIQUE INDEX CONCURRENTLY t_n ON t (n);
        """
      try bench.write("0002-b.sql", concurrently)
      let error = await failure { try await bench.migrator.migrate() }
      #expect(error?.line == 3 && error?.sqlState == .uniqueViolation)
      let unfinished = try await bench.migrator.status().entries.map(\.state)
      #expect(unfinished == [.applied, .unfinished])
      #expect(try await bench.database.execute("DELETE FROM t WHERE ctid = '(0,1)'") == 1)
      #expect(try await bench.migrator.migrate().map(\.version) == [2])
      #expect(try await bench.number("SELECT count(*) FROM pg_index WHERE indexrelid = 't_n'::regclass AND indisvalid") == 1)
    }
  }

  @Test func anInvalidIndexIsNotTakenForAGoodOne() async throws {
    try await withBench { bench in
      try bench.write("0001-a.sql", "CREATE TABLE t (n int); INSERT INTO t VALUES (1), (1)")
      try bench.write("0002-b.sql", "-- qareeb: no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_n ON t (n);")
      _ = await failure { try await bench.migrator.migrate() }
      #expect(try await bench.database.execute("DELETE FROM t WHERE ctid = '(0,1)'") == 1)
      let error = await failure { try await bench.migrator.migrate() }
      #expect(error?.message.contains("t_n is invalid") == true)
    }
  }

  @Test func migratorsTakeTurns() async throws {
    try await withBench { bench in
      for step in 2...9 { try bench.write("000\(step)-s.sql", "INSERT INTO t VALUES (\(step))") }
      try bench.write("0001-a.sql", "CREATE TABLE t (n int)")
      let counts = try await withThrowingTaskGroup(of: Int.self) { tasks in
        for _ in 0..<6 { tasks.addTask { try await bench.migrator.migrate().count } }
        return try await tasks.reduce(into: []) { $0.append($1) }
      }
      #expect(counts.sorted() == [0, 0, 0, 0, 0, 9])
      #expect(try await bench.number("SELECT count(*) FROM t") == 8)
    }
  }

  @Test func whoWaitsSaysForWhom() async throws {
    try await withBench { bench in
      try bench.write("0001-a.sql", "SELECT 1")
      let key = 0x7161_7265_6562
      let (waiting, sink) = AsyncStream<String>.makeStream()
      let holder = try await bench.database.withDedicatedConnection { connection in
        _ = try await connection.query("SELECT pg_advisory_lock($1)", key)
        async let applied = bench.migrator.migrate { event in
          if case .waiting(let holder) = event { sink.yield(holder) }
        }
        var said = ""
        for await holder in waiting {
          said = holder
          break
        }
        _ = try await connection.query("SELECT pg_advisory_unlock($1)", key)
        #expect(try await applied.count == 1)
        return said
      }
      #expect(holder.contains("(qareeb)"))
    }
  }

  @Test func aMigratorKilledInTheMiddleLeavesAllOrNothing() async throws {
    try await withBench { bench in
      try bench.write("0001-a.sql", "CREATE TABLE t (n int);\nSELECT pg_sleep(30);\nINSERT INTO t VALUES (1);")
      async let result = failure { try await bench.migrator.migrate() }
      // The server process of the migrator, once it sleeps.
      var killed = 0
      while killed == 0 {
        killed = try await bench.number(
          "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(30)%' AND state = 'active') AS k"
        )
      }
      let error = await result
      #expect(error?.file == "0001-a.sql" && error?.sqlState == .adminShutdown)
      #expect(try await bench.number("SELECT count(*) FROM pg_tables WHERE tablename = 't'") == 0)
      try bench.write("0001-a.sql", "CREATE TABLE t (n int)")
      #expect(try await bench.migrator.migrate().count == 1)
    }
  }

  @Test func theProductsOwnMigrationsApply() async throws {
    try await withBench { bench in
      let own = Migrator(database: bench.database, directory: TestCluster.checkout + "/data/migrations")
      let applied = try await own.migrate()
      #expect(applied.first?.fileName == "0001-foundations.sql")
      #expect(try await own.migrate().isEmpty)

      let ids = try await bench.database.query("SELECT qareeb.uuid_v7() FROM generate_series(1, 2000)")
      let values = try ids.map { try $0[0, as: PostgresUUID.self] }
      #expect(Set(values).count == 2000)
      #expect(values.allSatisfy { $0.high >> 12 & 0xf == 7 && $0.low >> 62 == 0b10 })
      // Monotone to a quarter of a microsecond: ids of one clock reading may be in any order, but the clock part never falls.
      let clocks = values.map { $0.high }
      #expect(zip(clocks, clocks.dropFirst()).allSatisfy { $0 <= $1 })
      let now = try await bench.number("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
      let last = try #require(clocks.last)
      #expect(abs(Int(last >> 16) - now) < 60_000)
    }
  }

  @Test func theTriggerTouchesOnlyWhatChanged() async throws {
    try await withBench { bench in
      try await Migrator(database: bench.database, directory: TestCluster.checkout + "/data/migrations").migrate()
      try await bench.database.withConnection { connection in
        try await connection.script(
          """
          CREATE TABLE thing (n int, updated_at timestamptz NOT NULL DEFAULT '2000-01-01');
          CREATE TRIGGER touch BEFORE UPDATE ON thing FOR EACH ROW EXECUTE FUNCTION qareeb.touch_updated_at();
          INSERT INTO thing VALUES (1), (2);
          UPDATE thing SET n = CASE n WHEN 1 THEN 10 ELSE n END;
          """)
      }
      #expect(try await bench.number("SELECT count(*) FROM thing WHERE updated_at > '2001-01-01'") == 1)
    }
  }
}
