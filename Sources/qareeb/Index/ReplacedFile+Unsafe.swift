// Writes files so that they are whole or not there: the border to the kernel, which is why it is marked unsafe.
import Bytes
import Glibc
import Terminal

/// A file that is written beside the one it is to replace, and takes its place only when all of it is on the disk. Whatever goes wrong
/// before, the old file stays as it was and nothing of the new one is left.
final class ReplacedFile {
  private let path: String
  private let name: String
  private let folder: String
  private let temporaryPath: String
  private var descriptor: Int32

  /// Finds out what can be known before hours of work: that the place can be written to, and holds nothing but a file.
  static func check(_ path: String) throws(CommandFailure) {
    let (path, name) = (resolved(path), withoutControls(path))
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw CommandFailure(.usage, "cannot write \(name): there is something that is not a file")
    }
    guard access(folder(of: path), W_OK | X_OK) == 0 else { throw FileFailure.because("cannot write \(name)") }
  }

  init(path: String) throws(CommandFailure) {
    let path = Self.resolved(path)
    self.path = path
    name = withoutControls(path)
    folder = Self.folder(of: path)
    temporaryPath = "\(folder)/.\(path.split(separator: "/").last ?? "index").\(getpid()).part"
    // A limit on file sizes then fails the write, as a full disk does, instead of ending the process.
    signal(SIGXFSZ, SIG_IGN)
    descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw FileFailure.because("cannot write \(name)") }
  }

  deinit { abandon() }

  func write(_ bytes: UnsafeRawBufferPointer) throws(CommandFailure) {
    var written = 0
    while written < bytes.count {
      guard let start = bytes.baseAddress else { return }
      let count = Glibc.write(descriptor, start + written, bytes.count - written)
      if count >= 0 {
        written += count
      } else if errno != EINTR {
        throw failure()
      }
    }
  }

  func write(_ text: borrowing ByteBuffer) throws(CommandFailure) {
    try text.withUnsafeBytes { bytes throws(CommandFailure) in try write(bytes) }
  }

  /// Puts the file in its place.
  func commit() throws(CommandFailure) {
    guard fsync(descriptor) == 0 else { throw failure() }
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0, rename(temporaryPath, path) == 0 else { throw failure() }
    // The new name is on the disk only when its folder is.
    let parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard parent >= 0 else { throw FileFailure.because("cannot write \(name)") }
    defer { close(parent) }
    guard fsync(parent) == 0 else { throw FileFailure.because("cannot write \(name)") }
  }

  private func failure() -> CommandFailure {
    let failure = FileFailure.because("cannot write \(name)", details: ["Nothing is left of what was written."])
    abandon()
    return failure
  }

  private func abandon() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    // After `commit` there is nothing of this name any more, and nothing to be done where removing fails.
    unlink(temporaryPath)
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The file that a link leads to: it is replaced, and not the link.
  private static func resolved(_ path: String) -> String {
    guard let found = realpath(path, nil) else { return path }
    defer { free(found) }
    return String(cString: found)
  }
}
