/// What a span's attribute may hold.
public enum AttributeValue: Sendable, Equatable {
  case string(String)
  case integer(Int64)
  case double(Double)
  case bool(Bool)

  public static func int(_ value: Int) -> AttributeValue { .integer(Int64(value)) }
}

extension AttributeValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

public struct SpanAttribute: Sendable, Equatable {
  public let key: String
  public let value: AttributeValue

  public init(_ key: String, _ value: AttributeValue) {
    self.key = key
    self.value = value
  }
}

/// On which side of a call a span stands. Raw values are OpenTelemetry's.
public enum SpanKind: UInt8, Sendable {
  case `internal` = 1
  case server, client, producer, consumer
}

public enum SpanStatus: Sendable, Equatable {
  case unset
  case ok
  /// The text is public: a code or a sentence of ours, never an error's details.
  case error(String)
}

/// A span as the exporter gets it.
public struct FinishedSpan: Sendable, Equatable {
  public let name: String
  public let kind: SpanKind
  public let context: TraceContext
  public let parentSpanID: SpanID?
  public let startUnixNanoseconds: UInt64
  public let endUnixNanoseconds: UInt64
  public let attributes: [SpanAttribute]
  public let droppedAttributes: Int
  public let status: SpanStatus

  public init(
    name: String, kind: SpanKind, context: TraceContext, parentSpanID: SpanID?, startUnixNanoseconds: UInt64,
    endUnixNanoseconds: UInt64, attributes: [SpanAttribute] = [], droppedAttributes: Int = 0, status: SpanStatus = .unset
  ) {
    self.name = name
    self.kind = kind
    self.context = context
    self.parentSpanID = parentSpanID
    self.startUnixNanoseconds = startUnixNanoseconds
    self.endUnixNanoseconds = endUnixNanoseconds
    self.attributes = attributes
    self.droppedAttributes = droppedAttributes
    self.status = status
  }
}
