import Bytes

extension EntityTag {
  /// The weak tag of what a buffer holds from `start` on.
  init(of buffer: borrowing ByteBuffer, from start: Int) {
    self = buffer.withUnsafeBytes { EntityTag(of: $0.bytes.extracting(start..<$0.count), isWeak: true) }
  }
}
