import EventLoops
import PostgresClient
import TestSupport
import Testing

/// Random values go to the server and come back; the server's own text of them is the oracle where it has one.
@Suite struct ValueTests {
  private func roundTrip<Value: PostgresEncodable & PostgresDecodable & Equatable>(
    _ connection: PostgresConnection, _ type: String, _ values: [Value], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let query = PreparedQuery(adHoc: "SELECT $1::\(type), $1::\(type) IS NULL")
    for value in values {
      let row = try await connection.query(query, value).only()
      #expect(try row[0, as: Value.self] == value, sourceLocation: sourceLocation)
      #expect(try !row[1, as: Bool.self], sourceLocation: sourceLocation)
    }
    let null = try await connection.query(query, Value?.none).only()
    #expect(try null[0, as: Value?.self] == nil, sourceLocation: sourceLocation)
    #expect(try null[1, as: Bool.self], sourceLocation: sourceLocation)
  }

  @Test func numbersAndTruth() async throws {
    try await withConnection { connection in
      var random = SeededRandom()
      try await roundTrip(connection, "bool", [true, false])
      try await roundTrip(
        connection, "int2", [.min, -1, 0, .max] + (0..<20).map { _ in Int16.random(in: .min ... .max, using: &random) })
      try await roundTrip(
        connection, "int4", [.min, -1, 0, .max] + (0..<20).map { _ in Int32.random(in: .min ... .max, using: &random) })
      try await roundTrip(
        connection, "int8", [.min, -1, 0, .max] + (0..<20).map { _ in Int64.random(in: .min ... .max, using: &random) })
      try await roundTrip(connection, "int8", [Int.min, 7, .max])
      try await roundTrip(connection, "oid", [0, 1, UInt32.max])
      let doubles = (0..<20).map { _ in Double(bitPattern: random.next()) }.filter { !$0.isNaN }
      try await roundTrip(connection, "float8", [0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude] + doubles)
      let floats = (0..<20).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }.filter { !$0.isNaN }
      try await roundTrip(connection, "float4", [0, .infinity, .pi] + floats)
      let notANumber = try await connection.query("SELECT $1::float8", Double.nan).only()[0, as: Double.self]
      #expect(notANumber.isNaN)
    }
  }

  @Test func smallerIntegersAreReadAsLarger() async throws {
    try await withConnection { connection in
      let row = try await connection.query("SELECT (-5)::int2 AS small, (-6)::int4 AS medium, (-7)::int8 AS large").only()
      #expect(try row["small", as: Int64.self] == -5)
      #expect(try row["medium", as: Int.self] == -6)
      #expect(try row["small", as: Int32.self] == -5)
      #expect(throws: PostgresError.self) { try row["large", as: Int32.self] }
      #expect(throws: PostgresError.self) { try row["medium", as: Int16.self] }
    }
  }

  @Test func textAndBytes() async throws {
    try await withConnection { connection in
      var random = SeededRandom()
      let scalars: [Unicode.Scalar] = ["a", "é", "ق", "ر", "\u{200F}", "漢", "😀", "\t", "\\", "'", "\""]
      let texts = (0..<30).map { _ in
        String(
          String.UnicodeScalarView((0..<Int.random(in: 0...60, using: &random)).map { _ in scalars[Int(random.next() % 11)] }))
      }
      try await roundTrip(connection, "text", ["", "قريب"] + texts)
      try await roundTrip(connection, "varchar", texts)
      let blobs = (0..<20).map { _ in
        (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      }
      try await roundTrip(connection, "bytea", [[], [0]] + blobs)
      let zero = await failure { try await connection.query("SELECT $1::text", "a\0b") }
      #expect(zero?.sqlState?.description == "22021")
    }
  }

  @Test func identifiersAndTimes() async throws {
    try await withConnection { connection in
      var random = SeededRandom()
      let ids = (0..<30).map { _ in PostgresUUID(high: random.next(), low: random.next()) }
      try await roundTrip(connection, "uuid", ids)
      for id in ids {
        let text = try await connection.query("SELECT $1::uuid::text", id).only()[0, as: String.self]
        #expect(text == id.description && PostgresUUID(text) == id)
      }
      let moments = (0..<60).map { _ in
        PostgresTimestamp(
          microsecondsSince1970: Int64.random(in: -60_000_000_000_000_000...200_000_000_000_000_000, using: &random))
      }
      try await roundTrip(
        connection, "timestamptz", [.distantPast, .distantFuture, PostgresTimestamp(microsecondsSince1970: 0)] + moments)
      let text = PreparedQuery(
        #"SELECT to_char($1::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || 'Z'"#)
      for moment in moments where moment.microsecondsSince1970 > -60_000_000_000_000_000 {
        var theirs = try await connection.query(text, moment).only()[0, as: String.self].dropLast()
        while theirs.last == "0" { theirs = theirs.dropLast() }
        if theirs.last == "." { theirs = theirs.dropLast() }
        #expect(moment.description == theirs + "Z")
      }
      let days = (0..<60).map { _ in PostgresDate(daysSince1970: Int32.random(in: -700_000...2_000_000, using: &random)) }
      try await roundTrip(connection, "date", [PostgresDate(daysSince1970: .min), PostgresDate(daysSince1970: .max)] + days)
      for day in days {
        let theirs = try await connection.query("SELECT to_char($1::date, 'FMYYYY-MM-DD')", day).only()[0, as: String.self]
        let (year, month, date) = day.yearMonthDay
        #expect(PostgresDate(year: year, month: month, day: date) == day)
        guard year >= 1000 else { continue }
        #expect(day.description == theirs)
      }
      #expect(PostgresDate(year: 2026, month: 2, day: 29) == nil && PostgresDate(year: 2024, month: 2, day: 29) != nil)
    }
  }

  @Test func timesOfDay() async throws {
    try await withConnection { connection in
      var random = SeededRandom()
      let drawn = (0..<60).map { _ in Int64.random(in: 0...86_400_000_000, using: &random) }
      let times = try ([0, 86_400_000_000, 34_200_000_000, 1] + drawn).map {
        try #require(PostgresTime(microsecondsSinceMidnight: $0))
      }
      try await roundTrip(connection, "time", times)
      try await roundTrip(connection, "time[]", [[], times])
      for time in times {
        let theirs = try await connection.query("SELECT $1::time::text", time).only()[0, as: String.self]
        #expect(time.description == theirs)
      }
      #expect(PostgresTime(minuteOfDay: 570)?.description == "09:30:00")
      #expect(PostgresTime(minuteOfDay: 1_440) == .endOfDay && PostgresTime.endOfDay.minuteOfDay == 1_440)
      #expect(PostgresTime(minuteOfDay: 1_441) == nil && PostgresTime(microsecondsSinceMidnight: -1) == nil)
    }
  }

  @Test func numericKeepsEveryDigit() async throws {
    try await withConnection { connection in
      var random = SeededRandom()
      var texts = [
        "0", "0.00", "-1", "1.50", "0.0001", "0.00001", "10000", "99999999.99999999", "-0.5", "100000000",
        "12345678901234567890.123",
      ]
      for _ in 0..<200 {
        let whole = (0..<Int.random(in: 0...30, using: &random)).map { _ in String(random.next() % 10) }.joined()
        let decimals = (0..<Int.random(in: 0...20, using: &random)).map { _ in String(random.next() % 10) }.joined()
        texts.append((random.next() % 2 == 0 ? "-" : "") + "0" + whole + (decimals.isEmpty ? "" : "." + decimals))
      }
      let numbers = texts.compactMap { PostgresNumeric($0) }
      #expect(numbers.count == texts.count)
      try await roundTrip(connection, "numeric", numbers)
      for number in numbers {
        let theirs = try await connection.query("SELECT $1::numeric::text", number).only()[0, as: String.self]
        #expect(theirs == number.text)
      }
      for special in ["NaN", "Infinity", "-Infinity"] {
        let value = try #require(PostgresNumeric(special))
        #expect(try await connection.query("SELECT $1::numeric", value).only()[0, as: PostgresNumeric.self] == value)
      }
      for wrong in ["", ".", "1e5", "1,5", "--1", "١", "nan"] { #expect(PostgresNumeric(wrong) == nil, "\(wrong)") }
    }
  }

  @Test func documentsAndRanges() async throws {
    try await withConnection { connection in
      let json = PostgresJSON(#"{"n": [1, 2.5, null], "name": "قريب"}"#)
      try await roundTrip(connection, "jsonb", [json, PostgresJSON("null")])
      let row = try await connection.query("SELECT $1::jsonb->>'name', $1::jsonb::json", json).only()
      #expect(try row[0, as: String.self] == "قريب")
      #expect(try row[1, as: PostgresJSON.self].text == json.text)

      let start = PostgresTimestamp(microsecondsSince1970: 1_770_000_000_000_000)
      let end = PostgresTimestamp(microsecondsSince1970: 1_770_000_900_000_000)
      try await roundTrip(
        connection, "tstzrange",
        [
          PostgresTimestampRange(from: start, until: end), PostgresTimestampRange(from: nil, until: end),
          PostgresTimestampRange(from: start, until: nil), PostgresTimestampRange(from: nil, until: nil), .empty,
          PostgresTimestampRange(lower: start, includesLower: false, upper: end, includesUpper: true),
        ])
    }
  }

  @Test func arrays() async throws {
    try await withConnection { connection in
      var random = SeededRandom()
      try await roundTrip(
        connection, "int8[]", [[], [1], (0..<100).map { _ in Int64.random(in: .min ... .max, using: &random) }])
      try await roundTrip(connection, "int4[]", [[Int32]](arrayLiteral: [], [1, -2]))
      try await roundTrip(connection, "text[]", [[], ["", "a,b", "{}\"", "NULL", "قريب"]])
      try await roundTrip(connection, "text[]", [["a", nil, "b"], [nil]] as [[String?]])
      try await roundTrip(
        connection, "uuid[]", [[], (0..<10).map { _ in PostgresUUID(high: random.next(), low: random.next()) }])
      try await roundTrip(connection, "bool[]", [[true, false]])
      try await roundTrip(connection, "float8[]", [[1.5, -2.25]])
      try await roundTrip(connection, "bytea[]", [[[1, 2], []]] as [[[UInt8]]])
      let matrix = try await connection.query("SELECT ARRAY[[1,2],[3,4]]::int8[]").only()
      let error = #expect(throws: PostgresError.self) { try matrix[0, as: [Int64].self] }
      #expect(error?.message.contains("2 dimensions") == true)
    }
  }

  @Test func enumerationsAndGeography() async throws {
    try await withConnection { connection in
      try await connection.script("CREATE EXTENSION IF NOT EXISTS postgis; CREATE TYPE pg_temp.mood AS ENUM ('glad', 'sad')")
      let mood = try await connection.query("SELECT $1::pg_temp.mood", "sad").only()[0, as: String.self]
      #expect(mood == "sad")
      let place = PostgresGeography.point(latitude: 31.9539, longitude: 35.9106)
      let row = try await connection.query(
        "SELECT $1::geography, ST_Y($1::geography::geometry), ST_X($1::geography::geometry)", place
      ).only()
      #expect(try row[0, as: PostgresGeography.self] == place)
      #expect(try row[1, as: Double.self] == 31.9539 && row[2, as: Double.self] == 35.9106)
      let coordinates = try #require(place.coordinates)
      #expect(coordinates.latitude == 31.9539 && coordinates.longitude == 35.9106)
    }
  }
}
