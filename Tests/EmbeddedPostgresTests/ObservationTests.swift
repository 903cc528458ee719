import EmbeddedPostgres
import Foundation
import TestSupport
import Testing

/// A cluster is looked at without being touched.
@Suite struct ObservationTests {
  @Test func everyStateIsSeen() async throws {
    try await offThePool {
      let scratch = try Scratch()
      defer { #expect(throws: Never.self) { try scratch.cleanUp() } }
      let directory = scratch.options.directory
      #expect(ClusterObservation(directory: directory).state == .absent)
      #expect(!FileManager.default.fileExists(atPath: directory))

      let cluster = try scratch.start()
      let running = ClusterObservation(directory: directory)
      #expect(running.state == .running(process: cluster.serverProcess))
      #expect(running.connectionString(database: "postgres") == cluster.connectionString(database: "postgres"))
      try cluster.stop()
      let stopped = ClusterObservation(directory: directory)
      #expect(stopped.state == .stopped && stopped.connectionString(database: "postgres") == nil)
    }
  }
}
