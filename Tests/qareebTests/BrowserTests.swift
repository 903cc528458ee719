import EventLoops
import HTTPServer
import TestSupport
import Testing

/// What a browser makes of it: headless Chromium.
@Suite(.serialized) struct BrowserTests {
  @Test func theDocumentationIsReadableEverywhere() async throws {
    let run = try await PythonClient.run("docs_page.py", try await RunningQareeb.shared.value.base)
    #expect(run.output.split(separator: "\n") == ["light 1280", "dark 1280", "light 400", "dark 400", "use", "guard"])
    #expect(run.exitCode == 0, "\(run.error)")
  }

  private struct Sockets: HTTPService {
    func handler(for request: HTTPRequest) -> HTTPHandler {
      var options = WebSocketOptions()
      options.maximumMessageBytes = 2 << 20
      return switch request.path {
      case "/echo":
        .webSocket(options) { _, socket in
          do {
            for await message in socket.messages {
              switch message {
              case .text(let text): try await socket.send(text: text)
              case .binary(let bytes): try await socket.send(binary: bytes)
              }
            }
          } catch {
            // The page has gone; so does the echo.
          }
        }
      case "/server-closes":
        .webSocket { _, socket in await socket.close(WebSocketCloseCode(rawValue: 4000), reason: "that was all") }
      default: .synchronous { _, response in response.status = .notFound }
      }
    }

    func fail(_ failure: HTTPFailure, request: HTTPRequest?, response: HTTPResponse) { response.status = failure.status }
  }

  @Test func itsWebSocketConverses() async throws {
    try await withTestServer(Sockets(), loops: 2) { server in
      guard case .tcp(_, let port) = server.address else { return }
      let run = try await PythonClient.run("browser_websocket.py", "\(port)")
      #expect(
        run.output.split(separator: "\n") == [
          "text", "binary", "order", "client_closes", "server_closes", "too_big", "no_socket",
        ])
      #expect(run.exitCode == 0, "\(run.error)")
    }
  }
}
