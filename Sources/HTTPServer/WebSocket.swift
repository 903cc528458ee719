import Bytes
import EventLoops

/// A conversation over a WebSocket (RFC 6455).
public final class WebSocket: @unchecked Sendable {}

final class WebSocketConnection {
  func goAway() {}
  func cut() {}
}

extension HTTPConnection {
  func upgrade(
    _ options: WebSocketOptions,
    _ converse: @escaping @Sendable (HTTPRequest, WebSocket) async -> Void
  ) {}
}
