// The C boundary for processes: argument vectors for posix_spawn, and waiting on process descriptors.
import CPlatform
import FoundationEssentials
import Glibc

/// A program that we start, either to its end or as a server.
enum Subprocess {
  struct Result: Sendable {
    /// 128 + the signal's number when it was killed.
    let exitCode: Int32
    /// Standard output and standard error, in the order written.
    let output: String
  }

  /// Nothing is inherited: PGHOST, PGOPTIONS or a foreign locale of ours must not change what these programs do.
  private static let environment = [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "TZ=UTC", "PGCLIENTENCODING=UTF8",
    "PGCONNECT_TIMEOUT=10",
  ]

  /// Runs a program to its end; kills it when the deadline passes.
  static func run(_ command: [String], deadlineSeconds: Int) throws(ClusterError) -> Result {
    let output = qareeb_anonymous_file()
    guard output >= 0 else { throw ClusterError(.io, "cannot make a temporary file: \(errorText(-output))") }
    defer { close(output) }
    let pid = try spawn(command, output: output, newSession: false)
    guard try waitForEnd(of: pid, milliseconds: deadlineSeconds * 1000) else {
      kill(pid, SIGKILL)
      _ = try waitForEnd(of: pid, milliseconds: 5000)
      _ = collect(pid)
      throw ClusterError(
        .timedOut, "\(command.last { $0.hasPrefix("/") } ?? command[0]) did not end within \(deadlineSeconds) s",
        output: read(output))
    }
    guard let exitCode = collect(pid) else { throw ClusterError(.io, "somebody else collected process \(pid)") }
    return Result(exitCode: exitCode, output: read(output))
  }

  /// Starts a server in a session of its own; its output is appended to `logPath`.
  static func startServer(_ command: [String], logPath: String) throws(ClusterError) -> Int32 {
    let log = open(logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard log >= 0 else { throw ClusterError(.io, "cannot open \(logPath): \(errorText(errno))") }
    defer { close(log) }
    return try spawn(command, output: log, newSession: true)
  }

  /// Waits until any process, ours or not, has ended; false when it still runs after that time.
  static func waitForEnd(of pid: Int32, milliseconds: Int) throws(ClusterError) -> Bool {
    let descriptor = qareeb_process_descriptor(pid)
    if descriptor == -ESRCH { return true }
    guard descriptor >= 0 else { throw ClusterError(.io, "cannot watch process \(pid): \(errorText(-descriptor))") }
    defer { close(descriptor) }
    return isReadable(descriptor, orReadable: nil, milliseconds: milliseconds) == .first
  }

  /// The exit code of a child that has ended; nil when it runs or is not ours to collect.
  @discardableResult
  static func collect(_ pid: Int32) -> Int32? {
    var exitCode: Int32 = 0
    return qareeb_collect_child(pid, &exitCode) == 1 ? exitCode : nil
  }

  enum Readiness { case first, second, neither }

  static func isReadable(_ first: Int32, orReadable second: Int32?, milliseconds: Int?) -> Readiness {
    let deadline = milliseconds.map { ContinuousClock.now + .milliseconds($0) }
    var polled = [
      pollfd(fd: first, events: Int16(POLLIN), revents: 0), pollfd(fd: second ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      let left = deadline.map { Int32(clamping: Int(max(.zero, $0 - .now) / .milliseconds(1))) } ?? -1
      let count = poll(&polled, 2, left)
      if count > 0 { return polled[0].revents != 0 ? .first : .second }
      if count == 0 || errno != EINTR { return .neither }
    }
  }

  private static func spawn(_ command: [String], output: Int32, newSession: Bool) throws(ClusterError) -> Int32 {
    var arguments = command.map { strdup($0) } + [nil]
    var variables = environment.map { strdup($0) } + [nil]
    defer { for pointer in arguments + variables { free(pointer) } }
    var pid: Int32 = 0
    // The root folder: the server's user may not be allowed into ours.
    let error = qareeb_spawn(command[0], &arguments, &variables, "/", -1, output, newSession ? 1 : 0, &pid)
    guard error == 0 else { throw ClusterError(.io, "cannot start \(command[0]): \(errorText(error))") }
    return pid
  }

  private static func read(_ descriptor: Int32) -> String {
    let length = Int(lseek(descriptor, 0, SEEK_END))
    guard length > 0 else { return "" }
    let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      count = max(0, pread(descriptor, buffer.baseAddress, length, 0))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
