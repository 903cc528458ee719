// What Linux knows about this process; the C boundary to /proc, getrusage(2) and getrlimit(2).

import Glibc

/// The binary's identity, shown as labels of a constant gauge.
public struct BuildInfo: Sendable {
  public let version: String
  public let commit: String

  public init(version: String, commit: String) {
    self.version = version
    self.commit = commit
  }
}

/// The standard `process_*` metrics, read at each scrape, by the names every dashboard knows.
public enum ProcessMetrics {
  public static func register(in registry: MetricsRegistry, build: BuildInfo, namePrefix: String = "qareeb") {
    let pageBytes = Double(sysconf(Int32(_SC_PAGESIZE)))
    registry.gaugeCallback("process_resident_memory_bytes", help: "Resident memory.") {
      statmField(1).map { $0 * pageBytes }
    }
    registry.gaugeCallback("process_virtual_memory_bytes", help: "Virtual memory.") { statmField(0).map { $0 * pageBytes } }
    registry.gaugeCallback("process_open_fds", help: "Open file descriptors.") { openDescriptors() }
    registry.gaugeCallback("process_max_fds", help: "The most file descriptors the process may open.") { maximumDescriptors() }
    registry.counterCallback("process_cpu_seconds_total", help: "User and system CPU time.") { cpuSeconds() }
    registry.gaugeCallback("process_threads", help: "Threads.") { statField(20) }
    let start = startUnixSeconds()
    registry.gaugeCallback("process_start_time_seconds", help: "When the process started, since the epoch.") { start }
    registry.gaugeCallback("\(namePrefix)_build_info", help: "What is running.", labels: ["version", "commit"]) {
      [MetricSample([build.version, build.commit], 1)]
    }
  }

  private static func statmField(_ index: Int) -> Double? {
    let fields = contents("/proc/self/statm")?.split(separator: " ")
    guard let fields, fields.count > index else { return nil }
    return Double(fields[index])
  }

  /// A field of /proc/self/stat, numbered from 1 as in proc(5). The name in brackets (field 2) may hold spaces: counting starts after it.
  private static func statField(_ number: Int) -> Double? {
    guard let text = contents("/proc/self/stat"), let bracket = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: bracket)...].split(separator: " ")
    guard fields.count > number - 3 else { return nil }
    return Double(fields[number - 3])
  }

  private static func startUnixSeconds() -> Double? {
    guard let ticks = statField(22), let status = contents("/proc/stat"),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
      let boot = Double(line.dropFirst(6))
    else { return nil }
    return boot + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private static func openDescriptors() -> Double? {
    guard let folder = opendir("/proc/self/fd") else { return nil }
    defer { closedir(folder) }
    var entries = 0
    while readdir(folder) != nil { entries += 1 }
    // Less “.”, “..” and the folder itself.
    return Double(entries - 3)
  }

  private static func maximumDescriptors() -> Double? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
    return limit.rlim_cur == UInt.max ? .infinity : Double(limit.rlim_cur)
  }

  private static func cpuSeconds() -> Double? {
    var usage = rusage()
    guard getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return nil }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

  /// A small file of /proc, whole.
  private static func contents(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count > 0 {
        bytes.append(contentsOf: chunk[..<count])
      } else if count == 0 {
        return String(decoding: bytes, as: UTF8.self)
      } else if errno != EINTR {
        return nil
      }
    }
  }
}
