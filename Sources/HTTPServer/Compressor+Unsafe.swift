// The boundary to zlib: one stream, allocated once because zlib keeps its address, and reset for every body.
import Bytes
import CZlib

/// gzip for answers, one a loop: zlib's state is 256 kB and is reused.
final class Compressor {
  private var stream: UnsafeMutablePointer<z_stream>?
  private var output = ByteBuffer()

  /// A page of 100 search results (22 kB of JSON) shrinks to 23 % in 70 µs; level 1 saves no time that could be measured and level
  /// 6 takes twice as long for 3 % more.
  static let answerLevel: Int32 = 3
  private let level: Int32

  private static let gzipWindowBits: Int32 = 15 + 16
  private static let memoryLevel: Int32 = 8
  /// Pooled like the bodies that it is swapped with.
  private static let outputCapacityKept = HTTPResponse.bodyCapacityKept

  init(level: Int32 = answerLevel) {
    self.level = level
  }

  deinit {
    guard let stream else { return }
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Compresses the body in place where it pays and the client accepts it, and says so. Called for answers that may be compressed.
  func compress(_ response: HTTPResponse, for request: HTTPRequest, _ limits: ServerLimits) {
    response.varies.insert(.acceptEncoding)
    guard AcceptEncoding(request).prefersGzip else { return }
    if response.status == .notModified { return keepWeakness(response, request) }
    guard !response.status.forbidsBody, response.status != .partialContent,
      (limits.compressionBytes...limits.compressionMaximumBytes).contains(response.body.count)
    else { return }
    output.removeAll(keepingAtMost: Compressor.outputCapacityKept)
    guard response.body.withUnsafeBytes({ compress($0) }), output.count < response.body.count else { return }
    swap(&response.body, &output)
    response.addHeader("Content-Encoding", "gzip")
    // The same page, other bytes: a strong tag would promise them.
    response.weakenEntityTag()
  }

  /// A 304 names the tag that the whole answer would have; the client says which of the two it got.
  private func keepWeakness(_ response: HTTPResponse, _ request: HTTPRequest) {
    guard case .tags(let tags)? = EntityTagList(parsing: request.headers("if-none-match")) else { return }
    if !tags.isEmpty, tags.allSatisfy(\.isWeak) { response.weakenEntityTag() }
  }

  /// The bytes as a gzip file; nil where it would not be smaller.
  func gzip(_ bytes: [UInt8]) -> [UInt8]? {
    output.removeAll()
    guard bytes.withUnsafeBytes({ compress($0) }), output.count < bytes.count else { return nil }
    return [UInt8](output)
  }

  /// Appends to `output`; false where zlib has no memory, which leaves the answer as it was.
  private func compress(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let stream = ready() else { return false }
    let bound = Int(deflateBound(stream, UInt(bytes.count)))
    var isWhole = false
    output.append(upTo: bound) { room in
      stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
      stream.pointee.avail_in = UInt32(bytes.count)
      stream.pointee.next_out = room.assumingMemoryBound(to: UInt8.self).baseAddress
      stream.pointee.avail_out = UInt32(bound)
      isWhole = deflate(stream, Z_FINISH) == Z_STREAM_END
      return bound - Int(stream.pointee.avail_out)
    }
    return isWhole
  }

  private func ready() -> UnsafeMutablePointer<z_stream>? {
    if let stream { return deflateReset(stream) == Z_OK ? stream : nil }
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let code = deflateInit2_(
      stream, level, Z_DEFLATED, Compressor.gzipWindowBits, Compressor.memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      stream.deallocate()
      return nil
    }
    self.stream = stream
    return stream
  }
}

extension HTTPResponse {
  /// Puts `W/` before the tag of an `ETag` line, if there is a strong one. O(bytes of the head).
  func weakenEntityTag() {
    guard let start = fields.withUnsafeBytes(HTTPResponse.strongTagStart) else { return }
    var weakened = ByteBuffer(capacity: fields.count + 2)
    fields.withUnsafeBytes { bytes in
      weakened.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[..<start]))
      weakened.append("W/")
      weakened.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }
    swap(&fields, &weakened)
  }

  private static func strongTagStart(_ fields: UnsafeRawBufferPointer) -> Int? {
    var start = 0
    while start < fields.count {
      let end = fields[start...].firstIndex(of: UInt8(ascii: "\n")) ?? fields.count
      let name = "etag: " as StaticString
      let valueStart = start + name.utf8CodeUnitCount
      if valueStart < end, equalIgnoringCase(UnsafeRawBufferPointer(rebasing: fields[start..<valueStart]), name) {
        return fields[valueStart] == UInt8(ascii: "\"") ? valueStart : nil
      }
      start = end + 1
    }
    return nil
  }
}
