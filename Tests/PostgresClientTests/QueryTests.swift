import EventLoops
import Foundation
import PostgresClient
import TestSupport
import Testing

@Suite struct QueryTests {
  @Test func answersWithTypedRows() async throws {
    try await withConnection { connection in
      let rows = try await connection.query("SELECT $1::int8 AS id, $2::text AS name, NULL::int4 AS nothing", 42, "سلام")
      let row = try rows.only()
      #expect(try row["id", as: Int64.self] == 42)
      #expect(try row["name", as: String.self] == "سلام")
      #expect(try row["nothing", as: Int32?.self] == nil)
      let (id, name, nothing) = try row.decode(Int.self, String.self, Int?.self)
      #expect(id == 42 && name == "سلام" && nothing == nil)
    }
  }

  @Test func wrongTypesNameTheColumn() async throws {
    try await withConnection { connection in
      let row = try await connection.query("SELECT 1.5::numeric AS price, NULL::int8 AS gone").only()
      let wrong = #expect(throws: PostgresError.self) { try row["price", as: Int64.self] }
      #expect(wrong?.code == .decoding)
      #expect(wrong?.message == "column price is numeric and cannot be read as Int64")
      let null = #expect(throws: PostgresError.self) { try row["gone", as: Int64.self] }
      #expect(null?.message.contains("column gone (int8) is NULL") == true)
      let absent = #expect(throws: PostgresError.self) { try row["pricey", as: Int64.self] }
      #expect(absent?.message == "there is no column pricey; the row has price, gone")
      #expect(throws: PostgresError.self) { try row.decode(PostgresNumeric.self) }
      #expect(throws: PostgresError.self) { try row[2, as: Int.self] }
    }
  }

  @Test func errorsCarryTheStateAndNoValues() async throws {
    try await withConnection { connection in
      let syntax = await failure { try await connection.query("SELEKT 1") }
      #expect(syntax?.sqlState?.description == "42601")
      let secret = "hunter2"
      let data = await failure { try await connection.query("SELECT $1::text::int4", secret) }
      #expect(data?.sqlState?.category == .data)
      #expect(data?.message == "invalid input syntax for type integer")
      _ = try await connection.query(
        "CREATE TEMP TABLE holder (code text UNIQUE, CONSTRAINT code_is_short CHECK (length(code) < 9))")
      _ = try await connection.query("INSERT INTO holder VALUES ($1)", secret)
      let unique = await failure { try await connection.query("INSERT INTO holder VALUES ($1)", secret) }
      #expect(unique?.sqlState == .uniqueViolation && unique?.constraint == "holder_code_key" && unique?.detail == nil)
      let check = await failure { try await connection.query("INSERT INTO holder VALUES ($1)", "very long secret") }
      #expect(check?.violates("code_is_short") == true)
      for error in [data, unique, check] {
        #expect(error.map { "\($0)".contains(secret) || "\($0)".contains("very long") } == false)
      }
      // The connection goes on.
      #expect(try await connection.query("SELECT 1::int8").only()[0, as: Int.self] == 1)
    }
  }

  @Test func countsWhatItChanged() async throws {
    try await withConnection { connection in
      _ = try await connection.query("CREATE TEMP TABLE counted (n int8)")
      #expect(try await connection.execute("INSERT INTO counted SELECT generate_series(1, 17)") == 17)
      #expect(try await connection.execute("DELETE FROM counted WHERE n > $1", 10) == 7)
    }
  }

  @Test func concurrentQueriesOnOneConnectionAreAnsweredInTurn() async throws {
    try await withConnection { connection in
      try await withThrowingTaskGroup(of: (Int, Int).self) { tasks in
        for number in 0..<200 {
          tasks.addTask {
            (number, try await connection.query("SELECT $1::int8 * 2", number).only()[0, as: Int.self])
          }
        }
        for try await (number, double) in tasks { #expect(double == number * 2) }
      }
    }
  }

  @Test func anErrorAmongConcurrentQueriesHitsOnlyItself() async throws {
    try await withConnection { connection in
      let failures = try await withThrowingTaskGroup(of: Bool.self) { tasks in
        for number in 0..<60 {
          tasks.addTask {
            guard number % 3 == 0 else {
              return try await connection.query("SELECT $1::int8", number).only()[0, as: Int.self] != number
            }
            return await failure { try await connection.query("SELECT 1 / ($1::int8 - $1)", number) }?.sqlState?.description
              == "22012"
          }
        }
        return try await tasks.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(failures == 20)
    }
  }

  @Test func aPipelineIsOneTransaction() async throws {
    try await withConnection { connection in
      _ = try await connection.query("CREATE TEMP TABLE pipelined (n int8 PRIMARY KEY)")
      let results = try await connection.pipeline { pipeline in
        pipeline.add("INSERT INTO pipelined VALUES ($1)", 1)
        pipeline.add("INSERT INTO pipelined VALUES ($1)", 2)
        pipeline.add("SELECT count(*) FROM pipelined")
      }
      #expect(results.map(\.affectedCount) == [1, 1, 1])
      #expect(try results[2].only()[0, as: Int.self] == 2)

      let broken = await failure {
        try await connection.pipeline { pipeline in
          pipeline.add("INSERT INTO pipelined VALUES ($1)", 3)
          pipeline.add("INSERT INTO pipelined VALUES ($1)", 1)
          pipeline.add("INSERT INTO pipelined VALUES ($1)", 4)
        }
      }
      #expect(broken?.sqlState == .uniqueViolation && broken?.statementIndex == 1)
      #expect(try await connection.query("SELECT count(*) FROM pipelined").only()[0, as: Int.self] == 2)
    }
  }

  @Test func largeValuesGoBothWays() async throws {
    try await withConnection { connection in
      var random = SeededRandom()
      // A period that no buffer has: bytes out of place are noticed.
      let period = (0..<65_521).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let bytes = (0..<153).reduce(into: [UInt8]()) { whole, _ in whole += period }
      // How fast 10 MB go is no part of what is tested.
      let back = try await connection.query(PreparedQuery("SELECT $1::bytea, md5($1)"), bytes, timeoutMilliseconds: 120_000)
        .only()
      #expect(Data(try back[0, as: [UInt8].self]) == Data(bytes))
    }
  }

  @Test func thousandsOfStatementsKeepTheCacheBounded() async throws {
    var options = ConnectionOptions()
    options.preparedStatements = 50
    try await withConnection(options: options) { connection in
      for number in 0..<2_000 {
        let value = try await connection.query(PreparedQuery(adHoc: "SELECT \(number)::int8")).only()[0, as: Int.self]
        guard value == number else { return #expect(value == number) }
      }
      let held = try await connection.query("SELECT count(*) FROM pg_prepared_statements").only()[0, as: Int.self]
      #expect(held <= 51, "\(held) statements are prepared on the server")
    }
  }

  @Test func oneTextWithSeveralParameterTypes() async throws {
    let echo = PreparedQuery("SELECT $1")
    try await withConnection { connection in
      for _ in 0..<3 {
        let number = try await connection.query(echo, 7).only()[0, as: Int.self]
        let text = try await connection.query(echo, "seven").only()[0, as: String.self]
        let truth = try await connection.query(echo, true).only()[0, as: Bool.self]
        #expect(number == 7 && text == "seven" && truth)
      }
    }
  }

  @Test func aCopySentAsAQueryIsRefusedAndThePoolGoesOn() async throws {
    try await withDatabase { database in
      let error = await failure { try await database.query("COPY (SELECT 1) TO STDOUT") }
      #expect(error?.code == .misuse)
      let five = try await database.query("SELECT 5::int8").only()[0, as: Int.self]
      #expect(five == 5)
    }
  }

  @Test func noticesAreTold() async throws {
    let (notices, sink) = AsyncStream<PostgresNotice>.makeStream()
    var options = ConnectionOptions()
    options.onNotice = { sink.yield($0) }
    try await withConnection(options: options) { connection in
      _ = try await connection.query("DO $$ BEGIN RAISE NOTICE 'hello from the server'; END $$")
    }
    sink.finish()
    var messages: [String] = []
    for await notice in notices { messages.append(notice.message) }
    #expect(messages == ["hello from the server"])
  }

  @Test func scriptsRunAsOneTransactionAndSayWhere() async throws {
    try await withConnection { connection in
      try await connection.script("CREATE TEMP TABLE scripted (n int); INSERT INTO scripted VALUES (1)")
      let error = await failure {
        try await connection.script("INSERT INTO scripted VALUES (2);\nINSERT INTO scripted VALUES (x)")
      }
      #expect(error?.sqlState?.description == "42703")
      #expect(error?.position == 63)
      #expect(try await connection.query("SELECT count(*) FROM scripted").only()[0, as: Int.self] == 1)
    }
  }
}
