// The boundary to write(2) and poll(2).

public import Bytes
import Glibc
import Synchronization

/// Writes lines to a file descriptor, one write(2) a line, and never stops the server: a stalled reader is waited for briefly, a full disk
/// or a closed descriptor loses the line, and what is lost is counted by the pipeline.
public final class DescriptorSink: LogSink {
  private struct State {
    /// Part of a lost line is out: the next one must begin on a line of its own.
    var isInsideLine = false
    /// The reader did not come back in time; until it does, nobody waits for it again.
    var isStalled = false
  }

  private let descriptor: Int32
  private let chunkBytes: Int
  private let state = Mutex(State())

  /// The descriptor stays the caller's. SIGPIPE is ignored from here on, unless the process handles it: a closed pipe must not kill.
  public init(fileDescriptor: Int32) {
    descriptor = fileDescriptor
    var status = stat()
    let isRegularFile = fstat(fileDescriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    // A pipe that polls writable takes one page without blocking; a file takes anything.
    chunkBytes = isRegularFile ? Int.max : Int(PIPE_BUF)
    var action = sigaction()
    if sigaction(SIGPIPE, nil, &action) == 0, action.__sigaction_handler.sa_handler == nil { signal(SIGPIPE, SIG_IGN) }
  }

  public static func standardError() -> DescriptorSink { DescriptorSink(fileDescriptor: STDERR_FILENO) }

  public func write(_ line: borrowing ByteBuffer) -> Bool {
    line.withUnsafeBytes { bytes in
      state.withLock { state in
        if state.isInsideLine {
          guard writeAll(UnsafeRawBufferPointer(rebasing: bytes.suffix(1)), &state) == 1 else { return false }
          state.isInsideLine = false
        }
        let written = writeAll(bytes, &state)
        state.isInsideLine = written > 0 && written < bytes.count
        return written == bytes.count
      }
    }
  }

  /// Returns how many bytes went out.
  private func writeAll(_ bytes: UnsafeRawBufferPointer, _ state: inout State) -> Int {
    var written = 0
    while written < bytes.count {
      guard waitUntilWritable(&state) else { return written }
      let chunk = UnsafeRawBufferPointer(rebasing: bytes[written..<min(bytes.count, written + min(chunkBytes, bytes.count))])
      let result = Glibc.write(descriptor, chunk.baseAddress, chunk.count)
      if result > 0 {
        written += result
      } else if result == 0 || (errno != EINTR && errno != EAGAIN) {
        return written
      }
    }
    return written
  }

  private func waitUntilWritable(_ state: inout State) -> Bool {
    var interest = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    var ready: Int32
    repeat {
      ready = poll(&interest, 1, state.isStalled ? 0 : TelemetryLimits.sinkWaitMilliseconds)
    } while ready < 0 && errno == EINTR
    // An error state polls ready too: write(2) then names it.
    state.isStalled = ready <= 0
    return ready > 0 && interest.revents & Int16(POLLNVAL) == 0
  }
}
