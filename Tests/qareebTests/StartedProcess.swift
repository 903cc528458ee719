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
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [executable] + arguments
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    process.environment = ["PATH": path, "HOME": "/nonexistent", "LANG": "C.UTF-8"].merging(environment) { $1 }
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try StartedProcess.file(outputs, "output")
    process.standardError = try StartedProcess.file(outputs, "error")
    process.terminationHandler = { [ending] process in
      let code = process.terminationStatus
      ending.exitCode.withLock { $0 = process.terminationReason == .uncaughtSignal ? 128 + code : code }
    }
    try process.run()
    identifier = process.processIdentifier
    try StartedProcess.guardAgainstOurEnd(identifier, cluster)
  }

  private static func file(_ folder: TemporaryFolder, _ name: String) throws -> FileHandle {
    try FileHandle(forWritingTo: URL(filePath: try folder.write("", to: name)))
  }

  /// A small shell that outlives nobody: it ends with the program, and when the tests end first (Ctrl-C), it ends the program.
  private static func guardAgainstOurEnd(_ identifier: Int32, _ cluster: String) throws {
    let script = """
      while kill -0 "$2"; do
        kill -0 "$1" || { kill -KILL "$2"; [ -z "$3" ] || kill -QUIT "$(head -n 1 "$3/data/postmaster.pid")"; exit; }
        sleep 1
      done
      """
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", script, "sh", "\(ProcessInfo.processInfo.processIdentifier)", "\(identifier)", cluster]
    for stream in [\Process.standardInput, \.standardOutput, \.standardError] { shell[keyPath: stream] = FileHandle.nullDevice }
    try shell.run()
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
    try await eventually("\(self) ends") { self.exitCode != nil }
    return try #require(exitCode)
  }
}

extension StartedProcess: CustomTestStringConvertible, CustomStringConvertible {
  var description: String { "process \(identifier)" }
  /// What a failed expectation shows.
  var testDescription: String { "\(description), exit code \(exitCode.map { "\($0)" } ?? "none"):\n\(error)" }
}

struct DidNotHappen: Error, CustomStringConvertible {
  let description: String
}

/// Returns once `condition` holds, looking again and again; throws when it does not come true in two minutes. The pause between two
/// looks is no part of what is tested.
func eventually(_ what: @autoclosure () -> String, _ condition: () async throws -> Bool) async throws {
  let deadline = ContinuousClock.now + .seconds(120)
  while try await !condition() {
    guard ContinuousClock.now < deadline else { throw DidNotHappen(description: "it did not happen that \(what())") }
    try await Task.sleep(for: .milliseconds(10))
  }
}
