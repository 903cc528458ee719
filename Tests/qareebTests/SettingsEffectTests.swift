import Bytes
import Configuration
import HTTPServer
import JSON
import TestSupport
import Testing
import WebAPI

@testable import qareeb

/// What an operator writes down must bound what it says it bounds: seen from a client, through a real socket.
@Suite struct SettingsEffectTests {
  private struct Note: RouteInput {
    let body: Body
    init(_ p: inout ParameterReader) { body = p.body(Body.self) }

    struct Body: BodyInput {
      static let schemaName = "Note"
      let text: String
      init(_ o: inout ObjectReader) { text = o.required("text", .text(0...1_000_000)) }
    }
  }

  private static let routes: [Route] = [
    Route.post("/notes", "Keep a note", permission: .public, rate: .unlimited, tags: ["Notes"])
      .sync { (call: Call, note: Note) in note.body.text.utf8.count },
    Route.post("/essays", "Keep an essay", permission: .public, rate: .unlimited, tags: ["Notes"]).bodyLimit(2_000)
      .sync { (call: Call, note: Note) in note.body.text.utf8.count },
    Route.get("/echo", "Hear an echo", permission: .public, rate: .unlimited, tags: ["Notes"])
      .webSocket { _, socket in
        for await message in socket.messages {
          guard case .text(let text) = message else { return }
          do { try await socket.send(text: text) } catch { return }
        }
      },
  ]

  private func withServer<R: Sendable>(
    _ environment: [String: String], _ body: @Sendable (TestServer) async throws -> R
  ) async throws -> R {
    let inputs = SettingInputs(environment: environment) { _ in .missing }
    let settings = try SettingsResolution(Settings.list, from: inputs).checked()
    let api = try API(routes: Self.routes, configuration: APIConfiguration(settings), environment: APIEnvironment())
    return try await withTestServer(api, limits: ServerLimits(settings, loops: 1), body)
  }

  private static func note(_ byteCount: Int) -> String {
    #"{"text":""# + String(repeating: "a", count: byteCount - 11) + #""}"#
  }

  @Test func bodySizeBoundsBodies() async throws {
    try await withServer(["QAREEB_LIMITS_BODY_SIZE": "100B"]) { server in
      let client = TestHTTPClient(server.address)
      #expect(try await client.post("/notes", json: Self.note(100)).status == 200)
      let refused = try await client.post("/notes", json: Self.note(101))
      #expect(refused.status == 413)
      #expect(try refused.json()["success"]?.bool == false)
      // A route that states its own limit keeps it.
      #expect(try await client.post("/essays", json: Self.note(2_000)).status == 200)
      #expect(try await client.post("/essays", json: Self.note(2_001)).status == 413)
    }
  }

  @Test func bodySizeBoundsBodiesOfUnknownLength() async throws {
    try await withServer(["QAREEB_LIMITS_BODY_SIZE": "100B"]) { server in
      try await offThePool {
        let head = "POST /notes HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        let client = try server.connect()
        #expect(try client.exchange(head + "64\r\n" + Self.note(100) + "\r\n0\r\n\r\n").status == 200)
        #expect(try client.exchange(head + "64\r\n" + Self.note(100) + "\r\n1\r\n \r\n0\r\n\r\n").status == 413)
      }
    }
  }

  @Test func withoutASettingBodiesMayBeAMebibyte() async throws {
    try await withServer([:]) { server in
      let client = TestHTTPClient(server.address)
      let taken = try await client.post("/notes", json: Self.note(900_000))
      #expect(taken.status == 200)
      let refused = try await client.post("/notes", json: Self.note(1 << 20 + 1))
      #expect(refused.status == 413)
    }
  }

  @Test func webSocketMessageSizeBoundsMessages() async throws {
    try await withServer(["QAREEB_LIMITS_WEBSOCKET_MESSAGE_SIZE": "200B"]) { server in
      try await offThePool {
        let client = try server.connect()
        let answer = try client.exchange(
          "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        #expect(answer.status == 101)
        // Masked with zeros. The longest message comes back, one byte more ends the connection with 1009.
        let longest = [UInt8](repeating: UInt8(ascii: "a"), count: 200)
        try client.send([0x81, 0x80 | 126, 0, 200, 0, 0, 0, 0] + longest)
        try client.waitForBytes(204)
        try client.send([0x81, 0x80 | 126, 0, 201, 0, 0, 0, 0, 0x61])
        #expect(try client.readBytesUntilEnd() == [0x81, 126, 0, 200] + longest + [0x88, 2, 0x03, 0xF1])
      }
    }
  }

  /// The server counts patience in whole seconds; what it cannot keep is refused when it is written down.
  @Test(arguments: ["header", "body", "idle", "write"])
  func timeoutsAreWholeSeconds(_ name: String) throws {
    func resolve(_ value: String) -> SettingsResolution<Settings> {
      SettingsResolution(
        Settings.list,
        from: SettingInputs(environment: ["QAREEB_LIMITS_\(name.uppercased())_TIMEOUT": value]) { _ in .missing })
    }
    for wrong in ["1500ms", "10ms", "0s", "2h"] {
      #expect(resolve(wrong).problems.map(\.setting) == ["limits.\(name)_timeout"], "\(wrong)")
    }
    let limits = ServerLimits(try resolve("7000ms").checked(), loops: 1)
    let seconds = [
      "header": limits.headSeconds, "body": limits.bodySeconds, "idle": limits.idleSeconds, "write": limits.writeSeconds,
    ]
    #expect(seconds.filter { $0.value == 7 }.keys.sorted() == [name])
  }

  /// A limit that is listed, explained and read by nothing is worse than none. Each must be mentioned where settings are spent.
  @Test func everyLimitIsRead() throws {
    let wiring = try ["Application", "Discovering", "ServerWiring", "Signals", "Store", "Tracing"]
      .map { try ProjectFolder.text("Sources/qareeb/Serving/\($0).swift") }.joined()
    for (name, _) in Mirror(reflecting: Limits()).children {
      let name = try #require(name)
      #expect(wiring.contains("limits.\(name)"), "nothing reads Limits.\(name)")
    }
  }
}
