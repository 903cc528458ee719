public import Bytes
import Synchronization

/// Takes finished lines, each with its newline. Called under the pipeline's lock: one line at a time, in order.
public protocol LogSink: Sendable {
  /// False when the line was lost; it is then counted, never an error for the caller.
  func write(_ line: borrowing ByteBuffer) -> Bool
}

/// Keeps lines in memory, for tests.
public final class MemoryLogSink: LogSink {
  private let kept = Mutex<[String]>([])

  public init() {}

  public func write(_ line: borrowing ByteBuffer) -> Bool {
    let text = String(line)
    kept.withLock { $0.append(text) }
    return true
  }

  /// The lines so far, with their newlines.
  public var lines: [String] { kept.withLock { $0 } }
}
