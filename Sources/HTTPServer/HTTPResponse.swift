public import Bytes

/// What will be answered. A handler fills it; its buffers are reused, so that a warm answer allocates nothing.
public final class HTTPResponse: @unchecked Sendable {
  // Sendable: one request's handler has it at a time, and the connection takes it back on the loop when that has returned.

  public var status = HTTPStatus.ok
  /// The body; bytes, text and numbers are appended in place.
  public var body = ByteBuffer()
  /// Whether the body may be sent compressed, where it is large enough and the client accepts it.
  public var isCompressible = false
  /// What of the request the answer depends on, besides its target; compression adds its own.
  public var varies: VaryingFields = []
  /// Ends the connection after this answer.
  public var closesConnection = false

  /// The head's lines after those that the connection writes itself (status, date, length, connection).
  var fields = ByteBuffer()
  var streamedBytes: Int?
  var producer: (@Sendable (BodyWriter) async throws -> Void)?

  init() {}

  /// Pooled answers keep this much: a page of search results.
  static let bodyCapacityKept = 65_536
  static let fieldsCapacityKept = 4_096

  /// Back to an empty 200.
  public func reset() {
    status = .ok
    body.removeAll(keepingAtMost: HTTPResponse.bodyCapacityKept)
    fields.removeAll(keepingAtMost: HTTPResponse.fieldsCapacityKept)
    isCompressible = false
    varies = []
    closesConnection = false
    producer = nil
    streamedBytes = nil
  }

  // MARK: Fields

  /// Adds a field. Length, transfer coding, connection and date are the connection's business.
  public func addHeader(_ name: StaticString, _ value: StaticString) {
    HTTPResponse.append(name, to: &fields) { $0.append(value) }
  }

  /// Adds a field with a value from elsewhere; control characters, which could forge further fields, become spaces.
  @_disfavoredOverload
  public func addHeader(_ name: StaticString, _ value: String) {
    HTTPResponse.append(name, to: &fields) { fields in
      for byte in value.utf8 { fields.append(byte: byte < 0x20 || byte == 0x7f ? 0x20 : byte) }
    }
  }

  public func addHeader(_ name: StaticString, _ value: Int) {
    HTTPResponse.append(name, to: &fields) { $0.append(decimal: value) }
  }

  static func append(_ name: StaticString, to fields: inout ByteBuffer, _ value: (inout ByteBuffer) -> Void) {
    fields.append(name)
    fields.append(": ")
    value(&fields)
    fields.append("\r\n")
  }

  /// Adds whole lines prepared beforehand, each ending in CRLF: the fields every answer has, written once.
  public func addHeaderLines(_ lines: borrowing ByteBuffer) {
    fields.append(contentsOf: lines)
  }

  // MARK: Streams

  /// Answers with what `producer` writes, for as long as it writes; only from asynchronous handlers.
  ///
  /// It starts when the handler has returned. It throws out of `write` when the client has gone.
  /// With `bytes` the head announces the length; a producer that writes less has its connection cut.
  public func stream(bytes: Int? = nil, _ producer: @escaping @Sendable (BodyWriter) async throws -> Void) {
    self.producer = producer
    streamedBytes = bytes
  }
}
