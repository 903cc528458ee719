import Foundation
import Glibc

/// What a process and its descendants have used, from `/proc`.
public struct ProcessUse: Sendable, Hashable {
  /// User and system time of every thread, and of descendants that have ended and been waited for.
  public var cpuTicks = 0
  /// Summed over the processes: pages that they share count for each of them.
  public var residentBytes = 0

  public static let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))
  static let pageBytes = sysconf(Int32(_SC_PAGESIZE))

  public var cpuSeconds: Double { Double(cpuTicks) / ProcessUse.ticksPerSecond }
}

public enum ProcessTree {
  /// Of the process and everything below it. A process that ends while this looks is left out; the root must live.
  public static func use(of root: Int32) throws -> ProcessUse {
    var entries: [Int32: ProcessEntry] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
      guard let id = Int32(name), let stat = contents("/proc/\(id)/stat") else { continue }
      entries[id] = ProcessEntry(stat: stat)
    }
    guard entries[root] != nil else { throw BenchError("process \(root) has ended") }
    var use = ProcessUse()
    for (id, entry) in entries where isBelow(id, root, entries) {
      use.cpuTicks += entry.cpuTicks
      use.residentBytes += entry.residentPages * ProcessUse.pageBytes
    }
    return use
  }

  private static func isBelow(_ id: Int32, _ root: Int32, _ entries: [Int32: ProcessEntry]) -> Bool {
    var current = id
    while current != root {
      guard let entry = entries[current], entry.parent > 0 else { return false }
      current = entry.parent
    }
    return true
  }

  /// Nil for a process that has ended since it was listed.
  private static func contents(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}

/// One line of `/proc/<id>/stat` (proc(5)).
struct ProcessEntry: Hashable {
  let parent: Int32
  let cpuTicks: Int
  let residentPages: Int

  /// The fields are counted from behind the name, which may hold blanks and parentheses.
  init?(stat: String) {
    guard let end = stat.lastIndex(of: ")") else { return nil }
    let fields = stat[stat.index(after: end)...].split(whereSeparator: \.isWhitespace)
    guard fields.count > 21, let parent = Int32(fields[1]), let pages = Int(fields[21]) else { return nil }
    let times = fields[11...14].compactMap { Int($0) }
    guard times.count == 4 else { return nil }
    self.parent = parent
    cpuTicks = times.reduce(0, +)
    residentPages = pages
  }
}
