import Bytes
import HTTPServer
import Telemetry

extension ErrorCode {
  /// Not failures, but like them decided before any handler; answered without an envelope.
  static let permanentRedirect = ErrorCode("", .permanentRedirect, en: "", ar: "")
  static let options = ErrorCode("", .noContent, en: "", ar: "")

  var isBodiless: Bool { name.isEmpty }
}

extension APICore {
  /// What a handler threw becomes an answer: failures of ours say nothing but an id, and everything to the log.
  func recover(from error: any Error, _ call: Call, _ response: HTTPResponse) {
    let failure: APIError
    switch error {
    case let error as APIError: failure = error
    case let error as any APIErrorConvertible:
      failure = error.apiError
      call.logger.warning("request failed", ["error": .public(String(describing: error)), "code": .public(failure.code.name)])
    case is CancellationError:
      // The client has gone or the server is going: nobody is told, the log need not be alarmed.
      failure = APIError(.unavailable, retryAfterSeconds: 1)
    default:
      failure = APIError(.internalError)
      call.logger.error(
        "request failed unexpectedly",
        ["error": .public(String(describing: error)), "type": .public(String(describing: type(of: error)))])
    }
    writeFailure(failure, call, response)
  }

  func writeFailure(_ error: APIError, _ call: Call, _ response: HTTPResponse) {
    // Headers a raw handler had set before it failed belong to another answer.
    let closes = response.closesConnection
    response.reset()
    response.closesConnection = closes
    response.status = error.code.status
    call.dataStart = nil
    call.cacheControl = nil
    call.contentSecurityPolicy = nil
    call.contentType = nil
    guard !error.code.isBodiless else { return }
    call.setContentType("application/json; charset=utf-8")
    if let seconds = error.retryAfterSeconds { call.addHeader("Retry-After", seconds) }
    if error.code.status == .unauthorized { call.addHeader("WWW-Authenticate", text: "Bearer") }
    Envelope.failure(&response.body, error, call.language, meta(call))
  }

  /// Writes the headers every answer has, reports what happened, and gives the call's memory back. Calls are handed on by consuming: one
  /// that somebody on the way still holds is not used again.
  func close(_ call: consuming Call, _ response: HTTPResponse?) {
    if let response {
      writeHead(call, response)
      report(call, response.status, bytes: response.body.count)
    } else {
      report(call, .switchingProtocols, bytes: 0)
    }
    let request = call.current
    call.current = nil
    call.source.headers = nil
    request?.storage = nil
    pool(of: request).giveBack(consume call)
  }

  private func writeHead(_ call: Call, _ response: HTTPResponse) {
    call.lines.append("X-Request-Id: " as StaticString)
    call.requestID.write(to: &call.lines)
    call.lines.append("\r\n" as StaticString)
    if let context = call.span.context {
      call.lines.append("traceparent: " as StaticString)
      context.writeTraceparent(into: &call.lines)
      call.lines.append("\r\n" as StaticString)
    }
    if let type = call.contentType {
      call.addHeader("Content-Type", text: type)
      call.addHeader("Content-Language", text: call.language == .ar ? "ar" : "en")
      response.isCompressible = true
    }
    response.varies.formUnion(call.hasVaryOrigin ? [.acceptLanguage, .origin] : .acceptLanguage)
    if !call.isEventStream { call.addHeader("Cache-Control", text: call.cacheControl ?? "no-store") }
    call.addHeader(
      "Content-Security-Policy", text: call.contentSecurityPolicy ?? "default-src 'none'; frame-ancestors 'none'")
    call.lines.append(
      "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nX-Frame-Options: DENY\r\n" as StaticString)
    response.addHeaderLines(call.lines)
  }

  /// Metrics, trace and access log. The template stands for the path, which may hold personal data.
  private func report(_ call: Call, _ status: HTTPStatus, bytes: Int) {
    let nanoseconds = environment.clock.monotonicNanoseconds() &- call.startedAtNanoseconds
    (call.route?.metrics ?? unroutedMetrics).observe(status: status, nanoseconds: nanoseconds)
    call.span.setAttribute("http.response.status_code", .int(Int(status.code)))
    if status.code >= 500 { call.span.setStatus(.error("\(status.code)")) }
    call.span.end()
    guard environment.logger.isEnabled(.info), isLogged(status) else { return }
    let route = call.route?.declaration
    call.logger.info(
      "request",
      [
        "method": .public(route.map { "\($0.method)" } ?? "\(call.current?.method ?? .other)"),
        "route": .public(route?.path ?? "none"), "status": .int(status.code), "bytes": .int(bytes),
        "us": .int(nanoseconds / 1000),
      ])
  }

  private func isLogged(_ status: HTTPStatus) -> Bool {
    let oneIn = UInt64(max(1, configuration.accessLogOneIn))
    return oneIn == 1 || status.code >= 500 || environment.random() % oneIn == 0
  }
}
