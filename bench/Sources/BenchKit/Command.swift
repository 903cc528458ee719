import Foundation
import Glibc

/// A program run to its end.
public struct Command {
  public struct Result {
    public let status: Int32
    public let output: String
  }

  let executable: String
  let arguments: [String]

  public init(_ executable: String, _ arguments: [String]) {
    self.executable = executable
    self.arguments = arguments
  }

  /// What it printed, standard error included.
  public func run() throws -> Result {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: try Command.find(executable))
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Result(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
  }

  /// As `run`, for programs that must succeed.
  public func output() throws -> String {
    let result = try run()
    guard result.status == 0 else {
      throw BenchError("\(executable) failed with exit code \(result.status):\n\(result.output)")
    }
    return result.output
  }

  /// The path of a program; servers are in folders that a user's PATH may lack.
  public static func find(_ name: String) throws -> String {
    if name.contains("/") { return name }
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    for folder in folders + ["/usr/sbin", "/usr/local/sbin", "/sbin"] {
      let path = "\(folder)/\(name)"
      if FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    throw BenchError("'\(name)' is not installed; tools/setup --with-bench installs what benchmarks need")
  }
}
