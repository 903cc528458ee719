import Foundation
import JSON
import TestSupport
import Testing

/// The served OpenAPI document is true, and the page of metrics is one.
@Suite struct ContractTests {
  private func document() async throws -> String {
    let answer = try await RunningQareeb.shared.value.client.get("/api/v1/openapi.json")
    #expect(answer.status == 200)
    #expect(answer.value("Content-Type") == "application/json; charset=utf-8")
    // Strictly JSON: the tools below would also take YAML.
    #expect(try answer.json()["openapi"]?.string == "3.1.0")
    return answer.text
  }

  /// Which parameters go together is said in words, because OpenAPI has no way to: `lon` without `lat` is refused although each is
  /// right. Everywhere else what the document allows must be accepted.
  /// And a position of the log that nobody has reached is answered 503, as documented. A stream has no end to wait for.
  /// Lines of a feed that are wrong are told in a 200.
  private static let combinations = """
    hooks = "hooks.py"

    [[operations]]
    include-path-regex = "^/api/v1/feeds/"
    checks.negative_data_rejection.expected-statuses = ["2xx", "4xx"]

    [[operations]]
    include-path-regex = "^/api/v1/(search/(providers|suggest)|services/(categories|by-area)|staff/by-area|providers/.id.)$"
    checks.positive_data_acceptance.expected-statuses = ["2xx", "3xx", "400", "404", "503"]
    checks.not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "503"]

    [[operations]]
    include-path-regex = "^/api/v1/stream/"
    enabled = false

    """

  /// The tool knows no bodies of lines: one line each.
  private static let lines = """
    import json
    import schemathesis

    @schemathesis.serializer("application/x-ndjson")
    def lines(ctx, value):
        return (json.dumps(value) + "\\n").encode()

    """

  private func schemathesis(_ document: String, _ options: String...) async throws -> FinishedProcess {
    let folder = try TemporaryFolder()
    let path = try folder.write(document, to: "openapi.json")
    _ = try folder.write(ContractTests.combinations, to: "schemathesis.toml")
    _ = try folder.write(ContractTests.lines, to: "hooks.py")
    let base = try await RunningQareeb.shared.value.base
    return try await FinishedProcess.run(
      try PythonClient.tool("schemathesis"),
      [
        "run", path, "--url", base, "--checks", "all", "--phases", "examples,coverage,fuzzing", "--max-examples", "25",
        "--seed", "2026", "--continue-on-failure", "--request-timeout", "30", "--no-color",
      ] + options, in: folder.url)
  }

  @Test func theDocumentIsValid() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(try await document(), to: "openapi.json")
    let check = try await FinishedProcess.run(try PythonClient.tool("openapi-spec-validator"), ["--schema", "3.1", path])
    #expect(check.exitCode == 0, "\(check.output) \(check.error)")
  }

  @Test func everyAnswerIsAsDocumented() async throws {
    let run = try await schemathesis(try await document())
    #expect(run.exitCode == 0, "\(run.output.suffix(6_000)) \(run.error)")
    let selected = try #require(
      run.output.firstMatch(of: /Selected: (\d+)\/(\d+)\n +Tested: (\d+)\n/), "\(run.output.suffix(2_000))")
    #expect(selected.1 == selected.3, "\(run.output.suffix(2_000))")
    // But for the streams.
    #expect(Int(selected.2) == Int(selected.1).map { $0 + 1 }, "\(run.output.suffix(2_000))")
  }

  /// The same run must fail when the document says something else.
  @Test func aFalseDocumentIsFoundOut() async throws {
    let claim = "\"schema\":{\"type\":\"object\",\"properties\":{\"success\":{\"const\":true}"
    let document = try await document()
    try #require(document.contains(claim))
    let run = try await schemathesis(
      document.replacing(claim, with: claim.replacing("true", with: "7")), "--include-path", "/api/v1/version")
    #expect(run.exitCode == 1, "\(run.output.suffix(2_000))")
    #expect(run.output.contains("Response violates schema"), "\(run.output.suffix(2_000))")
  }

  @Test func metricsAreAPrometheusPage() async throws {
    let client = try await RunningQareeb.shared.value.client
    for target in ["/api/v1/markets", "/nowhere", "/api/v1/providers"] { _ = try await client.get(target) }
    let answer = try await client.get("/metrics")
    #expect(answer.value("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
    let folder = try TemporaryFolder()
    let read = try await PythonClient.run("prometheus_page.py", try folder.write(answer.text, to: "metrics"))
    #expect(read.exitCode == 0, "\(read.error)")
    let families = Set(read.output.split(separator: "\n").map(String.init))
    for name in [
      "http_request_duration_seconds", "qareeb_http_connections", "qareeb_loop_lag_seconds", "qareeb_postgres_pool_connections",
      "process_resident_memory_bytes",
    ] { #expect(families.contains(name), "\(name)") }
    let answered = #/http_request_duration_seconds_count\{method="GET",route="/api/v1/markets",status="2xx"\} (\d+)\n/#
    let count = try answered.firstMatch(in: answer.text).flatMap { Int($0.1) }
    #expect(count ?? 0 > 0)
  }
}
