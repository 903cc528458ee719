/// How a WebSocket route behaves.
public struct WebSocketOptions: Sendable {
  /// A longer message ends the connection with 1009.
  public var maximumMessageBytes = 1 << 20
  /// Subprotocols the route speaks, best first; none means that the client's wish is ignored.
  public var subprotocols: [String] = []
  /// A ping goes out after this long without a frame; no answer in as long again ends the connection.
  public var pingSeconds = 30
  /// Messages that wait to be sent; a slower reader makes `send` wait above it.
  public var unsentBytes = 262_144
  /// Origins allowed to connect from a browser; nil allows all (for routes that need no cookie).
  public var allowedOrigins: Set<String>?

  public init() {}
}
