/// Who answers a request, chosen when its head is complete and before its body is read.
public struct HTTPHandler: Sendable {
  enum Kind: Sendable {
    case synchronous(@Sendable (HTTPRequest, HTTPResponse) -> Void)
    case asynchronous(@Sendable (HTTPRequest, HTTPResponse) async -> Void)
    case streaming(@Sendable (HTTPRequest, HTTPResponse) async -> Void)
    case webSocket(WebSocketOptions, @Sendable (HTTPRequest, WebSocket) async -> Void)
  }

  let kind: Kind
  /// A larger body is answered with 413, as early as it is known to be larger.
  let bodyLimit: Int

  /// Runs to completion on the loop that read the request, writing into a reused buffer. For what never waits.
  public static func synchronous(
    bodyLimit: Int = 0, _ answer: @escaping @Sendable (HTTPRequest, HTTPResponse) -> Void
  ) -> HTTPHandler {
    HTTPHandler(kind: .synchronous(answer), bodyLimit: bodyLimit)
  }

  /// Runs as a task on the loop that read the request, with the body read whole.
  public static func asynchronous(
    bodyLimit: Int = 0, _ answer: @escaping @Sendable (HTTPRequest, HTTPResponse) async -> Void
  ) -> HTTPHandler {
    HTTPHandler(kind: .asynchronous(answer), bodyLimit: bodyLimit)
  }

  /// As `asynchronous`, started before the body has arrived: it reads `request.bodyStream`. `.max` allows any length.
  public static func streaming(
    bodyLimit: Int, _ answer: @escaping @Sendable (HTTPRequest, HTTPResponse) async -> Void
  ) -> HTTPHandler {
    HTTPHandler(kind: .streaming(answer), bodyLimit: bodyLimit)
  }

  /// Upgrades to a WebSocket, which lives until `converse` returns or the peer goes.
  public static func webSocket(
    _ options: WebSocketOptions = WebSocketOptions(),
    _ converse: @escaping @Sendable (HTTPRequest, WebSocket) async -> Void
  ) -> HTTPHandler {
    HTTPHandler(kind: .webSocket(options, converse), bodyLimit: 0)
  }
}

/// The layer above the server. All calls come on a loop.
public protocol HTTPService: Sendable {
  /// Called when a head is complete. It must not wait and must not keep the request.
  func handler(for request: HTTPRequest) -> HTTPHandler

  /// Fills the answer for a request that reached no handler: one that is no HTTP, is too large, came too late or came to an
  /// overloaded server. `request` is what is known of it, if anything is.
  func fail(_ failure: HTTPFailure, request: HTTPRequest?, response: HTTPResponse)
}

/// Why a request reached no handler.
public struct HTTPFailure: Error, Sendable, Hashable {
  public let status: HTTPStatus
  /// For people and logs; holds nothing the client sent.
  public let reason: String
  /// After how many seconds trying again makes sense, for 503.
  public var retryAfterSeconds: Int?

  public init(_ status: HTTPStatus, _ reason: String, retryAfterSeconds: Int? = nil) {
    self.status = status
    self.reason = reason
    self.retryAfterSeconds = retryAfterSeconds
  }
}
