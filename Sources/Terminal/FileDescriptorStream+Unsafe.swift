// A stream over a file descriptor: the module's border to the kernel, which is why it is marked unsafe.
import Glibc

/// Standard output or standard error.
public struct FileDescriptorStream: ConsoleStream {
  private let fileDescriptor: Int32
  public let isTerminal: Bool

  public init(fileDescriptor: Int32) {
    self.fileDescriptor = fileDescriptor
    isTerminal = isatty(fileDescriptor) == 1
  }

  public func columns() -> Int? {
    var size = winsize()
    guard ioctl(fileDescriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  public func write(_ text: String) throws(ConsoleWriteError) {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(fileDescriptor, $0.baseAddress! + written, $0.count - written) }
      if count >= 0 {
        written += count
      } else if errno == EAGAIN {
        try waitUntilWritable()
      } else if errno != EINTR {
        throw Self.error(errno)
      }
    }
  }

  /// Another process may have made the shared terminal non-blocking.
  private func waitUntilWritable() throws(ConsoleWriteError) {
    var descriptor = pollfd(fd: fileDescriptor, events: Int16(POLLOUT), revents: 0)
    if poll(&descriptor, 1, -1) < 0, errno != EINTR { throw Self.error(errno) }
  }

  private static func error(_ number: Int32) -> ConsoleWriteError {
    ConsoleWriteError(errorNumber: number, reason: String(cString: strerror(number)))
  }
}
