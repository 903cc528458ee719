import Bytes
import EventLoops
import Glibc
import HTTPServer
import Synchronization
import TestSupport

/// Routes by path, for one test's server.
struct RoutedService: HTTPService {
  let routes: @Sendable (HTTPRequest) -> HTTPHandler?

  func handler(for request: HTTPRequest) -> HTTPHandler {
    routes(request) ?? .synchronous { _, response in response.status = .notFound }
  }

  func fail(_ failure: HTTPFailure, request: HTTPRequest?, response: HTTPResponse) {
    response.status = failure.status
    if let seconds = failure.retryAfterSeconds { response.addHeader("Retry-After", seconds) }
    response.body.append(failure.reason)
  }
}

/// A server for as long as `body` runs, which may block on its sockets.
func withServer<R: Sendable>(
  loops: Int = 1, routes: @escaping @Sendable (HTTPRequest) -> HTTPHandler?,
  _ body: @Sendable (TestServer) throws -> R
) async throws -> R {
  try await withTestServer(RoutedService(routes: routes), loops: loops) { server in
    try await offThePool { try body(server) }
  }
}

/// What happened on other threads, in order.
final class Journal: Sendable {
  private let lines = Mutex<[String]>([])

  func add(_ line: String) { lines.withLock { $0.append(line) } }

  var all: [String] { lines.withLock { $0 } }

  /// Blocks until the line is there; false where it does not come in a minute.
  func wait(for line: String) -> Bool { blockingUntil { all.contains(line) } }

  func count(_ line: String) -> Int { all.count { $0 == line } }
}

/// Blocks until `condition` holds; false where it does not come true in a minute. The pause between two looks is no part of what is
/// tested.
func blockingUntil(_ condition: () -> Bool) -> Bool {
  let deadline = ContinuousClock.now.advanced(by: .seconds(60))
  while !condition() {
    if ContinuousClock.now > deadline { return false }
    usleep(2_000)
  }
  return true
}
