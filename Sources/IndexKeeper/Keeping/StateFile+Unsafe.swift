// The border to the kernel: files mapped and files replaced, which is why it is marked unsafe.
import Columns
import Glibc

/// A file read in place.
enum MappedState {
  /// Nil when there is none. The file must be replaced, never written into, and `WholeFile` does so.
  static func memory(path: String) throws(StateFileError) -> Memory? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw .system(action: "read", path: path, code: errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(action: "read", path: path, code: errno) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else { throw .malformed("it is empty or no file") }
    let count = Int(status.st_size)
    guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw .system(action: "map", path: path, code: errno)
    }
    let address = UInt(bitPattern: start)
    return Memory(bytes: UnsafeRawBufferPointer(start: start, count: count)) {
      munmap(UnsafeMutableRawPointer(bitPattern: address), count)
    }
  }
}

/// A file that is whole or not there: written beside the one it replaces, and put in its place when all of it is on the disk.
final class WholeFile {
  private let path: String
  private let temporaryPath: String
  private var descriptor: Int32

  init(path: String) throws(StateFileError) {
    self.path = path
    temporaryPath = "\(path).\(getpid()).part"
    descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .system(action: "write", path: temporaryPath, code: errno) }
    // Held as long as it is written, also when the process is killed: nobody removes it under our hands.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      descriptor = -1
      throw .system(action: "lock", path: temporaryPath, code: code)
    }
  }

  /// Removes what killed processes left of files that they were writing beside `path`; gives how many.
  static func removeLeftovers(of path: String) throws(StateFileError) -> Int {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[...$0]) } ?? "./"
    let prefix = (slash.map { String(path[path.index(after: $0)...]) } ?? path) + "."
    guard let listing = opendir(folder) else { throw .system(action: "list", path: folder, code: errno) }
    defer { closedir(listing) }
    var count = 0
    while let entry = readdir(listing) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if name.hasPrefix(prefix), name.hasSuffix(".part"), removeIfLeft(folder + name) { count += 1 }
    }
    return count
  }

  /// Whoever writes it has it locked.
  private static func removeIfLeft(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0 && unlink(path) == 0
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    // After `commit` nothing has this name any more.
    unlink(temporaryPath)
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(StateFileError) {
    var written = 0
    while written < bytes.count, let start = bytes.baseAddress {
      let count = Glibc.write(descriptor, start + written, bytes.count - written)
      if count >= 0 {
        written += count
      } else if errno != EINTR {
        throw .system(action: "write", path: temporaryPath, code: errno)
      }
    }
  }

  func commit() throws(StateFileError) {
    guard fsync(descriptor) == 0 else { throw .system(action: "flush", path: temporaryPath, code: errno) }
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0, rename(temporaryPath, path) == 0 else { throw .system(action: "rename to", path: path, code: errno) }
    try Self.flushFolder(of: path)
  }

  /// A new name is on the disk only when its folder is.
  static func flushFolder(of path: String) throws(StateFileError) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard parent >= 0 else { throw .system(action: "open", path: folder, code: errno) }
    defer { close(parent) }
    guard fsync(parent) == 0 else { throw .system(action: "flush", path: folder, code: errno) }
  }
}
