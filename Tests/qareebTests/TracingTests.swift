import Bytes
import HTTPServer
import JSON
import Synchronization
import TestSupport
import Testing

/// Spans of the real program arrive at a collector.
@Suite struct TracingTests {
  /// Takes what exporters post.
  private final class Collector: HTTPService {
    let bodies = Mutex<[[UInt8]]>([])

    func handler(for request: HTTPRequest) -> HTTPHandler {
      .synchronous(bodyLimit: 1 << 20) { [self] request, response in
        guard request.method == .post, request.path == "/v1/traces" else {
          response.status = .notFound
          return
        }
        let body = request.withBodyBytes { [UInt8]($0) }
        bodies.withLock { $0.append(body) }
        response.addHeader("Content-Type", "application/json")
        response.body.append("{}")
      }
    }

    func fail(_ failure: HTTPFailure, request: HTTPRequest?, response: HTTPResponse) { response.status = failure.status }

    struct Span {
      let service: String?
      let traceID: String?
      let parentID: String?
      let name: String?
    }

    func spans() throws -> [Span] {
      try bodies.withLock { $0 }.flatMap { body in
        try JSONDocument(body).root.list("resourceSpans").flatMap { resource in
          let attributes = resource["resource"]?.list("attributes") ?? []
          let service = attributes.first { $0["key"]?.string == "service.name" }?["value"]?["stringValue"]?.string
          return resource.list("scopeSpans").flatMap { $0.list("spans") }.map { span in
            Span(
              service: service, traceID: span["traceId"]?.string, parentID: span["parentSpanId"]?.string,
              name: span["name"]?.string)
          }
        }
      }
    }
  }

  @Test func spansReachTheCollectorUnderTheCallersTrace() async throws {
    let collector = Collector()
    try await withTestServer(collector) { server in
      try await TestDatabase.with(.migrated) { database in
        try await RunningQareeb.with(
          database: database.connectionString,
          environment: [
            "QAREEB_TRACE_ENDPOINT": "http://\(server.address)", "QAREEB_TRACE_SERVICE_NAME": "qareeb-under-test",
            "QAREEB_TRACE_RATIO": "0",
          ]
        ) { running in
          let (sampled, ignored) = ("4bf92f3577b34da6a3ce929d0e0e4736", "4bf92f3577b34da6a3ce929d0e0e4737")
          for (trace, flags) in [(sampled, "01"), (ignored, "00")] {
            let answer = try await running.client.get(
              "/api/v1/markets", headers: [("traceparent", "00-\(trace)-00f067aa0ba902b7-\(flags)")])
            #expect(answer.status == 200)
          }
        }
        // It has ended, and what was waiting was sent first.
        let spans = try collector.spans()
        let request = try #require(spans.first { $0.name == "GET /api/v1/markets" })
        #expect(request.service == "qareeb-under-test")
        #expect(request.parentID == "00f067aa0ba902b7")
        #expect(Set(spans.map(\.traceID)) == ["4bf92f3577b34da6a3ce929d0e0e4736"])
      }
    }
  }

  /// A collector that is down, or none that it claims to be, harms nobody.
  @Test func aMissingCollectorIsOnlyMentioned() async throws {
    try await TestDatabase.with(.migrated) { database in
      try await RunningQareeb.with(
        database: database.connectionString,
        environment: ["QAREEB_TRACE_ENDPOINT": "http://127.0.0.1:1", "QAREEB_TRACE_RATIO": "1"]
      ) { running in
        let answer = try await running.client.get("/api/v1/markets")
        #expect(answer.status == 200)
      }
    }
  }
}

extension JSONValue {
  fileprivate func list(_ name: String) -> [JSONValue] { self[name]?.array.map(Array.init) ?? [] }
}
