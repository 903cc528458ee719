import Foundation
import TestSupport
import Testing

/// Programs of `Tests/clients`, with the libraries that `tools/setup --with-tests` installs.
enum PythonClient {
  static func run(_ script: String, _ arguments: String...) async throws -> FinishedProcess {
    let path = "\(TestCluster.checkout)/Tests/clients/\(script)"
    return try await FinishedProcess.run(try tool("python"), [path] + arguments)
  }

  /// A program of the virtual environment.
  static func tool(_ name: String) throws -> String {
    let path = "\(TestCluster.checkout)/var/venv/bin/\(name)"
    try #require(FileManager.default.isExecutableFile(atPath: path), "\(path) is missing: run make test, which installs it")
    return path
  }
}
