import Glibc

extension PrivateCluster {
  /// Has the server stopped even if this process is killed: for tests, which should leave nothing running. (A killed `serve` leaves
  /// its server on purpose: the next start adopts it at once.)
  public func stopEvenIfKilled() throws(ClusterError) {
    try watch(getpid())
  }

  /// A small process in a session of its own waits for the end of `owner`, then leaves as `stop` does: under the lock, by process id,
  /// and only if nobody else holds the cluster.
  func watch(_ owner: Int32) throws(ClusterError) {
    let stopIfOurs = """
      pid=$(head -n 1 "$1/postmaster.pid") && [ "$(readlink "/proc/$pid/cwd")" = "$1" ] && kill -INT "$pid" \
      && exec tail --sleep-interval=0.1 --pid="$pid" -f /dev/null
      """
    let wait = """
      tail --sleep-interval=0.2 --pid="$1" -f /dev/null
      [ -e "$4/postmaster.pid" ] || exit 0
      exec flock --exclusive --wait 60 "$2" flock --exclusive --nonblock "$3" sh -c "$5" sh "$4"
      """
    let directory = placement.directory
    let pid = try Subprocess.startServer(
      [
        "/bin/sh", "-c", wait, "sh", "\(owner)", ClusterPlacement.lockPath(directory), ClusterPlacement.usersPath(directory),
        realPath(placement.data) ?? placement.data, stopIfOurs,
      ], logPath: placement.root + "/watchdog.log")
    options.log(.info, "process \(pid) will stop PostgreSQL if process \(owner) is killed")
  }

  /// Removes a cluster and all its data. Refuses while anybody holds it.
  public static func erase(_ options: ClusterOptions) throws(ClusterError) {
    let directory = try ClusterPlacement.canonical(options.directory)
    let lock = try lockForChange(directory, options: options)
    defer { lock.unlock() }
    let users = try FileLock(path: ClusterPlacement.usersPath(directory))
    guard users.tryLockExclusively() else {
      throw ClusterError(.held, "\(directory) is in use", advice: "Stop the programs that use it first.")
    }
    defer { users.unlock() }
    let installation = try PostgresInstallation.find(options.binaryDirectory)
    let placement = try ClusterPlacement.resolve(directory, options: options)
    try ServerLauncher(installation: installation, placement: placement, options: options).removeEverything()
  }
}
