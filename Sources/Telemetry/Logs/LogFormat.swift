import Bytes
import Glibc

/// How a line looks: JSON for machines, one readable line for people.
public enum LogFormat: Sendable, Equatable {
  case json
  case readable(colours: Bool)

  /// Readable on a terminal (in colour unless `NO_COLOR` is set), JSON anywhere else.
  public static func suited(toFileDescriptor descriptor: Int32, noColour: Bool) -> LogFormat {
    isatty(descriptor) == 1 ? .readable(colours: !noColour) : .json
  }

  func encode(_ record: LogRecord, repeated: Int, into line: inout ByteBuffer) {
    switch self {
    case .json: LogFormat.encodeJSON(record, repeated: repeated, into: &line)
    case .readable(let colours): LogFormat.encodeReadable(record, repeated: repeated, colours: colours, into: &line)
    }
    line.append(byte: UInt8(ascii: "\n"))
  }

  // MARK: JSON

  private static func encodeJSON(_ record: LogRecord, repeated: Int, into line: inout ByteBuffer) {
    line.append("{\"time\":\"")
    line.append(timestamp: record.unixNanoseconds)
    line.append("\",\"level\":\"")
    line.append(record.level.name)
    line.append("\",\"module\":\"")
    line.append(escaped: record.label, limit: TelemetryLimits.fieldBytes)
    line.append("\",\"message\":\"")
    line.append(escaped: Redaction.scrubbed(record.message), limit: TelemetryLimits.messageBytes)
    line.append("\"")
    if let requestID = record.context.requestID {
      line.append(",\"request_id\":\"")
      line.append(escaped: requestID, limit: TelemetryLimits.fieldBytes)
      line.append("\"")
    }
    if let traceID = record.context.traceID {
      line.append(",\"trace_id\":\"")
      traceID.write(into: &line)
      line.append("\"")
    }
    if let spanID = record.context.spanID {
      line.append(",\"span_id\":\"")
      spanID.write(into: &line)
      line.append("\"")
    }
    if repeated > 0 {
      line.append(",\"suppressed_repeats\":")
      line.append(decimal: repeated)
    }
    if !record.fields.list.isEmpty {
      line.append(",\"fields\":{")
      for (position, field) in record.fields.list.enumerated() {
        line.append(position == 0 ? "\"" : ",\"")
        line.append(escaped: field.name, limit: TelemetryLimits.fieldBytes)
        line.append("\":")
        line.append(json: Redaction.checked(field))
      }
      line.append("}")
    }
    line.append("}")
  }

  // MARK: Readable

  private static func encodeReadable(_ record: LogRecord, repeated: Int, colours: Bool, into line: inout ByteBuffer) {
    line.append(timestamp: record.unixNanoseconds)
    line.append(" ")
    if colours { line.append(record.level.colour) }
    line.append(record.level.column)
    if colours { line.append("\u{1B}[0m") }
    line.append(" ")
    line.append(escaped: record.label, limit: TelemetryLimits.fieldBytes)
    line.append(": ")
    line.append(escaped: Redaction.scrubbed(record.message), limit: TelemetryLimits.messageBytes)
    if colours { line.append("\u{1B}[2m") }
    for field in record.fields.list {
      line.append(" ")
      line.append(escaped: field.name, limit: TelemetryLimits.fieldBytes)
      line.append("=")
      line.append(json: Redaction.checked(field))
    }
    if let requestID = record.context.requestID {
      line.append(" request_id=")
      line.append(escaped: requestID, limit: TelemetryLimits.fieldBytes)
    }
    if let traceID = record.context.traceID {
      line.append(" trace_id=")
      traceID.write(into: &line)
    }
    if repeated > 0 {
      line.append(" suppressed_repeats=")
      line.append(decimal: repeated)
    }
    if colours { line.append("\u{1B}[0m") }
  }
}

extension LogLevel {
  fileprivate var colour: StaticString {
    switch self {
    case .trace, .debug: "\u{1B}[2m"
    case .info: "\u{1B}[32m"
    case .notice: "\u{1B}[36m"
    case .warning: "\u{1B}[33m"
    case .error: "\u{1B}[31m"
    case .critical: "\u{1B}[1;31m"
    }
  }

  /// Upper-case and padded, so that messages line up.
  fileprivate var column: StaticString {
    switch self {
    case .trace: "TRACE   "
    case .debug: "DEBUG   "
    case .info: "INFO    "
    case .notice: "NOTICE  "
    case .warning: "WARNING "
    case .error: "ERROR   "
    case .critical: "CRITICAL"
    }
  }
}
