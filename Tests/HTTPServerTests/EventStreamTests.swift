import EventLoops
import HTTPServer
import TestSupport
import Testing

@Suite struct EventStreamTests {
  @Test(arguments: [
    (ServerSentEvent(data: "a"), "data: a\n\n"), (ServerSentEvent(data: ""), "data: \n\n"),
    (ServerSentEvent(data: "a\nb"), "data: a\ndata: b\n\n"),
    (ServerSentEvent(data: "a\r\nb\rc\n"), "data: a\ndata: b\ndata: c\ndata: \n\n"),
    (ServerSentEvent(data: "\r\n\n\r\r\n"), "data: \ndata: \ndata: \ndata: \ndata: \n\n"),
    (
      ServerSentEvent(id: "7", event: "queue", data: "{}", retryMilliseconds: 3_000),
      "event: queue\nid: 7\nretry: 3000\ndata: {}\n\n"
    ),
    (ServerSentEvent(id: "1\ndata: forged", event: "a\r\nid: 9", data: "x"), "event: aid: 9\nid: 1data: forged\ndata: x\n\n"),
    (ServerSentEvent(id: "a\0b", data: "x"), "id: ab\ndata: x\n\n"), (ServerSentEvent(id: "", data: "x"), "id: \ndata: x\n\n"),
    (ServerSentEvent(data: "حلاق\u{2028}💈"), "data: حلاق\u{2028}💈\n\n"),
  ])
  func writesEvents(event: ServerSentEvent, text: String) {
    #expect(event.text == text)
  }

  struct Service: HTTPService {
    func handler(for request: HTTPRequest) -> HTTPHandler {
      let last = request.lastEventID ?? "none"
      return .asynchronous { request, response in
        if request.path == "/quiet" {
          response.streamEvents(keepAliveSeconds: 1) { _ in try await request.loop.sleep(milliseconds: 3_600_000) }
        } else {
          response.streamEvents { writer in
            try await writer.send(ServerSentEvent(id: "1", data: "after \(last)"))
            try await writer.send(ServerSentEvent(event: "end", data: "bye"))
          }
        }
      }
    }

    func fail(_ failure: HTTPFailure, request: HTTPRequest?, response: HTTPResponse) { response.status = failure.status }
  }

  @Test func streamsEvents() async throws {
    try await withTestServer(Service()) { server in
      let answer = try await TestHTTPClient(server.address).get("/", headers: [("Last-Event-ID", "41")])
      #expect(answer.value("content-type") == "text/event-stream")
      #expect(answer.value("cache-control") == "no-store")
      #expect(answer.value("x-accel-buffering") == "no")
      #expect(String(decoding: answer.body, as: UTF8.self) == ":\n\nid: 1\ndata: after 41\n\nevent: end\ndata: bye\n\n")
      #expect(String(decoding: try await TestHTTPClient(server.address).get("/").body, as: UTF8.self).contains("after none"))
    }
  }

  /// A quiet stream is kept by comments, and ends when its client goes.
  @Test func aQuietStreamIsKeptAlive() async throws {
    try await withTestServer(Service()) { server in
      try await offThePool {
        let client = try server.connect()
        try client.send("GET /quiet HTTP/1.1\r\nHost: a\r\n\r\n")
        var heard = ""
        let socket = client.socket
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        while heard.components(of: "3\r\n:\n\n\r\n") < 3 {
          guard case .bytes(let bytes) = try socket.receive(deadline: deadline) else { break }
          heard += String(decoding: bytes, as: UTF8.self)
        }
        #expect(heard.components(of: "3\r\n:\n\n\r\n") >= 3)
        client.close()
      }
      try await eventually { server.count { $0.inFlight.current } == 0 }
    }
  }
}

extension String {
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
