import EventLoops
import HTTPServer
import Identity
import JSON
import PostgresClient
import Synchronization
import Telemetry
import TestSupport
import Testing
import WebAPI

/// Keys made, shown and revoked, and the doors they open.
@Suite struct APIKeyTests {
  /// A server with one door for those who may feed, one for everybody, on a database of its own.
  private struct House: Sendable {
    let client: TestHTTPClient
    let keys: APIKeyStore
    let database: Database
    /// What the server's clock is ahead.
    let ahead: Mutex<UInt64>.Shared

    func knock(_ headers: [(String, String)]) async throws -> Int {
      try await client.get("/door", headers: headers).status
    }
  }

  private func withHouse(_ body: @escaping @Sendable (House) async throws -> Void) async throws {
    try await TestDatabase.with(.migrated) { home in
      let group = try EventLoopGroup(count: 1, name: "identity")
      let database = try Database(group: group, configuration: DatabaseConfiguration(connectionString: home.connectionString))
      let ahead = Mutex<UInt64>.Shared(0)
      let system = TelemetryClock.system
      let clock = TelemetryClock(
        unixNanoseconds: { system.unixNanoseconds() + ahead.value }, monotonicNanoseconds: { system.monotonicNanoseconds() })
      let ring = KeyRing(database: database, on: group.loops[0], clock: clock)
      let outcome: Result<Void, any Error>
      do {
        var configuration = APIConfiguration(version: "test")
        configuration.rateLimits[.standard] = RateLimit(requests: 1_000_000, seconds: 60)
        let api = try API(
          routes: [
            Route.get("/door", "For those who may", permission: .named("feed.write"), tags: ["Test"])
              .sync { (call: Call) in call.principal?.id ?? "" },
            Route.get("/open", "For everybody", permission: .public, tags: ["Test"]).sync { (_: Call) in "open" },
          ], configuration: configuration, environment: APIEnvironment(authenticator: ring))
        try await withTestServer(api) { server in
          try await body(
            House(client: TestHTTPClient(server.address), keys: APIKeyStore(database: database), database: database, ahead: ahead)
          )
        }
        outcome = .success(())
      } catch {
        outcome = .failure(error)
      }
      await ring.close()
      await database.close()
      await group.shutdown()
      try outcome.get()
    }
  }

  @Test func aKeyOpensUntilItIsRevoked() async throws {
    try await withHouse { house in
      #expect(try await house.knock([]) == 401)
      let (key, secret) = try await house.keys.create(name: "acme", scopes: [.feedWrite], expiresAfterDays: nil)
      try await eventually("the new key is known") { try await house.knock([("X-Api-Key", secret.text)]) == 200 }
      #expect(try await house.knock([("Authorization", "Bearer \(secret.text)")]) == 200)
      #expect(try await house.knock([("authorization", "bearer \(secret.text)"), ("x-api-key", secret.text)]) == 200)
      let answer = try await house.client.get("/door", headers: [("X-Api-Key", secret.text)]).json()
      #expect(answer["data"]?.string == "key \(key.id)")
      #expect(try await house.keys.revoke("\(key.id)")?.name == "acme")
      try await eventually("the key is known to be revoked") { try await house.knock([("X-Api-Key", secret.text)]) == 401 }
      #expect(try await house.keys.revoke("acme") == nil)
    }
  }

  @Test func whatIsNoKeyIsTurnedAway() async throws {
    try await withHouse { house in
      let (_, secret) = try await house.keys.create(name: "acme", scopes: [.feedWrite], expiresAfterDays: nil)
      try await eventually("the new key is known") { try await house.knock([("X-Api-Key", secret.text)]) == 200 }
      let (other, bytes) = (secret.text.dropLast() + (secret.text.last == "A" ? "E" : "A"), Array(secret.text.utf8))
      for credential in [
        "", "qk_", String(other), String(secret.text.dropFirst()), secret.text + "A", String(repeating: "qk_", count: 99),
      ] {
        #expect(try await house.knock([("X-Api-Key", credential)]) == 401, "\(credential)")
        #expect(try await house.knock([("Authorization", "Bearer \(credential)")]) == 401, "\(credential)")
        // A wrong key is wrong everywhere.
        #expect(try await house.client.get("/open", headers: [("X-Api-Key", credential)]).status == 401)
      }
      #expect(bytes.count == 46)
      for credential in ["Basic \(secret.text)", secret.text, "Bearer", "Bearer  \(secret.text)"] {
        #expect(try await house.knock([("Authorization", credential)]) == 401, "\(credential)")
      }
      #expect(try await house.knock([("Authorization", "Bearer \(secret.text)"), ("X-Api-Key", String(other))]) == 401)
      let refusal = try await house.client.get("/door")
      #expect(refusal.value("WWW-Authenticate") == "Bearer")
      #expect(try await house.client.get("/open").status == 200)
    }
  }

  @Test func aKeyEndsWhenItIsTime() async throws {
    try await withHouse { house in
      let (_, secret) = try await house.keys.create(name: "acme", scopes: [.feedWrite], expiresAfterDays: 2)
      try await eventually("the new key is known") { try await house.knock([("X-Api-Key", secret.text)]) == 200 }
      house.ahead.set(86_400_000_000_000)
      #expect(try await house.knock([("X-Api-Key", secret.text)]) == 200)
      house.ahead.set(2 * 86_400_000_000_000)
      #expect(try await house.knock([("X-Api-Key", secret.text)]) == 401)
    }
  }

  @Test func aScopeIsNeeded() async throws {
    try await withHouse { house in
      let (key, secret) = try await house.keys.create(name: "acme", scopes: [.feedWrite], expiresAfterDays: nil)
      try await eventually("the new key is known") { try await house.knock([("X-Api-Key", secret.text)]) == 200 }
      _ = try await house.database.query("UPDATE identity.api_key SET scopes = '{other}' WHERE id = $1", key.id)
      try await eventually("the scopes are known") { try await house.knock([("X-Api-Key", secret.text)]) == 403 }
    }
  }

  @Test func namesAreOfOneKeyInUseAndSecretsNowhere() async throws {
    try await withHouse { house in
      let (_, secret) = try await house.keys.create(name: "acme", scopes: [.feedWrite], expiresAfterDays: 30)
      await #expect(throws: APIKeyStore.Failure.nameIsTaken) {
        try await house.keys.create(name: "acme", scopes: [.feedWrite], expiresAfterDays: nil)
      }
      _ = try await house.keys.revoke("acme")
      _ = try await house.keys.create(name: "acme", scopes: [.feedWrite], expiresAfterDays: nil)
      let keys = try await house.keys.list()
      #expect(keys.map(\.name) == ["acme", "acme"] && keys.map { $0.revokedAt == nil } == [false, true])
      #expect(keys[0].expiresAt != nil && keys[1].expiresAt == nil && keys.allSatisfy { $0.scopes == ["feed.write"] })
      let everything = try await house.database.query("SELECT api_key::text FROM identity.api_key").map {
        try $0[0, as: String.self]
      }
      #expect(everything.count == 2 && everything.allSatisfy { !$0.contains(secret.text) })
    }
  }

  /// Which sources a key may write is in the database, which takes only what can be one.
  @Test func sourcesAreKeptAndChecked() async throws {
    try await withHouse { house in
      let confined = try await house.keys.create(
        name: "acme", scopes: [.feedWrite], sources: ["zeta.2", "acme"], expiresAfterDays: nil
      ).key
      let free = try await house.keys.create(name: "free", scopes: [.feedWrite], expiresAfterDays: nil).key
      #expect(try await house.keys.list() == [confined, free])
      #expect(confined.sources == ["acme", "zeta.2"] && free.sources == nil)
      for sources in ["'{}'", "'{NULL}'", "'{Acme}'", "'{\"a b\"}'", "'{\"\"}'", "array_fill('a'::text, '{33}')"] {
        let change = PreparedQuery(adHoc: "UPDATE identity.api_key SET sources = \(sources) WHERE name = 'acme'")
        await #expect(throws: PostgresError.self, "\(sources)") { _ = try await house.database.query(change) }
      }
      // Sources without the scope would be a mistake.
      let change = PreparedQuery(adHoc: "UPDATE identity.api_key SET scopes = '{other}' WHERE name = 'acme'")
      await #expect(throws: PostgresError.self) { _ = try await house.database.query(change) }
    }
  }

  /// The keys outlive the connection by which they are heard of.
  @Test func keysAreKnownWhileTheDatabaseIsAway() async throws {
    try await withHouse { house in
      let (_, secret) = try await house.keys.create(name: "acme", scopes: [.feedWrite], expiresAfterDays: nil)
      try await eventually("the new key is known") { try await house.knock([("X-Api-Key", secret.text)]) == 200 }
      _ = try? await house.database.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
      #expect(try await house.knock([("X-Api-Key", secret.text)]) == 200)
      // And a new one is heard of again.
      try await eventually("a revocation is heard of after the connection was lost") {
        _ = try await house.keys.revoke("acme")
        return try await house.knock([("X-Api-Key", secret.text)]) == 401
      }
    }
  }
}

extension Mutex where Value == UInt64 {
  /// A number that closures may share.
  final class Shared: Sendable {
    private let number: Mutex<UInt64>
    init(_ value: UInt64) { number = Mutex(value) }
    var value: UInt64 { number.withLock { $0 } }
    func set(_ value: UInt64) { number.withLock { $0 = value } }
  }
}
