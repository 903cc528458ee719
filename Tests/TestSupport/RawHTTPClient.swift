public import EventLoops

/// A client that sends exactly the bytes it is given and reads answers strictly. It blocks: use it inside `offThePool`.
public final class RawHTTPClient {
  public let socket: RawSocket
  /// Received and not yet read as an answer.
  private var received: [UInt8] = []
  /// How the connection ended, once it has.
  public private(set) var ending: Ending?
  private var position = 0
  private let patience: Duration

  public enum Ending: Sendable, Hashable { case closed, reset }

  /// A test that hangs fails after `patience` with `timedOut`; no passing test waits for it.
  public init(
    _ address: ListenAddress, from source: String? = nil, receiveBufferBytes: Int32? = nil, patience: Duration = .seconds(60)
  ) throws {
    socket = try RawSocket(to: address, from: source, receiveBufferBytes: receiveBufferBytes)
    self.patience = patience
  }

  public var unreadCount: Int { received.count - position }

  private var deadline: ContinuousClock.Instant { .now.advanced(by: patience) }

  // MARK: Sending

  public func send(_ bytes: [UInt8]) throws {
    try socket.send(bytes, deadline: deadline)
  }

  public func send(_ text: String) throws {
    try send(Array(text.utf8))
  }

  /// Sends as much as the peer takes; false when it had closed before taking all.
  @discardableResult
  public func sendWhileOpen(_ bytes: [UInt8]) throws -> Bool {
    do {
      try send(bytes)
      return true
    } catch ClientSocketError.closedByPeer {
      return false
    }
  }

  /// Sends the pieces so that each is a read of its own for the server (Unix sockets only). False when the peer closed before
  /// taking all.
  @discardableResult
  public func sendSeparately(_ pieces: [ArraySlice<UInt8>]) throws -> Bool {
    for piece in pieces where !piece.isEmpty {
      guard try sendWhileOpen(Array(piece)) else { return false }
      try socket.waitUntilTaken(deadline: deadline)
    }
    return true
  }

  public func finishSending() { socket.finishSending() }
  public func close() { socket.close() }
  public func reset() { socket.reset() }

  // MARK: Receiving

  /// The next final answer, with the 1xx ones before it in `interim`.
  public func readAnswer(isHead: Bool = false) throws -> RawAnswer {
    var interim: [Int] = []
    while true {
      guard var answer = try readAny(isHead: isHead) else {
        throw MalformedAnswer(reason: "the connection ended (\(ending.map { "\($0)" } ?? "")) without an answer", bytes: [])
      }
      if answer.status >= 200 || answer.status == 101 {
        answer.interim = interim
        return answer
      }
      interim.append(answer.status)
    }
  }

  /// The next answer, interim ones included; nil if the connection has ended instead.
  public func readAny(isHead: Bool = false) throws -> RawAnswer? {
    while true {
      if position < received.count {
        if let (answer, count) = try AnswerGrammar.read(received[position...], isHead: isHead, hasEnded: ending != nil) {
          position += count
          return answer
        }
      } else if ending != nil {
        return nil
      }
      try receiveMore()
    }
  }

  /// All answers until the connection ends; what is no answer throws.
  public func readAnswersUntilEnd(isHead: Bool = false) throws -> [RawAnswer] {
    var answers: [RawAnswer] = []
    while let answer = try readAny(isHead: isHead) { answers.append(answer) }
    return answers
  }

  /// Everything that comes until the connection ends.
  public func readBytesUntilEnd() throws -> [UInt8] {
    while ending == nil { try receiveMore() }
    defer { position = received.count }
    return Array(received[position...])
  }

  /// Waits until `text` has come in that is not yet read.
  public func waitFor(_ text: String) throws {
    while ending == nil, !String(decoding: received, as: UTF8.self).contains(text) { try receiveMore() }
  }

  /// Reads as far as the end of `text`, for which it waits: of answers that have no end.
  public func read(through text: String) throws -> String {
    let wanted = Array(text.utf8)
    while true {
      if let range = received[position...].firstRange(of: wanted) {
        defer { position = range.upperBound }
        return String(decoding: received[position..<range.upperBound], as: UTF8.self)
      }
      guard ending == nil else { throw MalformedAnswer(reason: "it ended before \(text)", bytes: Array(received[position...])) }
      try receiveMore()
    }
  }

  /// Waits until at least this many bytes are there, or the end; they stay to be read.
  public func waitForBytes(_ count: Int) throws {
    while unreadCount < count, ending == nil { try receiveMore() }
  }

  private func receiveMore() throws {
    if position > 1 << 20 {
      received.removeFirst(position)
      position = 0
    }
    switch try socket.receive(deadline: deadline) {
    case .bytes(let bytes): received += bytes
    case .end: ending = .closed
    case .reset: ending = .reset
    }
  }

  /// Sends a request and reads its answer.
  public func exchange(_ request: String, isHead: Bool = false) throws -> RawAnswer {
    try send(request)
    return try readAnswer(isHead: isHead)
  }
}
