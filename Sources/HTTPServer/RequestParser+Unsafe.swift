// The boundary to llhttp. Callbacks append to the connection's request and never run a handler; llhttp is paused where one is
// due, and the connection resumes it.
import CLlhttp
import EventLoops

/// One connection's parser: bytes in, requests out.
final class RequestParser {
  private let parser = UnsafeMutablePointer<llhttp_t>.allocate(capacity: 1)
  private unowned let delegate: HTTPConnection

  // Written once, before any parser exists, and only read afterwards.
  private nonisolated(unsafe) static let settings: UnsafeMutablePointer<llhttp_settings_t> = {
    let settings = UnsafeMutablePointer<llhttp_settings_t>.allocate(capacity: 1)
    llhttp_settings_init(settings)
    settings.pointee.on_message_begin = { connection($0).messageBegan() }
    settings.pointee.on_protocol = { protocolName(bytes($1, $2)) }
    settings.pointee.on_url = { connection($0).readTarget(bytes($1, $2)) }
    settings.pointee.on_header_field = { connection($0).readName(bytes($1, $2)) }
    settings.pointee.on_header_value = { connection($0).readValue(bytes($1, $2)) }
    settings.pointee.on_header_value_complete = { connection($0).valueEnded() }
    settings.pointee.on_chunk_extension_name = { connection($0).readBesideBody(bytes($1, $2)) }
    settings.pointee.on_chunk_extension_value = { connection($0).readBesideBody(bytes($1, $2)) }
    settings.pointee.on_headers_complete = { connection($0).headEnded() }
    settings.pointee.on_body = { connection($0).readBody(bytes($1, $2)) }
    settings.pointee.on_message_complete = { connection($0).messageEnded() }
    return settings
  }()

  init(delegate: HTTPConnection) {
    self.delegate = delegate
    llhttp_init(parser, HTTP_REQUEST, RequestParser.settings)
    // Whether a connection ends is decided by its head alone; without this a trailer could make the parser stop.
    llhttp_set_lenient_keep_alive(parser, 1)
    parser.pointee.data = Unmanaged.passUnretained(delegate).toOpaque()
  }

  deinit {
    parser.deallocate()
  }

  enum Outcome {
    /// All bytes were taken.
    case consumed
    /// A callback asked for a pause after this many bytes.
    case paused(Int)
    case failed(HTTPFailure)
  }

  /// What a callback answers to go on, to pause after what it was told, and to stop because the request is refused.
  static let goOn: Int32 = 0
  static let pause = Int32(HPE_PAUSED.rawValue)
  static let refuse = Int32(HPE_USER.rawValue)

  func read(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    guard let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return .consumed }
    let code = llhttp_execute(parser, base, bytes.count)
    switch code {
    case HPE_OK:
      return .consumed
    case HPE_PAUSED:
      let position = llhttp_get_error_pos(parser).map { $0 - base } ?? bytes.count
      llhttp_resume(parser)
      return .paused(position)
    default:
      return .failed(RequestParser.failure(code, parser))
    }
  }

  var method: HTTPMethod {
    switch llhttp_method_t(rawValue: UInt32(parser.pointee.method)) {
    case HTTP_GET: .get
    case HTTP_HEAD: .head
    case HTTP_POST: .post
    case HTTP_PUT: .put
    case HTTP_PATCH: .patch
    case HTTP_DELETE: .delete
    case HTTP_OPTIONS: .options
    default: .other
    }
  }

  var isConnect: Bool { UInt32(parser.pointee.method) == HTTP_CONNECT.rawValue }
  var majorVersion: UInt8 { parser.pointee.http_major }
  var minorVersion: UInt8 { parser.pointee.http_minor }
  /// llhttp forgets `close` beside `keep-alive` in HTTP/1.0.
  var keepsAlive: Bool { llhttp_should_keep_alive(parser) != 0 && !flag(F_CONNECTION_CLOSE) }
  /// Nil for chunked bodies and where there is none.
  var contentLength: UInt64? { flag(F_CONTENT_LENGTH) ? parser.pointee.content_length : nil }
  var isChunked: Bool { flag(F_CHUNKED) }
  var hasTransferEncoding: Bool { flag(F_TRANSFER_ENCODING) }
  var wantsUpgrade: Bool { parser.pointee.upgrade != 0 }

  /// Makes llhttp go on with HTTP after a request that wished for another protocol.
  func ignoreUpgrade() {
    parser.pointee.upgrade = 0
  }

  private func flag(_ flag: llhttp_flags) -> Bool {
    UInt32(parser.pointee.flags) & flag.rawValue != 0
  }

  private static func failure(_ code: llhttp_errno_t, _ parser: UnsafeMutablePointer<llhttp_t>) -> HTTPFailure {
    switch code {
    case HPE_USER, HPE_CB_HEADERS_COMPLETE:
      return connection(parser).takeFailure()
    case HPE_INVALID_VERSION where parser.pointee.http_major != 1 || parser.pointee.http_minor > 1, HPE_PAUSED_H2_UPGRADE:
      return HTTPFailure(.versionNotSupported, "Only HTTP/1.0 and HTTP/1.1 are spoken here.")
    default:
      // llhttp's reasons are fixed texts, free of what the client sent.
      let reason = llhttp_get_error_reason(parser).map { String(cString: $0) } ?? ""
      return HTTPFailure(.badRequest, reason.isEmpty ? "The request is not valid HTTP." : "\(reason).")
    }
  }
}

private func connection(_ parser: UnsafeMutablePointer<llhttp_t>?) -> HTTPConnection {
  // The parser belongs to the connection, so the connection is there while it runs.
  Unmanaged<HTTPConnection>.fromOpaque(parser.unsafelyUnwrapped.pointee.data.unsafelyUnwrapped).takeUnretainedValue()
}

/// Of the protocols llhttp lets through (`HTTP`, `RTSP`, `ICE`) only the first is spoken here. The name may come in pieces; no
/// other is spelt with these letters.
private func protocolName(_ name: UnsafeRawBufferPointer) -> Int32 {
  name.allSatisfy("HTP".utf8.contains) ? RequestParser.goOn : RequestParser.refuse
}

private func bytes(_ start: UnsafePointer<CChar>?, _ count: Int) -> UnsafeRawBufferPointer {
  UnsafeRawBufferPointer(start: start, count: count)
}
