import Synchronization

/// One timed piece of work. A cheap value; when it is not recorded every call returns at once.
public struct Span: Sendable {
  /// Where this span stands in its trace: what to send on and to print in logs. `nil` when tracing is off and nobody asked for it.
  public let context: TraceContext?
  let recording: SpanRecording?

  /// The span of a tracer that is off.
  public static let none = Span(context: nil, recording: nil)

  public var isRecording: Bool { recording != nil }

  /// Sets an attribute, or replaces it. What looks like a secret by its name is stored as a marker; the value is only evaluated when
  /// the span is recorded.
  public func setAttribute(_ key: String, _ value: @autoclosure () -> AttributeValue) {
    recording?.set(key, value())
  }

  public func setName(_ name: @autoclosure () -> String) { recording?.rename(name()) }

  /// An error stays: a later `ok` does not hide it.
  public func setStatus(_ status: @autoclosure () -> SpanStatus) { recording?.set(status()) }

  /// Ends the span and hands it to the exporter; once, later calls do nothing.
  public func end() { recording?.end() }
}

/// The mutable half of a recorded span; any task may touch it.
final class SpanRecording: Sendable {
  private struct State {
    var name: String
    var attributes: [SpanAttribute] = []
    var droppedAttributes = 0
    var status = SpanStatus.unset
    var isEnded = false
  }

  private let context: TraceContext
  private let kind: SpanKind
  private let parentSpanID: SpanID?
  private let startUnixNanoseconds: UInt64
  private let startMonotonicNanoseconds: UInt64
  private let clock: TelemetryClock
  private let exporter: any SpanExporter
  private let state: Mutex<State>

  init(
    name: String, kind: SpanKind, context: TraceContext, parentSpanID: SpanID?, clock: TelemetryClock, exporter: any SpanExporter
  ) {
    self.context = context
    self.kind = kind
    self.parentSpanID = parentSpanID
    self.clock = clock
    self.exporter = exporter
    startUnixNanoseconds = clock.unixNanoseconds()
    startMonotonicNanoseconds = clock.monotonicNanoseconds()
    state = Mutex(State(name: name))
  }

  func set(_ key: String, _ value: AttributeValue) {
    let attribute = SpanAttribute(key, SpanRecording.checked(key, value))
    state.withLock { state in
      if let existing = state.attributes.firstIndex(where: { $0.key == key }) {
        state.attributes[existing] = attribute
      } else if state.attributes.count < TelemetryLimits.spanAttributes {
        state.attributes.append(attribute)
      } else {
        state.droppedAttributes += 1
      }
    }
  }

  func rename(_ name: String) { state.withLock { $0.name = name } }

  func set(_ status: SpanStatus) {
    state.withLock { state in
      if case .error = state.status { return }
      state.status = status
    }
  }

  func end() {
    let elapsed = clock.monotonicNanoseconds() &- startMonotonicNanoseconds
    let finished: FinishedSpan? = state.withLock { state in
      guard !state.isEnded else { return nil }
      state.isEnded = true
      // The end is the start plus what passed: a wall clock that steps back must not end a span before it began.
      return FinishedSpan(
        name: state.name, kind: kind, context: context, parentSpanID: parentSpanID,
        startUnixNanoseconds: startUnixNanoseconds, endUnixNanoseconds: startUnixNanoseconds &+ elapsed,
        attributes: state.attributes, droppedAttributes: state.droppedAttributes, status: state.status)
    }
    if let finished { exporter.offer(finished) }
  }

  private static func checked(_ key: String, _ value: AttributeValue) -> AttributeValue {
    switch value {
    case .bool: return value
    case .integer, .double: return Redaction.looksSecret(key) ? .string(Redaction.marker) : value
    case .string(let text):
      if Redaction.looksSecret(key) { return .string(Redaction.marker) }
      let scrubbed = Redaction.scrubbed(text)
      guard scrubbed.utf8.count > TelemetryLimits.spanAttributeBytes else { return .string(scrubbed) }
      // A character cut in two becomes the replacement character.
      return .string(String(decoding: scrubbed.utf8.prefix(TelemetryLimits.spanAttributeBytes), as: UTF8.self))
    }
  }
}
