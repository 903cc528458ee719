import Bytes
import EventLoops

/// One HTTP/1.1 connection: reads requests one after another, has each answered, writes the answers in order.
///
/// Its life is one `phase` after another. While an asynchronous handler works, later input waits in `pending` up to a bound
/// and then in the kernel. Touched only on its loop.
final class HTTPConnection: ByteStreamHandler, @unchecked Sendable {
  // Sendable: handed to the tasks it starts, which run on its loop; `preconditionCurrent` is checked where they come back.

  enum Phase {
    /// Waits for the first byte of a request.
    case idle
    case head
    case body
    /// A handler works on a request that has been read.
    case answering
    /// The last answer is out; what the peer still sends is dropped, so that a reset does not destroy the answer.
    case lingering
    case closed
  }

  let stream: ByteStream
  let context: ServerLoop
  let client: ServerLoop.Client
  private(set) lazy var parser = RequestParser(delegate: self)
  var phase = Phase.idle

  var request: HTTPRequest?
  var handler: HTTPHandler?
  /// Why the request is refused, set by a parser callback.
  var failure: HTTPFailure?
  /// The answer of a handler that is still at work or has just finished.
  var response: HTTPResponse?
  var task: Task<Void, Never>?
  /// Whether a streamed body's handler is to be started once the parser has paused.
  var startsStreaming = false
  /// The body is read to its end and dropped: nobody wants it (any more).
  var dropsBody = false
  var bodyBytes = 0
  /// Chunk extensions and trailers.
  var besideBodyBytes = 0
  var isInTrailer = false
  /// A streaming handler answered before its body was read to the end.
  var hasAnswered = false
  /// Whether a task works on the request.
  var isWorking = false
  var keepsAlive = true
  var requestCount = 0
  var writer: BodyWriter?

  /// Input behind the request that is being answered.
  private var pending = ByteBuffer()
  private var isReadingInput = false
  private var peerHasEnded = false

  init(stream: ByteStream, context: ServerLoop, client: ServerLoop.Client) {
    self.stream = stream
    self.context = context
    self.client = client
  }

  func start() {
    updateDeadline()
    stream.startReading()
  }

  // MARK: Input

  func streamDidRead(_ bytes: UnsafeRawBufferPointer) {
    switch phase {
    case .closed:
      return
    case .lingering:
      return
    case .answering:
      pending.append(contentsOf: bytes)
      regulateReading()
    case .idle, .head, .body:
      // What came earlier is looked at earlier.
      if pending.isEmpty { takeInput(bytes) } else { pending.append(contentsOf: bytes) }
      takePendingInput()
    }
  }

  /// Lets the parser at the bytes, has what it finds answered, and sends the answers in one write.
  private func takeInput(_ bytes: UnsafeRawBufferPointer) {
    isReadingInput = true
    var rest = bytes
    reading: while !rest.isEmpty {
      switch parser.read(rest) {
      case .consumed:
        rest = UnsafeRawBufferPointer(rebasing: rest[rest.count...])
      case .paused(let position):
        rest = UnsafeRawBufferPointer(rebasing: rest[position...])
        if case .webSocket? = handler?.kind {
          // What follows is no longer HTTP; `detach` hands it on.
          pending.append(contentsOf: rest)
          rest = UnsafeRawBufferPointer(rebasing: rest[rest.count...])
        }
        parserPaused()
        if phase == .answering || phase == .lingering || phase == .closed { break reading }
        if stream.unsentBytes + context.output.count > context.limits.unsentBytes { break reading }
      case .failed(let failure):
        refuse(failure)
        break reading
      }
    }
    isReadingInput = false
    if !rest.isEmpty, phase != .lingering, phase != .closed { pending.append(contentsOf: rest) }
    flush()
    if phase == .idle, pending.isEmpty, peerHasEnded || context.isDraining { closeWhenSent() }
    updateDeadline()
  }

  /// Goes on with input that had to wait, until it is used up or has to wait again.
  private func takePendingInput() {
    while !pending.isEmpty, phase == .idle || phase == .head || phase == .body,
      stream.unsentBytes <= context.limits.unsentBytes
    {
      var input = ByteBuffer()
      swap(&input, &pending)
      input.withUnsafeBytes { takeInput($0) }
    }
    regulateReading()
    if pending.isEmpty, peerHasEnded, phase == .idle || phase == .head || phase == .body { closeWhenSent() }
  }

  /// Reads only where there is room for what comes and for what it will cause; the rest stays with the peer, who feels it.
  private func regulateReading() {
    // A connection that was handed over to another protocol is not ours to stop.
    guard phase != .closed else { return }
    let hasRoom =
      switch phase {
      case .closed: false
      case .lingering: true
      case .answering: pending.count < context.limits.pendingInputBytes
      case .idle, .head, .body:
        pending.isEmpty && stream.unsentBytes <= context.limits.unsentBytes && request?.bodyStream?.isFull != true
      }
    if hasRoom, !peerHasEnded {
      stream.startReading()
    } else {
      stream.stopReading()
    }
  }

  /// A streamed body's handler has taken what was buffered.
  func bodyWasTaken() {
    guard phase == .body else { return }
    regulateReading()
    updateDeadline()
  }

  /// A streamed answer begins: the peer is watched, so that its going ends the stream.
  func watchPeer() {
    regulateReading()
  }

  private func parserPaused() {
    if startsStreaming {
      startsStreaming = false
      startStreamingHandler()
    } else {
      answer()
    }
  }

  func streamDidEnd() {
    peerHasEnded = true
    switch phase {
    case .answering:
      // It may have closed only its side and still read; but nobody waits at the end of a stream that never ends.
      if let writer, !writer.isBounded { close() }
    case .body:
      if pending.isEmpty { close() }
    case .idle, .head, .lingering:
      if pending.isEmpty { closeWhenSent() }
    case .closed:
      break
    }
  }

  func streamDidDrain() {
    writer?.didDrain()
    if phase == .lingering, peerHasEnded { return close() }
    takePendingInput()
    updateDeadline()
  }

  func streamDidClose(_ error: LoopError?) {
    phase = .closed
    deadline?.cancel()
    deadline = nil
    request?.bodyStream?.fail(.disconnected)
    writer?.stop(.disconnected)
    task?.cancel()
    task = nil
    context.didClose(self)
  }

  // MARK: Answers

  /// An answer is complete in `context.output`: what comes next.
  func didAnswer() {
    guard phase != .closed else { return }
    // A stream may have begun before the server was told to go.
    if keepsAlive, !context.isDraining {
      phase = .idle
    } else {
      linger()
    }
    if !isReadingInput {
      flush()
      takePendingInput()
      updateDeadline()
    }
  }

  /// Answers a request that reached no handler, and ends the connection.
  func refuse(_ failure: HTTPFailure) {
    guard phase != .closed, phase != .lingering else { return }
    if failure.status != .serviceUnavailable { context.statistics.refused.add() }
    request?.bodyStream?.fail(.refused)
    keepsAlive = false
    // An answer is out or under way: a second one would be taken for its rest.
    if writer != nil { return close() }
    if hasAnswered { return linger() }
    fail(failure)
    writeAnswer()
    linger()
  }

  /// Sends what has been gathered.
  func flush() {
    guard !context.output.isEmpty else { return }
    stream.write(context.output)
    context.output.removeAll(keepingAtMost: context.limits.unsentBytes * 2)
  }

  /// Ends our side; what the peer still sends is dropped for a while.
  func linger() {
    phase = .lingering
    pending = ByteBuffer()
    flush()
    stream.shutdownWriting()
    if peerHasEnded { return closeWhenSent() }
    regulateReading()
    updateDeadline()
  }

  /// Closes once the last answer is with the kernel.
  private func closeWhenSent() {
    guard phase != .closed else { return }
    if stream.unsentBytes == 0 { return close() }
    phase = .lingering
    stream.shutdownWriting()
    updateDeadline()
  }

  // MARK: End

  /// The server is going: an idle connection closes now, another after its answer.
  func drain() {
    if phase == .idle, pending.isEmpty { closeWhenSent() }
    writer?.stop(.draining)
  }

  func close() {
    guard phase != .closed else { return }
    phase = .closed
    // A body that only the end of the connection ends would look whole.
    if let writer, writer.endsWithConnection { stream.reset() } else { stream.close() }
  }

  /// Hands the connection over to another protocol; what was read beyond the request goes with it.
  func detach() -> ByteBuffer {
    deadline?.cancel()
    deadline = nil
    flush()
    phase = .closed
    stream.stopReading()
    var rest = ByteBuffer()
    swap(&rest, &pending)
    return rest
  }

  /// Writes past the gathered output, for streams.
  func send(_ bytes: borrowing ByteBuffer) {
    guard phase != .closed else { return }
    context.statistics.sentBytes.add(bytes.count)
    stream.write(bytes)
    updateDeadline()
  }

  // MARK: Deadlines

  enum Deadline { case idle, head, body, write, linger }

  private var deadline: LoopTimer?
  private var deadlineKind: Deadline?
  private var takenAtDeadline = 0
  private var bodyBytesAtDeadline = 0

  /// What is timed begins anew: a next request's head or body is not measured with the one before.
  func restartDeadline() {
    deadlineKind = nil
  }

  /// Sets the time-out that the phase asks for. Cheap: later is one store.
  func updateDeadline() {
    guard let kind = wantedDeadline else {
      // The timer stays where it is and finds nothing to do: cheaper than taking it off for every answer.
      deadlineKind = nil
      return
    }
    // A head, and lingering, have one deadline in all; the others start anew with every sign of life.
    if kind == deadlineKind, kind == .head || kind == .linger { return }
    if kind == deadlineKind, kind == .body || kind == .write { return }
    deadlineKind = kind
    bodyBytesAtDeadline = bodyBytes
    takenAtDeadline = stream.takenBytes
    let milliseconds = UInt64(seconds(kind)) * 1_000
    if let deadline {
      deadline.reschedule(afterMilliseconds: milliseconds)
    } else {
      deadline = context.loop.schedule(afterMilliseconds: milliseconds) { [unowned self] in self.timeOut() }
    }
  }

  private var wantedDeadline: Deadline? {
    switch phase {
    case .closed: nil
    case _ where stream.unsentBytes > 0: .write
    case .lingering: .linger
    case .idle: .idle
    case .head: .head
    case .body: request?.bodyStream?.isFull == true ? nil : .body
    case .answering: nil
    }
  }

  private func seconds(_ kind: Deadline) -> Int {
    let limits = context.limits
    return switch kind {
    case .idle: limits.idleSeconds
    case .head: limits.headSeconds
    case .body: limits.bodySeconds
    case .write: limits.writeSeconds
    case .linger: limits.lingerSeconds
    }
  }

  private func timeOut() {
    guard let kind = deadlineKind else { return }
    deadlineKind = nil
    switch kind {
    case .idle:
      close()
    case .linger:
      close()
    case .head:
      refuse(HTTPFailure(.requestTimeout, "The request's head did not arrive in time."))
    case .body:
      // A slow line is welcome, a drip is not.
      let wanted = context.limits.bodySeconds * context.limits.bodyBytesPerSecond
      if bodyBytes - bodyBytesAtDeadline >= wanted { return updateDeadline() }
      refuse(HTTPFailure(.requestTimeout, "The request's body did not arrive in time."))
    case .write:
      if stream.takenBytes == takenAtDeadline {
        context.statistics.stalled.add()
        return close()
      }
      updateDeadline()
    }
  }
}
