// What the parser's callbacks do. They run inside llhttp: they gather, check and choose, and never call a handler.
import Bytes
import EventLoops

extension HTTPConnection {
  func messageBegan() -> Int32 {
    phase = .head
    isInTrailer = false
    dropsBody = false
    bodyBytes = 0
    besideBodyBytes = 0
    restartDeadline()
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
    if isInTrailer { return readBesideBody(bytes) }
    guard let request, fits(bytes, request) else { return RequestParser.refuse }
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
    if isInTrailer { return readBesideBody(bytes) }
    guard let request, fits(bytes, request) else { return RequestParser.refuse }
    let last = request.fields.count - 1
    if request.fields[last].valueStart == 0 { request.fields[last].valueStart = Int32(request.head.count) }
    request.head.append(contentsOf: bytes)
    request.fields[last].valueCount += Int32(bytes.count)
    return RequestParser.goOn
  }

  /// An empty value has no `readValue` call of its own; every field must have its value's place. White space behind a value,
  /// which llhttp leaves in, is no part of it (RFC 9110, 5.5).
  func valueEnded() -> Int32 {
    guard let request, !isInTrailer else { return RequestParser.goOn }
    let last = request.fields.count - 1
    if request.fields[last].valueStart == 0 { request.fields[last].valueStart = Int32(request.head.count) }
    while request.fields[last].valueCount > 0, [0x20, 0x09].contains(request.head[request.head.count - 1]) {
      request.head.truncate(to: request.head.count - 1)
      request.fields[last].valueCount -= 1
    }
    return RequestParser.goOn
  }

  /// Chunk extensions and trailers: checked by the parser, then dropped; together no longer than a head (RFC 9112, 7.1.1).
  func readBesideBody(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    besideBodyBytes += bytes.count
    if besideBodyBytes <= context.limits.headBytes { return RequestParser.goOn }
    return refuseLater(
      .headerFieldsTooLarge, "Chunk extensions and trailers are longer than \(context.limits.headBytes) bytes.")
  }

  private func fits(_ bytes: UnsafeRawBufferPointer, _ request: HTTPRequest) -> Bool {
    if request.head.count + bytes.count <= context.limits.headBytes { return true }
    failure = HTTPFailure(.headerFieldsTooLarge, "The header is larger than \(context.limits.headBytes) bytes.")
    return false
  }

  func headEnded() -> Int32 {
    guard let request else { return RequestParser.refuse }
    request.method = parser.method
    request.minorVersion = parser.minorVersion
    requestCount += 1
    keepsAlive = parser.keepsAlive && requestCount < context.limits.requestsPerConnection
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
      let body = RequestBodyStream(loop: context.loop, connection: self)
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
