import EventLoops
import PostgresClient
import TestSupport
import Testing

@Suite struct CopyTests {
  private static let rowCount = 100_000

  @Test func aHundredThousandRowsInAndOutInBinary() async throws {
    try await withConnection { connection in
      _ = try await connection.query("CREATE TEMP TABLE copied (id int8, name text, at timestamptz, nothing int4)")
      let taken = try await connection.copyIn("COPY copied FROM STDIN (FORMAT binary)") { writer in
        var encoder = BinaryCopyEncoder()
        for number in 0..<Self.rowCount {
          encoder.add(number, "row \(number)", PostgresTimestamp(microsecondsSince1970: Int64(number)), Int32?.none)
          if encoder.byteCount > 60_000 { try await writer.write(encoder.take()) }
        }
        try await writer.write(encoder.finish())
      }
      #expect(taken == Self.rowCount)
      let sums = try await connection.query("SELECT count(*), sum(id)::int8, count(nothing), count(DISTINCT name) FROM copied")
        .only()
      let (count, sum, nothing, names) = try sums.decode(Int.self, Int.self, Int.self, Int.self)
      #expect(count == Self.rowCount && sum == Self.rowCount * (Self.rowCount - 1) / 2 && nothing == 0 && names == Self.rowCount)

      let seen = try await connection.copyOut("COPY (SELECT id, name, nothing FROM copied ORDER BY id) TO STDOUT (FORMAT binary)")
      { chunks in
        var decoder = BinaryCopyDecoder()
        var next = 0
        for try await chunk in chunks {
          for row in try decoder.rows(in: chunk) {
            let id = row[0]?.reduce(0) { $0 << 8 | Int($1) }
            guard id == next, row[1].map({ String(decoding: $0, as: UTF8.self) }) == "row \(next)", row[2] == nil else {
              return -1
            }
            next += 1
          }
          // A slow consumer: everyone else on the loop first.
          for _ in 0..<20 { await Task.yield() }
        }
        return decoder.hasEnded ? next : -2
      }
      #expect(seen == Self.rowCount)
    }
  }

  @Test func aConsumerThatStopsReadingStopsTheServer() async throws {
    try await withDatabase { database in
      try await database.copyOut("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 1000000)) TO STDOUT") { chunks in
        var iterator = chunks.makeAsyncIterator()
        let first = try await iterator.next()
        #expect((first?.count ?? 0) > 1_000)
        // A gigabyte is not read ahead: the server waits for the client to read.
        try await waitUntil(
          database,
          "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY (SELECT repeat%' AND wait_event = 'ClientWrite'", is: 1)
      }
      // Leaving early cancelled it.
      try await waitUntil(
        database, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY (SELECT repeat%' AND state = 'active'", is: 0)
    }
  }

  @Test func aBodyThatThrowsCallsItOff() async throws {
    struct Objection: Error {}
    try await withConnection { connection in
      _ = try await connection.query("CREATE TEMP TABLE copied (line text)")
      await #expect(throws: Objection.self) {
        try await connection.copyIn("COPY copied FROM STDIN") { writer in
          try await writer.write("one\ntwo\n")
          throw Objection()
        }
      }
      let count = try await connection.query("SELECT count(*) FROM copied").only()[0, as: Int.self]
      #expect(count == 0)
    }
  }

  @Test func badDataAreToldWithoutTheData() async throws {
    try await withConnection { connection in
      _ = try await connection.query("CREATE TEMP TABLE copied (n int4)")
      let error = await failure {
        try await connection.copyIn("COPY copied FROM STDIN") { try await $0.write("1\nsecret\n") }
      }
      #expect(error?.sqlState?.category == .data)
      #expect(error.map { "\($0)".contains("secret") } == false && error?.detail == nil)
      #expect(try await connection.copyIn("COPY copied FROM STDIN") { try await $0.write("1\n2\n") } == 2)
    }
  }

  @Test func whatIsNoCopyIsRefused() async throws {
    try await withConnection { connection in
      let query = await failure { try await connection.copyIn("SELECT 1") { _ in } }
      #expect(query?.code == .misuse)
      let unknown = await failure { try await connection.copyIn("COPY nowhere FROM STDIN") { _ in } }
      #expect(unknown?.sqlState == .undefinedTable)
      let one = try await connection.query("SELECT 1::int8").only()[0, as: Int.self]
      #expect(one == 1)
    }
  }

  @Test func copyInsideATransactionIsPartOfIt() async throws {
    struct Objection: Error {}
    try await withConnection { connection in
      _ = try await connection.query("CREATE TEMP TABLE copied (n int8)")
      await #expect(throws: Objection.self) {
        try await connection.transaction { transaction in
          try await transaction.copyIn("COPY copied FROM STDIN") { try await $0.write("1\n") }
          throw Objection()
        }
      }
      try await connection.transaction { transaction in
        try await transaction.copyIn("COPY copied FROM STDIN") { try await $0.write("2\n") }
        let inside = try await transaction.copyOut("COPY copied TO STDOUT") { chunks in
          var text = ""
          for try await chunk in chunks { text += String(decoding: chunk, as: UTF8.self) }
          return text
        }
        #expect(inside == "2\n")
      }
      let count = try await connection.query("SELECT count(*) FROM copied").only()[0, as: Int.self]
      #expect(count == 1)
    }
  }

  @Test func textRowsSurviveTheirEscapes() async throws {
    try await withConnection { connection in
      _ = try await connection.query("CREATE TEMP TABLE copied (a text, b text)")
      let rows: [[String?]] = [["tab\there", "line\nbreak"], ["back\\slash", nil], ["\\N", ""], ["قريب", "\r"]]
      try await connection.copyIn("COPY copied FROM STDIN") { writer in
        for row in rows { try await writer.write(TextCopy.line(row)) }
      }
      let back = try await connection.copyOut("COPY copied TO STDOUT") { chunks in
        var text = ""
        for try await chunk in chunks { text += String(decoding: chunk, as: UTF8.self) }
        return text
      }
      #expect(back.split(separator: "\n").map { TextCopy.fields(of: $0) } == rows)
    }
  }
}
