import Glibc

/// A server that has been seen ready.
struct RunningServer: Sendable {
  let pid: Int32
  /// As the server itself says; an adopted one may have been started under another path.
  let socketDirectory: String

  /// A fast shutdown: connections are ended, work in progress is rolled back, everything is written. By process id only.
  func shutDown(options: ClusterOptions, placement: ClusterPlacement) throws(ClusterError) {
    defer { Subprocess.collect(pid) }
    guard ProcessTable.isRunning(pid), ProcessTable.workingDirectory(pid) == realPath(placement.data) else { return }
    for (signal, seconds) in [(SIGINT, options.limits.stopSeconds), (SIGQUIT, options.limits.abortSeconds)] {
      kill(pid, signal)
      if try Subprocess.waitForEnd(of: pid, milliseconds: seconds * 1000) {
        options.log(.info, "PostgreSQL stopped")
        return
      }
      options.log(.warning, "PostgreSQL (process \(pid)) has not stopped within \(seconds) s")
    }
    throw ClusterError(
      .stopFailed, "PostgreSQL (process \(pid)) does not stop", advice: "Its log is \(placement.log). The next start adopts it.")
  }
}
