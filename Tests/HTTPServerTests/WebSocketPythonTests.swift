import EventLoops
import Foundation
import TestSupport
import Testing

@testable import HTTPServer

/// A client that we did not write: PyPI's `websockets`.
@Suite struct WebSocketPythonTests {
  struct Service: HTTPService {
    let large: WebSocketOptions = {
      var options = WebSocketOptions()
      options.maximumMessageBytes = 16 << 20
      return options
    }()
    let strict: WebSocketOptions = {
      var options = WebSocketOptions()
      options.allowedOrigins = ["https://qareeb.example"]
      options.subprotocols = ["v2.qareeb", "v1.qareeb"]
      return options
    }()

    func handler(for request: HTTPRequest) -> HTTPHandler {
      switch request.path {
      case "/echo":
        return .webSocket(large) { _, socket in await echo(socket) }
      case "/strict":
        return .webSocket(strict) { _, socket in await echo(socket) }
      default:
        let code = WebSocketCloseCode(rawValue: 4000)
        return .webSocket { _, socket in await socket.close(code, reason: "that was all") }
      }
    }

    func fail(_ failure: HTTPFailure, request: HTTPRequest?, response: HTTPResponse) { response.status = failure.status }
  }

  @Test func conversesWithWebsockets() async throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let python = root.appending(path: "var/venv/bin/python").path
    try #require(FileManager.default.isExecutableFile(atPath: python), "\(python) is missing: run make test, which installs it")
    try await withTestServer(Service(), loops: 2) { server in
      let script = root.appending(path: "Tests/clients/websocket_conversations.py").path
      guard case .tcp(_, let port) = server.address else {
        Issue.record("a TCP address was asked for")
        return
      }
      let run = try await FinishedProcess.run(python, [script, "\(port)"])
      let passed = run.output.split(separator: "\n").map(String.init)
      #expect(
        passed == [
          "sizes", "fragments", "pings", "compression", "subprotocols", "origins", "too_big", "closes", "floods", "crowd",
        ])
      #expect(run.exitCode == 0, "\(run.error)")
    }
  }
}
