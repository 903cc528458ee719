// The handler's side of a WebSocket. Named unsafe for the texts whose UTF-8 is written in place.
public import EventLoops

/// A conversation over a WebSocket (RFC 6455).
///
/// The handler reads `messages` and sends; both wait for the other side, so neither can flood the server's memory. When its handler
/// returns the socket says goodbye (1000). When the client says goodbye, what it sent before can still be read and answered: its
/// Close is answered when the handler asks for more, or `closeSeconds` later. Then, and when the client just goes, `messages`
/// ends, sending throws `WebSocketClosed`, and a handler that goes on for another `closeSeconds` is cancelled.
///
/// The extension permessage-deflate (RFC 7692) is not offered: it costs up to 300 kB of state a connection or else compresses
/// badly, our messages are small JSON, and compressing secrets beside what a client chose has leaked secrets before (CRIME).
public final class WebSocket: @unchecked Sendable {
  // Sendable: every call goes to the connection's loop before it touches the connection.

  /// Where the socket lives; handlers run here.
  public let loop: EventLoop
  /// What both sides agreed to speak, if the route names subprotocols.
  public let subprotocol: String?
  private let connection: WebSocketConnection

  init(connection: WebSocketConnection, subprotocol: String?) {
    self.connection = connection
    self.subprotocol = subprotocol
    loop = connection.context.loop
  }

  // MARK: Receiving

  /// What the client sends, until it goes or the server says goodbye. To be read by one task.
  public var messages: Messages { Messages(socket: self) }

  /// The next message; nil when none will come, or when the task is cancelled.
  public func receive() async -> WebSocketMessage? {
    guard loop.isCurrent else { return await loop.run { await self.receive() } }
    while true {
      if let message = connection.takeMessage() { return message }
      if connection.phase == .ending { connection.answerClose() }
      if connection.phase != .open || Task.isCancelled { return nil }
      await connection.waitForMessage()
    }
  }

  public struct Messages: AsyncSequence, Sendable {
    fileprivate let socket: WebSocket

    public struct Iterator: AsyncIteratorProtocol {
      fileprivate let socket: WebSocket
      public mutating func next() async -> WebSocketMessage? { await socket.receive() }
    }

    public func makeAsyncIterator() -> Iterator { Iterator(socket: socket) }
  }

  // MARK: Sending

  /// Sends a text message; waits while the client is slower than what is sent.
  public func send(text: String) async throws {
    guard loop.isCurrent else { return try await loop.run { try await self.send(text: text) } }
    try await waitForRoom()
    var text = text
    text.withUTF8 { connection.send(.text, UnsafeRawBufferPointer($0)) }
  }

  /// Sends a binary message; waits while the client is slower than what is sent.
  public func send(binary: [UInt8]) async throws {
    guard loop.isCurrent else { return try await loop.run { try await self.send(binary: binary) } }
    try await waitForRoom()
    binary.withUnsafeBytes { connection.send(.binary, $0) }
  }

  /// Sends a message framed beforehand; waits while the client is slower than what is sent.
  public func send(_ frame: WebSocketFrame) async throws {
    guard loop.isCurrent else { return try await loop.run { try await self.send(frame) } }
    try await waitForRoom()
    connection.send(frame)
  }

  /// Sends a message framed beforehand, at once or not at all: false if the socket is closed or its client too slow to take it.
  /// For one message to many sockets. Call on `loop`.
  public func offer(_ frame: WebSocketFrame) -> Bool {
    loop.preconditionCurrent()
    guard connection.closed == nil, connection.hasRoom else { return false }
    connection.send(frame)
    return true
  }

  private func waitForRoom() async throws {
    try Task.checkCancellation()
    while true {
      if let closed = connection.closed { throw closed }
      if connection.hasRoom { return }
      try await connection.waitForRoom()
    }
  }

  // MARK: The end

  /// Says goodbye, once; `messages` ends. The client has `closeSeconds` to answer.
  public func close(_ code: WebSocketCloseCode = .normal, reason: String = "") async {
    precondition(code.maySend, "\(code) may not be sent in a Close")
    guard loop.isCurrent else { return await loop.run { await self.close(code, reason: reason) } }
    connection.close(code, reason)
  }

  /// Whether sending still makes sense. Ask on `loop`.
  public var isOpen: Bool { connection.closed == nil }

  /// The code in the client's Close (`none` if it had none), or `lost` if the connection ended without one; nil before.
  /// Ask on `loop`.
  public var closeCode: WebSocketCloseCode? {
    connection.closeCode ?? (connection.phase == .closed ? .lost : nil)
  }

  /// The words in the client's Close. Ask on `loop`.
  public var closeReason: String { connection.closeReason }
}
