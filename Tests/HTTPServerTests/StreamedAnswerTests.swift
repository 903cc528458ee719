import Bytes
import EventLoops
import HTTPServer
import TestSupport
import Testing

/// Answers written piece by piece, and what a handler can and cannot put into a head.
@Suite struct StreamedAnswerTests {
  /// Tells when it is let go.
  private final class Witness: Sendable {
    let fate: Tally<String>
    init(_ fate: Tally<String>) { self.fate = fate }
    deinit { fate.add("let go") }
  }

  private static func service(_ fate: Tally<String> = Tally()) -> RoutedService {
    RoutedService { request in
      .asynchronous { request, response in
        let path = request.path
        let loop = request.loop
        if path == "/empty" { response.status = .noContent }
        response.stream { writer in
          if path == "/witness" { return try await endless(writer, loop, Witness(fate)) }
          for piece in ["one ", "", "two ", "three"] { try await writer.write(piece) }
          if path == "/broken" { throw CancellationError() }
        }
      }
    }
  }

  private static func endless(_ writer: BodyWriter, _ loop: EventLoop, _ witness: Witness) async throws {
    while true {
      try await writer.write("more")
      try await loop.sleep(milliseconds: 1)
    }
  }

  private static func request(_ path: String, method: String = "GET", _ fields: String = "Host: h\r\n") -> String {
    "\(method) \(path) HTTP/1.1\r\n\(fields)\r\n"
  }

  @Test func piecesBecomeChunks() async throws {
    try await withTestServer(Self.service()) { server in
      let client = try server.connect()
      for _ in 0..<3 {
        let answer = try client.exchange(Self.request("/"))
        #expect(answer.text == "one two three")
        #expect(answer.framing == .chunked)
        #expect(!answer.saysClose)
      }
      let last = try client.exchange(Self.request("/", "Host: h\r\nConnection: close\r\n"))
      #expect(last.text == "one two three")
      #expect(last.saysClose)
      #expect(try client.readBytesUntilEnd().isEmpty)
    }
  }

  @Test func headHasNoBody() async throws {
    try await withTestServer(Self.service()) { server in
      let client = try server.connect()
      #expect(try client.exchange(Self.request("/", method: "HEAD"), isHead: true).status == 200)
      #expect(try client.exchange(Self.request("/empty")).framing == .noBody)
      #expect(try client.exchange(Self.request("/")).text == "one two three")
    }
  }

  @Test func oldClientsReadUntilTheEnd() async throws {
    try await withTestServer(Self.service()) { server in
      for fields in ["", "Connection: keep-alive\r\n"] {
        let client = try server.connect()
        let answer = try client.exchange("GET / HTTP/1.0\r\n\(fields)\r\n")
        #expect(answer.text == "one two three")
        #expect(answer.framing == .untilClose)
        #expect(answer.saysClose)
      }
    }
  }

  /// A body that broke off must not look whole.
  @Test func aBrokenStreamIsCutOff() async throws {
    try await withTestServer(Self.service()) { server in
      let client = try server.connect()
      #expect(throws: MalformedAnswer.self) { _ = try client.exchange(Self.request("/broken")) }
      #expect(client.ending != nil)
      #expect(try server.connect().exchange(Self.request("/")).text == "one two three")
    }
  }

  @Test(arguments: [false, true])
  func nothingIsKeptOfAStreamWhoseReaderHasGone(resets: Bool) async throws {
    let fate = Tally<String>()
    let loops = Tally<WeakLink>()
    let service = RoutedService { request in
      .asynchronous { request, response in
        let loop = request.loop
        // Held by the producer, which the answer holds, which the connection holds.
        let witness = Witness(fate)
        loops.add(WeakLink(witness))
        response.stream { writer in try await Self.endless(writer, loop, witness) }
      }
    }
    try await withTestServer(service) { server in
      let client = try server.connect()
      try client.send(Self.request("/witness"))
      try client.waitForBytes(300)
      #expect(loops.all[0].isAlive)
      if resets { client.reset() } else { client.close() }
      try await eventually { fate.count == 1 }
      #expect(server.count { $0.open.current } == 0)
    }
  }

  private final class WeakLink: Sendable {
    private weak let object: Witness?
    init(_ object: Witness) { self.object = object }
    var isAlive: Bool { object != nil }
  }

  @Test func noValueCanForgeAField() async throws {
    let hostile = [
      "a\r\nX-Forged: 1", "a\nX-Forged: 1", "a\rX-Forged: 1", "a\r\n\r\n<html>", "\u{0}", "a\u{7f}b",
      "\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
      "سلام", "", " ",
    ]
    let service = RoutedService { request in
      .synchronous { request, response in
        let number = Int(request.query) ?? 0
        response.addHeader("X-Value", hostile[number])
        response.addHeader("X-Last", "1" as String)
        response.body.append("body")
      }
    }
    try await withTestServer(service) { server in
      let client = try server.connect()
      for number in hostile.indices {
        let answer = try client.exchange(Self.request("/?\(number)"))
        #expect(answer.text == "body")
        #expect(answer.values("x-value").count == 1)
        #expect(answer.value("x-last") == "1")
        #expect(answer.values("x-forged").isEmpty)
        #expect(answer.values("content-length") == ["4"])
      }
    }
  }
}
