import FoundationEssentials
import Glibc

/// An advisory lock on a file (`flock`), dropped by the kernel when its process ends in any way.
///
/// Two locks on one path exclude one another even inside one process: the lock belongs to the open file.
final class FileLock: Sendable {
  private let descriptor: Int32
  let path: String

  init(path: String) throws(ClusterError) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw ClusterError(.io, "cannot open \(path): \(errorText(errno))") }
  }

  deinit { close(descriptor) }

  /// Waits for sole possession. `whileWaiting` is called once, with what the holder wrote about itself.
  func lockExclusively(waitSeconds: Int, whileWaiting: (String) -> Void) throws(ClusterError) {
    let deadline = ContinuousClock.now + .seconds(waitSeconds)
    var told = false
    while !tryLock(LOCK_EX) {
      let holder = holderText()
      if !told {
        whileWaiting(holder)
        told = true
      }
      guard ContinuousClock.now < deadline else {
        throw ClusterError(
          .held, "\(holder) has held \(path) for more than \(waitSeconds) s", advice: "If it hangs, end it by its process id.")
      }
      usleep(20_000)
    }
    // For whoever waits next; only words, so a failure to write them is no failure of the lock.
    let note = "process \(getpid()) (\(ProcessTable.commandLine(getpid()).first ?? "?"))\n"
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, note, note.utf8.count, 0) }
  }

  /// Shares possession with others who share it.
  func lockShared() -> Bool { tryLock(LOCK_SH) }

  /// Turns a shared lock into a sole one if nobody else shares it. A refusal loses the shared lock: only for those who leave.
  func tryLockExclusively() -> Bool { tryLock(LOCK_EX) }

  func unlock() { flock(descriptor, LOCK_UN) }

  private func tryLock(_ operation: Int32) -> Bool {
    while flock(descriptor, operation | LOCK_NB) != 0 {
      if errno != EINTR { return false }
    }
    return true
  }

  private func holderText() -> String {
    let words = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n").first
    return words.map(String.init) ?? "another process"
  }
}

/// The system's words for an errno.
func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }
