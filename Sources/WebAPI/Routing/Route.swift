public import Bytes
public import HTTPServer
import JSON

/// One thing the API can be asked: everything about it is said here, once, and both the serving and the OpenAPI document follow.
///
///     Route.get("/api/v1/providers/{id}", "One provider", permission: .public, tags: ["Providers"], errors: [.notFound])
///       .async { (call: Call, input: GetProvider) in try await catalogue.provider(input.id) }
public struct Route: Sendable {
  enum Kind: Sendable {
    case synchronous(@Sendable (Call, HTTPResponse) throws -> Void)
    case asynchronous(@Sendable (Call, HTTPResponse) async throws -> Void)
    /// Answers at once what does not name the parameter, and everything else after waiting; without one everything waits.
    case patient(
      StaticString?, waiting: @Sendable (Call, HTTPResponse) async throws -> Void,
      atOnce: @Sendable (Call, HTTPResponse) throws -> Void)
    case streamedBody(@Sendable (Call, HTTPResponse) async throws -> Void)
    case webSocket(WebSocketOptions, @Sendable (Call, WebSocket) async -> Void)
  }

  let declaration: RouteDeclaration
  let input: InputDescription
  let success: SuccessDescription
  let kind: Kind
}

/// What a route answers when all goes well, as the OpenAPI document shows it.
struct SuccessDescription: Sendable {
  var status: HTTPStatus
  var contentType: String
  var schema: Schema?
  /// Whether the schema describes `data` in the envelope or the whole answer.
  var isEnveloped: Bool

  static func enveloped(_ status: HTTPStatus, _ schema: Schema) -> SuccessDescription {
    SuccessDescription(status: status, contentType: "application/json", schema: schema, isEnveloped: true)
  }
}

/// An answer without content.
public struct NoContent: Answer {
  public init() {}
  public static var schema: Schema { Schema(.anything).orNull() }
  public func writeJSON(to buffer: inout ByteBuffer) { buffer.append("null" as StaticString) }
}

/// When a route stops being recommended, and when it stops.
public struct Deprecation: Sendable {
  public let since: Instant
  public let sunset: Instant?
  /// The path of what takes its place.
  public let successor: String?

  public init(since: Instant, sunset: Instant? = nil, successor: String? = nil) {
    self.since = since
    self.sunset = sunset
    self.successor = successor
  }
}

/// What can be said of a route before its handler: finished by `sync`, `async`, `writing`, `events`, `webSocket` or `raw`.
public struct RouteDeclaration: Sendable {
  public let method: HTTPMethod
  public let path: String
  public let summary: String
  public let permission: Permission
  public let rateLimit: RateLimitClass
  public let tags: [String]
  public let errors: [ErrorCode]
  public var about = ""
  public var deprecation: Deprecation?
  /// A POST that creates or pays: callers name it with `Idempotency-Key`.
  public var isIdempotent = false
  /// Reads that repeat: answered with an `ETag`, and with 304 when nothing changed.
  public var hasEntityTag = false
  /// Members of `meta` besides those that every answer has, under the name that the whole has in the document.
  public var meta: (name: String, members: [Schema.Property])?
  /// What a body may weigh; nothing said is `APIConfiguration.bodyBytes`.
  public var bodyLimit: Int?
  /// Left out of the OpenAPI document.
  public var isHidden = false

  /// More words than the summary; Markdown.
  public func about(_ text: String) -> RouteDeclaration { with { $0.about = text } }
  public func deprecated(_ deprecation: Deprecation) -> RouteDeclaration { with { $0.deprecation = deprecation } }
  public func idempotent() -> RouteDeclaration { with { $0.isIdempotent = true } }
  public func entityTagged() -> RouteDeclaration { with { $0.hasEntityTag = true } }
  public func meta(_ name: String, _ members: [Schema.Property]) -> RouteDeclaration { with { $0.meta = (name, members) } }
  public func bodyLimit(_ bytes: Int) -> RouteDeclaration { with { $0.bodyLimit = bytes } }
  public func hidden() -> RouteDeclaration { with { $0.isHidden = true } }

  private func with(_ change: (inout RouteDeclaration) -> Void) -> RouteDeclaration {
    var copy = self
    change(&copy)
    return copy
  }
}

extension Route {
  private static func declare(
    _ method: HTTPMethod, _ path: String, _ summary: String, _ permission: Permission, _ rateLimit: RateLimitClass,
    _ tags: [String], _ errors: [ErrorCode]
  ) -> RouteDeclaration {
    RouteDeclaration(
      method: method, path: path, summary: summary, permission: permission, rateLimit: rateLimit, tags: tags, errors: errors)
  }

  public static func get(
    _ path: String, _ summary: String, permission: Permission, rate: RateLimitClass = .standard, tags: [String],
    errors: [ErrorCode] = []
  ) -> RouteDeclaration { declare(.get, path, summary, permission, rate, tags, errors) }

  public static func post(
    _ path: String, _ summary: String, permission: Permission, rate: RateLimitClass = .standard, tags: [String],
    errors: [ErrorCode] = []
  ) -> RouteDeclaration { declare(.post, path, summary, permission, rate, tags, errors) }

  public static func put(
    _ path: String, _ summary: String, permission: Permission, rate: RateLimitClass = .standard, tags: [String],
    errors: [ErrorCode] = []
  ) -> RouteDeclaration { declare(.put, path, summary, permission, rate, tags, errors) }

  public static func patch(
    _ path: String, _ summary: String, permission: Permission, rate: RateLimitClass = .standard, tags: [String],
    errors: [ErrorCode] = []
  ) -> RouteDeclaration { declare(.patch, path, summary, permission, rate, tags, errors) }

  public static func delete(
    _ path: String, _ summary: String, permission: Permission, rate: RateLimitClass = .standard, tags: [String],
    errors: [ErrorCode] = []
  ) -> RouteDeclaration { declare(.delete, path, summary, permission, rate, tags, errors) }
}
