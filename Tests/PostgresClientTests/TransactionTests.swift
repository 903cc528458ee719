import EventLoops
import PostgresClient
import TestSupport
import Testing

@Suite struct TransactionTests {
  private static let quick = TransactionRetry(maximumAttempts: 20, backOff: BackOff(baseMilliseconds: 1, maximumMilliseconds: 20))

  private func withTable(_ body: @escaping @Sendable (Database) async throws -> Void) async throws {
    let home = try await TestDatabase.make()
    let run: @Sendable (Database) async throws -> Void = { database in
      try await database.withConnection {
        try await $0.script(
          "CREATE TABLE account (id int8 PRIMARY KEY, balance int8 NOT NULL); INSERT INTO account VALUES (1, 100), (2, 100)")
      }
      try await body(database)
    }
    do {
      try await withDatabase(loops: 2, on: home, run)
    } catch {
      try await home.drop()
      throw error
    }
    try await home.drop()
  }

  private static let sum = PreparedQuery("SELECT sum(balance)::int8 FROM account")
  private static let read = PreparedQuery("SELECT balance FROM account WHERE id = $1")
  private static let write = PreparedQuery("UPDATE account SET balance = $2 WHERE id = $1")

  private func balance(_ database: some PostgresQuerying, _ id: Int) async throws -> Int {
    try await database.query(Self.read, id).only()[0, as: Int.self]
  }

  @Test func commitsWhatReturnsAndRollsBackWhatThrows() async throws {
    struct Objection: Error {}
    try await withTable { database in
      let result = try await database.transaction { transaction in
        try await transaction.execute(Self.write, 1, 50)
        return "done"
      }
      #expect(result == "done")
      await #expect(throws: Objection.self) {
        try await database.transaction { transaction in
          try await transaction.execute(Self.write, 1, 0)
          throw Objection()
        }
      }
      #expect(try await balance(database, 1) == 50)
      let nothing = try await database.transaction { _ in 7 }
      #expect(nothing == 7)
    }
  }

  @Test func serializationConflictsAreRunAgain() async throws {
    try await withTable { database in
      let attempts = Tally()
      // Each reads both and writes one: under SERIALIZABLE they cannot all pass at once.
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for number in 0..<8 {
          tasks.addTask {
            try await database.transaction(isolation: .serializable, retry: Self.quick) { transaction in
              attempts.add()
              let total = try await transaction.query(Self.sum).only()[0, as: Int.self]
              let id = number % 2 + 1
              let own = try await balance(transaction, id)
              try await transaction.execute(Self.write, id, own + 1)
              #expect(total >= 200)
            }
          }
        }
        try await tasks.waitForAll()
      }
      let total = try await database.query(Self.sum).only()[0, as: Int.self]
      #expect(total == 208)
      #expect(attempts.value >= 8)
    }
  }

  @Test func aCertainSerializationConflictIsRunAgainExactlyOnce() async throws {
    try await withTable { database in
      let attempts = Tally()
      try await database.transaction(isolation: .repeatableRead, retry: Self.quick) { transaction in
        let attempt = attempts.add()
        let seen = try await balance(transaction, 1)
        if attempt == 1 { try await database.execute(Self.write, 1, 500) }
        try await transaction.execute(Self.write, 1, seen + 1)
      }
      #expect(attempts.value == 2)
      #expect(try await balance(database, 1) == 501)
    }
  }

  @Test func withoutRetryAConflictIsTold() async throws {
    try await withTable { database in
      let error = await failure {
        try await database.transaction(isolation: .repeatableRead, retry: .never) { transaction in
          let seen = try await balance(transaction, 1)
          try await database.execute(Self.write, 1, 500)
          try await transaction.execute(Self.write, 1, seen + 1)
        }
      }
      #expect(error?.sqlState == .serializationFailure && error?.isConflict == true)
    }
  }

  @Test func deadlocksAreRunAgain() async throws {
    try await withTable { database in
      let bothHaveOne = Tally()
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for (first, second) in [(1, 2), (2, 1)] {
          tasks.addTask {
            try await database.transaction(retry: Self.quick) { transaction in
              _ = try await transaction.query("SET LOCAL deadlock_timeout = '10ms'")
              try await transaction.execute("UPDATE account SET balance = balance + 1 WHERE id = $1", first)
              bothHaveOne.add()
              while bothHaveOne.value < 2 { await Task.yield() }
              try await transaction.execute("UPDATE account SET balance = balance + 1 WHERE id = $1", second)
            }
          }
        }
        try await tasks.waitForAll()
      }
      #expect(bothHaveOne.value == 3)
      let total = try await database.query(Self.sum).only()[0, as: Int.self]
      #expect(total == 204)
    }
  }

  @Test func anIgnoredFailureDoesNotCommitSilently() async throws {
    try await withTable { database in
      let error = await failure {
        try await database.transaction { transaction in
          try await transaction.execute(Self.write, 1, 1)
          _ = await failure { try await transaction.query("SELECT 1 / 0") }
        }
      }
      #expect(error?.code == .transactionAborted && error?.sqlState?.description == "22012")
      let kept = try await balance(database, 1)
      #expect(kept == 100)
    }
  }

  @Test func savepointsUndoOnlyTheirPart() async throws {
    struct Objection: Error {}
    try await withTable { database in
      try await database.transaction { transaction in
        try await transaction.execute(Self.write, 1, 1)
        await #expect(throws: Objection.self) {
          try await transaction.savepoint { inner in
            try await inner.execute(Self.write, 1, 2)
            try await inner.savepoint { try await $0.execute(Self.write, 2, 2) }
            throw Objection()
          }
        }
        let error = await failure { try await transaction.savepoint { try await $0.query("SELECT 1 / 0") } }
        #expect(error?.sqlState?.category == .data)
        try await transaction.savepoint { try await $0.execute(Self.write, 2, 3) }
      }
      #expect(try await balance(database, 1) == 1)
      #expect(try await balance(database, 2) == 3)
    }
  }

  @Test func theFirstStatementCanBeStopped() async throws {
    try await withTable { database in
      let error = await failure {
        try await database.transaction { try await $0.query("SELECT pg_sleep(60)", timeoutMilliseconds: 30) }
      }
      #expect(error?.code == .timeout)
    }
  }

  @Test func readOnlyMeansIt() async throws {
    try await withTable { database in
      let error = await failure { try await database.transaction(readOnly: true) { try await $0.execute(Self.write, 1, 1) } }
      #expect(error?.sqlState?.description == "25006")
    }
  }

  @Test func anEndedTransactionRefuses() async throws {
    try await withTable { database in
      let kept = try await database.transaction { $0 }
      let error = await failure { try await kept.query("SELECT 1") }
      #expect(error?.code == .misuse)
    }
  }

  @Test func deferredConstraintsSpeakAtCommit() async throws {
    try await withTable { database in
      try await database.withConnection {
        try await $0.script("CREATE TABLE child (id int8 REFERENCES account DEFERRABLE INITIALLY DEFERRED)")
      }
      let error = await failure { try await database.transaction { try await $0.execute("INSERT INTO child VALUES (99)") } }
      #expect(error?.sqlState == .foreignKeyViolation && error?.code == .server)
      let count = try await database.query("SELECT count(*) FROM child").only()[0, as: Int.self]
      #expect(count == 0)
    }
  }

  @Test func aConnectionLostDuringCommitIsUnknown() async throws {
    try await withTable { database in
      // A deferred trigger that ends its own session: the server is in COMMIT when the connection goes.
      try await database.withConnection {
        try await $0.script(
          """
          CREATE FUNCTION vanish() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$;
          CREATE CONSTRAINT TRIGGER vanish AFTER UPDATE ON account DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION vanish();
          """)
      }
      let attempts = Tally()
      let error = await failure {
        try await database.transaction {
          attempts.add()
          try await $0.execute(Self.write, 1, 1)
        }
      }
      #expect(error?.code == .commitUnknown && error?.sqlState == .adminShutdown)
      #expect(attempts.value == 1)
      #expect(try await balance(database, 1) == 100)
    }
  }

  @Test func aCancelledBodyRollsBackAndGivesTheConnectionBack() async throws {
    try await withTable { database in
      let (started, sink) = AsyncStream<Void>.makeStream()
      let task = Task {
        try await database.transaction { transaction in
          try await transaction.execute(Self.write, 1, 1)
          sink.yield()
          _ = try await transaction.query("SELECT pg_sleep(60)")
        }
      }
      for await _ in started { break }
      task.cancel()
      #expect(await failure { try await task.value }?.code == .cancelled)
      let kept = try await balance(database, 1)
      #expect(kept == 100)
      while !database.statistics.allSatisfy({ $0.inUseCount == 0 }) { await Task.yield() }
    }
  }
}
