/// A field's value. Only what is declared public can be printed: a `String` that is not a literal must be passed as `.public`.
public enum LogValue: Sendable, Equatable {
  case text(String)
  case integer(Int64)
  case unsigned(UInt64)
  case number(Double)
  case flag(Bool)
  case null
  /// A secret was here.
  case redactedMarker
  /// A personal datum was here.
  case personalMarker

  /// Text that anyone may read: an identifier, a code, a path template. Never a user's input, name or address.
  public static func `public`(_ text: String) -> LogValue { .text(text) }
  public static func `public`(_ text: String?) -> LogValue { text.map { .text($0) } ?? .null }

  public static func int(_ value: some FixedWidthInteger) -> LogValue {
    if let signed = Int64(exactly: value) { return .integer(signed) }
    return .unsigned(UInt64(clamping: value))
  }

  public static func double(_ value: Double) -> LogValue { .number(value) }
  public static func bool(_ value: Bool) -> LogValue { .flag(value) }

  /// A secret: the value is not even evaluated, the line says that there was one.
  @inlinable public static func redacted<Value>(_ value: @autoclosure () -> Value) -> LogValue { .redactedMarker }

  /// A personal datum: the value is not even evaluated, the line says that there was one.
  @inlinable public static func personal<Value>(_ value: @autoclosure () -> Value) -> LogValue { .personalMarker }
}

// Literals only: `ExpressibleByStringInterpolation` is left out on purpose, so that no variable reaches a line unseen.
extension LogValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(booleanLiteral value: Bool) { self = .flag(value) }
  public init(nilLiteral: ()) { self = .null }
}

/// Named values beside the message, in the order given.
public struct LogFields: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  public struct Field: Sendable, Equatable {
    public let name: String
    public let value: LogValue
  }

  public private(set) var list: [Field]

  public init(dictionaryLiteral elements: (String, LogValue)...) {
    list = elements.map { Field(name: $0.0, value: $0.1) }
  }

  public mutating func append(_ name: String, _ value: LogValue) {
    list.append(Field(name: name, value: value))
  }
}

/// The sentence of a log line. Numbers and flags may be interpolated; text must be marked: `"cannot open \(public: path)"`.
public struct LogMessage: Sendable, ExpressibleByStringInterpolation {
  public let text: String
  /// The sentence without what was interpolated: repeats of it are one message to the repeat limiter.
  let fingerprint: Int

  public init(stringLiteral value: String) {
    text = value
    fingerprint = value.hashValue
  }

  public init(stringInterpolation: Interpolation) {
    text = stringInterpolation.text
    fingerprint = stringInterpolation.hasher.finalize()
  }

  public struct Interpolation: StringInterpolationProtocol {
    var text = ""
    var hasher = Hasher()

    public init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + interpolationCount * 8)
    }

    public mutating func appendLiteral(_ literal: String) {
      text += literal
      hasher.combine(literal)
    }

    public mutating func appendInterpolation(_ value: some FixedWidthInteger) { text += String(value) }
    public mutating func appendInterpolation(_ value: Double) { text += String(value) }
    public mutating func appendInterpolation(_ value: Bool) { text += value ? "true" : "false" }
    public mutating func appendInterpolation(_ value: StaticString) { text += "\(value)" }
    public mutating func appendInterpolation(public value: some StringProtocol) { text += value }
  }
}
