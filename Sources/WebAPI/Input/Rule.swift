public import JSON

/// What a value may be: one declaration that reads it, names what is expected of it and describes it.
///
/// Rules are small values made where they are used (`.integer(1...100)`); making and applying one allocates nothing.
public protocol Rule<Value>: Sendable {
  associatedtype Value: Sendable

  var schema: Schema { get }
  /// What would be right, as the end of the sentence "must be …".
  var expectation: Localized { get }
  /// Stands in for a value that could not be read; the handler never sees it, because the request is refused as a whole.
  var placeholder: Value { get }
  /// A secret's value is never repeated in an answer.
  var isSecret: Bool { get }
  /// Reads a member of a body. Problems of parts inside are reported to `body`, one of the value as a whole is thrown.
  func read(_ json: JSONValue, in body: BodyReading) throws(FieldProblem.Code) -> Value
}

extension Rule {
  public var isSecret: Bool { false }
}

/// A rule for single values, which can also be read from a path, a query or a header.
public protocol ScalarRule: Rule {
  func read(_ text: RawSpan) throws(FieldProblem.Code) -> Value
  /// The value as JSON text, for the default in the description.
  func jsonText(of value: Value) -> String
}

extension ScalarRule {
  /// Single values are read from JSON strings unless a rule says otherwise.
  public func read(_ json: JSONValue, in body: BodyReading) throws(FieldProblem.Code) -> Value {
    let outcome = json.withStringBytes { bytes -> Result<Value, FieldProblem.Code> in
      Result { () throws(FieldProblem.Code) in try read(bytes.bytes) }
    }
    guard let outcome else { throw .malformed }
    return try outcome.get()
  }
}
