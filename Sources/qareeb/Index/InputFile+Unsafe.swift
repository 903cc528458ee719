// Bytes of a file or of standard input: the border to the kernel, which is why it is marked unsafe.
import Glibc
import Terminal

/// A file that is read once, from its beginning to its end; "-" is standard input.
final class InputFile: Sendable {
  /// Large enough that the calls cost nothing, small enough to stay in the cache until its lines are read.
  private static let chunkBytes = 256 << 10

  /// As messages show it.
  let name: String
  /// Nil when it is not known beforehand, as of a pipe.
  let byteCount: Int?
  private let descriptor: Int32

  init(path: String) throws(CommandFailure) {
    let isStandardInput = path == "-"
    name = isStandardInput ? "standard input" : withoutControls(path)
    descriptor = isStandardInput ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure.because("cannot read \(name)") }
    var status = stat()
    byteCount = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }

  deinit { close(descriptor) }

  /// Hands over the bytes, piece by piece, until they end or `take` answers false.
  func readChunks(_ take: (UnsafeRawBufferPointer) -> Bool) throws(CommandFailure) {
    while try readChunk(take) == true {}
  }

  /// Hands over the next bytes; nil at the end.
  func readChunk<Result>(_ take: (UnsafeRawBufferPointer) -> Result) throws(CommandFailure) -> Result? {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkBytes, alignment: 64)
    defer { room.deallocate() }
    while true {
      let count = Glibc.read(descriptor, room.baseAddress, room.count)
      if count == 0 { return nil }
      if count > 0 { return take(UnsafeRawBufferPointer(rebasing: room[..<count])) }
      if errno != EINTR { throw FileFailure.because("cannot read \(name)") }
    }
  }

  /// Whether this is the file at `path`.
  func isFile(at path: String) -> Bool {
    var (mine, other) = (stat(), stat())
    guard fstat(descriptor, &mine) == 0, stat(path, &other) == 0 else { return false }
    return mine.st_dev == other.st_dev && mine.st_ino == other.st_ino
  }
}

/// Failures of the kernel as failures of a command.
enum FileFailure {
  /// `errno` must still be that of the failed call.
  static func because(_ what: String, details: [String] = []) -> CommandFailure {
    let reason = errno
    return CommandFailure(
      reason == EACCES || reason == EPERM ? .noPermission : .inputOutput, "\(what): \(String(cString: strerror(reason)))",
      details: details)
  }
}
