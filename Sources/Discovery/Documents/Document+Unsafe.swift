import Bytes
import JSON

extension Document {
  /// Copies parts into an object that has been begun; of a document's parts the id comes first. Neighbours are copied together.
  func append(_ parts: Parts, to buffer: inout ByteBuffer) {
    // Every other part begins with its comma.
    if parts.contains(.id) { buffer.separate() }
    bytes.withUnsafeBytes { bytes in
      parts.forEachRun { run in
        buffer.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start(of: run.lowerBound)..<start(of: run.upperBound)]))
      }
    }
  }
}
