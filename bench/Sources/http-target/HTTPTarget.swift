import EventLoops
import Foundation
import HTTPServer
import PostgresClient
import TargetRoutes

/// The server that is measured, on two loops: `http-target PORT [CONNECTION-STRING | --body FILE]`.
@main
struct HTTPTarget {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard (2...4).contains(arguments.count), let port = Int(arguments[1]), (arguments.count == 4) == arguments.contains("--body")
    else {
      print("usage: http-target PORT [CONNECTION-STRING | --body FILE]")
      return
    }
    let group = try EventLoopGroup(count: 2, name: "bench")
    let database = try arguments.count == 3 ? connect(arguments[2], group) : nil
    try await database?.waitUntilReady(timeoutMilliseconds: 10_000)
    let given = try arguments.count == 4 ? String(contentsOf: URL(filePath: arguments[3]), encoding: .utf8) : nil
    let server = Server(group: group, service: TargetRoutes(database: database, given: given), secondsSince1970: wallClockSeconds)
    try await server.listen(.tcp(host: "127.0.0.1", port: port))
    // Until it is killed.
    while true { try await Task.sleep(for: .seconds(3_600)) }
  }

  private static func connect(_ connectionString: String, _ group: EventLoopGroup) throws -> Database {
    try Database(group: group, configuration: DatabaseConfiguration(connectionString: connectionString))
  }
}
