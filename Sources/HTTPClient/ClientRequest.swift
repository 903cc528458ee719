/// A request to send.
public struct ClientRequest: Sendable {
  public enum Method: String, Sendable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"

    /// Sent twice, does what it does sent once (RFC 9110, 9.2.2).
    public var isIdempotent: Bool { self != .post && self != .patch }
  }

  public var method: Method
  /// An `http` or `https` address without a user; passwords belong into headers.
  public var url: String
  public var headers: [ClientHeader]
  public var body: [UInt8]
  public var connectTimeoutMilliseconds = HTTPClientLimits.connectTimeoutMilliseconds
  /// From the call to the last byte of the answer, waiting for a free connection included.
  public var totalTimeoutMilliseconds = HTTPClientLimits.totalTimeoutMilliseconds
  public var maximumResponseBytes = HTTPClientLimits.responseBytes
  /// Redirects followed, for GET and HEAD only; none unless asked.
  public var maximumRedirects = 0
  /// Connect to this Unix socket; the address then only gives the Host and path.
  public var unixSocketPath: String?
  /// Whether the request may reach the server twice. A kept connection that dies while the request is on its way is replaced and the
  /// request repeated, so what must not be repeated gets a connection of its own. As sent by default: idempotent methods, and any with
  /// an `Idempotency-Key`.
  public var mayBeRepeated: Bool?

  public init(_ method: Method, _ url: String, headers: [ClientHeader] = [], body: [UInt8] = []) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }

  var isRepeatable: Bool { mayBeRepeated ?? (method.isIdempotent || hasHeader("idempotency-key")) }

  func hasHeader(_ lowercasedName: String) -> Bool { headers.contains { $0.isNamed(lowercasedName) } }
}

public struct ClientHeader: Sendable, Equatable {
  public let name: String
  public let value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  func isNamed(_ lowercased: String) -> Bool {
    name.utf8.count == lowercased.utf8.count
      && zip(name.utf8, lowercased.utf8).allSatisfy { ($0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0) == $1 }
  }
}

// MARK: Checking

extension ClientRequest {
  /// Refuses what could smuggle a second request or make no sense, before anything is sent.
  func check() throws(HTTPClientError) {
    let isVisible = url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    let lowered = url.prefix(8).lowercased()
    guard isVisible, lowered.hasPrefix("http://") || lowered.hasPrefix("https://") else {
      throw .invalid("the address must be an http or https address, percent-encoded")
    }
    guard connectTimeoutMilliseconds > 0, totalTimeoutMilliseconds > 0, maximumResponseBytes >= 0, maximumRedirects >= 0 else {
      throw .invalid("time-outs must be positive, limits not negative")
    }
    guard maximumRedirects == 0 || method == .get || method == .head else {
      throw .invalid("redirects are followed for GET and HEAD only")
    }
    guard method != .head || body.isEmpty else { throw .invalid("HEAD has no body") }
    guard unixSocketPath?.utf8.contains(0) != true else { throw .invalid("the socket's path holds a NUL") }
    for header in headers {
      guard !header.name.isEmpty, header.name.utf8.allSatisfy(ClientRequest.isTokenByte) else {
        throw .invalid("a header's name is not a token")
      }
      // The value stays out of the text: it may be a secret.
      guard header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
        throw .invalid("the header \(header.name) holds a control character")
      }
      guard !["content-length", "transfer-encoding", "connection", "expect"].contains(where: header.isNamed) else {
        throw .invalid("the header \(header.name) is the client's to set")
      }
    }
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
