import FoundationEssentials
import Glibc

/// Brings the server of one placement to "ready". Used with the cluster's lock held.
struct ServerLauncher: Sendable {
  let installation: PostgresInstallation
  let placement: ClusterPlacement
  let options: ClusterOptions

  func adoptOrStart() throws(ClusterError) -> RunningServer {
    try checkVersion()
    if let file = readPostmasterFile(), isOurs(file) {
      guard !file.isSingleUser else {
        throw ClusterError(
          .held, "a single-user server (process \(file.pid)) has \(placement.data) open", advice: "Leave it first.")
      }
      if file.status == .stopping {
        options.log(.info, "PostgreSQL (process \(file.pid)) is shutting down; waiting for it")
        try awaitEnd(file.pid, seconds: options.limits.stopSeconds)
      } else if let server = try adopt(file) {
        return server
      }
    }
    try clearLeftovers()
    try writeConfiguration()
    try placement.preparePrivateFolder(placement.socketDirectory)
    rotateLog()
    return try launch()
  }

  // MARK: - A server that runs already

  /// nil when the server turned out to be of no use and was stopped.
  private func adopt(_ file: PostmasterFile) throws(ClusterError) -> RunningServer? {
    let ready = try awaitReady(file.pid, isChild: false, logOffset: logLength())
    let server = RunningServer(pid: file.pid, socketDirectory: ready.socketDirectory)
    if FileManager.default.fileExists(atPath: "\(ready.socketDirectory)/\(ClusterPlacement.socketName)") {
      options.log(.info, "PostgreSQL already runs (process \(file.pid))")
      return server
    }
    options.log(.warning, "PostgreSQL (process \(file.pid)) has lost its socket; was the folder moved? Starting it again")
    try server.shutDown(options: options, placement: placement)
    return nil
  }

  func readPostmasterFile() -> PostmasterFile? {
    (try? String(contentsOfFile: placement.data + "/postmaster.pid", encoding: .utf8)).flatMap(PostmasterFile.init)
  }

  /// A process id in a file is a hint: the process must be a PostgreSQL that works in this very folder.
  private func isOurs(_ file: PostmasterFile) -> Bool {
    ProcessTable.isRunning(file.pid) && ProcessTable.isPostgres(file.pid)
      && ProcessTable.workingDirectory(file.pid) == realPath(placement.data)
  }

  // MARK: - What a killed server left

  private func clearLeftovers() throws(ClusterError) {
    // Children of a killed server notice its death when they next wait; one in the middle of a query may take long. Nothing they do
    // can be committed any more, and a new server refuses to start beside them.
    if let data = realPath(placement.data) {
      let orphans = ProcessTable.postgresProcesses(in: data)
      if !orphans.isEmpty {
        options.log(.warning, "ending \(orphans.count) processes that a killed PostgreSQL left behind")
        try end(orphans)
      }
    }
    // Without a live server these are stale. PostgreSQL itself would believe them if their process id were in use by another program.
    let stale = [
      placement.data + "/postmaster.pid", "\(placement.socketDirectory)/\(ClusterPlacement.socketName)",
      "\(placement.socketDirectory)/\(ClusterPlacement.socketName).lock",
    ]
    for path in stale where unlink(path) == 0 && path == stale[0] {
      options.log(.info, "PostgreSQL was not shut down; it will recover from its log")
    }
  }

  func end(_ processes: [Int32]) throws(ClusterError) {
    for signal in [SIGQUIT, SIGKILL] {
      for pid in processes where ProcessTable.isRunning(pid) { kill(pid, signal) }
      var running = false
      for pid in processes where try !Subprocess.waitForEnd(of: pid, milliseconds: options.limits.abortSeconds * 500) {
        running = true
      }
      if !running { return }
    }
    throw ClusterError(.held, "processes \(processes) of a killed PostgreSQL cannot be ended")
  }

  private func awaitEnd(_ pid: Int32, seconds: Int) throws(ClusterError) {
    guard try Subprocess.waitForEnd(of: pid, milliseconds: seconds * 1000) else {
      throw ClusterError(.timedOut, "PostgreSQL (process \(pid)) did not end within \(seconds) s", output: logTail(from: 0))
    }
  }

  // MARK: - Starting

  private func launch() throws(ClusterError) -> RunningServer {
    let offset = logLength()
    let command =
      placement.identity.commandPrefix + [
        installation.server, "-D", placement.data, "-c", "config_file=\(placement.configuration)/postgresql.conf",
      ]
    let pid = try Subprocess.startServer(command, logPath: placement.log)
    do {
      let file = try awaitReady(pid, isChild: true, logOffset: offset)
      options.log(.info, "PostgreSQL started (process \(pid), data in \(placement.data))")
      return RunningServer(pid: pid, socketDirectory: file.socketDirectory)
    } catch {
      // Never leave a half-started server behind an error.
      kill(pid, SIGQUIT)
      if try !Subprocess.waitForEnd(of: pid, milliseconds: options.limits.abortSeconds * 1000) { kill(pid, SIGKILL) }
      Subprocess.collect(pid)
      throw error
    }
  }

  /// Waits for the status "ready" that the server writes when it accepts connections; passes on what its log says of recovery.
  private func awaitReady(_ pid: Int32, isChild: Bool, logOffset: Int) throws(ClusterError) -> PostmasterFile {
    let deadline = ContinuousClock.now + .seconds(options.limits.startSeconds)
    var progress = RecoveryProgress(offset: logOffset)
    while ContinuousClock.now < deadline {
      if let file = readPostmasterFile(), file.pid == pid, file.status == .ready { return file }
      progress.report(logPath: placement.log, to: options.log)
      if try Subprocess.waitForEnd(of: pid, milliseconds: 20) {
        if isChild { Subprocess.collect(pid) }
        throw failure(logTail(from: logOffset))
      }
    }
    throw ClusterError(
      .timedOut, "PostgreSQL was not ready after \(options.limits.startSeconds) s", output: logTail(from: logOffset))
  }

  private func failure(_ tail: String) -> ClusterError {
    if tail.contains("No space left on device") {
      return ClusterError(.diskFull, "PostgreSQL cannot start: the disk that holds \(placement.data) is full", output: tail)
    }
    return ClusterError(
      .startFailed, "PostgreSQL did not start", advice: "Its whole log is \(placement.log).", output: tail)
  }

  private func checkVersion() throws(ClusterError) {
    let path = placement.data + "/PG_VERSION"
    let text = try file("read \(path)") { try String(contentsOfFile: path, encoding: .utf8) }
    let version = text.prefix { $0 != "\n" }
    guard version == "\(PostgresInstallation.majorVersion)" else {
      throw ClusterError(
        .versionMismatch,
        "\(placement.data) was made by PostgreSQL \(version); this program runs \(PostgresInstallation.majorVersion)",
        advice:
          "Dump it with that version's pg_dumpall and load it into a new one, or move \(placement.root) away to start empty.")
    }
  }

  /// Whole files under new names, then renamed: a server that starts never reads half of one.
  private func writeConfiguration() throws(ClusterError) {
    try ClusterPlacement.makeFolder(placement.configuration, mode: 0o755)
    var users: [String] = []
    for name in ["root", placement.identity.name, ServerIdentity.current?.name].compactMap({ $0 }) where !users.contains(name) {
      users.append(name)
    }
    let configuration = ClusterConfiguration(placement: placement, options: options, users: users)
    let files = [
      ("postgresql.conf", configuration.postgresqlConf), ("pg_hba.conf", configuration.hbaConf),
      ("pg_ident.conf", configuration.identConf),
    ]
    for (name, text) in files { try writeFile("\(placement.configuration)/\(name)", text) }
    let local = "\(placement.configuration)/local.conf"
    if access(local, F_OK) != 0 { try writeFile(local, ClusterConfiguration.localConf) }
  }

  private func writeFile(_ path: String, _ text: String) throws(ClusterError) {
    try file("write \(path)") { try Data(text.utf8).write(to: URL(filePath: path + ".new")) }
    guard chmod(path + ".new", 0o644) == 0, rename(path + ".new", path) == 0 else {
      throw ClusterError(.io, "cannot write \(path): \(errorText(errno))")
    }
  }

  // MARK: - The log

  private func rotateLog() {
    guard logLength() > options.limits.maximumLogBytes else { return }
    if rename(placement.log, placement.log + ".1") != 0 {
      options.log(.warning, "cannot move \(placement.log) aside: \(errorText(errno))")
    }
  }

  private func logLength() -> Int {
    var status = stat()
    return stat(placement.log, &status) == 0 ? Int(status.st_size) : 0
  }

  private func logTail(from offset: Int) -> String {
    guard let data = FileManager.default.contents(atPath: placement.log) else { return "" }
    let text = String(decoding: data.dropFirst(offset), as: UTF8.self)
    return text.split(separator: "\n").suffix(options.limits.quotedLogLines).joined(separator: "\n")
  }
}

/// Passes on the lines of the server's log that tell how far crash recovery has come.
private struct RecoveryProgress {
  var offset: Int

  mutating func report(logPath: String, to log: (ClusterOptions.Severity, String) -> Void) {
    guard let handle = FileManager.default.contents(atPath: logPath), handle.count > offset else { return }
    let fresh = handle.dropFirst(offset)
    guard let end = fresh.lastIndex(of: UInt8(ascii: "\n")) else { return }
    offset = end + 1
    for line in String(decoding: fresh[...end], as: UTF8.self).split(separator: "\n") {
      guard let message = line.firstRange(of: "LOG:  ").map({ line[$0.upperBound...] }) else { continue }
      if message.hasPrefix("redo ") || message.hasPrefix("syncing data directory") || message.contains("in progress, elapsed") {
        log(.info, "PostgreSQL recovers: \(message)")
      }
    }
  }
}
