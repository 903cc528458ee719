import EventLoops
import HTTPServer
import TestSupport
import Testing

/// How streamed answers end: what is not whole must not look whole, and nobody who waits is forgotten.
@Suite(.timeLimit(.minutes(3))) struct StreamEndTests {
  private static let farAway: UInt64 = 600_000
  private static let request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

  private static func streaming(
    bytes: Int? = nil, _ producer: @escaping @Sendable (BodyWriter, EventLoop) async throws -> Void
  ) -> RoutedService {
    RoutedService { _ in
      .asynchronous { request, response in
        let loop = request.loop
        response.stream(bytes: bytes) { writer in try await producer(writer, loop) }
      }
    }
  }

  private static func writeForEver(_ writer: BodyWriter, _ loop: EventLoop) async throws {
    while true {
      try await writer.write("row\n")
      try await loop.sleep(milliseconds: 1)
    }
  }

  // MARK: Drain

  @Test(arguments: TestServer.Transport.allCases)
  func anAnswerThatDrainingStopsIsCutOff(_ transport: TestServer.Transport) async throws {
    try await withTestServer(Self.streaming(Self.writeForEver), on: transport) { server in
      let client = try server.connect()
      try client.send(Self.request)
      try client.waitForBytes(300)
      async let drained: Void = server.server.drain(deadlineMilliseconds: Self.farAway)
      #expect(throws: MalformedAnswer.self) { _ = try client.readAnswer() }
      #expect(client.ending != nil)
      await drained
    }
  }

  /// For a client of HTTP/1.0 the end of the connection is the end of the body: it must be an error.
  @Test func aBodyWithoutFramingIsCutOffByAReset() async throws {
    let service = Self.streaming { writer, _ in
      try await writer.write("half")
      throw CancellationError()
    }
    try await withTestServer(service) { server in
      let client = try server.connect()
      try client.send("GET / HTTP/1.0\r\n\r\n")
      _ = try client.readBytesUntilEnd()
      #expect(client.ending == .reset)
    }
    try await withTestServer(Self.streaming(Self.writeForEver)) { server in
      let client = try server.connect()
      try client.send("GET / HTTP/1.0\r\n\r\n")
      try client.waitForBytes(300)
      await server.server.drain(deadlineMilliseconds: 0)
      _ = try client.readBytesUntilEnd()
      #expect(client.ending == .reset)
    }
  }

  /// One that waits for its next event, for hours if need be, and one that has just written.
  @Test(arguments: [true, false]) func eventStreamsEndProperly(isQuiet: Bool) async throws {
    let service = RoutedService { _ in
      .asynchronous { request, response in
        let loop = request.loop
        response.streamEvents { writer in
          repeat {
            try await writer.send(ServerSentEvent(id: "7", data: "x"))
            try await loop.sleep(milliseconds: isQuiet ? 3_600_000 : 1)
          } while true
        }
      }
    }
    try await withTestServer(service) { server in
      let client = try server.connect()
      try client.send(Self.request)
      try client.waitFor("data: x\n\n")
      async let drained: Void = server.server.drain(deadlineMilliseconds: Self.farAway)
      let answer = try client.readAnswer()
      #expect(answer.framing == .chunked)
      #expect(answer.text.hasPrefix(":\n\nid: 7\ndata: x\n\n"))
      #expect(try client.readBytesUntilEnd().isEmpty)
      #expect(client.ending == .closed)
      await drained
    }
  }

  @Test func anEventStreamThatFailsIsCutOff() async throws {
    let service = RoutedService { _ in
      .asynchronous { _, response in response.streamEvents { _ in throw CancellationError() } }
    }
    try await withTestServer(service) { server in
      let client = try server.connect()
      #expect(throws: MalformedAnswer.self) { _ = try client.exchange(Self.request) }
    }
  }

  // MARK: Several writers

  private static let (writers, pieces, pieceBytes) = (4, 30, 50_000)

  private static func writePieces(_ writer: BodyWriter, of letter: UInt8) async throws {
    let piece = [UInt8](repeating: letter, count: pieceBytes)
    for _ in 0..<pieces { try await writer.write(piece) }
  }

  /// How many pieces of each letter; nil if two are mixed.
  private static func count(_ body: [UInt8]) -> [UInt8: Int]? {
    var counts: [UInt8: Int] = [:]
    for start in stride(from: 0, to: body.count, by: pieceBytes) {
      let piece = body[start..<min(start + pieceBytes, body.count)]
      guard piece.allSatisfy({ $0 == body[start] }) else { return nil }
      counts[body[start], default: 0] += 1
    }
    return counts
  }

  @Test func severalTasksMayWrite() async throws {
    let service = Self.streaming { writer, _ in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for letter in 0..<UInt8(Self.writers) { group.addTask { try await Self.writePieces(writer, of: letter) } }
        try await group.waitForAll()
      }
    }
    try await withTestServer(service) { server in
      // So little room that every writer has to wait.
      let client = try server.connect(receiveBufferBytes: 4_096)
      let body = try client.exchange(Self.request).body
      #expect(body.count == Self.writers * Self.pieces * Self.pieceBytes)
      #expect(Self.count(body) == [0: Self.pieces, 1: Self.pieces, 2: Self.pieces, 3: Self.pieces])
    }
  }

  @Test func everyWriterLearnsThatTheClientHasGone() async throws {
    let ends = Tally<String>()
    let service = Self.streaming { writer, _ in
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<3 {
          group.addTask {
            do {
              while true { try await writer.write([UInt8](repeating: 0, count: 100_000)) }
            } catch {
              ends.add("\(error)")
            }
          }
        }
      }
    }
    try await withTestServer(service) { server in
      let client = try server.connect(receiveBufferBytes: 4_096)
      try client.send(Self.request)
      try client.waitForBytes(300)
      client.reset()
      try await eventually { ends.count == 3 }
      #expect(ends.all == ["disconnected", "disconnected", "disconnected"])
    }
  }

  /// A writer that waits for a slow reader can be cancelled alone.
  @Test func aWaitingWriterCanBeCancelled() async throws {
    let ends = Tally<String>()
    let service = Self.streaming { writer, _ in
      let task = Task {
        do {
          while true { try await writer.write([UInt8](repeating: 0, count: 1_000_000)) }
        } catch {
          ends.add("\(error)")
        }
      }
      try await writer.write([UInt8](repeating: 1, count: 1_000_000))
      task.cancel()
      await task.value
    }
    try await withTestServer(service) { server in
      let client = try server.connect()
      let body = try client.exchange(Self.request).body
      #expect(body.count.isMultiple(of: 1_000_000))
      #expect(ends.all == ["CancellationError()"])
    }
  }

  // MARK: Half-closed clients

  @Test func whoEndsItsSideIsTakenToHaveGone() async throws {
    let ends = Tally<String>()
    let service = Self.streaming { writer, loop in
      do {
        try await Self.writeForEver(writer, loop)
      } catch {
        ends.add("\(error)")
        throw error
      }
    }
    try await withTestServer(service) { server in
      let client = try server.connect()
      try client.send(Self.request)
      try client.waitForBytes(300)
      client.finishSending()
      #expect(throws: MalformedAnswer.self) { _ = try client.readAnswer() }
      try await eventually { ends.count == 1 }
    }
  }

  @Test func anAnnouncedLengthIsSentToItsEnd() async throws {
    let turnstile = Turnstile()
    let service = Self.streaming(bytes: 8) { writer, _ in
      try await writer.write("half")
      await turnstile.pass()
      try await writer.write("half")
    }
    try await withTestServer(service) { server in
      let client = try server.connect()
      try client.send(Self.request)
      client.finishSending()
      try await eventually { turnstile.arrivals == 1 }
      async let drained: Void = server.server.drain(deadlineMilliseconds: Self.farAway)
      turnstile.open()
      #expect(try client.readAnswer().text == "halfhalf")
      await drained
    }
  }
}
