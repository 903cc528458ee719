import Bytes
import EventLoops
import HTTPServer
import TestSupport
import Testing

/// The end of a server: nothing that has begun is lost, nothing new begins. Deadlines are far away, so a drain that only ends by
/// its deadline hangs the test.
@Suite(.timeLimit(.minutes(3))) struct DrainTests {
  private static let farAway: UInt64 = 600_000

  private static func service(_ turnstile: Turnstile, _ ends: Tally<String> = Tally()) -> RoutedService {
    RoutedService { request in
      switch request.path {
      case "/held":
        .asynchronous(bodyLimit: 100) { _, response in
          await turnstile.pass()
          response.body.append("held")
        }
      case "/events":
        .asynchronous { request, response in
          let loop = request.loop
          response.stream { writer in
            do {
              while true {
                try await writer.write("event\n")
                try await loop.sleep(milliseconds: 1)
              }
            } catch StreamEnd.draining {
              ends.add("draining")
            }
          }
        }
      default: .synchronous(bodyLimit: 100) { _, response in response.body.append("quick") }
      }
    }
  }

  private static func request(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n" }

  /// As many connections as it takes until every loop has one: which accepts is the kernel's choice.
  private static func connectToEachLoop(_ server: TestServer) throws -> [RawHTTPClient] {
    var clients: [RawHTTPClient] = []
    while clients.count < 1_000, server.server.statistics.contains(where: { $0.open.current == 0 }) {
      let client = try server.connect()
      #expect(try client.exchange(Self.request("/quick")).text == "quick")
      clients.append(client)
    }
    return clients
  }

  @Test(arguments: TestServer.Transport.allCases)
  func whatIsUnderWayIsAnsweredAndNothingElseBegins(_ transport: TestServer.Transport) async throws {
    let turnstile = Turnstile()
    try await withTestServer(Self.service(turnstile), loops: 2, on: transport) { server in
      let idle = try Self.connectToEachLoop(server)
      let held = try server.connect()
      try held.send(Self.request("/held") + Self.request("/quick"))
      let begun = try server.connect()
      try begun.send("GET /quick HTTP/1.1\r\nHo")
      let uploading = try server.connect()
      try uploading.send("POST /quick HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nab")
      let count = idle.count + 3
      try await eventually { turnstile.arrivals == 1 && server.count { $0.open.current } == count }
      // What was sent before has been read once each loop has answered what was sent later.
      for client in idle { #expect(try client.exchange(Self.request("/quick")).text == "quick") }

      async let drained: Void = server.server.drain(deadlineMilliseconds: Self.farAway)
      // Now every loop drains.
      for client in idle { #expect(try client.readBytesUntilEnd().isEmpty) }
      try begun.send("st: h\r\n\r\n")
      try uploading.send("c")
      turnstile.open()
      for (client, text) in [(held, "held"), (begun, "quick"), (uploading, "quick")] {
        let answers = try client.readAnswersUntilEnd()
        #expect(answers.map(\.text) == [text])
        #expect(answers.map(\.saysClose) == [true])
        #expect(client.ending == .closed)
      }
      #expect(throws: ClientSocketError.self) { _ = try server.connect() }
      await drained
      #expect(server.count { $0.open.current } == 0)
    }
  }

  @Test func streamsAreToldAndEndProperly() async throws {
    let ends = Tally<String>()
    try await withTestServer(Self.service(Turnstile(), ends)) { server in
      let client = try server.connect()
      try client.send(Self.request("/events"))
      try client.waitForBytes(300)
      async let drained: Void = server.server.drain(deadlineMilliseconds: Self.farAway)
      #expect(try client.readAnswer().text.hasPrefix("event\nevent\n"))
      #expect(try client.readBytesUntilEnd().isEmpty)
      await drained
      #expect(ends.all == ["draining"])
    }
  }

  @Test func whatOutlastsTheDeadlineIsCut() async throws {
    let turnstile = Turnstile()
    try await withTestServer(Self.service(turnstile)) { server in
      let client = try server.connect()
      try client.send(Self.request("/held"))
      try await eventually { turnstile.arrivals == 1 }
      await server.server.drain(deadlineMilliseconds: 1)
      #expect(try client.readBytesUntilEnd().isEmpty)
      turnstile.open()
      try await eventually { server.count { $0.inFlight.current } == 0 }
    }
  }
}
