import Configuration
import EmbeddedPostgres
import Glibc
import Terminal

/// What the machine says: disks and limits.
struct HostChecks {
  let settings: Settings
  let cluster: ClusterObservation?
  let file: IndexFileState

  func all() -> [Finding] {
    var findings = [disk("disk", settings.data.directory, needing: 2 * file.byteCount)]
    if let cluster, cluster.state != .absent { findings.append(disk("cluster disk", cluster.dataDirectory, needing: 0)) }
    findings.append(openFiles())
    return findings
  }

  /// Microseconds since 1970.
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }

  // MARK: Disks

  /// Of the folder, or of the nearest one above that is there.
  private func disk(_ check: String, _ path: String, needing bytes: Int) -> Finding {
    var place = path
    var status = statvfs()
    while statvfs(place, &status) != 0 {
      guard errno == ENOENT, place != "/", place != "." else {
        return .problem(
          check, "the disk of \(path) cannot be looked at: \(String(cString: strerror(errno)))", do: "Look at its mount.")
      }
      let slash = place.lastIndex(of: "/")
      place = slash.map { $0 == place.startIndex ? "/" : String(place[..<$0]) } ?? "."
    }
    let size = Int(status.f_frsize)
    return Self.disk(check, path, free: Int(status.f_bavail) * size, total: Int(status.f_blocks) * size, needing: bytes)
  }

  static func disk(_ check: String, _ path: String, free: Int, total: Int, needing bytes: Int) -> Finding {
    let figures = [Finding.Figure(name: "free_bytes", value: free), Finding.Figure(name: "total_bytes", value: total)]
    let message = "\(bytesText(free)) of \(bytesText(total)) are free where \(path) is"
    if free < max(DoctorLimits.diskProblemBytes, bytes) {
      return .problem(
        check, message, do: "Make room: a full disk stops PostgreSQL, and the index needs twice its size to be written anew.",
        figures)
    }
    if Double(free) < DoctorLimits.diskWarningShare * Double(total) {
      return .warning(check, message, do: "Make room before it is full: a full disk stops PostgreSQL.", figures)
    }
    return .ok(check, message, figures)
  }

  // MARK: Files

  private func openFiles() -> Finding {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      return .problem("open files", "the limit cannot be asked for", do: "Look at \"ulimit -n\".")
    }
    return Self.openFiles(allowed: Int(clamping: limit.rlim_cur), connections: settings.limits.connections)
  }

  /// Beside connections: the database's, the index, logs.
  private static let otherFiles = 256

  static func openFiles(allowed: Int, connections: Int) -> Finding {
    let figures = [
      Finding.Figure(name: "allowed", value: allowed), Finding.Figure(name: "connections", value: connections),
    ]
    let message = "\(groupedText(allowed)) for processes started here, limits.connections is \(groupedText(connections))"
    guard allowed < connections + otherFiles else { return .ok("open files", message, figures) }
    return .warning(
      "open files", message,
      do: """
        Raise it where the service is started (systemd: LimitNOFILE=65536; a shell: ulimit -n 65536), or lower limits.connections: \
        beyond the limit, connections are refused by the kernel instead of being answered 503.
        """, figures)
  }
}
