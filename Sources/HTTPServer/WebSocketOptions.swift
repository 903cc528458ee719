/// How a WebSocket route behaves.
public struct WebSocketOptions: Sendable {
  /// A longer message ends the connection with 1009, as soon as a frame's header tells. Nothing said is the server's limit.
  public var maximumMessageBytes: Int?
  /// False for routes that only push: a message of the client's ends the connection with 1003, and the handler need not read.
  public var receivesMessages = true
  /// Messages the handler has not taken yet; above it the client is not read, so that it feels the handler's speed.
  public var unreadBytes = 131_072
  /// Subprotocols the route speaks, best first; none means that the client's wish is ignored.
  public var subprotocols: [String] = []
  /// A ping goes out after this long without a byte from the client; as long again without one ends the connection.
  /// 30 s keep it below the idle time-out that proxies have (60 s).
  public var pingSeconds = 30
  /// Frames that wait to be sent; a slower reader makes `send` wait above it.
  public var unsentBytes = 262_144
  /// How long the client may take to answer a Close, and a handler to return once the connection has ended.
  public var closeSeconds = 5
  /// Origins allowed to connect from a browser, such as `https://qareeb.example`; nil allows all, for routes that need no cookie.
  /// A client that sends no Origin is no browser, so nobody can be made to use it against their will.
  public var allowedOrigins: Set<String>?

  public init() {}
}
