import HTTPServer
import Synchronization
import TestSupport
import Testing

@testable import WebAPI

/// A call's memory serves one request after the other.
@Suite struct CallReuseTests {
  /// The call of the first request, and which of the later ones had the same. Held weakly: a call that somebody holds is not used again.
  private final class Seen: Sendable {
    struct State {
      weak var first: Call?
      var areSame: [Bool] = []
    }
    let state = Mutex(State())

    func note(_ call: Call) -> NoContent {
      state.withLock { state in
        if state.areSame.isEmpty { state.first = call }
        state.areSame.append(state.first === call)
      }
      return NoContent()
    }
  }

  @Test(arguments: ["/at-once", "/later", "/refused"])
  func aCallIsUsedAgain(path: String) async throws {
    let seen = Seen()
    let routes = [
      Route.get("/at-once", "Answers", permission: .public, tags: ["Test"]).sync { (call: Call) in seen.note(call) },
      Route.get("/later", "Answers after a turn", permission: .public, tags: ["Test"]).async { (call: Call) in
        await Task.yield()
        return seen.note(call)
      },
      Route.get("/refused", "Throws", permission: .public, tags: ["Test"], errors: [.notFound]).sync {
        (call: Call) -> NoContent in
        _ = seen.note(call)
        throw APIError(.notFound)
      },
    ]
    let api = try API(routes: routes, configuration: APIConfiguration(version: "test"), environment: APIEnvironment())
    try await withTestServer(api) { server in
      let client = TestHTTPClient(server.address)
      for _ in 0..<3 { _ = try await client.get(path) }
    }
    #expect(seen.state.withLock { $0.areSame } == [true, true, true])
  }
}
