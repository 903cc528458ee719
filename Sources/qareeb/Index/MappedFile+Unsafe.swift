// Maps files into memory: the border to the kernel, which is why it is marked unsafe.
import Columns
import Glibc
import Terminal

/// Files read in place.
enum MappedFile {
  /// The file's bytes; they stay mapped as long as something refers to them. The file must be replaced, never written into: an index is
  /// (`ReplacedFile`).
  static func memory(path: String) throws(CommandFailure) -> Memory {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw CommandFailure(.inputOutput, "cannot read \(withoutControls(path)): it is not a file")
    }
    let byteCount = Int(status.st_size)
    // Nothing cannot be mapped.
    guard byteCount > 0 else { return Memory(bytes: UnsafeRawBufferPointer(start: nil, count: 0)) {} }
    guard let start = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw failure(path)
    }
    let address = UInt(bitPattern: start)
    return Memory(bytes: UnsafeRawBufferPointer(start: start, count: byteCount)) {
      munmap(UnsafeMutableRawPointer(bitPattern: address), byteCount)
    }
  }

  private static func failure(_ path: String) -> CommandFailure { FileFailure.because("cannot read \(withoutControls(path))") }
}
