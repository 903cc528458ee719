public import Bytes
import EventLoops
public import HTTPServer
import JSON
public import Telemetry

/// One request on its way through the API: who asks, in which language, under which name, and what will be said about the answer.
///
/// Its memory goes back to its loop's pool when the answer is out and nobody kept it.
// @unchecked Sendable: a call belongs to the loop that read its request; handlers, synchronous or not, run there.
public final class Call: @unchecked Sendable {
  public internal(set) var requestID = RequestID(Identifier(high: 0, low: 0))
  public var language = Language.en
  /// Who asks; nobody, unless an authenticator knew better.
  public internal(set) var principal: Principal?
  /// Where the request came from; nothing for a Unix socket without a forwarded address.
  public internal(set) var clientAddress: IPAddress?
  /// The span of this call, a child of the caller's.
  public internal(set) var span = Span.none
  /// When the request came, by the injected clock.
  public internal(set) var receivedAt = Instant(unixMicroseconds: 0)
  /// Where the next page of a list begins; written to `meta.next_cursor`.
  public var nextCursor: String?
  /// Further members of `meta`, which `RouteDeclaration.meta` has announced.
  public var meta = ByteBuffer()

  /// The request itself, while it is being handled.
  public var request: HTTPRequest {
    guard let current else { preconditionFailure("a call's request is only there while it is handled") }
    return current
  }

  /// A logger whose lines carry this call's ids.
  public var logger: Logger { baseLogger.with(requestID: requestID.description, trace: span.context) }

  var current: HTTPRequest?
  var route: CompiledRoute?
  /// Decided when the head was read; answered once the body is out of the way.
  var refusal: APIError?
  var startedAtNanoseconds: UInt64 = 0
  var captures: [Range<Int>] = []
  /// A stream of events says itself of what type it is and that it is not kept.
  var isEventStream = false
  /// Header lines of the answer.
  var lines = ByteBuffer(capacity: 1024)
  let source = ParameterSource()
  var baseLogger = Logger.disabled
  var contentType: StaticString?
  /// Where `data` begins in an enveloped answer.
  var dataStart: Int?
  var hasVaryOrigin = false
  /// Instead of `no-store`, which holds for everything that says nothing else.
  public var cacheControl: StaticString?
  /// Instead of the one that lets an answer load nothing.
  public var contentSecurityPolicy: StaticString?

  func reset() {
    principal = nil
    clientAddress = nil
    span = .none
    nextCursor = nil
    current = nil
    route = nil
    refusal = nil
    captures.removeAll(keepingCapacity: true)
    isEventStream = false
    lines.removeAll(keepingAtMost: WebAPILimits.keptBytesPerCall)
    source.removeAll()
    contentType = nil
    dataStart = nil
    meta.removeAll(keepingAtMost: WebAPILimits.keptBytesPerCall)
    hasVaryOrigin = false
    cacheControl = nil
    contentSecurityPolicy = nil
  }

  /// Adds a header to the answer, also to a failure. Control characters cannot forge further ones.
  public func addHeader(_ name: StaticString, _ value: String) {
    lines.append(name)
    lines.append(": " as StaticString)
    for byte in value.utf8 { lines.append(byte: byte < 0x20 || byte == 0x7F ? 0x20 : byte) }
    lines.append("\r\n" as StaticString)
  }

  func addHeader(_ name: StaticString, text: StaticString) {
    lines.append(name)
    lines.append(": " as StaticString)
    lines.append(text)
    lines.append("\r\n" as StaticString)
  }

  func addHeader(_ name: StaticString, _ value: Int) {
    lines.append(name)
    lines.append(": " as StaticString)
    lines.append(decimal: value)
    lines.append("\r\n" as StaticString)
  }

  func setContentType(_ type: StaticString) { contentType = type }

  /// The caller's name for a request that must not be carried out twice.
  public var idempotencyKey: String? { current?.header("idempotency-key") }

  /// Adds the entity tag; true, with an empty 304 prepared, when the caller has that state already.
  func answerUnchanged(_ tag: EntityTag, _ response: HTTPResponse) -> Bool {
    response.setEntityTag(tag)
    guard current?.precondition(entityTag: tag) == .notModified else { return false }
    response.status = .notModified
    response.body.truncate(to: 0)
    contentType = nil
    return true
  }

  // MARK: Reading and writing

  func read<Input: RouteInput>(_ input: Input.Type, _ description: InputDescription) throws(APIError) -> Input {
    try source.read(input, description: description)
  }

  func beginData(status: HTTPStatus, in response: HTTPResponse) {
    response.status = status
    setContentType("application/json; charset=utf-8")
    Envelope.begin(&response.body)
    dataStart = response.body.count
  }

  func write<Output: Answer>(_ output: Output, status: HTTPStatus, to response: HTTPResponse) {
    if Output.self == NoContent.self {
      response.status = .noContent
      return
    }
    beginData(status: status, in: response)
    output.writeJSON(to: &response.body)
  }
}
