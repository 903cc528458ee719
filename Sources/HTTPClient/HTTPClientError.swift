/// Why there is no answer, and whether the request can have left.
public struct HTTPClientError: Error, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// The request itself is wrong; nothing was tried.
    case invalidRequest = "INVALID_REQUEST"
    /// The host's name could not be resolved.
    case dns = "DNS"
    /// Nothing listens there, or no route leads there.
    case refused = "REFUSED"
    case timeout = "TIMEOUT"
    /// No secure connection: a certificate that does not verify, or no common protocol.
    case tls = "TLS"
    /// The answer is larger than the request allowed.
    case tooLarge = "TOO_LARGE"
    case cancelled = "CANCELLED"
    /// The connection ended before the answer did.
    case connectionLost = "CONNECTION_LOST"
    /// What came back is not HTTP, or redirects without end.
    case protocolViolation = "PROTOCOL"
    /// The client was shut down.
    case closed = "CLOSED"
    /// libcurl itself failed: out of memory or descriptors.
    case `internal` = "INTERNAL"
  }

  public let code: Code
  /// True only when no byte of the request can have left: sending it again cannot do its work twice. When false, the server may have
  /// acted on it; repeat only what is idempotent.
  public let isSurelyNotSent: Bool
  /// For logs: names hosts, never headers, bodies or query strings.
  public let detail: String

  public var description: String { "\(code.rawValue): \(detail)\(isSurelyNotSent ? " (not sent)" : "")" }

  static func invalid(_ detail: String) -> HTTPClientError {
    HTTPClientError(code: .invalidRequest, isSurelyNotSent: true, detail: detail)
  }

  static let closed = HTTPClientError(code: .closed, isSurelyNotSent: true, detail: "the client is shut down")
}
