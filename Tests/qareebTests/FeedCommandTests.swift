import EventLoops
import Foundation
import JSON
import TestSupport
import Testing

@testable import EmbeddedPostgres

/// Keys and feeds of the real program.
@Suite struct FeedCommandTests {
  private static let provider = "0190c7d2-0000-7000-8000-0000000000a0"
  private static let provision = """
    INSERT INTO catalogue.market (id, name_en, name_ar, country, currency, currency_exponent, time_zone, languages, weekend, centre)
    VALUES ('test', 'Test', 'اختبار', 'JO', 'JOD', 3, 'Asia/Amman', '{ar,en}', '{5,6}', 'POINT(35.92 31.95)');
    INSERT INTO catalogue.category (id, name_en, name_ar, position) VALUES ('test', 'Test', 'اختبار', 99);
    INSERT INTO catalogue.provider (id, market_id, category_id, name_en, name_ar, location)
    VALUES ('\(provider)', 'test', 'test', 'Salon', 'صالون', 'POINT(35.92 31.95)');
    """

  private static func line(_ sequence: Int) -> String {
    let hour = sequence % 10
    return """
      {"source":"acme","sequence":\(sequence),"provider_id":"\(provider)","from":"2026-11-21T0\(hour):00:00Z","to":"2026-11-21T0\(hour):30:00Z","status":"busy"}

      """
  }

  private static func run(
    _ arguments: [String], _ database: String, in folder: TemporaryFolder, input: String? = nil
  ) async throws -> FinishedProcess {
    var arguments = arguments
    var program = try RunningQareeb.program()
    if let input {
      let file = try folder.write(input, to: "input")
      (program, arguments) = ("/bin/sh", ["-c", "exec \"$0\" \"$@\" < '\(file)'", program] + arguments)
    }
    return try await FinishedProcess.run(
      program, arguments, environment: RunningQareeb.environment(folder, database: database), in: folder.url)
  }

  @Test func filesAreImportedAndToldOf() async throws {
    try await TestDatabase.with(.migrated) { home in
      let folder = try TemporaryFolder()
      try await offThePool { _ = try TestCluster.shared.run(Self.provision, database: home.name) }
      let file = try folder.write((1...4).map(Self.line).joined(), to: "busy.ndjson")
      let first = try await Self.run(["feed", "import", file], home.connectionString, in: folder)
      #expect(first.exitCode == 0, "\(first.error)")
      #expect(first.output.hasPrefix("4 applied, 0 repeated, 0 refused\nacme is at 4\nAll of it is in the log at "))
      #expect(first.error.contains("Importing: "))
      let again = try await Self.run(
        ["feed", "import", "--json", "-"], home.connectionString, in: folder, input: Self.line(4) + "nonsense\n" + Self.line(6))
      #expect(again.exitCode == 65, "\(again.error)")
      let report = try JSONDocument(again.output).root
      #expect(report["applied"]?.int == 1 && report["repeated"]?.int == 1 && report["refused"]?["count"]?.int == 1)
      #expect(report["gaps"]?["missing"]?.int == 1 && report["position"]?.string?.contains("/") == true)
      let told = try await Self.run(["feed", "import", "-"], home.connectionString, in: folder, input: "nonsense\n")
      #expect(told.exitCode == 65 && told.output.contains("  line 1: must be a JSON object: "))
      let missing = try await Self.run(["feed", "import", "/nonexistent"], home.connectionString, in: folder)
      #expect(missing.exitCode == 74 && missing.error.contains("cannot read /nonexistent"))
      let nowhere = try await Self.run(
        ["feed", "import", file, "--set", "database.start_wait=1s"], "postgresql://127.0.0.1:1/none", in: folder)
      #expect(nowhere.exitCode == 69, "\(nowhere.error)")
    }
  }

  @Test func theCommandsSayWhenTheSchemaIsOld() async throws {
    try await TestDatabase.with(.empty) { home in
      let folder = try TemporaryFolder()
      let file = try folder.write(Self.line(1), to: "busy.ndjson")
      for arguments in [["feed", "import", file], ["key", "list"], ["key", "create", "--name", "x", "--scope", "feed.write"]] {
        let result = try await Self.run(arguments, home.connectionString, in: folder)
        #expect(result.exitCode == 78 && result.error.contains("qareeb migrate"), "\(arguments): \(result.error)")
      }
    }
  }

  @Test func keysAreMadeListedAndRevoked() async throws {
    try await TestDatabase.with(.migrated) { home in
      let folder = try TemporaryFolder()
      func key(_ arguments: String...) async throws -> FinishedProcess {
        try await Self.run(["key"] + arguments, home.connectionString, in: folder)
      }
      #expect(try await key("list").output == "There is no key.\n")
      let made = try await key("create", "--name", "acme", "--scope", "feed.write", "--expires", "30")
      #expect(made.exitCode == 0 && made.output.wholeMatch(of: /qk_[A-Za-z0-9_-]{43}\n/) != nil, "\(made.error)")
      #expect(try await key("create", "--name", "acme", "--scope", "feed.write").exitCode == 1)
      #expect(try await key("create", "--name", "b", "--scope", "feed.read").exitCode == 64)
      #expect(try await key("create", "--scope", "feed.write").exitCode == 64)
      #expect(try await key("create", "--name", "b").exitCode == 64)
      #expect(try await key("create", "--name", "b", "--scope", "feed.write", "--expires", "0").exitCode == 64)
      let bound = try await key("create", "--name", "bound", "--scope", "feed.write", "--source", "zeta.2", "--source", "acme")
      #expect(bound.exitCode == 0 && bound.error.contains("It may write acme zeta.2 in availability feeds."), "\(bound.error)")
      #expect(made.error.contains("It may write any source in"))
      let misnamed = try await key("create", "--name", "b", "--scope", "feed.write", "--source", "Acme")
      #expect(misnamed.exitCode == 64 && misnamed.error.contains("is no name of a source"), "\(misnamed.error)")
      let listed = try await key("list")
      #expect(listed.output.contains("acme zeta.2") && listed.output.contains("any source"))
      #expect(listed.output.contains("acme") && listed.output.contains("valid") && !listed.output.contains("qk_"))
      #expect(try await key("revoke", "acme").exitCode == 0)
      #expect(try await key("revoke", "acme").exitCode == 1)
      let keys = try JSONDocument(try await key("list", "--json").output).root.array
      let (first, second) = (try #require(keys?.first { _ in true }), try #require(keys?.dropFirst().first { _ in true }))
      #expect(keys?.count == 2 && first["state"]?.string == "revoked" && first["sources"]?.isNull == true)
      #expect(second["sources"]?.array?.compactMap(\.string) == ["acme", "zeta.2"])
    }
  }

  /// A server takes a feed with a key that was made while it ran, loses its database in the middle of it, and says how far it came.
  @Test func aServerSaysHowFarItCame() async throws {
    let folder = try TemporaryFolder()
    let postgres = try await offThePool { try OwnPostgres(in: folder) }
    try await RunningQareeb.with(database: postgres.connectionString, environment: ["QAREEB_DEMO_PROVIDERS": "1"]) { running in
      let secret = try await Self.run(
        ["key", "create", "--name", "acme", "--scope", "feed.write"], postgres.connectionString, in: folder
      ).output.trimmingCharacters(in: .whitespacesAndNewlines)
      let listed = try await running.client.get("/api/v1/providers?market=amman&limit=1").json()["data"]?.array
      let provider = try #require(listed?.first { _ in true }?["id"]?.string)
      let path = "/api/v1/feeds/availability"
      let headers = [("Authorization", "Bearer \(secret)"), ("Content-Type", "application/x-ndjson")]
      try await eventually("the key is known") {
        try await running.client.send("POST", path, headers: headers, body: []).status == 200
      }
      let lines = (1...2).map { Self.line($0).replacing(Self.provider, with: provider) }
      let client = try await offThePool { UncheckedClient(try RawHTTPClient(running.address)) }
      try await offThePool {
        let fields = headers.map { "\($0): \($1)\r\n" }.joined()
        try client.raw.send(
          "POST \(path) HTTP/1.1\r\nHost: h\r\n\(fields)Content-Length: \(lines.joined().utf8.count)\r\n\r\n\(lines[0])")
      }
      let metric = "qareeb_availability_lines_total{outcome=\"applied\"} 1"
      try await eventually("the first line is applied") { try await running.client.get("/metrics").text.contains(metric) }
      try await postgres.kill()
      let answer = try await offThePool {
        try client.raw.send(lines[1])
        return try client.raw.readAnswer()
      }
      #expect(answer.status == 503 && answer.value("Retry-After") != nil, "\(answer.text)")
      let details = try answer.json()["error"]?["details"]
      #expect(details?["applied"]?.int == 1 && details?["sources"]?.array?.count == 1)
      try await postgres.startAgain()
      try await eventually("the same lines are taken") {
        let again = try await running.client.send("POST", path, headers: headers, body: Array(lines.joined().utf8))
        guard again.status == 200 else { return false }
        let data = try again.json()["data"]
        #expect(data?["applied"]?.int == 1 && data?["repeated"]?.int == 1, "\(again.text)")
        return true
      }
    }
    try await postgres.stop()
  }
}

/// One test's client, which goes from one piece of blocking work to the next.
// @unchecked Sendable: the pieces of work are awaited one after another, so nobody else uses it meanwhile.
private final class UncheckedClient: @unchecked Sendable {
  let raw: RawHTTPClient
  init(_ raw: RawHTTPClient) { self.raw = raw }
}
