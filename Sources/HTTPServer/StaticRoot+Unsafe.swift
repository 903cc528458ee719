// The boundary to the file system: descriptors are owned by one object each and closed with it.
import Glibc

/// A file system that does not do what it should.
enum FileProblem: Error, Equatable {
  /// No such file, or none that may be seen.
  case notFound
  /// The file changed while it was read.
  case changed
  /// The system's code.
  case system(Int32)
}

/// What tells one version of a file from another.
struct FileVersion: Equatable, Sendable {
  let size: Int
  let modifiedSeconds: Int64
  let modifiedNanoseconds: Int64
  let inode: UInt64
  let device: UInt64

  fileprivate init(_ status: stat) {
    size = Int(status.st_size)
    modifiedSeconds = Int64(status.st_mtim.tv_sec)
    modifiedNanoseconds = Int64(status.st_mtim.tv_nsec)
    inode = UInt64(status.st_ino)
    device = UInt64(status.st_dev)
  }

  func isOlder(than other: FileVersion) -> Bool {
    (modifiedSeconds, modifiedNanoseconds) < (other.modifiedSeconds, other.modifiedNanoseconds)
  }
}

/// A folder whose files may be seen, and nothing outside it.
final class StaticRoot: Sendable {
  enum Found {
    case file(OpenFile)
    case folder
  }

  private let descriptor: Int32

  init(path: String) throws(FileProblem) {
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor < 0 { throw .system(errno) }
  }

  deinit { close(descriptor) }

  /// Opens what a path below the folder leads to, and looks where that really is: what was opened is judged, not its name, so that
  /// no link swapped in between can lead outside.
  func find(_ path: String) throws(FileProblem) -> Found {
    // Non-blocking: opening a pipe that nobody writes must not stop the loop.
    let file = openat(descriptor, path.isEmpty ? "." : path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else { throw StaticRoot.problem(errno) }
    let opened = OpenFile(descriptor: file)
    guard contains(opened) else { throw .notFound }
    switch try opened.status().st_mode & S_IFMT {
    case S_IFDIR: return .folder
    case S_IFREG: return .file(opened)
    default: throw .notFound
    }
  }

  /// The version that a path leads to now, without opening it.
  func version(of path: String) -> FileVersion? {
    var status = stat()
    guard fstatat(descriptor, path, &status, 0) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return FileVersion(status)
  }

  private func contains(_ file: OpenFile) -> Bool {
    // The folder's own place is looked up anew: it may have been moved.
    guard let root = StaticRoot.place(of: descriptor), let place = StaticRoot.place(of: file.descriptor) else { return false }
    return place == root || place.starts(with: root == [UInt8(ascii: "/")] ? root : root + [UInt8(ascii: "/")])
  }

  private static func place(of descriptor: Int32) -> [UInt8]? {
    let place = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
      count = buffer.withMemoryRebound(to: CChar.self) {
        max(0, readlink("/proc/self/fd/\(descriptor)", $0.baseAddress.unsafelyUnwrapped, $0.count))
      }
    }
    return place.isEmpty ? nil : place
  }

  private static func problem(_ code: Int32) -> FileProblem {
    switch code {
    case ENOENT, ENOTDIR, EACCES, EPERM, ELOOP, ENAMETOOLONG, ENXIO: .notFound
    default: .system(code)
    }
  }
}

/// A file that stays readable as it was found, even when its name is taken away.
final class OpenFile: Sendable {
  fileprivate let descriptor: Int32

  fileprivate init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  fileprivate func status() throws(FileProblem) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(errno) }
    return status
  }

  func version() throws(FileProblem) -> FileVersion {
    FileVersion(try status())
  }

  /// Up to `count` bytes; fewer only at the end of the file.
  func read(at offset: Int, _ count: Int) throws(FileProblem) -> [UInt8] {
    var problem: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      while filled < count {
        let got = pread(descriptor, buffer.baseAddress.unsafelyUnwrapped + filled, count - filled, off_t(offset + filled))
        if got < 0, errno == EINTR { continue }
        if got < 0 { problem = errno }
        if got <= 0 { break }
        filled += got
      }
    }
    if problem != 0 { throw .system(problem) }
    return bytes
  }

  /// Asks the kernel to have these bytes in memory soon; only advice, so its answer does not matter.
  func readAhead(at offset: Int, _ count: Int) {
    _ = posix_fadvise(descriptor, off_t(offset), off_t(count), POSIX_FADV_WILLNEED)
  }
}
