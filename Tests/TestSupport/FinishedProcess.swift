public import Foundation

/// A program that ran to its end, with all it said.
public struct FinishedProcess: Sendable {
  public let exitCode: Int32
  public let output: String
  public let error: String

  /// Runs `executable` (a path, or a name looked for in PATH) with exactly this environment beside PATH, HOME and LANG.
  public static func run(
    _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:], in folder: URL? = nil
  ) async throws -> FinishedProcess {
    try await offThePool { try runBlocking(executable, arguments, environment, folder) }
  }

  /// The same on this thread, which is blocked meanwhile.
  public static func runBlocking(
    _ executable: String, _ arguments: [String] = [], _ environment: [String: String] = [:], _ folder: URL? = nil
  ) throws -> FinishedProcess {
    // Files instead of pipes: a full pipe would stop the program until somebody reads.
    let outputs = try TemporaryFolder()
    let (output, error) = (outputs.url.appending(path: "output"), outputs.url.appending(path: "error"))
    for file in [output, error] { try Data().write(to: file) }
    let process = try ChildProcess.start(
      executable, arguments, environment: environment, in: folder ?? outputs.url, output: output, error: error)
    return FinishedProcess(
      exitCode: process.wait(), output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      error: String(decoding: try Data(contentsOf: error), as: UTF8.self))
  }
}

/// A folder of one test's own, removed when the last reference goes.
public final class TemporaryFolder: Sendable {
  public let url: URL

  public init() throws {
    url = URL(filePath: "\(ScratchSpace.folder)/qareeb-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  /// Writes a file into it and answers its path.
  public func write(_ text: String, to name: String) throws -> String {
    let file = url.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  deinit { remove() }

  /// For a folder that is referred to until the process ends, and would stay.
  public func remove() {
    do {
      try FileManager.default.removeItem(at: url)
    } catch {
      print("cannot remove \(url.path): \(error)")
    }
  }
}
