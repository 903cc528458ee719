import Foundation
import Glibc

/// A program that is told things a line at a time and answers with a line: ended by its process id, and by the kernel if this one
/// dies first.
public final class Conversation {
  public let name: String
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let logPath: String
  private var unread = Data()

  private static let stopSeconds = 20.0

  /// `folder` takes what it writes to standard error.
  public init(_ name: String, _ executable: String, _ arguments: [String], folder: String) throws {
    self.name = name
    logPath = "\(folder)/\(name).log"
    guard FileManager.default.createFile(atPath: logPath, contents: nil), let log = FileHandle(forWritingAtPath: logPath) else {
      throw BenchError("cannot write \(logPath)")
    }
    // Its end is found by reading: a write to a program that has ended must fail, not end this one too.
    signal(SIGPIPE, SIG_IGN)
    process.executableURL = URL(fileURLWithPath: try Command.find("setpriv"))
    process.arguments = ["--pdeathsig", "KILL", try Command.find(executable)] + arguments
    process.standardInput = input
    process.standardOutput = output
    process.standardError = log
    try process.run()
  }

  deinit { stop() }

  public func tell(_ line: String) throws { try input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8)) }

  /// The next line it prints, however long that takes; when it ends instead, an error with what it said of that.
  public func hear() throws -> String {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread = Data(unread[unread.index(after: end)...]) }
        return String(decoding: unread[..<end], as: UTF8.self)
      }
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else {
        process.waitUntilExit()
        throw BenchError("\(name) ended with exit code \(process.terminationStatus):\n\(log)")
      }
      unread.append(more)
    }
  }

  public func residentBytes() throws -> Int { try ProcessTree.use(of: process.processIdentifier).residentBytes }

  public func stop() {
    guard process.isRunning else { return }
    process.terminate()
    let end = Date(timeIntervalSinceNow: Conversation.stopSeconds)
    while process.isRunning, Date() < end { Thread.sleep(forTimeInterval: 0.02) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  private var log: String {
    FileManager.default.contents(atPath: logPath).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
