import Foundation
import Glibc

/// A program run to its end.
public struct Command {
  public struct Result {
    public let status: Int32
    public let output: String
    /// User and system time of the program and what it waited for.
    public let cpuSeconds: Double
  }

  let executable: String
  let arguments: [String]

  public init(_ executable: String, _ arguments: [String]) {
    self.executable = executable
    self.arguments = arguments
  }

  /// What it printed, standard error included.
  public func run() throws -> Result {
    let before = Command.secondsOfChildren()
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
    return Result(
      status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
      cpuSeconds: Command.secondsOfChildren() - before)
  }

  /// Of children that have ended and been waited for: no others end while one is waited for here.
  private static func secondsOfChildren() -> Double {
    var usage = rusage()
    getrusage(RUSAGE_CHILDREN.rawValue, &usage)
    let times = [usage.ru_utime, usage.ru_stime]
    return times.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1_000_000 }
  }

  /// As `run`, for programs that must succeed.
  public func output() throws -> String { try succeed().output }

  public func succeed() throws -> Result {
    let result = try run()
    guard result.status == 0 else {
      throw BenchError("\(executable) failed with exit code \(result.status):\n\(result.output)")
    }
    return result
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
