/// What all requests of a client share.
public struct HTTPClientOptions: Sendable {
  /// A file of certificates to trust instead of the system's.
  public var certificateAuthorityFile: String?
  /// Off unless set, whatever the environment says: `http://proxy:3128`.
  public var proxy: String?
  public var userAgent = "qareeb"
  /// Connections kept open on one loop when nobody uses them.
  public var idleConnections = HTTPClientLimits.idleConnections
  /// Connections to one host at once, on one loop; more requests wait, within their time-out.
  public var connectionsToHost = HTTPClientLimits.connectionsToHost

  public init() {}
}

/// Every default and bound of this module, with its reason.
public enum HTTPClientLimits {
  /// A host that does not answer a handshake in this time is down; waiting longer only holds the caller's resources.
  public static let connectTimeoutMilliseconds = 5_000
  /// Payment gateways promise answers within 30 s.
  public static let totalTimeoutMilliseconds = 30_000
  /// Answers of the services we call are a few kilobytes; a megabyte is a mistake or an attack.
  public static let responseBytes = 1 << 20
  /// All header lines of an answer together.
  public static let responseHeaderBytes = 64 << 10
  public static let idleConnections = 32
  public static let connectionsToHost = 64
}
