import EventLoops
import HTTPServer
import PostgresClient
import TargetRoutes

/// The server that is measured, on two loops: `http-target PORT [CONNECTION-STRING]`.
@main
struct HTTPTarget {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard (2...3).contains(arguments.count), let port = Int(arguments[1]) else {
      print("usage: http-target PORT [CONNECTION-STRING]")
      return
    }
    let group = try EventLoopGroup(count: 2, name: "bench")
    let database = try arguments.count == 3 ? connect(arguments[2], group) : nil
    try await database?.waitUntilReady(timeoutMilliseconds: 10_000)
    let server = Server(group: group, service: TargetRoutes(database: database), secondsSince1970: wallClockSeconds)
    try await server.listen(.tcp(host: "127.0.0.1", port: port))
    // Until it is killed.
    while true { try await Task.sleep(for: .seconds(3_600)) }
  }

  private static func connect(_ connectionString: String, _ group: EventLoopGroup) throws -> Database {
    try Database(group: group, configuration: DatabaseConfiguration(connectionString: connectionString))
  }
}
