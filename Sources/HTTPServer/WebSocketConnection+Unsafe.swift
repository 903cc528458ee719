import Bytes
import EventLoops

/// One WebSocket on its stream: reads what its handler takes, writes what the client takes, keeps the connection alive and ends it.
///
/// Touched only on its loop. The codec judges bytes, this class judges time and amounts.
final class WebSocketConnection: ByteStreamHandler, @unchecked Sendable {
  // Sendable: handed to its handler's task, which runs on its loop; `WebSocket` goes there before it calls anything here.

  enum Phase {
    case open
    /// The client's Close has been read. The handler may still answer what came before it; then the Close is answered.
    case ending
    /// Our Close is out, the client's is awaited; its messages are dropped.
    case closing
    /// All is said. What the client still sends is dropped, so that a reset does not destroy our Close.
    case lingering
    case closed
  }

  let stream: ByteStream
  let context: ServerLoop
  let options: WebSocketOptions
  private let client: ServerLoop.Client
  private let codec: WebSocketCodec
  private static let replyCapacityKept = 256
  private(set) var phase = Phase.open

  /// Messages the handler has not taken, and what they weigh.
  private var inbox = MessageQueue()
  private var reader: LoopWaiter?
  private var writers: [LoopWaiter] = []

  private(set) var closeCode: WebSocketCloseCode?
  private(set) var closeReason = ""
  private var task: Task<Void, Never>?
  private var hasEnded = false

  init(
    stream: ByteStream, context: ServerLoop, client: ServerLoop.Client, options: WebSocketOptions
  ) {
    self.stream = stream
    self.context = context
    self.client = client
    self.options = options
    codec = WebSocketCodec(maximumMessageBytes: options.maximumMessageBytes ?? context.limits.webSocketMessageBytes)
  }

  /// Takes the stream over. `leftover` was read behind the request.
  func start(leftover: borrowing ByteBuffer, _ converse: @escaping @Sendable () async -> Void) {
    stream.handler = self
    setTimer(seconds: options.pingSeconds)
    stream.startReading()
    if !leftover.isEmpty { leftover.withUnsafeBytes { read($0) } }
    let task = context.loop.startTask { [self] in
      await converse()
      handlerEnded()
    }
    if !hasEnded { self.task = task }
  }

  private func handlerEnded() {
    context.loop.preconditionCurrent()
    hasEnded = true
    task = nil
    grace?.cancel()
    grace = nil
    if phase == .ending { answerClose() } else { close(.normal, "") }
  }

  // MARK: Input

  func streamDidRead(_ bytes: UnsafeRawBufferPointer) {
    read(bytes)
  }

  private func read(_ bytes: UnsafeRawBufferPointer) {
    switch phase {
    case .open, .ending, .closing:
      hasPinged = false
      if phase == .open { timer?.reschedule(afterMilliseconds: UInt64(options.pingSeconds) * 1_000) }
      codec.read(bytes)
      takeMessages()
      sendReplies()
      if let end = codec.end { clientEnded(end) }
      updateReading()
    case .lingering:
      dropped += bytes.count
      if dropped > context.limits.discardedBodyBytes { stream.close() }
    case .closed:
      break
    }
  }

  private func takeMessages() {
    guard !codec.messages.isEmpty else { return }
    if phase == .open, options.receivesMessages {
      for message in codec.messages { inbox.append(message) }
      reader?.finish(.success(()))
      reader = nil
    }
    let unwanted = phase == .open && !options.receivesMessages
    codec.messages.removeAll(keepingCapacity: codec.messages.capacity <= 16)
    if unwanted { close(.unsupportedData, "This socket only sends.") }
  }

  /// A client that does not read gets no more of its pings answered, and one that is not read feels it.
  private func updateReading() {
    switch phase {
    case .open where inbox.bytes > options.unreadBytes || stream.unsentBytes > options.unsentBytes: stream.stopReading()
    case .closed: break
    default: stream.startReading()
    }
  }

  private func clientEnded(_ end: WebSocketCodec.End) {
    guard phase != .ending else { return }
    guard case .closed(let code, let reason) = end else { return linger() }
    closeCode = code
    closeReason = reason
    if phase == .open, options.receivesMessages, reader == nil, !hasEnded {
      phase = .ending
      setTimer(seconds: options.closeSeconds)
    } else {
      answerClose()
    }
  }

  /// The handler has seen all there was, or has had its time.
  func answerClose() {
    codec.answerClose()
    sendReplies()
    linger()
  }

  func streamDidEnd() {
    guard phase != .closed else { return }
    // Without a Close, or after both.
    if stream.unsentBytes == 0 || phase != .lingering { stream.close() }
    peerHasEnded = true
  }

  func streamDidDrain() {
    if phase == .lingering, peerHasEnded { return stream.close() }
    resumeWriters(.success(()))
    updateReading()
  }

  func streamDidClose(_ error: LoopError?) {
    leave(for: .closed)
    timer?.cancel()
    timer = nil
    context.didClose(self, of: client)
  }

  // MARK: The handler's side

  func takeMessage() -> WebSocketMessage? {
    guard let message = inbox.takeFirst() else { return nil }
    if inbox.bytes <= options.unreadBytes { updateReading() }
    return message
  }

  func waitForMessage() async {
    precondition(reader == nil, "a WebSocket's messages are read by one task")
    let waiter = LoopWaiter(loop: context.loop)
    reader = waiter
    // Cancelled: whoever reads finds no message.
    do { try await waiter.wait() } catch { reader = nil }
  }

  var hasRoom: Bool { stream.unsentBytes <= options.unsentBytes }

  func waitForRoom() async throws {
    let waiter = LoopWaiter(loop: context.loop)
    writers.append(waiter)
    try await waiter.wait()
  }

  var closed: WebSocketClosed? {
    phase == .open || phase == .ending ? nil : WebSocketClosed(code: closeCode ?? .lost)
  }

  func send(_ opcode: WebSocketFrame.Opcode, _ payload: UnsafeRawBufferPointer) {
    context.frame.removeAll(keepingAtMost: context.limits.unsentBytes)
    WebSocketFrame.append(opcode, payload, to: &context.frame)
    context.frame.withUnsafeBytes { write($0) }
  }

  func send(_ frame: WebSocketFrame) {
    frame.bytes.withUnsafeBytes { write($0) }
  }

  private func sendReplies() {
    guard !codec.output.isEmpty else { return }
    codec.output.withUnsafeBytes { write($0) }
    codec.output.removeAll(keepingAtMost: WebSocketConnection.replyCapacityKept)
  }

  private func write(_ bytes: UnsafeRawBufferPointer) {
    context.statistics.sentBytes.add(bytes.count)
    writtenBytes &+= bytes.count
    stream.write(bytes)
  }

  /// Of the client, what it has let the kernel take.
  private var takenBytes: Int { writtenBytes &- stream.unsentBytes }

  private func resumeWriters(_ result: Result<Void, any Error>) {
    let waiting = writers
    writers = []
    for waiter in waiting { waiter.finish(result) }
  }

  // MARK: The end

  /// Says goodbye; the connection ends when the client has answered or has had its time.
  func close(_ code: WebSocketCloseCode, _ reason: String) {
    if phase == .ending { return answerClose() }
    guard phase == .open else { return }
    codec.close(code, reason)
    sendReplies()
    leave(for: .closing)
    setTimer(seconds: options.closeSeconds)
    updateReading()
  }

  /// The server is going.
  func goAway() {
    close(.goingAway, "The server is going.")
  }

  /// Ends the connection as it is, and its handler.
  func cut() {
    stream.close()
    task?.cancel()
  }

  private func linger() {
    leave(for: .lingering)
    stream.shutdownWriting()
    setTimer(seconds: context.limits.lingerSeconds)
  }

  /// Leaving `open`, the handler learns that no message will come or go any more, and is stopped if it does not end by itself.
  private func leave(for next: Phase) {
    let wasOpen = phase == .open || phase == .ending
    phase = next
    guard wasOpen else { return }
    reader?.finish(.success(()))
    reader = nil
    resumeWriters(.failure(WebSocketClosed(code: closeCode ?? .lost)))
    guard !hasEnded else { return }
    grace = context.loop.schedule(afterMilliseconds: UInt64(options.closeSeconds) * 1_000) { self.task?.cancel() }
  }

  // MARK: Time

  private var timer: LoopTimer?
  /// How long a handler may go on after the end.
  private var grace: LoopTimer?
  private var hasPinged = false
  private var writtenBytes = 0
  /// At the timer's setting: how much the client had taken, and whether more was waiting for it.
  private var takenAtTimer = 0
  private var hadUnsentAtTimer = false
  private var dropped = 0
  private var peerHasEnded = false

  private func setTimer(seconds: Int) {
    takenAtTimer = takenBytes
    hadUnsentAtTimer = stream.unsentBytes > 0
    let milliseconds = UInt64(seconds) * 1_000
    if let timer {
      timer.reschedule(afterMilliseconds: milliseconds)
    } else {
      timer = context.loop.schedule(afterMilliseconds: milliseconds) { [unowned self] in timeOut() }
    }
  }

  private func timeOut() {
    let takesBytes = takenBytes != takenAtTimer
    switch phase {
    case .closed:
      break
    case .ending:
      answerClose()
    case .closing:
      // Its answer to our Close is late.
      stream.close()
    case .lingering:
      if takesBytes { return setTimer(seconds: context.limits.lingerSeconds) }
      stream.close()
    case .open:
      keepAlive(takesBytes: takesBytes)
    }
  }

  private func keepAlive(takesBytes: Bool) {
    if stream.unsentBytes > 0, hadUnsentAtTimer, !takesBytes {
      // It has taken nothing of what waits for it.
      context.statistics.stalled.add()
      return stream.close()
    }
    // While it is not read, its pongs are not either.
    if stream.unsentBytes <= options.unsentBytes, inbox.bytes <= options.unreadBytes {
      if hasPinged { return stream.close() }
      hasPinged = true
      WebSocketFrame.ping.withUnsafeBytes { write($0) }
    }
    setTimer(seconds: options.pingSeconds)
  }
}

/// Messages in order, with their weight: what an empty one costs counts too.
private struct MessageQueue {
  private var messages: [WebSocketMessage] = []
  private var head = 0
  private(set) var bytes = 0

  private static let messageCost = 48

  private func weight(_ message: WebSocketMessage) -> Int {
    switch message {
    case .text(let text): MessageQueue.messageCost + text.utf8.count
    case .binary(let bytes): MessageQueue.messageCost + bytes.count
    }
  }

  mutating func append(_ message: WebSocketMessage) {
    messages.append(message)
    bytes += weight(message)
  }

  mutating func takeFirst() -> WebSocketMessage? {
    guard head < messages.count else { return nil }
    let message = messages[head]
    messages[head] = .binary([])
    head += 1
    bytes -= weight(message)
    if head == messages.count {
      messages.removeAll(keepingCapacity: head <= 16)
      head = 0
    }
    return message
  }
}
