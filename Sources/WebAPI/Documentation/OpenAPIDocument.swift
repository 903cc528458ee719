import Bytes
import HTTPServer
import JSON

/// The OpenAPI 3.1 document of a set of routes, written once at start.
struct OpenAPIDocument {
  private(set) var bytes: [UInt8] = []
  /// Why the routes cannot be described consistently.
  private(set) var problems: [String] = []

  private var schemas = SchemaWriter()
  private var codes: [ErrorCode] = []

  init(_ routes: [Route], _ configuration: APIConfiguration) {
    let shown = routes.filter { !$0.declaration.isHidden }
    var buffer = ByteBuffer(capacity: 64 << 10)
    buffer.beginObject()
    buffer.member("openapi", text: "3.1.0")
    writeInfo(configuration, &buffer)
    buffer.beginArray("servers")
    buffer.beginObject()
    buffer.member("url", configuration.serverURL)
    buffer.endObject()
    buffer.endArray()
    writeTags(shown, &buffer)
    writePaths(shown, configuration, &buffer)
    writeComponents(shown, &buffer)
    buffer.endObject()
    bytes = [UInt8](buffer)
  }

  private func writeInfo(_ configuration: APIConfiguration, _ buffer: inout ByteBuffer) {
    buffer.beginObject("info")
    buffer.member("title", configuration.title)
    buffer.member("version", configuration.version)
    buffer.member("summary", "Finds the right local provider near a person, who can really serve them at the time they want.")
    buffer.member("description", OpenAPITexts.introduction)
    buffer.beginObject("license")
    buffer.member("name", "Apache-2.0")
    buffer.member("identifier", "Apache-2.0")
    buffer.endObject()
    buffer.endObject()
  }

  private func writeTags(_ routes: [Route], _ buffer: inout ByteBuffer) {
    buffer.beginArray("tags")
    var seen: Set<String> = []
    for tag in routes.flatMap(\.declaration.tags) where seen.insert(tag).inserted {
      buffer.beginObject()
      buffer.member("name", tag)
      buffer.endObject()
    }
    buffer.endArray()
  }

  private mutating func writePaths(_ routes: [Route], _ configuration: APIConfiguration, _ buffer: inout ByteBuffer) {
    buffer.beginObject("paths")
    var paths: [String] = []
    for route in routes where !paths.contains(route.openAPIPath) { paths.append(route.openAPIPath) }
    for path in paths {
      buffer.key(escaped: path)
      buffer.beginObject()
      for route in routes where route.openAPIPath == path { writeOperation(route, configuration, &buffer) }
      buffer.endObject()
    }
    buffer.endObject()
  }

  private mutating func writeOperation(_ route: Route, _ configuration: APIConfiguration, _ buffer: inout ByteBuffer) {
    let declaration = route.declaration
    buffer.key(escaped: "\(declaration.method)".lowercased())
    buffer.beginObject()
    buffer.member("operationId", route.operationID)
    buffer.member("summary", declaration.summary)
    if !declaration.about.isEmpty { buffer.member("description", declaration.about) }
    buffer.member("tags", declaration.tags)
    if declaration.deprecation != nil { buffer.member("deprecated", true) }
    writeSecurity(declaration.permission, &buffer)
    if let limit = configuration.rateLimits[declaration.rateLimit] {
      buffer.member(
        "x-rate-limit", "\(limit.requests) requests in \(limit.seconds) s, counted as “\(declaration.rateLimit.name)”")
    }
    writeParameters(route, &buffer)
    writeRequestBody(route, &buffer)
    writeResponses(route, &buffer)
    buffer.endObject()
  }

  private func writeSecurity(_ permission: Permission, _ buffer: inout ByteBuffer) {
    buffer.beginArray("security")
    if permission != .public {
      buffer.beginObject()
      buffer.beginArray("bearer")
      buffer.endArray()
      buffer.endObject()
    }
    if case .named = permission {
      // Keys of programs carry named permissions, as their scopes.
      buffer.beginObject()
      buffer.beginArray("api_key")
      buffer.endArray()
      buffer.endObject()
    }
    buffer.endArray()
    if case .named(let name) = permission { buffer.member("x-permission", name) }
  }

  // MARK: What goes in

  private mutating func writeParameters(_ route: Route, _ buffer: inout ByteBuffer) {
    buffer.beginArray("parameters")
    for parameter in route.input.parameters { write(parameter, &buffer) }
    buffer.element(reference: "#/components/parameters/AcceptLanguage")
    buffer.element(reference: "#/components/parameters/XRequestId")
    if route.declaration.isIdempotent { buffer.element(reference: "#/components/parameters/IdempotencyKey") }
    if route.declaration.hasEntityTag { buffer.element(reference: "#/components/parameters/IfNoneMatch") }
    buffer.endArray()
  }

  private mutating func write(_ parameter: ParameterDescription, _ buffer: inout ByteBuffer) {
    buffer.beginObject()
    buffer.member("name", parameter.name)
    buffer.member("in", parameter.place.rawValue)
    if !parameter.about.isEmpty { buffer.member("description", parameter.about) }
    buffer.member("required", parameter.isRequired)
    if parameter.isRepeatable {
      buffer.member("style", text: "form")
      buffer.member("explode", true)
    }
    buffer.key("schema")
    schemas.write(parameter.schema, to: &buffer)
    buffer.endObject()
  }

  private mutating func writeRequestBody(_ route: Route, _ buffer: inout ByteBuffer) {
    guard let schema = route.input.body ?? route.input.lines else { return }
    let isOfLines = route.input.body == nil
    buffer.beginObject("requestBody")
    if isOfLines { buffer.member("description", text: "One JSON object a line, of any number; the schema is that of a line.") }
    buffer.member("required", true)
    buffer.beginObject("content")
    buffer.key(escaped: isOfLines ? APICore.linesType : "application/json")
    buffer.beginObject()
    buffer.key("schema")
    schemas.write(schema, to: &buffer)
    buffer.endObject()
    buffer.endObject()
    buffer.endObject()
  }

  // MARK: What comes out

  private mutating func writeResponses(_ route: Route, _ buffer: inout ByteBuffer) {
    buffer.beginObject("responses")
    writeSuccess(route, &buffer)
    if route.declaration.hasEntityTag {
      buffer.beginObject("304")
      buffer.member("description", text: "Nothing changed since the state named in If-None-Match.")
      buffer.endObject()
    }
    var byStatus: [(status: UInt16, codes: [ErrorCode])] = []
    for code in route.errorCodes {
      if !codes.contains(code) { codes.append(code) }
      if let index = byStatus.firstIndex(where: { $0.status == code.status.code }) {
        byStatus[index].codes.append(code)
      } else {
        byStatus.append((code.status.code, [code]))
      }
    }
    for (status, codes) in byStatus.sorted(by: { $0.status < $1.status }) {
      buffer.key(escaped: "\(status)")
      if codes.count == 1 {
        buffer.beginObject()
        buffer.member("$ref", "#/components/responses/\(codes[0].name)")
        buffer.endObject()
      } else {
        OpenAPIDocument.write(codes, &buffer)
      }
    }
    buffer.endObject()
  }

  private mutating func writeSuccess(_ route: Route, _ buffer: inout ByteBuffer) {
    let success = route.success
    buffer.key(escaped: "\(success.status.code)")
    buffer.beginObject()
    buffer.member("description", "\(success.status.reasonPhrase)")
    buffer.beginObject("headers")
    buffer.member("X-Request-Id", reference: "#/components/headers/XRequestId")
    if route.declaration.rateLimit != .unlimited {
      buffer.member("RateLimit-Limit", reference: "#/components/headers/RateLimitLimit")
      buffer.member("RateLimit-Remaining", reference: "#/components/headers/RateLimitRemaining")
      buffer.member("RateLimit-Reset", reference: "#/components/headers/RateLimitReset")
    }
    if route.declaration.hasEntityTag { buffer.member("ETag", reference: "#/components/headers/ETag") }
    buffer.endObject()
    if let schema = success.schema {
      buffer.beginObject("content")
      buffer.key(escaped: OpenAPIDocument.mediaType(success.contentType))
      buffer.beginObject()
      buffer.key("schema")
      if success.isEnveloped {
        writeEnvelope(schema, route.declaration.meta, &buffer)
      } else {
        schemas.write(schema, to: &buffer)
      }
      buffer.endObject()
      buffer.endObject()
    }
    buffer.endObject()
  }

  private static func mediaType(_ contentType: String) -> String {
    contentType.split(separator: ";").first.map(String.init) ?? contentType
  }

  private mutating func writeEnvelope(
    _ schema: Schema, _ meta: (name: String, members: [Schema.Property])?, _ buffer: inout ByteBuffer
  ) {
    buffer.beginObject()
    buffer.member("type", text: "object")
    buffer.beginObject("properties")
    buffer.beginObject("success")
    buffer.member("const", true)
    buffer.endObject()
    buffer.key("data")
    schemas.write(schema, to: &buffer)
    if let meta {
      buffer.key("meta")
      schemas.write(.component(meta.name) { .object(OpenAPITexts.metaMembers + meta.members) }, to: &buffer)
    } else {
      buffer.member("meta", reference: "#/components/schemas/Meta")
    }
    buffer.endObject()
    buffer.member("required", ["success", "data", "meta"])
    buffer.endObject()
  }

  /// A response for one or several codes of the same status.
  static func write(_ codes: [ErrorCode], _ buffer: inout ByteBuffer) {
    buffer.beginObject()
    buffer.member("description", codes.map { "`\($0.name)`: \($0.message.en)" }.joined(separator: "\n\n"))
    buffer.beginObject("headers")
    buffer.member("X-Request-Id", reference: "#/components/headers/XRequestId")
    if codes.contains(where: { $0.status == .tooManyRequests || $0.status == .serviceUnavailable }) {
      buffer.member("Retry-After", reference: "#/components/headers/RetryAfter")
    }
    buffer.endObject()
    buffer.beginObject("content")
    buffer.beginObject("application/json")
    buffer.member("schema", reference: "#/components/schemas/Failure")
    buffer.beginObject("examples")
    for code in codes {
      buffer.key(escaped: code.name)
      buffer.beginObject()
      buffer.member("summary", code.message.ar)
      buffer.key("value")
      writeExample(code, &buffer)
      buffer.endObject()
    }
    buffer.endObject()
    buffer.endObject()
    buffer.endObject()
    buffer.endObject()
  }

  private static func writeExample(_ code: ErrorCode, _ buffer: inout ByteBuffer) {
    var error = APIError(code)
    if code == .validation {
      var problems = FieldProblems()
      problems.append(FieldProblem("limit", .query, .outOfRange, expected: IntegerRule(range: 1...100).expectation, given: "500"))
      error = APIError(problems)
    }
    let id = Identifier(high: 0x0190_C7D2_7E1B_7C3A, low: 0x9D5E_0F1A_2B3C_4D5E)
    Envelope.failure(
      &buffer, error, .en,
      AnswerMeta(now: Instant(unixMilliseconds: 1_795_231_875_123), requestID: RequestID(id), version: "1.0.0"))
  }

  // MARK: Components

  private mutating func writeComponents(_ routes: [Route], _ buffer: inout ByteBuffer) {
    var components = SchemaComponents()
    components.add(schemas.mentioned + OpenAPITexts.envelopeSchemas)
    problems += components.problems
    buffer.beginObject("components")
    buffer.beginObject("schemas")
    for (name, text) in components.texts.sorted(by: { $0.key < $1.key }) {
      buffer.key(escaped: name)
      buffer.append(text)
    }
    buffer.endObject()
    buffer.beginObject("responses")
    for code in codes {
      buffer.key(escaped: code.name)
      OpenAPIDocument.write([code], &buffer)
    }
    buffer.endObject()
    OpenAPITexts.writeParameters(&buffer)
    OpenAPITexts.writeHeaders(&buffer)
    buffer.beginObject("securitySchemes")
    buffer.beginObject("bearer")
    buffer.member("type", text: "http")
    buffer.member("scheme", text: "bearer")
    buffer.member("description", text: "An access token, or an API key.")
    buffer.endObject()
    buffer.beginObject("api_key")
    buffer.member("type", text: "apiKey")
    buffer.member("in", text: "header")
    buffer.member("name", text: "X-Api-Key")
    buffer.member("description", text: "An API key, made by `qareeb key create`.")
    buffer.endObject()
    buffer.endObject()
    buffer.endObject()
  }
}

extension Route {
  var openAPIPath: String {
    declaration.path.hasSuffix("...}") ? String(declaration.path.dropLast(4)) + "}" : declaration.path
  }

  /// `get_api_v1_providers_by_id`.
  var operationID: String {
    let parts = openAPIPath.split(separator: "/").map { part in
      part.hasPrefix("{") ? "by_" + part.dropFirst().dropLast() : String(part.map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }
    return ([("\(declaration.method)").lowercased()] + parts).joined(separator: "_")
  }

  /// Everything a route may fail with: what it declares, and what follows from what it is.
  var errorCodes: [ErrorCode] {
    var codes: [ErrorCode] = [.badRequest, .validation]
    if declaration.permission != .public { codes.append(.unauthorized) }
    if case .named = declaration.permission { codes.append(.forbidden) }
    codes += [.timeout, .tooLarge, .addressTooLong]
    if input.body != nil || input.lines != nil { codes.append(.unsupportedMediaType) }
    if success.status == .switchingProtocols { codes.append(.upgradeRequired) }
    if declaration.rateLimit != .unlimited { codes.append(.rateLimited) }
    if declaration.isIdempotent { codes.append(.idempotencyMismatch) }
    codes += [.headersTooLarge, .internalError, .unavailable]
    for code in declaration.errors where !codes.contains(code) { codes.append(code) }
    return codes
  }
}

extension ByteBuffer {
  mutating func member(_ name: StaticString, reference: StaticString) {
    beginObject(name)
    member("$ref", text: reference)
    endObject()
  }

  mutating func element(reference: StaticString) {
    beginObject()
    member("$ref", text: reference)
    endObject()
  }
}
