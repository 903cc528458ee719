// The border to the kernel: names, ages and locks of the index's files, which is why it is marked unsafe.
import Glibc
import PostgresClient

extension IndexFolder {
  func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Seconds since the file got its name; nil when it is not there.
  func ageSeconds(_ path: String, at now: PostgresTimestamp) -> Int? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return max(0, Int(now.microsecondsSince1970 / 1_000_000) - status.st_ctim.tv_sec)
  }

  func touch(_ path: String) throws(StateFileError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system(action: "write", path: path, code: errno) }
    close(descriptor)
  }

  /// Does nothing when there is no such file.
  func remove(_ path: String) throws(StateFileError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw .system(action: "remove", path: path, code: errno) }
  }

  func move(_ path: String, to other: String) throws(StateFileError) {
    guard rename(path, other) == 0 else { throw .system(action: "rename", path: path, code: errno) }
    try WholeFile.flushFolder(of: other)
  }
}

/// Held by one process at a time; the kernel gives it back however that ends.
final class FolderLock {
  private let descriptor: Int32

  /// Nil when somebody else holds it.
  init?(path: String) throws(StateFileError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system(action: "open", path: path, code: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      guard code == EWOULDBLOCK else { throw .system(action: "lock", path: path, code: code) }
      return nil
    }
  }

  deinit { close(descriptor) }
}
