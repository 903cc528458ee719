import Bytes
import EventLoops
import HTTPServer
import Synchronization

/// Routes by path, for one test's server.
struct RoutedService: HTTPService {
  let routes: @Sendable (HTTPRequest) -> HTTPHandler?

  func handler(for request: HTTPRequest) -> HTTPHandler {
    routes(request) ?? .synchronous { _, response in response.status = .notFound }
  }

  func fail(_ failure: HTTPFailure, request: HTTPRequest?, response: HTTPResponse) {
    response.status = failure.status
    response.body.append(failure.reason)
  }
}

/// A server on a free port for as long as `body` runs. The body has a thread of its own, so it may block on its sockets without
/// holding up the tests beside it; what must run while it blocks goes into a detached task.
func withServer<R: Sendable>(
  loops: Int = 1, limits: ServerLimits = ServerLimits(),
  routes: @escaping @Sendable (HTTPRequest) -> HTTPHandler?,
  _ body: @escaping @Sendable (Server, Int) async throws -> R
) async throws -> R {
  let group = try EventLoopGroup(count: loops, name: "server")
  let clients = try EventLoopGroup(count: 1, name: "clients")
  let server = Server(group: group, service: RoutedService(routes: routes), limits: limits, secondsSince1970: { 784_111_777 })
  guard case .tcp(_, let port) = try await server.listen(.tcp(host: "127.0.0.1", port: 0)) else { fatalError("TCP asked for") }
  let result: Result<R, any Error>
  do {
    result = .success(try await clients.loops[0].run { try await body(server, port) })
  } catch {
    result = .failure(error)
  }
  await server.drain(deadlineMilliseconds: 0)
  await group.shutdown()
  await clients.shutdown()
  return try result.get()
}

/// What happened on other threads, in order; `wait` blocks until something holds.
final class Journal: Sendable {
  private let lines = Mutex<[String]>([])

  func add(_ line: String) { lines.withLock { $0.append(line) } }

  var all: [String] { lines.withLock { $0 } }

  /// Until `line` has been written; false after far longer than it can take.
  func wait(for line: String) async -> Bool {
    for _ in 0..<4_000 {
      if all.contains(line) { return true }
      try? await Task.sleep(for: .milliseconds(5))
    }
    return false
  }
}
