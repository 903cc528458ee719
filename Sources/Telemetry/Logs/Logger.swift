/// What a request adds to each of its lines, so that they can be found together.
public struct LogContext: Sendable, Equatable {
  public var requestID: String?
  public var traceID: TraceID?
  public var spanID: SpanID?

  public init(requestID: String? = nil, traceID: TraceID? = nil, spanID: SpanID? = nil) {
    self.requestID = requestID
    self.traceID = traceID
    self.spanID = spanID
  }
}

/// Writes the log lines of one module. A cheap value: copy it, keep it. Below the module's level nothing is evaluated.
public struct Logger: Sendable {
  public let label: String
  @usableFromInline let threshold: UInt8
  @usableFromInline let pipeline: LogPipeline?
  public var context: LogContext

  init(label: String, threshold: LogLevel?, pipeline: LogPipeline?, context: LogContext = LogContext()) {
    self.label = label
    self.threshold = threshold?.rawValue ?? .max
    self.pipeline = pipeline
    self.context = context
  }

  /// A logger that writes nothing.
  public static let disabled = Logger(label: "", threshold: nil, pipeline: nil)

  /// The same logger with a request's ids on each line.
  public func with(_ context: LogContext) -> Logger {
    var copy = self
    copy.context = context
    return copy
  }

  /// The same logger with the ids of a trace on each line.
  public func with(requestID: String? = nil, trace: TraceContext?) -> Logger {
    with(LogContext(requestID: requestID ?? context.requestID, traceID: trace?.traceID, spanID: trace?.spanID))
  }

  /// The logger of another module on the same output, at that module's level.
  public func labelled(_ label: String) -> Logger {
    guard let pipeline else { return self }
    return pipeline.logger(label).with(context)
  }

  @inlinable public func isEnabled(_ level: LogLevel) -> Bool { level.rawValue >= threshold }

  @inlinable public func log(
    _ level: LogLevel, _ message: @autoclosure () -> LogMessage, _ fields: @autoclosure () -> LogFields = [:]
  ) {
    guard isEnabled(level), let pipeline else { return }
    pipeline.write(level, label: label, message: message(), fields: fields(), context: context)
  }

  @inlinable public func trace(_ message: @autoclosure () -> LogMessage, _ fields: @autoclosure () -> LogFields = [:]) {
    log(.trace, message(), fields())
  }
  @inlinable public func debug(_ message: @autoclosure () -> LogMessage, _ fields: @autoclosure () -> LogFields = [:]) {
    log(.debug, message(), fields())
  }
  @inlinable public func info(_ message: @autoclosure () -> LogMessage, _ fields: @autoclosure () -> LogFields = [:]) {
    log(.info, message(), fields())
  }
  @inlinable public func notice(_ message: @autoclosure () -> LogMessage, _ fields: @autoclosure () -> LogFields = [:]) {
    log(.notice, message(), fields())
  }
  @inlinable public func warning(_ message: @autoclosure () -> LogMessage, _ fields: @autoclosure () -> LogFields = [:]) {
    log(.warning, message(), fields())
  }
  @inlinable public func error(_ message: @autoclosure () -> LogMessage, _ fields: @autoclosure () -> LogFields = [:]) {
    log(.error, message(), fields())
  }
  @inlinable public func critical(_ message: @autoclosure () -> LogMessage, _ fields: @autoclosure () -> LogFields = [:]) {
    log(.critical, message(), fields())
  }
}
