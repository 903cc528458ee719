import Bytes
public import EventLoops

/// A request as it was read. Its bytes live in the object: names, values and body are looked at in place.
///
/// A connection takes the object from its loop's pool and gives it back when the answer is out and nobody kept it; whoever
/// keeps it keeps this request, not a later one.
public final class HTTPRequest: @unchecked Sendable {
  // Sendable: filled by its connection on the loop before a handler sees it and not changed afterwards, except `storage`,
  // which belongs to the handler.

  struct Field {
    var nameStart: Int32 = 0
    var nameCount: Int32 = 0
    var valueStart: Int32 = 0
    var valueCount: Int32 = 0
  }

  public let loop: EventLoop
  public internal(set) var method: HTTPMethod = .other
  /// HTTP/1.x: the x.
  public internal(set) var minorVersion: UInt8 = 1
  /// The peer's address; `unix` where the connection came over a Unix socket.
  public internal(set) var remoteAddress = ""
  /// A streamed body, for handlers declared as `streaming`.
  public internal(set) var bodyStream: RequestBodyStream?
  /// One place for the layer above to keep its own state of this request.
  public var storage: AnyObject?

  var head = ByteBuffer()
  var targetCount = 0
  /// Where the query begins, after its question mark; `targetCount` if there is none.
  var queryStart = 0
  var pathCount = 0
  var fields: [Field] = []
  var body = ByteBuffer()

  init(loop: EventLoop) {
    self.loop = loop
  }

  func reset() {
    method = .other
    minorVersion = 1
    bodyStream = nil
    storage = nil
    head.removeAll(keepingAtMost: HTTPRequest.headCapacityKept)
    targetCount = 0
    queryStart = 0
    pathCount = 0
    fields.removeAll(keepingCapacity: true)
    body.removeAll(keepingAtMost: HTTPRequest.bodyCapacityKept)
  }

  /// Pooled requests keep this much: the usual head and a usual JSON body.
  static let headCapacityKept = 4_096
  static let bodyCapacityKept = 16_384

  // MARK: Target

  /// As sent, after reduction of the absolute form to path and query.
  public var target: String { text(0, targetCount) }

  /// The path as sent, still percent-encoded, without the query.
  public var path: String { text(0, pathCount) }

  /// The query as sent, without its question mark.
  public var query: String { text(queryStart, targetCount - queryStart) }

  public func withPathBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try withHead(0, pathCount, body)
  }

  public func withQueryBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try withHead(queryStart, targetCount - queryStart, body)
  }

  // MARK: Fields

  public var headerCount: Int { fields.count }

  /// All fields in the order sent, names as sent.
  public var headers: [(name: String, value: String)] {
    fields.map { (text(Int($0.nameStart), Int($0.nameCount)), text(Int($0.valueStart), Int($0.valueCount))) }
  }

  /// The first field of that name. `name` is given in lower case.
  public func header(_ name: StaticString) -> String? {
    guard let field = field(name) else { return nil }
    return text(Int(field.valueStart), Int(field.valueCount))
  }

  /// All fields of that name, in order.
  public func headers(_ name: StaticString) -> [String] {
    fields.lazy.filter { self.hasName($0, name) }.map { self.text(Int($0.valueStart), Int($0.valueCount)) }
  }

  public func hasHeader(_ name: StaticString) -> Bool {
    field(name) != nil
  }

  /// The first field's bytes, looked at in place; nil if there is none.
  public func withHeader<R, E: Error>(
    _ name: StaticString, _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R? {
    guard let field = field(name) else { return nil }
    return try withHead(Int(field.valueStart), Int(field.valueCount), body)
  }

  /// Whether the first field of that name is `value`, in any case.
  public func headerEquals(_ name: StaticString, _ value: StaticString) -> Bool {
    guard let field = field(name) else { return false }
    return withHead(Int(field.valueStart), Int(field.valueCount)) { equalIgnoringCase($0, value) }
  }

  func field(_ name: StaticString) -> Field? {
    for field in fields where hasName(field, name) { return field }
    return nil
  }

  func hasName(_ field: Field, _ name: StaticString) -> Bool {
    guard Int(field.nameCount) == name.utf8CodeUnitCount else { return false }
    return withHead(Int(field.nameStart), Int(field.nameCount)) { equalIgnoringCase($0, name) }
  }

  // MARK: Body

  /// The whole body, for handlers that are called once it is there; empty for streaming ones.
  public func withBodyBytes<R, E: Error>(_ read: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try body.withUnsafeBytes(read)
  }

  public var bodyCount: Int { body.count }

  // MARK: Bytes

  func withHead<R, E: Error>(
    _ start: Int, _ count: Int, _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try head.withUnsafeBytes { bytes throws(E) in
      try body(UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]))
    }
  }

  private func text(_ start: Int, _ count: Int) -> String {
    withHead(start, count) { String(decoding: $0, as: UTF8.self) }
  }
}

/// Compares ASCII without regard to case; `expected` is in lower case.
func equalIgnoringCase(_ bytes: UnsafeRawBufferPointer, _ expected: StaticString) -> Bool {
  guard bytes.count == expected.utf8CodeUnitCount else { return false }
  let other = expected.utf8Start
  for index in 0..<bytes.count {
    let byte = bytes[index]
    let lower = byte &- 65 < 26 ? byte | 0x20 : byte
    if lower != other[index] { return false }
  }
  return true
}
