import Bytes
import EventLoops

extension HTTPConnection {
  /// Runs the producer of a streamed answer; its head goes out first.
  func produce(_ producer: @Sendable (BodyWriter) async throws -> Void) async {
    guard let response, let request else { return }
    // HTTP/1.0 knows no chunks: unless its length is known, the end of the connection is the end of the body.
    let isChunked = request.minorVersion >= 1 && response.streamedBytes == nil
    if !isChunked && response.streamedBytes == nil || response.closesConnection || context.isDraining { keepsAlive = false }
    let hasBody = request.method != .head && !response.status.forbidsBody
    context.clock.update(nowMilliseconds: context.loop.nowMilliseconds)
    let framing = AnswerFraming(
      keepsAlive: keepsAlive, minorVersion: request.minorVersion, isHead: request.method == .head,
      dateLine: context.clock.line)
    framing.writeHead(response, isChunked: isChunked, to: &context.output)
    flush()
    let writer = BodyWriter(connection: self, isChunked: isChunked && hasBody, length: hasBody ? response.streamedBytes : nil)
    self.writer = writer
    guard hasBody else { return }
    watchPeer()
    do {
      try await producer(writer)
    } catch {
      // The head is out, so the only honest way to say that the body is not whole is to cut it off.
      writer.isBroken = !(error is StreamEnd)
    }
    if !writer.isComplete { writer.isBroken = true }
  }

  /// The mark that the body is whole.
  func endStream(_ writer: BodyWriter) {
    if writer.isChunked { context.output.append("0\r\n\r\n") }
  }
}

/// Why a streamed answer's producer is stopped.
public enum StreamEnd: Error, Sendable {
  /// The client has gone.
  case disconnected
  /// The server is going: end here, the client will come again.
  case draining
}

/// Writes a streamed answer, piece by piece, at the speed of its reader.
public final class BodyWriter: @unchecked Sendable {
  // Sendable: `write` goes to the loop before it touches anything; the rest is called there.

  private let connection: HTTPConnection
  let loop: EventLoop
  let isChunked: Bool
  var isBroken = false
  /// What is still to come of a body whose length was announced.
  private var missingBytes: Int?
  private var end: StreamEnd?
  private var waiting: CheckedContinuation<Void, any Error>?
  /// Written since the loop last looked at its other connections.
  private var bytesThisTurn = 0
  /// A piece with its frame. Not the loop's output: that may hold answers of another connection.
  private var piece = ByteBuffer()

  init(connection: HTTPConnection, isChunked: Bool, length: Int?) {
    missingBytes = length
    self.connection = connection
    self.isChunked = isChunked
    loop = connection.context.loop
  }

  /// Sends the bytes now; returns once the connection can take more. Throws `StreamEnd` when there is no use in going on.
  public func write(_ bytes: [UInt8]) async throws {
    guard loop.isCurrent else { return try await loop.run { try await self.write(bytes) } }
    // The end first: a client that goes cancels the task as well, and the producer is to learn why.
    if let end { throw end }
    try Task.checkCancellation()
    guard connection.stream.isOpen else { throw StreamEnd.disconnected }
    put(bytes)
    bytesThisTurn += bytes.count
    if connection.stream.unsentBytes > connection.context.limits.unsentBytes {
      bytesThisTurn = 0
      try await withCheckedThrowingContinuation { waiting = $0 }
    } else if bytesThisTurn > connection.context.limits.unsentBytes {
      // A reader as fast as we are never makes us wait; the loop's other connections must not.
      bytesThisTurn = 0
      await loop.nextTurn()
    }
  }

  /// Sends the bytes now, without waiting for anything. Call on the loop.
  func put(_ bytes: [UInt8]) {
    guard end == nil, !bytes.isEmpty else { return }
    if let missingBytes {
      precondition(bytes.count <= missingBytes, "more written than the answer's head announces")
      self.missingBytes = missingBytes - bytes.count
    }
    piece.removeAll(keepingAtMost: 65_536)
    if isChunked {
      piece.append(hex: UInt64(bytes.count))
      piece.append("\r\n")
    }
    piece.append(contentsOf: bytes)
    if isChunked { piece.append("\r\n") }
    connection.send(piece)
  }

  /// Whether bytes wait for the client.
  var isWaiting: Bool { connection.stream.unsentBytes > 0 }

  /// Whether the body's length was announced.
  var isBounded: Bool { missingBytes != nil }

  /// Whether as much was written as was announced.
  var isComplete: Bool { missingBytes ?? 0 == 0 }

  public func write(_ text: String) async throws {
    try await write(Array(text.utf8))
  }

  /// Whether writing still makes sense. Ask on the loop.
  public var isOpen: Bool { end == nil }

  func didDrain() {
    waiting?.resume()
    waiting = nil
  }

  func stop(_ reason: StreamEnd) {
    // A body of known length has an end of its own; cut short it would be worth nothing.
    if reason == .draining, missingBytes != nil { return }
    end = end ?? reason
    waiting?.resume(throwing: reason)
    waiting = nil
  }
}
