import Bytes
import EventLoops
import Glibc
import HTTPServer
import TestSupport
import Testing

/// Clients that ask and do not listen: what they cost must have a bound, and nobody else may feel them.
@Suite struct SlowReaderTests {
  private static let pieceBytes = 65_536
  private static let pieceCount = 150

  private static func service(_ asked: Tally<Int>, _ written: Tally<Int> = Tally(), _ ends: Tally<String> = Tally())
    -> RoutedService
  {
    RoutedService { request in
      switch request.path {
      case "/big":
        .synchronous { _, response in
          asked.add(1)
          response.body.append(contentsOf: [UInt8](repeating: 0x78, count: 300_000))
        }
      case "/stream":
        .asynchronous { _, response in
          response.stream { writer in
            do {
              for number in 0..<pieceCount {
                try await writer.write([UInt8](repeating: 0x79, count: pieceBytes))
                written.add(number)
              }
              ends.add("whole")
            } catch {
              ends.add("\(error)")
              throw error
            }
          }
        }
      default: .synchronous { _, response in response.body.append("small") }
      }
    }
  }

  private static var limits: ServerLimits {
    var limits = ServerLimits()
    limits.unsentBytes = 65_536
    limits.writeSeconds = 60
    return limits
  }

  private static let ask = "GET /big HTTP/1.1\r\nHost: h\r\n\r\n"

  /// The kernel takes about 200 kB of a Unix socket, the server holds one answer more than its limit; then it reads no more.
  private static let answersInFlight = 3

  @Test func requestsOneByOneAreNotAnsweredIntoTheVoid() async throws {
    let asked = Tally<Int>()
    try await withTestServer(Self.service(asked), limits: Self.limits, on: .unix) { server in
      let client = try server.connect()
      var sent = 0
      while sent < 40, asked.count == sent {
        try client.send(Self.ask)
        sent += 1
        // Time to do wrong: a server that is slower than this only passes more easily.
        for _ in 0..<100 where asked.count < sent { try await Task.sleep(for: .milliseconds(2)) }
      }
      #expect(asked.count <= Self.answersInFlight)
      #expect(try server.connect().exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").text == "small")
      for _ in 0..<sent { #expect(try client.readAnswer().body.count == 300_000) }
      #expect(asked.count == sent)
    }
  }

  @Test func aPipelineIsNotAnsweredIntoTheVoid() async throws {
    let asked = Tally<Int>()
    try await withTestServer(Self.service(asked), limits: Self.limits, on: .unix) { server in
      let client = try server.connect()
      try client.send(String(repeating: Self.ask, count: 200))
      try await eventually { asked.count >= 1 }
      // The other client's answer comes from the same loop: it has had its turn after the flood.
      for _ in 0..<20 { #expect(try server.connect().exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").text == "small") }
      #expect(asked.count <= Self.answersInFlight)
      for _ in 0..<200 { #expect(try client.readAnswer().body.count == 300_000) }
    }
  }

  @Test func aStreamGoesAtTheSpeedOfItsReader() async throws {
    let written = Tally<Int>()
    let ends = Tally<String>()
    try await withTestServer(Self.service(Tally(), written, ends), limits: Self.limits, on: .unix) { server in
      let client = try server.connect()
      try client.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
      try await eventually { written.count >= 1 }
      for _ in 0..<20 { #expect(try server.connect().exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").text == "small") }
      #expect(written.count * Self.pieceBytes < 600_000)
      #expect(try client.readAnswer().body.count == Self.pieceCount * Self.pieceBytes)
      #expect(ends.all == ["whole"])
    }
  }

  @Test(arguments: [false, true])
  func aStreamEndsWhenItsReaderGoes(resets: Bool) async throws {
    let written = Tally<Int>()
    let ends = Tally<String>()
    try await withTestServer(Self.service(Tally(), written, ends), limits: Self.limits) { server in
      let client = try server.connect(receiveBufferBytes: 4_096)
      try client.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
      try client.waitForBytes(1_000)
      if resets { client.reset() } else { client.close() }
      try await eventually { ends.count == 1 }
      #expect(ends.all == ["disconnected"])
      try await eventually { server.count { $0.inFlight.current + $0.open.current } == 0 }
    }
  }

  /// A reader as fast as the server never makes a stream wait; its neighbours on the loop must have their turn all the same.
  @Test func aFastReaderLeavesOthersTheirTurn() async throws {
    let service = RoutedService { request in
      if request.path != "/endless" { return .synchronous { _, response in response.body.append("small") } }
      return .asynchronous { _, response in
        response.stream { writer in
          while true { try await writer.write([UInt8](repeating: 0x79, count: Self.pieceBytes)) }
        }
      }
    }
    try await withTestServer(service, on: .unix) { server in
      let reader = Task {
        try await offThePool {
          let socket = try RawSocket(to: server.address)
          let deadline = ContinuousClock.now.advanced(by: .seconds(60))
          try socket.send(Array("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n".utf8), deadline: deadline)
          while !Task.isCancelled, case .bytes = try socket.receive(deadline: deadline) {}
        }
      }
      for _ in 0..<50 { #expect(try server.connect().exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").text == "small") }
      reader.cancel()
      try await reader.value
      try await eventually { server.count { $0.inFlight.current } == 0 }
    }
  }

  @Test func whoTakesNothingIsCutOff() async throws {
    let ends = Tally<String>()
    var limits = Self.limits
    limits.writeSeconds = 1
    try await withTestServer(Self.service(Tally(), Tally(), ends), limits: limits, on: .unix) { server in
      let streamed = try server.connect()
      try streamed.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
      let plain = try server.connect()
      try plain.send(Self.ask + Self.ask)
      try await eventually { server.count { $0.stalled.current } == 2 && server.count { $0.open.current } == 0 }
      try await eventually { ends.count == 1 }
      #expect(ends.all == ["disconnected"])
    }
  }

  /// Taking a little, always, is not taking nothing: a stream fills the queue up again, so its length says nothing.
  @Test func whoTakesLittleIsNotCutOff() async throws {
    let seconds = 2
    var limits = Self.limits
    limits.writeSeconds = seconds
    try await withTestServer(Self.service(Tally()), limits: limits, on: .unix) { server in
      let client = try server.connect()
      try client.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
      // The pauses make the reader slow, nothing waits for them. It takes in one second what the kernel needs taken before it
      // lets the server write again four times over, and goes on for twice the limit.
      let end = ContinuousClock.now.advanced(by: .seconds(2 * seconds))
      while ContinuousClock.now < end {
        guard case .bytes = try client.socket.receive(upTo: 10_000, deadline: .now.advanced(by: .seconds(60))) else { break }
        usleep(15_000)
      }
      #expect(server.count { $0.stalled.current } == 0)
      #expect(server.count { $0.inFlight.current } == 1, "the stream must outlast the test")
    }
  }
}
