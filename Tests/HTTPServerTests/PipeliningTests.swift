import Bytes
import HTTPServer
import TestSupport
import Testing

/// Requests sent without waiting for answers: RFC 9112, 9.3.2.
@Suite struct PipeliningTests {
  private static let mixed = RoutedService { request in
    let number = request.query
    let answer: @Sendable (HTTPRequest, HTTPResponse) -> Void = { request, response in
      response.body.append("\(number) \(request.bodyCount)")
    }
    switch request.path {
    case "/sync": return .synchronous(bodyLimit: 100, answer)
    case "/yield":
      return .asynchronous(bodyLimit: 100) { request, response in
        await Task.yield()
        answer(request, response)
      }
    case "/async": return .asynchronous(bodyLimit: 100) { request, response in answer(request, response) }
    case "/stream":
      return .asynchronous(bodyLimit: 100) { request, response in
        let count = request.bodyCount
        response.stream { writer in
          try await writer.write("\(number)")
          await Task.yield()
          try await writer.write(" \(count)")
        }
      }
    default:
      return .streaming(bodyLimit: 100) { request, response in
        var count = 0
        do {
          if let body = request.bodyStream { for try await bytes in body { count += bytes.count } }
        } catch {
          response.status = .badRequest
        }
        response.body.append("\(number) \(count)")
      }
    }
  }

  @Test(arguments: TestServer.Transport.allCases)
  func aThousandMixedRequestsAreAnsweredInOrder(_ transport: TestServer.Transport) async throws {
    let paths = ["/sync", "/yield", "/async", "/stream", "/upload"]
    var random = SeededRandom()
    var bytes: [UInt8] = []
    var expected: [String] = []
    for number in 0..<1_000 {
      let path = paths[Int.random(in: 0..<paths.count, using: &random)]
      let body = String(repeating: "b", count: Int.random(in: 0...20, using: &random))
      let framing =
        Bool.random(using: &random)
        ? "Content-Length: \(body.count)\r\n\r\n\(body)"
        : "Transfer-Encoding: chunked\r\n\r\n" + (body.isEmpty ? "" : "\(String(body.count, radix: 16))\r\n\(body)\r\n")
          + "0\r\n\r\n"
      bytes += Array("POST \(path)?\(number) HTTP/1.1\r\nHost: h\r\n\(framing)".utf8)
      expected.append("\(number) \(body.count)")
    }
    let request = bytes
    let answers = try await withTestServer(Self.mixed, on: transport) { server in
      let client = try server.connect()
      try client.send(request)
      return try (0..<1_000).map { _ in try client.readAnswer().text }
    }
    #expect(answers == expected)
  }

  @Test func anAnswerWaitsForTheOneBefore() async throws {
    let gate = Turnstile()
    let service = RoutedService { request in
      if request.path == "/held" {
        return .asynchronous { _, response in
          await gate.pass()
          response.body.append("held")
        }
      }
      return .synchronous { _, response in response.body.append("quick") }
    }
    try await withTestServer(service) { server in
      let client = try server.connect()
      try client.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\nGET /quick HTTP/1.1\r\nHost: h\r\n\r\n")
      try await eventually { gate.arrivals == 1 }
      #expect(try client.socket.receiveSome() == nil)
      gate.open()
      #expect(try client.readAnswer().text == "held")
      #expect(try client.readAnswer().text == "quick")
    }
  }

  @Test func aKeptRequestKeepsItsOwnData() async throws {
    let kept = Tally<HTTPRequest>()
    let service = RoutedService { _ in
      .synchronous(bodyLimit: 100) { request, _ in kept.add(request) }
    }
    try await withTestServer(service, on: .unix) { server in
      let client = try server.connect()
      for number in 0..<100 {
        let body = "body \(number)"
        let answer = try client.exchange(
          "POST /\(number)?q=\(number) HTTP/1.1\r\nHost: h\(number)\r\nContent-Length: \(body.count)\r\n\r\n\(body)")
        #expect(answer.status == 200)
      }
      for (number, request) in kept.all.enumerated() {
        #expect(request.path == "/\(number)")
        #expect(request.query == "q=\(number)")
        #expect(request.header("host") == "h\(number)")
        #expect(request.withBodyBytes { String(decoding: $0, as: UTF8.self) } == "body \(number)")
      }
    }
  }

  @Test func anAbsoluteTargetDecidesTheHost() async throws {
    let service = RoutedService { _ in
      .synchronous { request, response in
        response.body.append("\(request.target) \(request.header("host") ?? "") \(request.header("x") ?? "")")
      }
    }
    try await withTestServer(service) { server in
      let client = try server.connect()
      for (target, path) in [("http://other:81/a?b", "/a?b"), ("http://other:81", "/"), ("http://other:81?c", "/?c")] {
        let answer = try client.exchange("GET \(target) HTTP/1.1\r\nHost: h\r\nX: y \t\r\n\r\n")
        #expect(answer.text == "\(path) other:81 y")
      }
    }
  }
}
