import Bytes
import EventLoops
import Glibc
import HTTPServer

/// The server that is measured: the same body as its peers, on a synchronous and an asynchronous route.
struct FixedService: HTTPService {
  private let synchronous: HTTPHandler
  private let asynchronous: HTTPHandler

  init(body: String) {
    synchronous = .synchronous { _, response in
      response.addHeader("Content-Type", "application/json")
      response.body.append(body)
    }
    asynchronous = .asynchronous { _, response in
      response.addHeader("Content-Type", "application/json")
      response.body.append(body)
    }
  }

  func handler(for request: HTTPRequest) -> HTTPHandler {
    let isAsync = request.withPathBytes { $0.count == 6 }
    return isAsync ? asynchronous : synchronous
  }

  func fail(_ failure: HTTPFailure, request: HTTPRequest?, response: HTTPResponse) {
    response.status = failure.status
  }
}

@main
struct HTTPTarget {
  static func main() async throws {
    let arguments = CommandLine.arguments
    let port = arguments.count > 1 ? Int(arguments[1]) ?? 18_080 : 18_080
    let group = try EventLoopGroup(count: 2, name: "bench")
    let body = "{\"data\":\"" + String(repeating: "x", count: 1_489) + "\"}"
    let server = Server(group: group, service: FixedService(body: body)) { Int64(time(nil)) }
    let address = try await server.listen(.tcp(host: "127.0.0.1", port: port))
    print("listening on \(address)")
    while true { try await Task.sleep(nanoseconds: 1_000_000_000_000) }
  }
}
