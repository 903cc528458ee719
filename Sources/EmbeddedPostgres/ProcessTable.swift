import FoundationEssentials
import Glibc

/// What /proc tells about other processes. Nothing here trusts a process id alone: ids are reused.
enum ProcessTable {
  /// False for a zombie: what it held is gone.
  static func isRunning(_ pid: Int32) -> Bool {
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      // The name is in parentheses and may hold anything, so look from the last one.
      let end = stat.lastIndex(of: ")")
    else { return false }
    let state = stat[stat.index(after: end)...].first { $0 != " " }
    return state != "Z" && state != "X"
  }

  static func commandLine(_ pid: Int32) -> [String] {
    guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else { return [] }
    return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A PostgreSQL process rewrites its title: `postgres: checkpointer`; the first one keeps the path it was started by.
  static func isPostgres(_ pid: Int32) -> Bool {
    guard let name = commandLine(pid).first else { return false }
    return name.hasPrefix("postgres:") || name == "postgres" || name.hasSuffix("/postgres")
  }

  static func workingDirectory(_ pid: Int32) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")
  }

  /// Every process of a PostgreSQL server works in its data directory: that is how the children of a killed one are found.
  static func postgresProcesses(in dataDirectory: String) -> [Int32] {
    all { workingDirectory($0) == dataDirectory && isRunning($0) && isPostgres($0) }.sorted()
  }

  static func all(where isWanted: (Int32) -> Bool) -> Set<Int32> {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return Set(names.compactMap { Int32($0) }.filter(isWanted))
  }
}
