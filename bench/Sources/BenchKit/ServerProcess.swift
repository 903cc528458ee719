import Foundation
import Glibc

/// A server that is measured: started here, ended by its process id, and by the kernel if this program dies first.
public final class ServerProcess {
  public let name: String
  public let port: Int
  private let process = Process()
  private let logPath: String

  private let stopSeconds: Double
  /// Just before the process was started.
  public let startedAt: ContinuousClock.Instant

  /// How long a server may take to answer.
  private static let startSeconds = 20.0

  /// - Parameters:
  ///   - environment: beside this program's own.
  ///   - folder: takes the server's output.
  ///   - stopSeconds: how long it may take to end.
  public init(
    _ name: String, _ executable: String, _ arguments: [String], environment: [String: String] = [:], port: Int, folder: String,
    stopSeconds: Double = 5
  ) throws {
    self.name = name
    self.port = port
    self.stopSeconds = stopSeconds
    logPath = "\(folder)/\(name).log"
    // Listening with SO_REUSEPORT, two servers could share a port, and each would have half the load.
    if try ServerProcess.answers(port) { throw BenchError("something answers on port \(port) already; see --port") }
    guard FileManager.default.createFile(atPath: logPath, contents: nil), let log = FileHandle(forWritingAtPath: logPath) else {
      throw BenchError("cannot write \(logPath)")
    }
    process.executableURL = URL(fileURLWithPath: try Command.find("setpriv"))
    process.arguments = ["--pdeathsig", "KILL", try Command.find(executable)] + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = log
    process.standardError = log
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    startedAt = .now
    try process.run()
  }

  deinit { stop() }

  public var pid: Int32 { process.processIdentifier }

  public func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

  public func use() throws -> ProcessUse { try ProcessTree.use(of: pid) }

  /// The most memory that the process, without its children, has had.
  public func peakResidentBytes() throws -> Int {
    let status = FileManager.default.contents(atPath: "/proc/\(pid)/status").map { String(decoding: $0, as: UTF8.self) } ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    guard let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
      throw BenchError("\(name) has ended")
    }
    return kilobytes << 10
  }

  /// Waits until it answers HTTP at all.
  public func waitUntilReady() throws {
    let end = Date(timeIntervalSinceNow: ServerProcess.startSeconds)
    while try !ServerProcess.answers(port) {
      guard process.isRunning else { throw BenchError("\(name) ended at once:\n\(log)") }
      guard Date() < end else { throw BenchError("\(name) does not answer on port \(port):\n\(log)") }
      Thread.sleep(forTimeInterval: 0.05)
    }
  }

  public func stop() {
    guard process.isRunning else { return }
    process.terminate()
    let end = Date(timeIntervalSinceNow: stopSeconds)
    while process.isRunning, Date() < end { Thread.sleep(forTimeInterval: 0.02) }
    if process.isRunning { kill(pid, SIGKILL) }
    process.waitUntilExit()
  }

  public var isRunning: Bool { process.isRunning }

  /// What it has written so far.
  public var log: String {
    FileManager.default.contents(atPath: logPath).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// The first of `count` ports in a row where nothing answers.
  public static func freePorts(_ count: Int, from first: Int) throws -> Int {
    var start = first
    for port in first..<first + 1_000 {
      if port - start == count { return start }
      if try answers(port) { start = port + 1 }
    }
    throw BenchError("no \(count) free ports in a row from \(first)")
  }

  private static func answers(_ port: Int) throws -> Bool {
    // Any HTTP answer will do, whatever its status.
    try Command("curl", ["--silent", "--output", "/dev/null", "--max-time", "2", "http://127.0.0.1:\(port)/"]).run().status == 0
  }
}
