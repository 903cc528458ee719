public import Bytes
import JSON

/// One member of an answer: its name, what it means, and where it comes from.
public struct Field<Owner>: Sendable {
  let name: StaticString
  let schema: Schema
  let isAlwaysPresent: Bool
  let write: @Sendable (Owner, inout ByteBuffer) -> Void

  private init(
    name: StaticString, schema: Schema, isAlwaysPresent: Bool, write: @escaping @Sendable (Owner, inout ByteBuffer) -> Void
  ) {
    self.name = name
    self.schema = schema
    self.isAlwaysPresent = isAlwaysPresent
    self.write = write
  }

  /// A member that is always there (as `null` when its value is nothing).
  public init<Value: Answer>(
    _ name: StaticString, _ about: String, example: Value? = nil, _ value: @escaping @Sendable (Owner) -> Value
  ) {
    self.name = name
    schema = Value.schema.about(about).example(example.map { jsonText($0) })
    isAlwaysPresent = true
    write = { owner, buffer in buffer.member(name, value(owner)) }
  }

  /// A member that is left out when there is no value. A function of its own, because a trailing closure would hide the label.
  public static func ifPresent<Value: Answer>(
    _ name: StaticString, _ about: String, example: Value? = nil, _ value: @escaping @Sendable (Owner) -> Value?
  ) -> Field {
    Field(
      name: name, schema: Value.schema.about(about).example(example.map { jsonText($0) }), isAlwaysPresent: false,
      write: { owner, buffer in buffer.memberIfPresent(name, value(owner)) })
  }

  /// A member whose text and schema are given, for formats such as fixed-point amounts.
  public init(
    _ name: StaticString, _ about: String, schema: Schema, exampleJSON: String? = nil,
    write: @escaping @Sendable (Owner, inout ByteBuffer) -> Void
  ) {
    self.name = name
    self.schema = schema.about(about).example(exampleJSON)
    isAlwaysPresent = true
    self.write = { owner, buffer in
      buffer.key(name)
      write(owner, &buffer)
    }
  }
}

/// An answer declared as a list of fields, from which both its schema and its text follow.
public protocol FieldAnswer: Answer {
  /// The name under which it stands in the OpenAPI document.
  static var schemaName: String { get }
  static var about: String { get }
  /// Make it a `static let`: it is read for every answer.
  static var fields: [Field<Self>] { get }
}

extension FieldAnswer {
  public static var about: String { "" }

  public static var schema: Schema {
    .component(schemaName) {
      Schema.object(fields.map { Schema.Property("\($0.name)", $0.schema, isRequired: $0.isAlwaysPresent) }).about(about)
    }
  }

  public func writeJSON(to buffer: inout ByteBuffer) {
    buffer.append(byte: UInt8(ascii: "{"))
    for field in Self.fields { field.write(self, &buffer) }
    buffer.append(byte: UInt8(ascii: "}"))
  }
}
