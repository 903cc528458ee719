/// Which web pages of other origins may call the API from a browser.
public struct CORSPolicy: Sendable {
  /// Exact origins, `https://app.example.jo`, or `*` alone for pages of everybody. Empty refuses all.
  public var allowedOrigins: Set<String>
  /// Whether cookies may be sent along; never where everybody may call.
  public var allowsCredentials: Bool
  /// How long a browser may remember a preflight; browsers cap it at two hours themselves.
  public var maximumAgeSeconds: Int

  public init(allowedOrigins: Set<String> = [], allowsCredentials: Bool = true, maximumAgeSeconds: Int = 7200) {
    self.allowedOrigins = allowedOrigins
    self.allowsCredentials = allowsCredentials
    self.maximumAgeSeconds = maximumAgeSeconds
  }

  public static let none = CORSPolicy()

  var isEnabled: Bool { !allowedOrigins.isEmpty }

  static let everybody = "*"
  var allowsEverybody: Bool { allowedOrigins.contains(CORSPolicy.everybody) }

  func allows(_ origin: String) -> Bool { allowsEverybody || allowedOrigins.contains(origin) }

  /// Headers a page may send; a preflight for others is answered without them, so the browser stops the request.
  static let requestHeaders: StaticString =
    "Accept-Language, Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-Id, traceparent, tracestate"
  /// Headers a page may read.
  static let exposedHeaders: StaticString =
    "Content-Language, Deprecation, ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, Sunset, X-Request-Id, traceparent"

  /// Origins must be written as browsers send them, or they would never match.
  var problems: [String] {
    allowedOrigins.sorted().compactMap { origin in
      if origin == CORSPolicy.everybody { return allowedOrigins.count == 1 ? nil : "“*” means all origins and stands alone" }
      return CORSPolicy.isOrigin(origin) ? nil : "“\(origin)” is not an origin such as https://app.example.jo"
    }
  }

  private static func isOrigin(_ text: String) -> Bool {
    for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
      let host = text.dropFirst(scheme.count)
      return !host.isEmpty
        && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "*") }
    }
    return false
  }
}
