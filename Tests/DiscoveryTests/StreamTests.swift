import Discovery
import JSON
import TestSupport
import Testing

/// A stream tells where the index is when it opens, and again when the index has moved; not everybody gets one.
@Suite struct StreamTests {
  private static let target = "GET /api/v1/stream/index HTTP/1.1\r\nHost: localhost\r\n"

  @Test func movesAreTold() async throws {
    let demo = try DemoDiscovery(providers: 20, position: 5)
    try await demo.serve { _, address in
      try await offThePool {
        let client = try RawHTTPClient(address)
        try client.send(Self.target + "\r\n")
        let first = try client.read(through: "}\n\n")
        #expect(first.contains("Content-Type: text/event-stream"))
        #expect(first.contains("event: index\nid: 0/5\ndata: {\"position\":\"0/5\",\"providers\":20}\n\n"))
        // The same again is no move.
        demo.board.post(demo.edition)
        demo.board.post(
          try DemoDiscovery.edition(
            of: Array(demo.details.dropFirst()), demo.demo, demo.analyzer, position: 7, after: demo.edition))
        let second = try client.read(through: "}\n\n")
        #expect(second.contains("id: 0/7\n"))
        #expect(second.contains("\"providers\":19"))
        // Whoever comes back is told where the index is, whatever was seen before.
        client.reset()
        let again = try RawHTTPClient(address)
        try again.send(Self.target + "Last-Event-ID: 0/5\r\n\r\n")
        #expect(try again.read(through: "}\n\n").contains("id: 0/7\n"))
      }
    }
  }

  @Test func aStreamMayOpenBeforeThereIsAnIndex() async throws {
    let demo = try DemoDiscovery(providers: 20, position: 5)
    let board = EditionBoard()
    try await demo.serve(try demo.discovery(board)) { _, address in
      try await offThePool {
        let client = try RawHTTPClient(address)
        try client.send(Self.target + "\r\n")
        #expect(try client.read(through: ":\n\n").hasPrefix("HTTP/1.1 200"))
        board.post(demo.edition)
        #expect(try client.read(through: "}\n\n").contains("id: 0/5\n"))
      }
    }
  }

  @Test func listenersAreBoundedAndGiveTheirPlaceBack() async throws {
    let demo = try DemoDiscovery(providers: 20, position: 5, streamListeners: 2)
    try await demo.serve { client, address in
      try await offThePool {
        let listeners = try (0..<2).map { _ in
          let listener = try RawHTTPClient(address)
          try listener.send(Self.target + "\r\n")
          _ = try listener.read(through: "}\n\n")
          return listener
        }
        let third = try RawHTTPClient(address).exchange(Self.target + "\r\n")
        #expect(third.status == 503)
        #expect(third.value("Retry-After") == "10")
        #expect(third.text.contains("SERVICE_UNAVAILABLE"))
        listeners[0].reset()
      }
      // The place is free again.
      try await offThePool {
        let deadline = ContinuousClock.now + .seconds(60)
        var status = ""
        while status != "HTTP/1.1 200 OK\r\n", .now < deadline {
          let next = try RawHTTPClient(address)
          try next.send(Self.target + "\r\n")
          status = try next.read(through: "\r\n")
        }
        #expect(status == "HTTP/1.1 200 OK\r\n")
      }
    }
  }
}
