import EventLoops

@testable import HTTPServer

/// A WebSocket client that does what a test tells it, right or wrong.
final class WebSocketClient {
  let wire: WireClient

  static func request(path: String = "/echo", _ changes: [String: String?] = [:], requestLine: String? = nil) -> String {
    var fields = [
      "Host": "localhost", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ]
    for (name, value) in changes { fields[name] = value }
    let lines = fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }
    return (requestLine ?? "GET \(path) HTTP/1.1") + "\r\n" + lines.joined() + "\r\n"
  }

  /// Connects and shakes hands.
  init(_ address: ListenAddress, path: String = "/echo", receiveBufferBytes: Int32? = nil) throws {
    wire = try WireClient(address, receiveBufferBytes: receiveBufferBytes)
    try wire.send(WebSocketClient.request(path: path))
    let head = try wire.takeHead()
    guard head.hasPrefix("HTTP/1.1 101 ") else { throw WireClient.Failure(description: "refused: \(head)") }
  }

  func send(_ frames: ClientFrame...) throws {
    for frame in frames { try wire.send(frame.bytes) }
  }

  /// The next frame; nil at the end of the connection.
  func receive() throws -> ServerFrame? {
    while true {
      if let (frame, count) = ServerFrame.first(wire.received[...]) {
        _ = try wire.take(count)
        return frame
      }
      guard try wire.receive() else { return nil }
    }
  }

  func receiveToEnd() throws -> [ServerFrame] {
    try wire.receiveToEnd()
    return ServerFrame.parse(wire.received)
  }
}
