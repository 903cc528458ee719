/// A value that can be a parameter.
public protocol PostgresEncodable: Sendable {
  /// What the statement is told the parameter is.
  static var postgresType: PostgresType { get }
  /// Appends the binary form; `ParameterWriter.appendNull()` for NULL.
  func encode(into writer: inout ParameterWriter)
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
  public static var postgresType: PostgresType { Wrapped.postgresType }

  public func encode(into writer: inout ParameterWriter) {
    if let self { self.encode(into: &writer) } else { writer.appendNull() }
  }
}

extension Bool: PostgresEncodable {
  public static var postgresType: PostgresType { .bool }
  public func encode(into writer: inout ParameterWriter) { writer.append(integer: self ? 1 : 0 as UInt8) }
}

extension Int16: PostgresEncodable {
  public static var postgresType: PostgresType { .int2 }
  public func encode(into writer: inout ParameterWriter) { writer.append(integer: self) }
}

extension Int32: PostgresEncodable {
  public static var postgresType: PostgresType { .int4 }
  public func encode(into writer: inout ParameterWriter) { writer.append(integer: self) }
}

extension Int64: PostgresEncodable {
  public static var postgresType: PostgresType { .int8 }
  public func encode(into writer: inout ParameterWriter) { writer.append(integer: self) }
}

extension Int: PostgresEncodable {
  public static var postgresType: PostgresType { .int8 }
  public func encode(into writer: inout ParameterWriter) { writer.append(integer: Int64(self)) }
}

extension UInt32: PostgresEncodable {
  public static var postgresType: PostgresType { .oid }
  public func encode(into writer: inout ParameterWriter) { writer.append(integer: self) }
}

extension Float: PostgresEncodable {
  public static var postgresType: PostgresType { .float4 }
  public func encode(into writer: inout ParameterWriter) { writer.append(integer: bitPattern) }
}

extension Double: PostgresEncodable {
  public static var postgresType: PostgresType { .float8 }
  public func encode(into writer: inout ParameterWriter) { writer.append(integer: bitPattern) }
}

/// Sent as `text`; a statement that wants an enumeration or JSON says so with a cast (`$1::jsonb`).
extension String: PostgresEncodable {
  public static var postgresType: PostgresType { .text }
  public func encode(into writer: inout ParameterWriter) { writer.append(text: self) }
}
