import EventLoops
import TestSupport
import Testing

@testable import PostgresClient

@Suite struct SQLScriptTests {
  private func split(_ sql: String) throws -> [String] { try SQLScript(sql).statements.map(\.sql) }

  @Test func splitsOutsideOfStringsAndComments() throws {
    #expect(
      try split("SELECT 1; SELECT ';' ; -- a ; b\nSELECT \"a;b\" /* ; /* ; */ ; */;;") == [
        "SELECT 1", "SELECT ';'", "SELECT \"a;b\"",
      ])
    #expect(
      try split("SELECT 'it''s;'; SELECT E'\\';'; SELECT 'a\\'; SELECT 2") == [
        "SELECT 'it''s;'", "SELECT E'\\';'", "SELECT 'a\\'", "SELECT 2",
      ])
    #expect(
      try split("DO $$ BEGIN; END $$; DO $a$ $$ ; $a$; SELECT $1; SELECT a$b$c") == [
        "DO $$ BEGIN; END $$", "DO $a$ $$ ; $a$", "SELECT $1", "SELECT a$b$c",
      ])
    #expect(try split("") == [])
    #expect(try split(" -- nothing\n;;") == [])
  }

  @Test func keepsBodiesTogether() throws {
    let function = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 ELSE 2 END; END"
    #expect(try split(function + "; SELECT 2") == [function, "SELECT 2"])
    let rule = "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b)"
    #expect(try split(rule + ";SELECT 2") == [rule, "SELECT 2"])
    // BEGIN outside of a function is a statement.
    #expect(try split("BEGIN; SELECT 1; END") == ["BEGIN", "SELECT 1", "END"])
  }

  @Test func countsLines() throws {
    #expect(try SQLScript("\n\nSELECT 1;\n-- x\n\n  SELECT\n2;SELECT 3").statements.map(\.line) == [3, 6, 7])
    #expect(SQLScript.line(ofCharacter: 10, in: "SELECT\n'ق'\n, x") == 2)
    #expect(SQLScript.line(ofCharacter: 14, in: "SELECT\n'ق'\n, x") == 3)
  }

  @Test func refusesWhatHasNoEnd() {
    for (sql, line) in [
      ("SELECT 'a", 1), ("\n$$ a", 2), ("SELECT \"a", 1), ("a;\n/* /* */", 2), ("SELECT E'\\'", 1), ("SELECT $x$ $y$", 1),
    ] {
      let error = #expect(throws: SQLScript.Unterminated.self) { try SQLScript(sql) }
      #expect(error?.line == line, "\(sql)")
    }
  }

  /// No input may trap or loop; pieces come from the text, in order.
  @Test func anyTextIsSplitOrRefused() {
    var random = SeededRandom()
    let pieces = [
      "'", "\"", "$$", "$a$", "--", "/*", "*/", ";", "\n", "E'", "\\", "(", ")", "begin", "end", "create function", "x", "1.5",
      "ق", "$", "\0",
    ]
    for _ in 0..<5_000 {
      let sql = (0..<Int.random(in: 0...25, using: &random)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }
        .joined(separator: random.next() % 2 == 0 ? " " : "")
      guard let script = try? SQLScript(sql) else { continue }
      var rest = sql[...]
      for statement in script.statements {
        guard let found = rest.firstRange(of: statement.sql) else {
          Issue.record("not a piece of the text: \(statement.sql) in \(sql)")
          return
        }
        rest = rest[found.upperBound...]
      }
    }
  }

  @Test func sharedReadsMustNotWrite() {
    #expect(PreparedQuery.objection(toSharing: "SELECT 'insert' FROM t -- delete") == nil)
    #expect(PreparedQuery.objection(toSharing: "WITH a AS (SELECT 1) SELECT * FROM a") == nil)
    for sql in [
      "INSERT INTO t VALUES (1)", "WITH a AS (DELETE FROM t RETURNING n) SELECT * FROM a", "SELECT 1; SELECT 2", "",
      "SELECT * FROM t FOR UPDATE", "SELECT * INTO t2 FROM t", "SELECT nextval('s')", "SELECT * FROM t FOR SHARE", "LISTEN a",
    ] {
      #expect(PreparedQuery.objection(toSharing: sql) != nil, "\(sql)")
    }
  }
}

@Suite struct ErrorTests {
  @Test func statesAreFiveCharacters() {
    #expect(SQLState("40001") == .serializationFailure && SQLState("40001")?.description == "40001")
    for wrong in ["", "4000", "400011", "4000a", "40 01"] { #expect(SQLState(wrong) == nil) }
    #expect(SQLState("23514")?.category == .constraint && SQLState("22P02")?.category == .data)
    #expect(SQLState.deadlockDetected.category == .conflict && SQLState("40003")?.category == .conflict)
    #expect(SQLState.invalidPassword.category == .configuration && SQLState.cannotConnectNow.category == .session)
    #expect(SQLState("XX000")?.category == .other && SQLState("42601")?.classCode == "42")
  }

  @Test func findsTheStateInAVerboseMessage() throws {
    let message =
      #"connection to server on socket "/tmp/.s.PGSQL.5432" failed: FATAL:  28P01: password authentication failed for user "x""#
    let found = try #require(SQLState.inVerboseMessage(message + "\nLOCATION:  auth_failed, auth.c:1"))
    #expect(found.state == .invalidPassword && found.rest.hasPrefix("password authentication"))
    #expect(SQLState.inVerboseMessage("could not connect: No such file:  or directory") == nil)
    let error = Connector.error(message: message, needsPassword: false)
    #expect(error.code == .configuration && error.sqlState == .invalidPassword)
  }

  @Test func valuesAreCutOutOfMessages() {
    func cut(_ message: String, _ state: String) -> String { PostgresError.redacted(message, state: SQLState(state)) }
    #expect(cut(#"invalid input syntax for type integer: "hunter2""#, "22P02") == "invalid input syntax for type integer")
    #expect(cut(#"date/time field value out of range: "1-1-1""#, "22008") == "date/time field value out of range")
    #expect(cut(#"invalid byte sequence for encoding "UTF8": 0x00"#, "22021") == "invalid byte sequence for encoding")
    #expect(cut("value 99999 is out of range: hunter2", "22003") == "value 99999 is out of range")
    #expect(cut(#"relation "t" does not exist"#, "42P01") == #"relation "t" does not exist"#)
  }

  @Test func connectionStringsAreNeverQuoted() {
    for wrong in [
      "postgresql://u:hunter2@h/db?hunter2=1", "password=hunter2 nonsense", "host=h hunter2=3", "postgresql://u:hunter2@[::1/db",
    ] {
      let error = #expect(throws: PostgresError.self) { try ConnectionTarget(wrong) }
      #expect(error?.code == .configuration)
      #expect(error.map { "\($0)".contains("hunter2") } == false, "\(String(describing: error))")
    }
  }

  @Test func aTargetNeverShowsItsPassword() throws {
    let target = try ConnectionTarget("postgresql://user:hunter2@db.example:5433/market?sslmode=require")
    var dumped = ""
    dump(target, to: &dumped)
    for text in ["\(target)", String(reflecting: target), dumped, target.summary] {
      #expect(!text.contains("hunter2") && text.contains("user@db.example:5433/market"), "\(text)")
    }
    #expect(target["sslmode"] == "require" && target["application_name"] == "qareeb" && target["client_encoding"] == "UTF8")
    #expect(target.needsLookup)
    #expect(try !ConnectionTarget("host=/tmp").needsLookup && !ConnectionTarget("host=127.0.0.1").needsLookup)
    #expect(try !ConnectionTarget("host=::1").needsLookup)
    #expect(target.withDatabase("other").summary.hasSuffix("/other"))
  }

  @Test func hostsAreLookedUpBesideTheirNames() throws {
    let found = try ConnectionTarget("host=localhost,127.0.0.2,/tmp port=1,2,3").lookingUpHosts()
    let hosts = try #require(found["host"]).split(separator: ",")
    let addresses = try #require(found["hostaddr"]).split(separator: ",", omittingEmptySubsequences: false)
    #expect(hosts.count == addresses.count && hosts.first == "localhost" && hosts.last == "/tmp" && addresses.last == "")
    #expect(addresses.contains("127.0.0.2") && found["port"]?.hasSuffix("2,3") == true)
    let error = #expect(throws: PostgresError.self) { try ConnectionTarget("host=no-such-host.invalid").lookingUpHosts() }
    #expect(error?.metricClass == "unavailable")
  }
}

@Suite struct BackOffTests {
  @Test func growsToItsBoundAndStaysWithin() {
    let backOff = BackOff(baseMilliseconds: 50, maximumMilliseconds: 10_000)
    #expect((0..<9).map(backOff.bound) == [50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000])
    #expect(backOff.bound(attempt: 10_000) == 10_000)
    var random = SeededRandom()
    for attempt in 0..<500 {
      let delay = backOff.delay(attempt: attempt % 12, random: random.next())
      #expect(delay >= 1 && delay <= backOff.bound(attempt: attempt % 12))
    }
  }

  @Test func theCircuitWaitsProbesAndCloses() {
    let backOff = BackOff(baseMilliseconds: 100, maximumMilliseconds: 1_000)
    let down = PostgresError(.unavailable(retryAfterMilliseconds: 0), "connection refused")
    var circuit = Circuit()
    #expect(circuit.isClosed)
    let first = circuit.failed(down, now: 1_000, backOff: backOff, random: 77)
    #expect(first == 77 && circuit.retryAfter(now: 1_010) == 67 && circuit.retryAfter(now: 9_999) == 0)
    #expect(circuit.error(now: 1_010).code == .unavailable(retryAfterMilliseconds: 67))
    circuit.probe()
    #expect(circuit.state == .probing && circuit.retryAfter(now: 1_100) == nil)
    let second = circuit.failed(down, now: 1_100, backOff: backOff, random: 199)
    #expect(second == 199)
    circuit.probe()
    let returned = circuit.succeeded()
    let stayed = circuit.succeeded()
    #expect(returned && !stayed && circuit.isClosed && circuit.failures == 0)

    let wrong = PostgresError(.configuration, "password authentication failed")
    #expect(circuit.failed(wrong, now: 0, backOff: backOff, random: 3) == 1_000)
    #expect(circuit.error(now: 0) == wrong)
  }
}

@Suite struct StatementCacheTests {
  @Test func forgetsTheLeastRecentlyUsed() {
    var cache = StatementCache(capacity: 2)
    let queries = (0..<3).map { PreparedQuery("SELECT \($0)") }
    let first = cache.insert(queries[0], types: []).added
    _ = cache.insert(queries[1], types: [])
    #expect(cache.find(queries[0], types: []) === first)
    let third = cache.insert(queries[2], types: [])
    #expect(third.evicted?.key.sql == "SELECT 1")
    #expect(cache.find(queries[1], types: []) == nil && cache.find(queries[0], types: []) === first)
    cache._checkInvariants()
  }

  @Test func parameterTypesArePartOfTheKey() {
    var cache = StatementCache(capacity: 4)
    let query = PreparedQuery("SELECT $1")
    let integers = cache.insert(query, types: [20]).added
    #expect(cache.find(query, types: [25]) == nil)
    let texts = cache.insert(query, types: [25]).added
    #expect(cache.find(query, types: [20]) === integers && cache.find(query, types: [25]) === texts)
    #expect(cache.find(PreparedQuery(adHoc: "SELECT $1"), types: [20]) === integers)
    cache.remove(integers)
    cache.remove(integers)
    #expect(cache.find(query, types: [20]) == nil && cache.count == 1)
    cache._checkInvariants()
  }

  /// Against the plainest model: a list in order of use.
  @Test func behavesLikeAList() {
    var random = SeededRandom()
    var cache = StatementCache(capacity: 8)
    var model: [Int] = []
    let queries = (0..<20).map { $0 % 2 == 0 ? PreparedQuery("SELECT \($0)") : PreparedQuery(adHoc: "SELECT \($0)") }
    for _ in 0..<20_000 {
      let pick = Int(random.next() % 20)
      let found = cache.find(queries[pick], types: [])
      #expect((found != nil) == model.contains(pick))
      if let found, random.next() % 10 == 0 {
        cache.remove(found)
        model.removeAll { $0 == pick }
        continue
      }
      model.removeAll { $0 == pick }
      if found == nil {
        let evicted = cache.insert(queries[pick], types: []).evicted
        let expected = model.count == 8 ? model.removeFirst() : nil
        #expect(evicted?.key.sql == expected.map { "SELECT \($0)" })
      }
      model.append(pick)
    }
    cache._checkInvariants()
    cache.removeAll()
    #expect(cache.count == 0)
    cache._checkInvariants()
  }

  @Test func theQueueKeepsItsOrder() {
    var random = SeededRandom()
    var queue = RingBuffer<Int>()
    var model: [Int] = []
    for number in 0..<50_000 {
      if random.next() % 100 < (number % 2_000 < 1_000 ? 60 : 40) {
        queue.append(number)
        model.append(number)
      } else {
        let popped = queue.popFirst()
        #expect(popped == (model.isEmpty ? nil : model.removeFirst()))
      }
      #expect(queue.count == model.count && queue.first == model.first)
    }
    for index in model.indices { #expect(queue[index] == model[index]) }
  }
}

@Suite struct CopyRowTests {
  @Test func rowsAreFoundHoweverTheStreamIsCut() throws {
    var random = SeededRandom()
    var encoder = BinaryCopyEncoder()
    for number in 0..<200 { encoder.add(number, number % 3 == 0 ? nil : String(repeating: "x", count: number)) }
    let bytes = encoder.finish()
    for _ in 0..<20 {
      var decoder = BinaryCopyDecoder()
      var rows: [[[UInt8]?]] = []
      var position = 0
      while position < bytes.count {
        let end = min(bytes.count, position + Int.random(in: 1...300, using: &random))
        rows += try decoder.rows(in: Array(bytes[position..<end]))
        position = end
      }
      #expect(decoder.hasEnded && rows.count == 200)
      #expect(rows[4][1] == Array("xxxx".utf8) && rows[3][1] == nil)
    }
  }

  @Test func damagedStreamsAreRefusedOrIncomplete() {
    var random = SeededRandom()
    var encoder = BinaryCopyEncoder()
    for number in 0..<20 { encoder.add(number, "text") }
    let bytes = encoder.finish()
    var refused = 0
    for _ in 0..<2_000 {
      var damaged = bytes
      damaged[Int(random.next() % UInt64(bytes.count))] ^= UInt8(truncatingIfNeeded: 1 << (random.next() % 8))
      var decoder = BinaryCopyDecoder()
      if (try? decoder.rows(in: damaged)) == nil { refused += 1 }
    }
    #expect(refused > 0)
  }
}
