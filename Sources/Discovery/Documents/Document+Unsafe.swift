import Bytes
import JSON

extension Document {
  /// Copies a part into an object that has been begun; of a document's parts the id comes first.
  func append(_ part: Part, to buffer: inout ByteBuffer) {
    let range = range(of: part)
    // Every other part begins with its comma.
    if part == .id { buffer.separate() }
    bytes.withUnsafeBytes { buffer.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[range])) }
  }
}
