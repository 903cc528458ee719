import Bytes
import EventLoops
import HTTPServer
import Telemetry

extension APICore {
  /// A call for a request; `nil` when what came was no request.
  func openCall(_ request: HTTPRequest?) -> Call {
    let call = pool(of: request).take()
    let clock = environment.clock
    call.startedAtNanoseconds = clock.monotonicNanoseconds()
    let unixNanoseconds = clock.unixNanoseconds()
    call.receivedAt = Instant(unixMicroseconds: Int64(unixNanoseconds / 1000))
    call.baseLogger = environment.logger
    call.language = configuration.standardLanguage
    var given: RequestID?
    if let request {
      request.storage = call
      call.clientAddress = configuration.trustedProxies.client(peer: request.remoteAddress) { request.headers("x-forwarded-for") }
      given = request.withHeader("x-request-id") { RequestID(given: $0.bytes) } ?? nil
      let standard = configuration.standardLanguage
      call.language = request.withHeader("accept-language") { Language.negotiated($0.bytes, standard: standard) } ?? standard
    }
    call.requestID =
      given
      ?? RequestID(
        Identifier(unixMilliseconds: unixNanoseconds / 1_000_000, random: (environment.random(), environment.random())))
    return call
  }

  func pool(of request: HTTPRequest?) -> CallPool {
    let index = request?.loop.index ?? EventLoop.current?.index ?? 0
    request?.loop.preconditionCurrent()
    precondition(index < pools.count, "an API serves at most \(pools.count) loops")
    return pools[index]
  }

  /// The route of a request that may proceed to its handler.
  func admit(_ call: Call, _ request: HTTPRequest) throws(APIError) -> Int {
    addCORS(call, request)
    let index = try find(call, request)
    let route = routes[index]
    call.route = route
    startSpan(call, request, route)
    if !route.deprecationLines.isEmpty { call.lines.append(route.deprecationLines) }
    call.principal = try environment.authenticator.principal(of: call)
    try limit(call, route)
    try route.declaration.permission.check(call.principal)
    try checkBodyType(request, route)
    try checkIdempotencyKey(request, route)
    return index
  }

  private func find(_ call: Call, _ request: HTTPRequest) throws(APIError) -> Int {
    let match = request.withPathBytes { router.match(request.method, $0.bytes, captures: &call.captures) }
    switch match {
    case .route(let index):
      return index
    case .trailingSlash:
      call.addHeader("Location", APICore.withoutTrailingSlash(request))
      throw APIError(.permanentRedirect)
    case .wrongMethod(let allowed):
      call.addHeader("Allow", allowed.header)
      if request.method == .options {
        addPreflight(call, request, allowed)
        throw APIError(.options)
      }
      throw APIError(.methodNotAllowed)
    case .nothing:
      throw APIError(.notFound)
    }
  }

  /// Only for paths that have a route without the slash, so it never leads to another host.
  private static func withoutTrailingSlash(_ request: HTTPRequest) -> String {
    let query = request.query
    return String(request.path.dropLast()) + (query.isEmpty ? "" : "?\(query)")
  }

  private func startSpan(_ call: Call, _ request: HTTPRequest, _ route: CompiledRoute) {
    var parent: TraceContext?
    if request.hasHeader("traceparent"), let traceparent = request.header("traceparent") {
      parent = TraceContext(traceparent: traceparent, tracestate: request.header("tracestate"))
    }
    guard parent != nil || environment.tracer.isEnabled else { return }
    call.span = environment.tracer.startSpan(
      "\(route.declaration.method) \(route.declaration.path)", kind: .server, parent: parent)
  }

  // MARK: CORS

  private func addCORS(_ call: Call, _ request: HTTPRequest) {
    guard configuration.cors.isEnabled else { return }
    let isForEverybody = configuration.cors.allowsEverybody
    call.hasVaryOrigin = !isForEverybody
    guard let origin = request.header("origin"), configuration.cors.allows(origin) else { return }
    call.addHeader("Access-Control-Allow-Origin", isForEverybody ? CORSPolicy.everybody : origin)
    if configuration.cors.allowsCredentials, !isForEverybody {
      call.addHeader("Access-Control-Allow-Credentials", text: "true")
    }
    call.addHeader("Access-Control-Expose-Headers", text: CORSPolicy.exposedHeaders)
  }

  private func addPreflight(_ call: Call, _ request: HTTPRequest, _ allowed: Router.MethodSet) {
    guard configuration.cors.isEnabled, request.hasHeader("access-control-request-method"),
      let origin = request.header("origin"), configuration.cors.allows(origin)
    else { return }
    call.addHeader("Access-Control-Allow-Methods", allowed.header)
    call.addHeader("Access-Control-Allow-Headers", text: CORSPolicy.requestHeaders)
    call.addHeader("Access-Control-Max-Age", configuration.cors.maximumAgeSeconds)
  }

  // MARK: Checks before the body

  private func limit(_ call: Call, _ route: CompiledRoute) throws(APIError) {
    guard let limit = route.rateLimit else { return }
    let decision = limiter.take(APICore.rateLimitKey(call, route), limit, now: environment.clock.monotonicNanoseconds())
    call.addHeader("RateLimit-Limit", decision.limit)
    call.addHeader("RateLimit-Remaining", decision.remaining)
    call.addHeader("RateLimit-Reset", decision.resetSeconds)
    if !decision.isAllowed { throw APIError(.rateLimited, retryAfterSeconds: decision.retryAfterSeconds) }
  }

  /// Swift's hasher is seeded anew in each process, so nobody can choose addresses that share a bucket.
  private static func rateLimitKey(_ call: Call, _ route: CompiledRoute) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(route.rateLimitIndex)
    if let principal = call.principal {
      hasher.combine(principal.id)
    } else {
      hasher.combine(call.clientAddress?.countedAs)
    }
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }

  private func checkBodyType(_ request: HTTPRequest, _ route: CompiledRoute) throws(APIError) {
    if route.route.input.lines != nil { return try checkLines(request) }
    guard route.route.input.body != nil else { return }
    let isJSON = request.withHeader("content-type") { APICore.isJSON($0.bytes) }
    // A request that says nothing is taken at its word when it has no body: then the body is what is missing.
    guard let isJSON else {
      if request.hasHeader("content-length") || request.hasHeader("transfer-encoding"),
        !request.headerEquals("content-length", "0")
      {
        throw APIError(.unsupportedMediaType)
      }
      return
    }
    if !isJSON { throw APIError(.unsupportedMediaType) }
  }

  private func checkLines(_ request: HTTPRequest) throws(APIError) {
    let isOfLines = request.withHeader("content-type") { APICore.isLines($0.bytes) } ?? false
    let isPlain = !request.hasHeader("content-encoding") || request.headerEquals("content-encoding", "identity")
    guard isOfLines, isPlain else {
      throw APIError(
        .unsupportedMediaType,
        reason: Localized(
          en: "The body must be sent as \(APICore.linesType), one JSON object a line, not compressed.",
          ar: "يجب إرسال المحتوى بصيغة \(APICore.linesType)، كائن JSON في كل سطر، دون ضغط."))
    }
  }

  static let linesType = "application/x-ndjson"
  /// Never registered, so there are several.
  private static let linesTypes = [linesType, "application/ndjson", "application/jsonl", "application/x-jsonlines"]

  private static func isLines(_ type: RawSpan) -> Bool {
    linesTypes.contains { isType(type, $0) }
  }

  /// `application/json`, with no character set but UTF-8.
  static func isJSON(_ type: RawSpan) -> Bool { isType(type, "application/json") }

  private static func isType(_ type: RawSpan, _ wanted: String) -> Bool {
    let end = type.firstOffset(of: UInt8(ascii: ";")) ?? type.byteCount
    guard type.extracting(type.trimmedRange(0..<end)).equals(lowercased: wanted) else { return false }
    guard end < type.byteCount else { return true }
    let parameter = type.extracting(type.trimmedRange(end + 1..<type.byteCount))
    return parameter.byteCount == 0 || parameter.equals(lowercased: "charset=utf-8")
      || parameter.equals(lowercased: "charset=\"utf-8\"")
  }

  private func checkIdempotencyKey(_ request: HTTPRequest, _ route: CompiledRoute) throws(APIError) {
    guard route.declaration.isIdempotent else { return }
    let isValid = request.withHeader("idempotency-key") { IdempotencyKey.isValid($0.bytes) } ?? true
    guard !isValid else { return }
    var problems = FieldProblems()
    problems.append(FieldProblem(IdempotencyKey.name, .header, .malformed, expected: IdempotencyKey.expectation))
    throw APIError(problems)
  }
}

/// The header that names a request so that sending it twice carries it out once.
enum IdempotencyKey {
  static let name = "Idempotency-Key"
  static let rule = TokenRule(length: 8...255)
  static let expectation = rule.expectation

  static func isValid(_ text: RawSpan) -> Bool {
    do {
      _ = try rule.read(text)
      return true
    } catch {
      return false
    }
  }
}
