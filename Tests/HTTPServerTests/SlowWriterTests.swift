import Bytes
import HTTPServer
import TestSupport
import Testing

/// Clients that begin and do not go on (Slowloris and its kin). Limits are a second, outcomes are what is asserted.
@Suite struct SlowWriterTests {
  private static var limits: ServerLimits {
    var limits = ServerLimits()
    limits.headSeconds = 1
    limits.bodySeconds = 1
    limits.idleSeconds = 1
    limits.lingerSeconds = 1
    return limits
  }

  private static func service(_ seen: Tally<String> = Tally(), _ gate: Turnstile? = nil) -> RoutedService {
    RoutedService { request in
      if request.path == "/upload" {
        return .streaming(bodyLimit: .max) { request, response in
          await gate?.pass()
          var count = 0
          do {
            if let body = request.bodyStream { for try await bytes in body { count += bytes.count } }
            seen.add("whole \(count)")
          } catch {
            seen.add("\(error) \(count > 0 ? "after some" : "at once")")
          }
        }
      }
      return .synchronous(bodyLimit: 100_000) { request, response in
        seen.add(request.path)
        response.body.append("\(request.bodyCount)")
      }
    }
  }

  /// Sends a byte now and then until the server has had enough; a fast machine sends more, never something else.
  private static func drip(_ client: RawHTTPClient, _ bytes: some Sequence<UInt8>) async throws {
    for byte in bytes {
      guard try client.sendWhileOpen([byte]), try client.socket.isQuiet() else { return }
      try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("the server took every byte")
  }

  private static let endless = repeatElement(UInt8(ascii: "a"), count: 2_000)

  @Test(arguments: [
    "GET / HTTP/1.1\r\nHost: h\r\nX: ", "GET /", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 90000\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;",
  ])
  func aDripIsCutOff(_ beginning: String) async throws {
    let seen = Tally<String>()
    try await withTestServer(Self.service(seen), limits: Self.limits) { server in
      let client = try server.connect()
      try client.send(beginning)
      try await Self.drip(client, Self.endless)
      let answer = try client.readAnswer()
      #expect(answer.status == 408)
      #expect(answer.saysClose)
      #expect(seen.count == 0)
    }
  }

  @Test func aDrippingUploadIsCutOff() async throws {
    let seen = Tally<String>()
    try await withTestServer(Self.service(seen), limits: Self.limits) { server in
      let client = try server.connect()
      try client.send("POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n")
      try await Self.drip(client, Self.endless)
      #expect(try client.readAnswer().status == 408)
      try await eventually { seen.count == 1 }
      #expect(seen.all == ["refused after some"])
    }
  }

  /// The buffer is full, so nothing is asked of the client; once the handler has emptied it, the client's time runs again.
  @Test func anUploadThatStopsBehindAFullBufferIsCutOff() async throws {
    let seen = Tally<String>()
    let gate = Turnstile()
    try await withTestServer(Self.service(seen, gate), limits: Self.limits, on: .unix) { server in
      let client = try server.connect()
      try client.send("POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n")
      try client.send([UInt8](repeating: 1, count: 200_000))
      try await eventually { gate.arrivals == 1 }
      gate.open()
      #expect(try client.readAnswer().status == 408)
      try await eventually { seen.count == 1 }
      #expect(seen.all == ["refused after some"])
    }
  }

  @Test func theIdleAreClosedWithoutAWord() async throws {
    try await withTestServer(Self.service(), limits: Self.limits) { server in
      let silent = try server.connect()
      let lineEnds = try server.connect()
      try lineEnds.send("\r\n\r\n")
      let once = try server.connect()
      #expect(try once.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status == 200)
      for client in [silent, lineEnds, once] { #expect(try client.readBytesUntilEnd().isEmpty) }
    }
  }

  /// Each head has its own time, also where a client always sends the end of one request with the beginning of the next.
  @Test(arguments: [
    "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n123456789",
  ])
  func aBusyClientIsNotTimedOut(_ request: String) async throws {
    var limits = Self.limits
    (limits.headSeconds, limits.bodySeconds) = (2, 2)
    try await withTestServer(Self.service(), limits: limits) { server in
      let client = try server.connect()
      let bytes = Array(request.utf8)
      let cut = bytes.count - 4
      try client.send(Array(bytes[..<cut]))
      let end = ContinuousClock.now.advanced(by: .seconds(3))
      while ContinuousClock.now < end {
        try client.send(Array(bytes[cut...] + bytes[..<cut]))
        guard try client.readAnswer().status == 200 else {
          Issue.record("timed out although never waited for")
          return
        }
      }
    }
  }

  /// Closed for us, but not by the client, who does nothing at all any more.
  @Test func aClosedConnectionDoesNotLingerForEver() async throws {
    let service = RoutedService { request in
      .streaming(bodyLimit: .max) { _, response in
        await Task.yield()
        response.closesConnection = true
        response.body.append("enough")
      }
    }
    try await withTestServer(service, limits: Self.limits) { server in
      let early = try server.connect()
      #expect(try early.exchange("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nabc").text == "enough")
      let refused = try server.connect()
      #expect(try refused.exchange("nonsense\r\n\r\n").status == 400)
      try await eventually { server.count { $0.open.current } == 0 }
    }
  }
}
