import Foundation
import Synchronization
import TestSupport
import Testing

/// A program that runs beside the tests; what it says goes into files.
final class StartedProcess: Sendable {
  let identifier: Int32
  /// What it says.
  let outputs: TemporaryFolder
  private let ending: Ending

  private final class Ending: Sendable {
    let exitCode = Mutex<Int32?>(nil)
  }

  /// The environment is exactly the one given, beside PATH, HOME and LANG.
  /// - Parameter cluster: where the program may leave a PostgreSQL running; it is ended too when the tests are killed.
  init(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:], in folder: URL, cluster: String = ""
  ) throws {
    outputs = try TemporaryFolder()
    ending = Ending()
    let process = try ChildProcess.start(
      executable, arguments, environment: environment, in: folder, output: outputs.url.appending(path: "output"),
      error: outputs.url.appending(path: "error"))
    identifier = process.identifier
    Thread.detachNewThread { [ending] in
      let code = process.wait()
      ending.exitCode.withLock { $0 = code }
    }
    try StartedProcess.guardAgainstOurEnd(identifier, cluster)
  }

  /// A small shell that outlives nobody: it ends with the program, and when the tests end first (Ctrl-C), it ends the program.
  private static func guardAgainstOurEnd(_ identifier: Int32, _ cluster: String) throws {
    let script = """
      while kill -0 "$2"; do
        kill -0 "$1" || { kill -KILL "$2"; [ -z "$3" ] || kill -QUIT "$(head -n 1 "$3/data/postmaster.pid")"; exit; }
        sleep 1
      done
      """
    let nowhere = URL(filePath: "/dev/null")
    let shell = try ChildProcess.start(
      "/bin/sh", ["-c", script, "sh", "\(ProcessInfo.processInfo.processIdentifier)", "\(identifier)", cluster], environment: [:],
      in: URL(filePath: "/"), output: nowhere, error: nowhere)
    // Nobody asks how it ended; its entry in the process table is collected.
    Thread.detachNewThread { _ = shell.wait() }
  }

  var exitCode: Int32? { ending.exitCode.withLock { $0 } }
  var output: String { text("output") }
  var error: String { text("error") }

  private func text(_ name: String) -> String {
    String(decoding: FileManager.default.contents(atPath: outputs.url.appending(path: name).path) ?? Data(), as: UTF8.self)
  }

  func signal(_ signal: Int32) {
    if exitCode == nil { kill(identifier, signal) }
  }

  /// Waits for its end.
  func end() async throws -> Int32 {
    try await eventually("\(testDescription) ends") { self.exitCode != nil }
    return try #require(exitCode)
  }
}

extension StartedProcess: CustomTestStringConvertible, CustomStringConvertible {
  var description: String { "process \(identifier)" }
  /// What a failed expectation shows.
  var testDescription: String { "\(description), exit code \(exitCode.map { "\($0)" } ?? "none"):\n\(error)" }
}
