import Bytes
import HTTPServer
import TestSupport
import Testing

/// Clients that close one side or both, at every moment.
@Suite struct DepartureTests {
  private static func service(_ bodies: Tally<String> = Tally()) -> RoutedService {
    RoutedService { request in
      switch request.path {
      case "/async":
        .asynchronous(bodyLimit: 1_000) { request, response in
          await Task.yield()
          response.body.append("async \(request.bodyCount)")
        }
      case "/stream":
        .asynchronous { _, response in
          response.stream { writer in
            for number in 0..<5 {
              try await writer.write("piece \(number) ")
              await Task.yield()
            }
          }
        }
      case "/upload":
        .streaming(bodyLimit: 1_000) { request, response in
          do {
            if let body = request.bodyStream { for try await _ in body {} }
            bodies.add("whole")
          } catch {
            bodies.add("\(error)")
          }
          response.body.append("uploaded")
        }
      default: .synchronous(bodyLimit: 1_000) { request, response in response.body.append("sync \(request.bodyCount)") }
      }
    }
  }

  private static let pipeline = Array(
    ("POST /sync HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
      + "POST /async HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nX: y\r\n\r\n"
      + "POST /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
      + "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").utf8)

  /// The server lives, and keeps nothing of those who have gone.
  private static func expectAllForgotten(_ server: TestServer) async throws {
    try await eventually { server.count { $0.open.current } == 0 && server.count { $0.inFlight.current } == 0 }
    let client = try server.connect()
    #expect(try client.exchange("GET /sync HTTP/1.1\r\nHost: h\r\n\r\n").text == "sync 0")
  }

  @Test(arguments: TestServer.Transport.allCases)
  func clientsMayVanishAtEveryByteOfARequest(_ transport: TestServer.Transport) async throws {
    try await withTestServer(Self.service(), on: transport) { server in
      for cut in 0...Self.pipeline.count {
        for resets in [false, true] {
          let client = try server.connect()
          try client.send(Array(Self.pipeline[..<cut]))
          if resets { client.reset() } else { client.close() }
        }
      }
      try await Self.expectAllForgotten(server)
    }
  }

  @Test(arguments: TestServer.Transport.allCases)
  func clientsMayVanishAtEveryByteOfTheAnswers(_ transport: TestServer.Transport) async throws {
    try await withTestServer(Self.service(), on: transport) { server in
      let whole = try server.connect()
      try whole.send(Self.pipeline)
      whole.finishSending()
      // The stream comes last: what follows the end of our side may be cut.
      let length = try whole.readBytesUntilEnd().count
      #expect(length > 300)
      for cut in 1...length {
        let client = try server.connect()
        try client.send(Self.pipeline)
        var left = cut
        while left > 0, case .bytes(let bytes) = try client.socket.receive(upTo: left, deadline: .now.advanced(by: .seconds(60)))
        {
          left -= bytes.count
        }
        #expect(left == 0)
        if cut % 2 == 0 { client.reset() } else { client.close() }
      }
      try await Self.expectAllForgotten(server)
    }
  }

  @Test func whoEndsItsSideIsStillAnswered() async throws {
    try await withTestServer(Self.service()) { server in
      let client = try server.connect()
      try client.send(Self.pipeline.prefix { $0 != 0 } + [])
      client.finishSending()
      let texts = try (0..<3).map { _ in try client.readAnswer().text }
      #expect(texts == ["sync 5", "async 5", "uploaded"])
    }
  }

  @Test func whoEndsItsSideBehindAHeldRequestIsAnswered() async throws {
    let gate = Turnstile()
    let service = RoutedService { _ in
      .asynchronous { _, response in
        await gate.pass()
        response.body.append("late")
      }
    }
    try await withTestServer(service) { server in
      let client = try server.connect()
      try client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
      client.finishSending()
      try await eventually { gate.arrivals == 1 }
      gate.open()
      let answers = try client.readAnswersUntilEnd()
      #expect(answers.map(\.text) == ["late"])
      #expect(client.ending == .closed)
    }
  }

  @Test func halfARequestIsNotAnswered() async throws {
    let bodies = Tally<String>()
    try await withTestServer(Self.service(bodies)) { server in
      for half in [
        "GET", "GET /sync HTTP/1.1\r\n", "GET /sync HTTP/1.1\r\nHost: h\r\n\r",
        "POST /sync HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhell",
        "POST /async HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
      ] {
        let client = try server.connect()
        try client.send(half)
        client.finishSending()
        #expect(try client.readBytesUntilEnd().isEmpty, "\(half.debugDescription)")
      }
      let client = try server.connect()
      try client.send("POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhell")
      client.finishSending()
      #expect(try client.readBytesUntilEnd().isEmpty)
      try await eventually { bodies.count == 1 }
      #expect(bodies.all == ["disconnected"])
    }
  }
}
