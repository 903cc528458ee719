// JSON: a strict reader (RFC 8259, on yyjson) and a writer that appends to a byte buffer without allocating.
// Reading gives a `JSONDocument` whose `JSONValue`s are views into it; numbers keep the text they were written with, so that
// nothing is rounded on the way in. This file is the boundary to the C library.
public import Bytes
import CYyjson

/// Reads documents one after another. Short ones reuse the reader's memory when nobody holds the previous one any more, so
/// that a million lines cost no allocation each.
public struct JSONReader: ~Copyable {
  public let limits: JSONLimits
  private var document: JSONDocument

  public init(limits: JSONLimits = .standard) {
    self.limits = limits
    document = JSONDocument()
  }

  /// O(bytes). The document copies what it needs: `text` need not outlive the call.
  public mutating func read(_ text: UnsafeRawBufferPointer) throws(JSONError) -> JSONDocument {
    if text.count <= min(JSONLimits.maximumReusedBytes, limits.maximumBytes) {
      if !isKnownUniquelyReferenced(&document) { document = JSONDocument() }
      document.reserveMemory(for: text.count)
      try document.fill(from: text, limits: limits)
      return document
    }
    let large = JSONDocument()
    try large.fill(from: text, limits: limits)
    return large
  }

  public mutating func read(_ text: RawSpan) throws(JSONError) -> JSONDocument {
    try text.withUnsafeBytes { bytes throws(JSONError) in try read(bytes) }
  }

  public mutating func read(_ text: String) throws(JSONError) -> JSONDocument {
    try read(Array(text.utf8))
  }

  public mutating func read(_ text: [UInt8]) throws(JSONError) -> JSONDocument {
    try text.span.bytes.withUnsafeBytes { bytes throws(JSONError) in try read(bytes) }
  }
}

/// A document read; it owns the memory its values point into.
// @unchecked Sendable: never changed once `read` has returned it, except by a reader that holds the only reference.
public final class JSONDocument: @unchecked Sendable {
  private var document: UnsafeMutablePointer<yyjson_doc>?
  private var memory: UnsafeMutableRawBufferPointer?

  init() {}

  deinit {
    yyjson_doc_free(document)
    memory?.deallocate()
  }

  /// Reads one document. Where many are read, a `JSONReader` saves memory traffic.
  public convenience init(_ text: UnsafeRawBufferPointer, limits: JSONLimits = .standard) throws(JSONError) {
    self.init()
    try fill(from: text, limits: limits)
  }

  public convenience init(_ text: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
    self.init()
    try text.span.bytes.withUnsafeBytes { bytes throws(JSONError) in try fill(from: bytes, limits: limits) }
  }

  public convenience init(_ text: String, limits: JSONLimits = .standard) throws(JSONError) {
    try self.init(Array(text.utf8), limits: limits)
  }

  public convenience init(_ text: borrowing ByteBuffer, limits: JSONLimits = .standard) throws(JSONError) {
    self.init()
    try text.withUnsafeBytes { bytes throws(JSONError) in try fill(from: bytes, limits: limits) }
  }

  public var root: JSONValue {
    guard let root = document?.pointee.root else { preconditionFailure("only read documents are handed out") }
    return JSONValue(document: self, pointer: root)
  }

  /// The copy of the text that strings and numbers point into.
  var textStart: UnsafePointer<CChar>? { UnsafePointer(document?.pointee.str_pool) }

  /// How many values it holds, names included.
  public var valueCount: Int { document?.pointee.val_read ?? 0 }

  /// Makes the memory large enough to read `byteCount` bytes without the system allocator.
  fileprivate func reserveMemory(for byteCount: Int) {
    let needed = yyjson_read_max_memory_usage(byteCount, YYJSON_READ_NUMBER_AS_RAW)
    if let memory, memory.count >= needed { return }
    clear()
    memory?.deallocate()
    memory = .allocate(byteCount: max(needed, 16 << 10), alignment: 16)
  }

  private func clear() {
    yyjson_doc_free(document)
    document = nil
  }

  fileprivate func fill(from text: UnsafeRawBufferPointer, limits: JSONLimits) throws(JSONError) {
    clear()
    guard text.count <= limits.maximumBytes else {
      throw JSONError(.tooLong, "the document is longer than \(limits.maximumBytes) bytes", byteOffset: limits.maximumBytes)
    }
    guard let base = text.baseAddress, text.count > 0 else { throw JSONError(.empty, "the document is empty") }
    // Without the in-place flag the library only reads the text, whatever its signature says.
    let characters = UnsafeMutableRawPointer(mutating: base).assumingMemoryBound(to: CChar.self)
    var failure = yyjson_read_err()
    if let memory {
      var pool = yyjson_alc()
      yyjson_alc_pool_init(&pool, memory.baseAddress, memory.count)
      document = yyjson_read_opts(characters, text.count, YYJSON_READ_NUMBER_AS_RAW, &pool, &failure)
    } else {
      document = yyjson_read_opts(characters, text.count, YYJSON_READ_NUMBER_AS_RAW, nil, &failure)
    }
    guard let document else { throw JSONError(failure, in: text) }
    // Fewer values than levels allowed cannot be nested too deeply.
    if document.pointee.val_read > limits.maximumDepth, JSONDocument.isDeeper(document, than: limits.maximumDepth) {
      clear()
      throw JSONError(.tooDeep, "the document is nested more than \(limits.maximumDepth) levels deep")
    }
  }

  /// Values lie one after another, a container before its content: one pass with the open containers' ends. O(values).
  private static func isDeeper(_ document: UnsafeMutablePointer<yyjson_doc>, than limit: Int) -> Bool {
    withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<yyjson_val>.self, capacity: limit) { ends in
      guard var value = document.pointee.root else { return false }
      let end = value + document.pointee.val_read
      var depth = 0
      while value < end {
        while depth > 0, value >= ends[depth - 1] { depth -= 1 }
        if unsafe_yyjson_is_ctn(value) {
          if depth == limit { return true }
          ends[depth] = unsafe_yyjson_get_next(value)
          depth += 1
        }
        value += 1
      }
      return false
    }
  }
}

extension JSONError {
  fileprivate init(_ failure: yyjson_read_err, in text: UnsafeRawBufferPointer) {
    let offset = min(failure.pos, text.count)
    var line = 1
    var column = 1
    var character = 0
    let characters = text.baseAddress?.assumingMemoryBound(to: CChar.self)
    if !yyjson_locate_pos(characters, text.count, offset, &line, &column, &character) { (line, column) = (1, 1) }
    let reason = failure.msg.map { String(cString: $0) } ?? "the document is not JSON"
    let code: Code =
      switch failure.code {
      case YYJSON_READ_ERROR_MEMORY_ALLOCATION: .outOfMemory
      case YYJSON_READ_ERROR_EMPTY_CONTENT: .empty
      case YYJSON_READ_ERROR_INVALID_STRING where reason.contains("UTF-8"): .encoding
      default: .syntax
      }
    self.init(code, reason, byteOffset: offset, line: line, column: column)
  }
}
