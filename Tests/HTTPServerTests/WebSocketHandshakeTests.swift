import Bytes
import TestSupport
import Testing

@testable import HTTPServer

@Suite struct WebSocketHandshakeTests {
  private static func routes(_ request: HTTPRequest) -> HTTPHandler? {
    switch request.path {
    case "/echo":
      return .webSocket { _, socket in await echo(socket) }
    case "/strict":
      var options = WebSocketOptions()
      options.allowedOrigins = ["https://qareeb.example"]
      options.subprotocols = ["v2.qareeb", "v1.qareeb"]
      return .webSocket(options) { _, socket in await echo(socket) }
    case "/plain":
      return .synchronous { _, response in response.body.append("plain") }
    default:
      return nil
    }
  }

  /// RFC 6455, 1.3.
  @Test func theAcceptKeyIsThatOfTheStandard() {
    #expect(WebSocketHandshake.accept(key: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }

  @Test func answersWithTheAcceptKey() async throws {
    try await withServer(routes: Self.routes) { server in
      let wire = try WireClient(server.address)
      try wire.send(WebSocketClient.request())
      let lines = try wire.takeHead().split(separator: "\r\n", omittingEmptySubsequences: false)
      #expect(lines.contains { $0.hasPrefix("Date: ") })
      #expect(
        lines.filter { !$0.hasPrefix("Date: ") }.joined(separator: "\r\n") == """
          HTTP/1.1 101 Switching Protocols\r
          Upgrade: websocket\r
          Connection: Upgrade\r
          Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
          \r

          """)
    }
  }

  struct Refusal: CustomTestStringConvertible {
    let testDescription: String
    let request: String
    let status: Int
    var header: String?

    init(_ name: String, _ request: String, _ status: Int, header: String? = nil) {
      testDescription = name
      self.request = request
      self.status = status
      self.header = header
    }
  }

  static let refusals = [
    Refusal(
      "POST", WebSocketClient.request(["Content-Length": "0"], requestLine: "POST /echo HTTP/1.1"), 405, header: "Allow: GET"),
    Refusal("HTTP/1.0", WebSocketClient.request(requestLine: "GET /echo HTTP/1.0"), 426, header: "Upgrade: websocket"),
    Refusal("no Upgrade", WebSocketClient.request(["Upgrade": nil]), 426, header: "Upgrade: websocket"),
    Refusal("another protocol", WebSocketClient.request(["Upgrade": "h2c"]), 426, header: "Upgrade: websocket"),
    Refusal("no Connection", WebSocketClient.request(["Connection": nil]), 426, header: "Connection: Upgrade"),
    Refusal("Connection without Upgrade", WebSocketClient.request(["Connection": "keep-alive"]), 426),
    Refusal("no version", WebSocketClient.request(["Sec-WebSocket-Version": nil]), 426, header: "Sec-WebSocket-Version: 13"),
    Refusal("version 8", WebSocketClient.request(["Sec-WebSocket-Version": "8"]), 426, header: "Sec-WebSocket-Version: 13"),
    Refusal("version 13.0", WebSocketClient.request(["Sec-WebSocket-Version": "13.0"]), 426, header: "Sec-WebSocket-Version: 13"),
    Refusal("no key", WebSocketClient.request(["Sec-WebSocket-Key": nil]), 400),
    Refusal("a key of 15 bytes", WebSocketClient.request(["Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAA"]), 400),
    Refusal("a key of 17 bytes", WebSocketClient.request(["Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAAA="]), 400),
    Refusal("a key that is no base64", WebSocketClient.request(["Sec-WebSocket-Key": "not*base64*at*all*****=="]), 400),
    Refusal(
      "two keys",
      WebSocketClient.request(["Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]),
      400),
    Refusal("a foreign origin", WebSocketClient.request(path: "/strict", ["Origin": "https://evil.example"]), 403),
    Refusal("the null origin", WebSocketClient.request(path: "/strict", ["Origin": "null"]), 403),
    Refusal(
      "an origin that only begins well",
      WebSocketClient.request(path: "/strict", ["Origin": "https://qareeb.example.evil.example"]),
      403),
    Refusal(
      "two origins",
      WebSocketClient.request(path: "/strict", ["Origin": "https://qareeb.example\r\nOrigin: https://evil.example"]), 403),
  ]

  @Test(arguments: refusals) func refuses(_ refusal: Refusal) async throws {
    try await withServer(routes: Self.routes) { server in
      let wire = try WireClient(server.address)
      try wire.send(refusal.request)
      let head = try wire.takeHead()
      #expect(head.hasPrefix("HTTP/1.1 \(refusal.status) "))
      if let header = refusal.header { #expect(head.contains("\r\n\(header)\r\n")) }
      #expect(!head.contains("Sec-WebSocket-Accept"))
    }
  }

  static let accepted: [(String, String)] = [
    ("names in any case", WebSocketClient.request(["Upgrade": "WebSocket", "Connection": "keep-alive, UPGRADE"])),
    ("several protocols", WebSocketClient.request(["Upgrade": "h2c, websocket"])),
    ("two Connection fields", WebSocketClient.request(["Connection": "keep-alive\r\nConnection: ,upgrade ,"])),
    (
      "an extension nobody speaks",
      WebSocketClient.request(["Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"])
    ),
    ("any origin", WebSocketClient.request(["Origin": "https://anywhere.example"])),
    ("the right origin", WebSocketClient.request(path: "/strict", ["Origin": "https://qareeb.example"])),
    ("no origin: no browser", WebSocketClient.request(path: "/strict")),
  ]

  @Test(arguments: accepted) func accepts(name: String, request: String) async throws {
    try await withServer(routes: Self.routes) { server in
      let wire = try WireClient(server.address)
      try wire.send(request)
      let head = try wire.takeHead()
      #expect(head.hasPrefix("HTTP/1.1 101 "))
      #expect(!head.contains("Sec-WebSocket-Extensions"))
    }
  }

  @Test(arguments: [
    ("v1.qareeb, v2.qareeb", "v2.qareeb"), ("v1.qareeb", "v1.qareeb"), ("v3.qareeb", nil), ("V2.QAREEB", nil),
    ("v3.qareeb\r\nSec-WebSocket-Protocol: v1.qareeb", "v1.qareeb"),
  ])
  func choosesTheBestSubprotocol(offered: String, chosen: String?) async throws {
    try await withServer(routes: Self.routes) { server in
      let wire = try WireClient(server.address)
      try wire.send(WebSocketClient.request(path: "/strict", ["Sec-WebSocket-Protocol": offered]))
      let head = try wire.takeHead()
      #expect(head.hasPrefix("HTTP/1.1 101 "))
      let line = head.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Protocol") }
      #expect(line.map(String.init) == chosen.map { "Sec-WebSocket-Protocol: \($0)" })
    }
  }

  /// After a refusal the connection is still one of HTTP.
  @Test func aRefusalDoesNotEndTheConnection() async throws {
    try await withServer(routes: Self.routes) { server in
      let wire = try WireClient(server.address)
      try wire.send(WebSocketClient.request(["Sec-WebSocket-Version": "8"]) + "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try wire.takeHead().hasPrefix("HTTP/1.1 426 "))
      _ = try wire.take("Only version 13 of WebSocket is spoken here.".utf8.count)
      #expect(try wire.takeHead().hasPrefix("HTTP/1.1 200 "))
      #expect(try wire.take(5) == Array("plain".utf8))
    }
  }

  /// Earlier answers of the connection come first, and what stands behind the request belongs to the WebSocket.
  @Test func theHandshakeKeepsItsPlaceBetweenOtherBytes() async throws {
    try await withServer(routes: Self.routes) { server in
      let wire = try WireClient(server.address)
      let frames = ClientFrame.text("early").bytes + ClientFrame.close(1000).bytes
      try wire.send(Array(("GET /plain HTTP/1.1\r\nHost: a\r\n\r\n" + WebSocketClient.request()).utf8) + frames)
      #expect(try wire.takeHead().hasPrefix("HTTP/1.1 200 "))
      #expect(try wire.take(5) == Array("plain".utf8))
      #expect(try wire.takeHead().hasPrefix("HTTP/1.1 101 "))
      try wire.receiveToEnd()
      #expect(ServerFrame.parse(wire.received) == [.text("early"), .close(1000)])
    }
  }
}

/// Says everything back.
func echo(_ socket: WebSocket) async {
  do {
    for await message in socket.messages {
      switch message {
      case .text(let text): try await socket.send(text: text)
      case .binary(let bytes): try await socket.send(binary: bytes)
      }
    }
  } catch {
    // The client has gone; so does the echo.
  }
}
