import FoundationEssentials
import Glibc

extension ServerLauncher {
  private static let unfinishedPrefix = "data.new-"

  /// Makes the data directory under another name and renames it when it is whole: one that is there is finished.
  func initializeIfAbsent() throws(ClusterError) {
    try removeUnfinished()
    guard !FileManager.default.fileExists(atPath: placement.data) else { return }
    options.log(.info, "making a private PostgreSQL cluster in \(placement.root) (once; a few seconds)")
    let unfinished = "\(placement.root)/\(Self.unfinishedPrefix)\(getpid())"
    try placement.preparePrivateFolder(unfinished)
    let result = try Subprocess.run(
      commandThatDiesWithUs(
        [installation.initdb] + ClusterConfiguration.initdbArguments + ["--username=\(options.role)", "--pgdata=\(unfinished)"]
          + (options.durability == .disposable ? ["--no-sync"] : [])),
      deadlineSeconds: options.limits.initializationSeconds)
    guard result.exitCode == 0 else {
      try removeUnfinished()
      let tail = result.output.split(separator: "\n").suffix(options.limits.quotedLogLines).joined(separator: "\n")
      if tail.contains("No space left on device") {
        throw ClusterError(.diskFull, "initdb cannot finish: the disk that holds \(placement.root) is full", output: tail)
      }
      throw ClusterError(.initializationFailed, "initdb failed with exit code \(result.exitCode)", output: tail)
    }
    guard rename(unfinished, placement.data) == 0 else {
      throw ClusterError(.io, "cannot rename \(unfinished): \(errorText(errno))")
    }
    try flushFolder(placement.root)
  }

  /// setpriv also lets the kernel end initdb when we are killed. (The signal is tied to the thread that waits for it here.)
  private func commandThatDiesWithUs(_ command: [String]) -> [String] {
    let prefix = placement.identity.commandPrefix
    return (prefix.isEmpty ? ["/usr/bin/setpriv"] : prefix.dropLast()) + ["--pdeathsig=KILL", "--"] + command
  }

  /// What an interrupted initdb left; first its processes, which could still write.
  private func removeUnfinished() throws(ClusterError) {
    let names = try file("list \(placement.root)") { try FileManager.default.contentsOfDirectory(atPath: placement.root) }
    for name in names where name.hasPrefix(Self.unfinishedPrefix) {
      let path = "\(placement.root)/\(name)"
      try end(ProcessTable.postgresProcesses(in: realPath(path) ?? path))
      try file("remove \(path)") { try FileManager.default.removeItem(atPath: path) }
    }
  }

  /// Ends what runs and removes every file, wherever the placement put it.
  func removeEverything() throws(ClusterError) {
    try removeUnfinished()
    if let data = realPath(placement.data) { try end(ProcessTable.postgresProcesses(in: data)) }
    let paths = [placement.socketDirectory, placement.root, placement.directory]
    for path in paths {
      var status = stat()
      guard lstat(path, &status) == 0 else { continue }
      try file("remove \(path)") { try FileManager.default.removeItem(atPath: path) }
    }
  }

  /// Makes a rename last through a power cut.
  private func flushFolder(_ path: String) throws(ClusterError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ClusterError(.io, "cannot open \(path): \(errorText(errno))") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw ClusterError(.io, "cannot flush \(path): \(errorText(errno))") }
  }
}
