import EventLoops
import JSON
import PostgresClient
import TestSupport
import Testing

/// Whoever has written sees what was written, always: over HTTP, asked with the position of the commit, while others write as well.
@Suite struct ReadYourWriteTests {
  private static let writers = 4
  private static let rounds = 60

  @Test func aCommitIsSeenByWhoAsksForIt() async throws {
    try await TestDatabase.with(.migrated) { database in
      try await RunningQareeb.with(
        database: database.connectionString,
        environment: ["QAREEB_DEMO_PROVIDERS": "40", "QAREEB_LIMITS_POSITION_WAIT": "60s"]
      ) { running in
        let market = try await WrittenMarket(database.connectionString)
        do {
          let ids = try await market.providers()
          #expect(ids.count == 40)
          try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<Self.writers {
              let mine = ids.indices.filter { $0 % Self.writers == number }.map { ids[$0] }
              group.addTask { try await Self.write(number, mine, market, TestHTTPClient(running.address)) }
            }
            try await group.waitForAll()
          }
        } catch {
          await market.close()
          throw error
        }
        await market.close()
      }
    }
  }

  private static func write(
    _ number: Int, _ ids: [String], _ market: WrittenMarket, _ client: TestHTTPClient
  ) async throws {
    for round in 0..<rounds {
      let id = ids[round % ids.count]
      let word = "zq\(letters(number * rounds + round))"
      let name = "Provider \(word)"
      switch round % 4 {
      case 0, 1:
        let position = try await market.commit("UPDATE catalogue.provider SET name_en = '\(name)' WHERE id = '\(id)'")
        let page = try await client.get("/api/v1/providers/\(id)?min_position=\(position)")
        #expect(try page.json()["data"]?["name"]?.string == name, "\(page.text)")
        try await expectFound(id, word, position, client)
      case 2:
        let position = try await market.commit(
          """
          INSERT INTO catalogue.service (provider_id, name_en, name_ar, price_minor, currency, duration_min)
          VALUES ('\(id)', 'Service \(word)', 'خدمة', 77, 'JOD', 30)
          """)
        try await expectFound(id, word, position, client, highestPrice: 77)
      default:
        let position = try await market.commit("UPDATE catalogue.provider SET is_active = false WHERE id = '\(id)'")
        #expect(try await client.get("/api/v1/providers/\(id)?min_position=\(position)").status == 404)
        let back = try await market.commit("UPDATE catalogue.provider SET is_active = true WHERE id = '\(id)'")
        #expect(try await client.get("/api/v1/providers/\(id)?min_position=\(back)").status == 200)
      }
    }
  }

  /// In a query and in a body. The exact word is found, so it is the one that was just written; and whoever asks is told of a state
  /// that is not older.
  private static func expectFound(
    _ id: String, _ word: String, _ position: String, _ client: TestHTTPClient, highestPrice: Int? = nil
  ) async throws {
    let price = (query: highestPrice.map { "&price_max=\($0)" } ?? "", body: highestPrice.map { #","price_max":\#($0)"# } ?? "")
    let answers = [
      try await client.get(
        "/api/v1/search/providers?lat=31.9539&lon=35.9106&radius_m=50000&q=\(word)\(price.query)&provider_ids=\(id)"
          + "&min_position=\(position)"),
      try await client.post(
        "/api/v1/search/providers",
        json: #"{"lat":31.9539,"lon":35.9106,"radius_m":50000,"q":"\#(word)"\#(price.body),"provider_ids":["\#(id)"],"#
          + #""min_position":"\#(position)"}"#),
    ]
    let asked = try #require(LogPosition.parse(position))
    for answer in answers {
      let (data, meta) = (try answer.json()["data"], try answer.json()["meta"])
      #expect(data?["providers"]?.array?.compactMap { $0["id"]?.string } == [id], "\(word) at \(position): \(answer.text)")
      #expect(data?["level"]?.string == "exact", "\(word) at \(position): \(answer.text)")
      let reached = LogPosition.parse(meta?["position"]?.string ?? "")
      #expect(reached.map { $0 >= asked } == true)
    }
  }

  /// A number as letters: a word of its own, not a number in another one's spelling.
  private static func letters(_ number: Int) -> String {
    String(String(number, radix: 10).utf8.map { Character(UnicodeScalar($0 - UInt8(ascii: "0") + UInt8(ascii: "b"))) })
  }
}

/// The database of a server, written to as other programs do.
private final class WrittenMarket: Sendable {
  private let group: EventLoopGroup
  private let database: Database

  init(_ connectionString: String) async throws {
    group = try EventLoopGroup(count: 1, name: "writers")
    // As in production: a position that is asked for after a commit has it. The test cluster is laxer.
    var configuration = DatabaseConfiguration(
      target: try ConnectionTarget(connectionString + " options='-c synchronous_commit=on'"))
    configuration.acquireTimeoutMilliseconds = 120_000
    database = try Database(group: group, configuration: configuration)
  }

  func close() async {
    await database.close()
    await group.shutdown()
  }

  func providers() async throws -> [String] {
    try await database.query("SELECT id::text FROM catalogue.provider ORDER BY id").map { try $0[0, as: String.self] }
  }

  /// Commits, and gives a position that has the commit.
  func commit(_ sql: String) async throws -> String {
    try await database.withConnection { try await $0.script(sql) }
    return try await database.query("SELECT pg_current_wal_flush_lsn()::text").only()[0, as: String.self]
  }
}
