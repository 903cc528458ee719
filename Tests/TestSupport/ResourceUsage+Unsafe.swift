// The boundary to the system's calls about this process.
import Glibc

/// What this process uses and may use.
public enum ResourceUsage {
  public struct Refused: Error, CustomStringConvertible {
    public let description: String
  }

  /// Raises the limit on open files, the hard one too where that is allowed.
  public static func allowOpenFiles(_ count: Int) throws {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    if limit.rlim_cur >= count { return }
    limit.rlim_cur = rlim_t(count)
    limit.rlim_max = max(limit.rlim_max, rlim_t(count))
    guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      throw Refused(description: "this test needs \(count) open files: raise `ulimit -Hn`")
    }
  }

  /// Resident memory of this process.
  public static func residentBytes() -> Int {
    var line = [CChar](repeating: 0, count: 128)
    if let file = fopen("/proc/self/statm", "r") {
      _ = fgets(&line, Int32(line.count), file)
      fclose(file)
    }
    let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { preconditionFailure("Linux has /proc/self/statm") }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}
