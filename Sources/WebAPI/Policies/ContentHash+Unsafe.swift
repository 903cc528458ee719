public import Bytes

extension ContentHash {
  /// Of what a buffer holds from `start` on.
  public init(of buffer: borrowing ByteBuffer, from start: Int = 0) {
    self = buffer.withUnsafeBytes { ContentHash(of: $0.bytes.extracting(start..<$0.count)) }
  }
}
