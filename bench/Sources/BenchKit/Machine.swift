public import Foundation

/// Where and when a result was measured, and by what command.
public struct Provenance: Codable, Sendable {
  public let date: String
  public let command: String
  public let cores: Int
  public let processor: String
  public let memoryBytes: UInt64
  public let kernel: String
  public let commit: String

  /// `date` is passed in; everything else is asked of the machine. `folder` is inside the repository.
  public init(date: Date, command: [String], folder: String) throws {
    self.date = date.formatted(.iso8601)
    self.command = command.joined(separator: " ")
    cores = ProcessInfo.processInfo.activeProcessorCount
    memoryBytes = ProcessInfo.processInfo.physicalMemory
    let information = FileManager.default.contents(atPath: "/proc/cpuinfo") ?? Data()
    let model = String(decoding: information, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("model name") }
    processor = model?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    kernel = try Command("uname", ["-srm"]).output().trimmingCharacters(in: .whitespacesAndNewlines)
    // A download without its history has no commit to name.
    let git = try Command("git", ["-C", folder, "describe", "--always", "--dirty"]).run()
    commit = git.status == 0 ? git.output.trimmingCharacters(in: .whitespacesAndNewlines) : "unknown"
  }

  public var text: String {
    "\(processor), \(cores) cores, \(memoryBytes >> 20) MB; \(kernel); \(date); commit \(commit)"
  }
}
