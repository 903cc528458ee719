// The measured server with its allocations counted: `counted-target PORT`. `/allocations` tells the counts so far.
import Bytes
import CAllocations
import EventLoops
import HTTPServer
import JSON
import Synchronization
import TargetRoutes

/// `TargetRoutes`, with what the synchronous JSON handler itself allocates counted apart from the server around it.
struct CountedRoutes: HTTPService {
  private static let insideHandler = Atomic<UInt64>(0)

  private let routes = TargetRoutes()
  private let hits: HTTPHandler = {
    let page = SearchPage.sample
    return .synchronous { _, response in
      let before = qareeb_thread_allocations()
      page.write(to: response)
      let taken = qareeb_thread_allocations() - before
      if taken > 0 { insideHandler.wrappingAdd(taken, ordering: .relaxed) }
    }
  }()
  private let allocations = HTTPHandler.synchronous { _, response in
    response.addHeader("Content-Type", "application/json")
    response.body.beginObject()
    response.body.member("process", qareeb_allocations())
    response.body.member("handler", insideHandler.load(ordering: .relaxed))
    response.body.endObject()
  }

  func handler(for request: HTTPRequest) -> HTTPHandler {
    request.withPathBytes { path in
      if path.elementsEqual(TargetPath.hits.utf8) { return hits }
      if path.elementsEqual("/allocations".utf8) { return allocations }
      return routes.handler(for: request)
    }
  }

  func fail(_ failure: HTTPFailure, request: HTTPRequest?, response: HTTPResponse) {
    routes.fail(failure, request: request, response: response)
  }
}

@main
struct CountedTarget {
  static func main() async throws {
    guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else {
      print("usage: counted-target PORT")
      return
    }
    let group = try EventLoopGroup(count: 2, name: "bench")
    let server = Server(group: group, service: CountedRoutes(), secondsSince1970: wallClockSeconds)
    try await server.listen(.tcp(host: "127.0.0.1", port: port))
    // Until it is killed.
    while true { try await Task.sleep(for: .seconds(3_600)) }
  }
}
