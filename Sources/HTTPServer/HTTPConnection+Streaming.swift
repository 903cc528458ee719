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
      // A producer that ends by itself when it is told to has written a whole.
      writer.isBroken = true
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
  /// The server is going: end here, the client will come again. A producer that catches it and returns has ended its answer
  /// properly; one that lets it out has not finished, and the client must see that: its connection is cut.
  case draining
}

/// Writes a streamed answer, piece by piece, at the speed of its reader.
///
/// A client that ends its side while the answer is on its way has gone, as far as an answer without a length is concerned: nobody
/// waits at the end of a stream that may have none. The producer is told `disconnected`, and the connection is closed. An answer
/// whose length was announced is sent to its end.
public final class BodyWriter: @unchecked Sendable {
  // Sendable: `write` goes to the loop before it touches anything; the rest is called there.

  private let connection: HTTPConnection
  let loop: EventLoop
  let isChunked: Bool
  var isBroken = false
  /// What is still to come of a body whose length was announced.
  private var missingBytes: Int?
  private var end: StreamEnd?
  private var waiting: [LoopWaiter] = []
  private var drainWaiter: LoopWaiter?
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
  ///
  /// Several tasks may write: pieces go out whole, in the order of the calls, and each task waits for the reader.
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
      try await waitForReader()
    } else if bytesThisTurn > connection.context.limits.unsentBytes {
      // A reader as fast as we are never makes us wait; the loop's other connections must not.
      bytesThisTurn = 0
      await loop.nextTurn()
    }
  }

  private func waitForReader() async throws {
    let waiter = LoopWaiter(loop: loop)
    waiting.append(waiter)
    do {
      try await waiter.wait()
    } catch {
      waiting.removeAll { $0 === waiter }
      throw error
    }
  }

  /// Runs the producer of a stream that has no end of its own, until it returns or the server goes. Then the producer is cancelled,
  /// and what it has written is a whole.
  func untilDraining(_ producer: @escaping @Sendable (BodyWriter) async throws -> Void) async throws {
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await producer(self) }
        group.addTask { await self.waitForDraining() }
        // Whichever ends first ends the other.
        try await group.next()
        group.cancelAll()
        try await group.waitForAll()
      }
    } catch  where connection.context.isDraining && end != .disconnected {
      // Told to stop, it stopped in its own way.
    }
  }

  /// Until the server goes, or the task is cancelled.
  private func waitForDraining() async {
    guard end == nil, !connection.context.isDraining else { return }
    let waiter = LoopWaiter(loop: loop)
    drainWaiter = waiter
    // Cancelled, it has nothing more to wait for.
    do { try await waiter.wait() } catch {}
    drainWaiter = nil
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

  /// Whether only the end of the connection ends the body, as for a client of HTTP/1.0.
  var endsWithConnection: Bool { !isChunked && missingBytes == nil }

  /// Whether as much was written as was announced.
  var isComplete: Bool { missingBytes ?? 0 == 0 }

  public func write(_ text: String) async throws {
    try await write(Array(text.utf8))
  }

  /// Whether writing still makes sense. Ask on the loop.
  public var isOpen: Bool { end == nil }

  func didDrain() { finishWaiting(.success(())) }

  func stop(_ reason: StreamEnd) {
    // A body of known length has an end of its own; cut short it would be worth nothing.
    if reason == .draining, missingBytes != nil { return }
    end = end ?? reason
    finishWaiting(.failure(reason))
    drainWaiter?.finish(.success(()))
  }

  private func finishWaiting(_ result: Result<Void, any Error>) {
    let waiters = waiting
    waiting = []
    for waiter in waiters { waiter.finish(result) }
  }
}
