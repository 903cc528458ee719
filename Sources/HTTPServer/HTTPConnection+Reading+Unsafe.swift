// What the parser's callbacks do. They run inside llhttp: they gather, check and choose, and never call a handler.
import Bytes
import EventLoops

extension HTTPConnection {
  func messageBegan() -> Int32 {
    phase = .head
    isInTrailer = false
    dropsBody = false
    bodyBytes = 0
    let request = context.takeRequest()
    request.remoteAddress = client.address
    self.request = request
    return RequestParser.goOn
  }

  func readTarget(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    guard let request else { return RequestParser.refuse }
    guard request.head.count + bytes.count <= context.limits.targetBytes else {
      return refuseLater(.uriTooLong, "The target is longer than \(context.limits.targetBytes) bytes.")
    }
    request.head.append(contentsOf: bytes)
    request.targetCount = request.head.count
    return RequestParser.goOn
  }

  func readName(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    guard let request, fits(bytes, request) else { return RequestParser.refuse }
    if isInTrailer { return RequestParser.goOn }
    if request.fields.last.map({ $0.valueStart != 0 }) ?? true {
      guard request.fields.count < context.limits.headerCount else {
        return refuseLater(.headerFieldsTooLarge, "More than \(context.limits.headerCount) header fields.")
      }
      request.fields.append(HTTPRequest.Field(nameStart: Int32(request.head.count)))
    }
    request.head.append(contentsOf: bytes)
    request.fields[request.fields.count - 1].nameCount += Int32(bytes.count)
    return RequestParser.goOn
  }

  func readValue(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    guard let request, fits(bytes, request) else { return RequestParser.refuse }
    if isInTrailer { return RequestParser.goOn }
    let last = request.fields.count - 1
    if request.fields[last].valueStart == 0 { request.fields[last].valueStart = Int32(request.head.count) }
    request.head.append(contentsOf: bytes)
    request.fields[last].valueCount += Int32(bytes.count)
    return RequestParser.goOn
  }

  /// An empty value has no `readValue` call of its own; every field must have its value's place.
  func valueEnded() -> Int32 {
    guard let request, !isInTrailer else { return RequestParser.goOn }
    let last = request.fields.count - 1
    if request.fields[last].valueStart == 0 { request.fields[last].valueStart = Int32(request.head.count) }
    return RequestParser.goOn
  }

  private func fits(_ bytes: UnsafeRawBufferPointer, _ request: HTTPRequest) -> Bool {
    // Trailers are dropped, so they are counted with what the body costs.
    if isInTrailer {
      bodyBytes += bytes.count
      if bodyBytes <= max(handler?.bodyLimit ?? 0, context.limits.discardedBodyBytes) { return true }
    } else if request.head.count + bytes.count <= context.limits.headBytes {
      return true
    }
    failure = HTTPFailure(.headerFieldsTooLarge, "The header is larger than \(context.limits.headBytes) bytes.")
    return false
  }

  func headEnded() -> Int32 {
    guard let request else { return RequestParser.refuse }
    request.method = parser.method
    request.minorVersion = parser.minorVersion
    keepsAlive = parser.keepsAlive
    if let failure = RequestHeadRules.check(request, parser) {
      self.failure = failure
      return RequestParser.refuse
    }
    parser.ignoreUpgrade()
    isInTrailer = true
    let handler = context.service.handler(for: request)
    self.handler = handler
    phase = .body
    return prepareBody(request, handler)
  }

  /// Decides what becomes of the body before any of it is read.
  private func prepareBody(_ request: HTTPRequest, _ handler: HTTPHandler) -> Int32 {
    dropsBody = handler.bodyLimit == 0
    let limit = dropsBody ? context.limits.discardedBodyBytes : handler.bodyLimit
    if let length = parser.contentLength, length > UInt64(limit) {
      return refuseLater(.contentTooLarge, "The body is longer than \(dropsBody ? 0 : limit) bytes.")
    }
    let expectation = request.header("expect")
    if let expectation {
      guard expectation.lowercased() == "100-continue" else {
        return refuseLater(.expectationFailed, "Only 100-continue can be expected.")
      }
    }
    let hasBody = parser.isChunked || (parser.contentLength ?? 0) > 0
    if expectation != nil, hasBody, request.minorVersion >= 1 {
      // Behind what earlier requests of the same read have been answered.
      context.output.append("HTTP/1.1 100 Continue\r\n\r\n")
      flush()
    }
    if case .streaming = handler.kind, hasBody {
      let body = RequestBodyStream(loop: context.loop, stream: stream)
      request.bodyStream = body
      startsStreaming = true
      return RequestParser.pause
    }
    if let length = parser.contentLength, !dropsBody { request.body.reserve(Int(length)) }
    return RequestParser.goOn
  }

  func readBody(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    guard let request else { return RequestParser.refuse }
    bodyBytes += bytes.count
    let limit = handler.map { $0.bodyLimit == 0 || dropsBody ? context.limits.discardedBodyBytes : $0.bodyLimit } ?? 0
    guard bodyBytes <= limit else {
      return refuseLater(.contentTooLarge, "The body is longer than \(handler?.bodyLimit ?? 0) bytes.")
    }
    if dropsBody { return RequestParser.goOn }
    if let stream = request.bodyStream {
      stream.push(bytes)
    } else {
      request.body.append(contentsOf: bytes)
    }
    return RequestParser.goOn
  }

  func messageEnded() -> Int32 {
    request?.bodyStream?.finish()
    return RequestParser.pause
  }

  func takeFailure() -> HTTPFailure {
    defer { failure = nil }
    return failure ?? HTTPFailure(.badRequest, "The request is not valid HTTP.")
  }

  private func refuseLater(_ status: HTTPStatus, _ reason: String) -> Int32 {
    failure = HTTPFailure(status, reason)
    return RequestParser.refuse
  }
}

/// What RFC 9110 and 9112 ask of a head and llhttp leaves to its user.
enum RequestHeadRules {
  static func check(_ request: HTTPRequest, _ parser: RequestParser) -> HTTPFailure? {
    guard parser.majorVersion == 1, parser.minorVersion <= 1 else {
      return HTTPFailure(.versionNotSupported, "Only HTTP/1.0 and HTTP/1.1 are spoken here.")
    }
    if parser.isConnect { return HTTPFailure(.notImplemented, "This server is not a proxy.") }
    return checkTransferEncoding(request, parser) ?? checkTarget(request) ?? checkHost(request)
  }

  private static func checkTransferEncoding(_ request: HTTPRequest, _ parser: RequestParser) -> HTTPFailure? {
    guard parser.hasTransferEncoding || request.hasHeader("transfer-encoding") else { return nil }
    if parser.minorVersion == 0 {
      return HTTPFailure(.badRequest, "HTTP/1.0 has no Transfer-Encoding.")
    }
    if request.hasHeader("content-length") {
      return HTTPFailure(.badRequest, "Content-Length and Transfer-Encoding cannot both be given.")
    }
    let codings = request.headers("transfer-encoding")
    guard codings.count == 1, codings[0].lowercased() == "chunked" else {
      return HTTPFailure(.notImplemented, "Only the transfer coding chunked is understood.")
    }
    return nil
  }

  /// Leaves path and query; splits them.
  private static func checkTarget(_ request: HTTPRequest) -> HTTPFailure? {
    var pathStart = 0
    let problem = request.withHead(0, request.targetCount) { target -> String? in
      if let bad = target.first(where: { $0 <= 0x20 || $0 >= 0x7f || $0 == UInt8(ascii: "#") }) {
        return "The target has the byte 0x\(String(bad, radix: 16)), which must be percent-encoded."
      }
      if target.first == UInt8(ascii: "/") { return nil }
      if target.count == 1, target.first == UInt8(ascii: "*") {
        return request.method == .options ? nil : "Only OPTIONS can be asked of *."
      }
      guard let start = absolutePathStart(target) else { return "The target must be a path." }
      pathStart = start
      return nil
    }
    if let problem { return HTTPFailure(.badRequest, problem) }
    if pathStart > 0 { request.dropTargetPrefix(pathStart) }
    request.splitTarget()
    return nil
  }

  /// Where the path begins in `http://host/path`; nil if it is no such target.
  private static func absolutePathStart(_ target: UnsafeRawBufferPointer) -> Int? {
    for scheme in ["http://", "https://"] as [StaticString] {
      let count = scheme.utf8CodeUnitCount
      guard target.count > count, equalIgnoringCase(UnsafeRawBufferPointer(rebasing: target[..<count]), scheme) else { continue }
      guard let slash = target[count...].firstIndex(of: UInt8(ascii: "/")), slash > count else { return nil }
      return slash
    }
    return nil
  }

  private static func checkHost(_ request: HTTPRequest) -> HTTPFailure? {
    var hosts = 0
    var isValid = true
    for field in request.fields where request.hasName(field, "host") {
      hosts += 1
      request.withHead(Int(field.valueStart), Int(field.valueCount)) { value in
        isValid = isValid && !value.isEmpty && value.allSatisfy(isHostByte)
      }
    }
    if hosts > 1 { return HTTPFailure(.badRequest, "More than one Host.") }
    if hosts == 0 && request.minorVersion >= 1 { return HTTPFailure(.badRequest, "Host is missing.") }
    return isValid ? nil : HTTPFailure(.badRequest, "Host is not a host name.")
  }

  /// Registered names, IPv4, bracketed IPv6 and a port (RFC 3986, 3.2.2), without user information.
  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: ":"), UInt8(ascii: "["),
      UInt8(ascii: "]"), UInt8(ascii: "%"), UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"),
      UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"),
      UInt8(ascii: "="):
      true
    default: false
    }
  }
}

extension HTTPRequest {
  /// Removes the scheme and host of an absolute target; what stands behind moves with the fields' places.
  func dropTargetPrefix(_ count: Int) {
    head.removeFirst(count)
    targetCount -= count
    for index in fields.indices {
      fields[index].nameStart -= Int32(count)
      fields[index].valueStart -= Int32(count)
    }
  }

  func splitTarget() {
    let mark = withHead(0, targetCount) { $0.firstIndex(of: UInt8(ascii: "?")) }
    pathCount = mark ?? targetCount
    queryStart = mark.map { $0 + 1 } ?? targetCount
  }
}
