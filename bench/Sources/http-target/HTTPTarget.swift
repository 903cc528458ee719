import EventLoops
import HTTPServer
import TargetRoutes

/// The server that is measured, on two loops: `http-target PORT`.
@main
struct HTTPTarget {
  static func main() async throws {
    guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else {
      print("usage: http-target PORT")
      return
    }
    let group = try EventLoopGroup(count: 2, name: "bench")
    let server = Server(group: group, service: TargetRoutes(), secondsSince1970: wallClockSeconds)
    try await server.listen(.tcp(host: "127.0.0.1", port: port))
    // Until it is killed.
    while true { try await Task.sleep(for: .seconds(3_600)) }
  }
}
