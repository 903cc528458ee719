import EventLoops

/// One event of a `text/event-stream` (WHATWG HTML, 9.2).
public struct ServerSentEvent: Sendable, Hashable {
  /// The position a client names in `Last-Event-ID` when it comes back.
  public var id: String?
  /// The kind of event; browsers deliver one without a kind as `message`.
  public var event: String?
  /// Any text; every line of it is one line of the stream.
  public var data: String
  /// After how long a client that has lost the stream should come back.
  public var retryMilliseconds: Int?

  public init(id: String? = nil, event: String? = nil, data: String, retryMilliseconds: Int? = nil) {
    self.id = id
    self.event = event
    self.data = data
    self.retryMilliseconds = retryMilliseconds
  }

  /// The event as it is sent.
  public var text: String {
    var text = ""
    // Line ends in a name or an id would forge further fields; a NUL would make clients ignore the id.
    if let event { text += "event: \(ServerSentEvent.oneLine(event))\n" }
    if let id { text += "id: \(ServerSentEvent.oneLine(id))\n" }
    if let retryMilliseconds { text += "retry: \(max(0, retryMilliseconds))\n" }
    var line = "data: "
    var previousWasReturn = false
    for scalar in data.unicodeScalars {
      // CR LF, CR and LF each end a line, so each begins a new one here.
      if scalar == "\n", previousWasReturn {
        previousWasReturn = false
        continue
      }
      previousWasReturn = scalar == "\r"
      if scalar == "\n" || scalar == "\r" {
        text += line + "\n"
        line = "data: "
      } else {
        line.unicodeScalars.append(scalar)
      }
    }
    return text + line + "\n\n"
  }

  private static func oneLine(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where scalar != "\n" && scalar != "\r" && scalar != "\0" { line.append(scalar) }
    return String(line)
  }
}

extension HTTPRequest {
  /// The id of the last event that the client has seen, if it comes back.
  public var lastEventID: String? {
    header("last-event-id").flatMap { $0.isEmpty ? nil : $0 }
  }
}

extension HTTPResponse {
  /// Answers with events for as long as `producer` sends them; only from asynchronous handlers.
  ///
  /// A comment goes out every `keepAliveSeconds`, so that proxies do not take a quiet stream for a dead one and a client that has
  /// vanished is noticed: 15 s is a quarter of their usual patience. When the server goes the producer is cancelled and the stream
  /// ends properly; the client comes back with the id of the last event it has seen.
  public func streamEvents(keepAliveSeconds: Int = 15, _ producer: @escaping @Sendable (BodyWriter) async throws -> Void) {
    addHeader("Content-Type", "text/event-stream")
    addHeader("Cache-Control", "no-store")
    // nginx would otherwise gather events until its buffer is full.
    addHeader("X-Accel-Buffering", "no")
    stream { writer in
      let keepAlive = EventStreamKeepAlive(writer: writer, seconds: keepAliveSeconds)
      defer { keepAlive.stop() }
      // The first bytes tell the client that it is connected.
      try await writer.write(EventStreamKeepAlive.comment)
      try await writer.untilDraining(producer)
    }
  }
}

extension BodyWriter {
  /// Sends an event; returns once the connection can take more.
  public func send(_ event: ServerSentEvent) async throws {
    try await write(event.text)
  }
}

/// The comments of one stream. Made and used on its loop.
private final class EventStreamKeepAlive {
  static let comment = Array(":\n\n".utf8)

  private let writer: BodyWriter
  private let milliseconds: UInt64
  private var timer: LoopTimer?

  init(writer: BodyWriter, seconds: Int) {
    self.writer = writer
    milliseconds = UInt64(max(1, seconds)) * 1_000
    timer = writer.loop.schedule(afterMilliseconds: milliseconds) { [unowned self] in beat() }
  }

  private func beat() {
    // Behind bytes that wait for the client a comment would tell nobody anything.
    if !writer.isWaiting { writer.put(EventStreamKeepAlive.comment) }
    timer?.reschedule(afterMilliseconds: milliseconds)
  }

  func stop() {
    timer?.cancel()
    timer = nil
  }
}
