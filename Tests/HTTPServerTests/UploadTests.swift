import Bytes
import Foundation
import HTTPServer
import TestSupport
import Testing

/// Bodies that are read while they arrive.
@Suite struct UploadTests {
  private static func service(
    limit: Int = .max, _ turnstile: Turnstile? = nil, ends: Tally<String> = Tally(), collected: Tally<Data> = Tally()
  ) -> RoutedService {
    RoutedService { request in
      switch request.path {
      case "/upload":
        .streaming(bodyLimit: limit) { request, response in
          await turnstile?.pass()
          var (count, sum) = (0, 0)
          do {
            if let body = request.bodyStream {
              for try await bytes in body {
                count += bytes.count
                for (index, byte) in bytes.enumerated() { sum &+= Int(byte) &* (count - bytes.count + index) }
              }
            }
            ends.add("whole")
          } catch {
            ends.add("\(error)")
          }
          response.body.append("\(count) \(sum)")
        }
      case "/collect":
        .streaming(bodyLimit: limit) { request, response in
          await turnstile?.pass()
          var whole = Data()
          do {
            if let body = request.bodyStream { for try await bytes in body { whole.append(contentsOf: bytes) } }
            collected.add(whole)
          } catch {
            ends.add("\(error)")
          }
        }
      case "/early":
        .streaming(bodyLimit: .max) { _, response in
          await turnstile?.pass()
          response.body.append("early")
        }
      case "/big": .synchronous { _, response in response.body.append(contentsOf: [UInt8](repeating: 0x78, count: 300_000)) }
      case "/echo":
        .synchronous(bodyLimit: 1_000_000) { request, response in
          request.withBodyBytes { response.body.append(contentsOf: $0) }
        }
      default: .synchronous(bodyLimit: 10) { _, response in response.body.append("quick") }
      }
    }
  }

  private static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }

  private static func expected(_ bytes: [UInt8]) -> String {
    "\(bytes.count) \(bytes.enumerated().reduce(0) { $0 &+ Int($1.element) &* $1.offset })"
  }

  private static func post(_ path: String, _ fields: String) -> String { "POST \(path) HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n" }
  private static let quick = "GET /quick HTTP/1.1\r\nHost: h\r\n\r\n"

  @Test(arguments: TestServer.Transport.allCases)
  func aSlowHandlerMakesASlowSender(_ transport: TestServer.Transport) async throws {
    let turnstile = Turnstile()
    let collected = Tally<Data>()
    // A period that no buffer has: bytes out of place are noticed.
    let period = Self.bytes(65_521)
    let body = (0..<184).reduce(into: [UInt8]()) { whole, _ in whole += period }
    try await withTestServer(Self.service(turnstile, collected: collected), on: transport) { server in
      let client = try server.connect()
      try client.send(Self.post("/collect", "Content-Length: \(body.count)"))
      try await eventually { turnstile.arrivals == 1 }
      var sent = 0
      var refusals = 0
      // Until the kernel takes no more although the server has had its turn many times.
      while refusals < 50, sent < body.count {
        let count = try client.socket.sendSome(body[sent...].prefix(65_536))
        sent += count
        refusals = count == 0 ? refusals + 1 : 0
        if count == 0 { #expect(try server.connect().exchange(Self.quick).text == "quick") }
      }
      #expect(sent < body.count, "12 MB were taken although nobody reads them")
      turnstile.open()
      try client.send(Array(body[sent...]))
      #expect(try client.readAnswer().status == 200)
      #expect(collected.all == [Data(body)])
      #expect(try client.exchange(Self.quick).text == "quick")
    }
  }

  @Test func chunkedUploadsArriveWhole() async throws {
    let body = Self.bytes(300_000)
    try await withTestServer(Self.service(), on: .unix) { server in
      let client = try server.connect()
      try client.send(Self.post("/upload", "Transfer-Encoding: chunked"))
      var rest = body[...]
      var size = 1
      while !rest.isEmpty {
        let chunk = rest.prefix(size)
        rest = rest.dropFirst(size)
        try client.send(Array("\(String(chunk.count, radix: 16));n=\(size)\r\n".utf8) + chunk + Array("\r\n".utf8))
        size = size * 3 % 70_001 + 1
      }
      try client.send("0\r\nX-Sum: 1\r\n\r\n" + Self.quick)
      #expect(try client.readAnswer().text == Self.expected(body))
      #expect(try client.readAnswer().text == "quick")
    }
  }

  @Test(arguments: [false, true])
  func anEarlyAnswerKeepsTheConnectionWhereTheRestIsShort(held: Bool) async throws {
    let turnstile = Turnstile()
    if !held { turnstile.open() }
    try await withTestServer(Self.service(turnstile)) { server in
      let client = try server.connect()
      try client.send(Self.post("/early", "Content-Length: 10000") + String(repeating: "x", count: 4_000))
      try await eventually { turnstile.arrivals == 1 }
      turnstile.open()
      #expect(try client.readAnswer().text == "early")
      try client.send(String(repeating: "x", count: 6_000) + Self.quick)
      #expect(try client.readAnswer().text == "quick")
    }
  }

  @Test func anEarlyAnswerToALongBodyArrives() async throws {
    try await withTestServer(Self.service()) { server in
      let client = try server.connect()
      try client.send(Self.post("/early", "Content-Length: 400000"))
      // A client that sends it all before it looks.
      try client.sendWhileOpen([UInt8](repeating: 1, count: 400_000))
      #expect(try client.readAnswer().text == "early")
      #expect(try client.readBytesUntilEnd().isEmpty)
      #expect(client.ending == .closed)
    }
  }

  @Test func aLengthAboveTheLimitIsRefusedUnread() async throws {
    let ends = Tally<String>()
    try await withTestServer(Self.service(limit: 1_000, ends: ends)) { server in
      for path in ["/upload", "/quick"] {
        let client = try server.connect()
        let answer = try client.exchange(Self.post(path, "Content-Length: 100000\r\nExpect: 100-continue"))
        #expect(answer.status == 413)
        #expect(answer.interim.isEmpty)
        #expect(answer.saysClose)
        #expect(try client.readBytesUntilEnd().isEmpty)
      }
      #expect(ends.count == 0)
    }
  }

  @Test func chunksAboveTheLimitAreRefusedWhenTheyAre() async throws {
    let ends = Tally<String>()
    try await withTestServer(Self.service(limit: 1_000, ends: ends)) { server in
      let client = try server.connect()
      try client.send(Self.post("/upload", "Transfer-Encoding: chunked"))
      for _ in 0..<3 { try client.sendWhileOpen(Array(("190\r\n" + String(repeating: "x", count: 400) + "\r\n").utf8)) }
      let answer = try client.readAnswer()
      #expect(answer.status == 413)
      #expect(try client.readBytesUntilEnd().isEmpty)
      try await eventually { ends.count == 1 }
      #expect(ends.all == ["refused"])
    }
  }

  @Test func aBrokenChunkEndsTheUpload() async throws {
    let ends = Tally<String>()
    try await withTestServer(Self.service(ends: ends)) { server in
      let client = try server.connect()
      try client.send(Self.post("/upload", "Transfer-Encoding: chunked") + "3\r\nabc\r\nzz\r\n" + Self.quick)
      #expect(try client.readAnswersUntilEnd().map(\.status) == [400])
      try await eventually { ends.count == 1 }
      #expect(ends.all == ["refused"])
    }
  }

  @Test(arguments: ["/upload", "/echo"])
  func whoAsksIsToldToContinue(_ path: String) async throws {
    try await withTestServer(Self.service()) { server in
      let client = try server.connect()
      try client.send(Self.post(path, "Content-Length: 3\r\nExpect: 100-continue"))
      #expect(try client.readAny()?.status == 100)
      try client.send("abc")
      let answer = try client.readAnswer()
      #expect(answer.text == (path == "/echo" ? "abc" : Self.expected(Array("abc".utf8))))
      #expect(try client.exchange(Self.quick).text == "quick")
    }
  }

  /// What arrives while earlier answers wait to be taken must not overtake what arrived before it.
  @Test func nothingOvertakesWhatWaits() async throws {
    var limits = ServerLimits()
    limits.unsentBytes = 10_000
    let digits = (0..<20_000).map { UInt8(ascii: "0") + UInt8($0 / 7 % 10) }
    try await withTestServer(Self.service(), limits: limits, on: .unix) { server in
      for path in ["/echo", "/upload"] {
        let client = try server.connect()
        let big = "GET /big HTTP/1.1\r\nHost: h\r\n\r\n"
        try client.send(big + Self.post(path, "Content-Length: \(digits.count)") + "0")
        for start in stride(from: 1, to: digits.count, by: 97) {
          try client.send(Array(digits[start..<min(start + 97, digits.count)]))
        }
        #expect(try client.readAnswer().body.count == 300_000)
        let answer = try client.readAnswer()
        #expect(answer.text == (path == "/echo" ? String(decoding: digits, as: UTF8.self) : Self.expected(digits)))
      }
    }
  }
}
