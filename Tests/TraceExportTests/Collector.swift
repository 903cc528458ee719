import Bytes
import EventLoops
import HTTPServer
import JSON
import Synchronization
import Telemetry
import Testing

@testable import TraceExport

/// A collector on a real socket that answers by a script, then 200, and keeps what it was sent.
final class Collector: HTTPService {
  struct Answer: Sendable {
    var status: HTTPStatus = .ok
    var retryAfter: String?
    var body = "{}"
  }

  struct Received: Sendable {
    let path: String
    let contentType: String?
    let authorization: String?
    let document: JSONDocument

    var scope: JSONValue? {
      document.root["resourceSpans"]?.array?.first { _ in true }?["scopeSpans"]?.array?.first { _ in true }
    }
    var spans: [JSONValue] { scope?["spans"]?.array.map { Array($0) } ?? [] }
    var names: [String] { spans.compactMap { $0["name"]?.string } }
  }

  private struct State {
    var script: [Answer]
    var received: [Received] = []
  }

  private let state: Mutex<State>
  private let report: AsyncStream<Received>.Continuation
  /// Requests as they come.
  let requests: AsyncStream<Received>

  init(_ script: [Answer] = []) {
    state = Mutex(State(script: script))
    (requests, report) = AsyncStream.makeStream()
  }

  var received: [Received] { state.withLock { $0.received } }

  func handler(for request: HTTPRequest) -> HTTPHandler {
    .synchronous(bodyLimit: 1 << 22) { [self] request, response in
      guard let document = request.withBodyBytes({ try? JSONDocument($0) }) else {
        response.status = .badRequest
        return
      }
      let received = Received(
        path: request.path, contentType: request.header("content-type"), authorization: request.header("authorization"),
        document: document)
      let answer = state.withLock { state in
        state.received.append(received)
        return state.script.isEmpty ? Answer() : state.script.removeFirst()
      }
      response.status = answer.status
      if let retryAfter = answer.retryAfter { response.addHeader("Retry-After", retryAfter) }
      response.body.append(answer.body)
      report.yield(received)
    }
  }

  func fail(_ failure: HTTPFailure, request: HTTPRequest?, response: HTTPResponse) { response.status = failure.status }
}

/// Starts a collector and hands on its address; both end with the body.
func withCollector(_ collector: Collector, _ body: (String, EventLoopGroup) async throws -> Void) async throws {
  let group = try EventLoopGroup(count: 1, name: "collector")
  let server = Server(group: group, service: collector, secondsSince1970: { 0 })
  let outcome: Result<Void, any Error>
  do {
    let bound = try await server.listen(.tcp(host: "127.0.0.1", port: 0))
    outcome = .success(try await body("http://\(bound)", group))
  } catch {
    outcome = .failure(error)
  }
  await group.shutdown()
  try outcome.get()
}

func span(_ name: String, id: UInt64 = 1) -> FinishedSpan {
  FinishedSpan(
    name: name, kind: .server,
    context: TraceContext(traceID: TraceID(from: { id }), spanID: SpanID(from: { id }), isSampled: true), parentSpanID: nil,
    startUnixNanoseconds: 1, endUnixNanoseconds: 2)
}

func settings(_ endpoint: String, intervalMilliseconds: UInt64 = 10) throws -> TraceExportSettings {
  var settings = try TraceExportSettings(endpoint: endpoint, serviceName: "qareeb", serviceVersion: "1.2.3")
  settings.intervalMilliseconds = intervalMilliseconds
  settings.retry.firstPauseMilliseconds = 1
  return settings
}
