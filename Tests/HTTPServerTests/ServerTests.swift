import Bytes
import EventLoops
import HTTPServer
import Testing

struct EchoService: HTTPService {
  func handler(for request: HTTPRequest) -> HTTPHandler {
    switch request.path {
    case "/sync":
      .synchronous(bodyLimit: 100) { request, response in
        response.addHeader("Content-Type", "text/plain")
        response.body.append("sync \(request.method) \(request.target)")
      }
    case "/async":
      .asynchronous(bodyLimit: 1_000_000) { request, response in
        await Task.yield()
        response.body.append("async \(request.bodyCount)")
      }
    case "/stream":
      .asynchronous { _, response in
        response.stream { writer in
          for index in 0..<3 { try await writer.write("piece \(index)\n") }
        }
      }
    case "/upload":
      .streaming(bodyLimit: .max) { request, response in
        var count = 0
        do {
          if let body = request.bodyStream { for try await bytes in body { count += bytes.count } }
        } catch {
          response.status = .badRequest
        }
        response.body.append("uploaded \(count)")
      }
    default:
      .synchronous { _, response in response.status = .notFound }
    }
  }

  func fail(_ failure: HTTPFailure, request: HTTPRequest?, response: HTTPResponse) {
    response.status = failure.status
    response.body.append(failure.reason)
  }
}
