import Bytes
import Synchronization

/// Where all loggers meet: levels, format, repeat limiting, and the sink. Make one a process and take loggers from it.
public final class LogPipeline: Sendable {
  private struct State: ~Copyable {
    var line = ByteBuffer(capacity: 1_024)
    var repeats = RepeatLimiter()
  }

  private let levels: LogLevels
  private let format: LogFormat
  private let sink: any LogSink
  private let clock: TelemetryClock
  private let state = Mutex(State())
  private let counts = AtomicCells(cells: LogPipeline.suppressedCell + 1, shards: 1)

  // Layout of `counts`: one cell a level, then these.
  private static let droppedCell = LogLevel.allCases.count
  private static let suppressedCell = droppedCell + 1

  public init(levels: LogLevels = LogLevels(), format: LogFormat, sink: any LogSink, clock: TelemetryClock = .system) {
    self.levels = levels
    self.format = format
    self.sink = sink
    self.clock = clock
  }

  /// The logger of a module, at the level set for it.
  public func logger(_ label: String) -> Logger {
    Logger(label: label, threshold: levels.level(for: label), pipeline: self)
  }

  public var droppedLines: UInt64 { counts.total(LogPipeline.droppedCell) }
  public var suppressedLines: UInt64 { counts.total(LogPipeline.suppressedCell) }
  public func writtenLines(_ level: LogLevel) -> UInt64 { counts.total(Int(level.rawValue)) }

  @usableFromInline func write(
    _ level: LogLevel, label: String, message: LogMessage, fields: LogFields, context: LogContext
  ) {
    let record = LogRecord(
      unixNanoseconds: clock.unixNanoseconds(), level: level, label: label, message: message.text, fields: fields,
      context: context)
    // One lock for the line buffer and the sink: lines never interleave and keep one order.
    state.withLock { state in
      var repeated = 0
      if level == .warning || level == .error {
        switch state.repeats.admit(label: label, level: level, message: message, unixNanoseconds: record.unixNanoseconds) {
        case .suppressed:
          counts.add(LogPipeline.suppressedCell, 1)
          return
        case .admitted(let suppressedBefore): repeated = suppressedBefore
        }
      }
      state.line.removeAll(keepingAtMost: TelemetryLimits.retainedLineBytes)
      format.encode(record, repeated: repeated, into: &state.line)
      counts.add(sink.write(state.line) ? Int(level.rawValue) : LogPipeline.droppedCell, 1)
    }
  }

  /// Shows the pipeline's own counts: lines by level, dropped by the sink, suppressed as repeats.
  public func register(in registry: MetricsRegistry) {
    registry.counterCallback("log_lines_total", help: "Log lines written, by level.", labels: ["level"]) { [counts] in
      LogLevel.allCases.map { MetricSample(["\($0.name)"], Double(counts.total(Int($0.rawValue)))) }
    }
    registry.counterCallback("log_lines_dropped_total", help: "Log lines the sink could not take.") { [counts] in
      Double(counts.total(LogPipeline.droppedCell))
    }
    registry.counterCallback("log_lines_suppressed_total", help: "Repeats of a warning or error left out.") { [counts] in
      Double(counts.total(LogPipeline.suppressedCell))
    }
  }
}

/// One line before it is written out.
struct LogRecord {
  let unixNanoseconds: UInt64
  let level: LogLevel
  let label: String
  let message: String
  let fields: LogFields
  let context: LogContext
}
