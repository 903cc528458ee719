import JSON

/// An object in a body, declared once: the same `init` reads it and describes it.
public protocol BodyInput: Sendable {
  /// The name under which it stands in the OpenAPI document.
  static var schemaName: String { get }
  init(_ object: inout ObjectReader)
}

extension BodyInput {
  public static var schema: Schema {
    .component(schemaName) {
      var reader = ObjectReader.describing
      _ = Self(&reader)
      return Schema(.object(reader.properties, isClosed: true))
    }
  }
}

/// Hands a `BodyInput` its members one by one. A member that cannot be read is reported and replaced by a placeholder, so that
/// every problem of a body is found in one pass.
public struct ObjectReader {
  private enum Mode {
    case describing
    /// There is no object: placeholders all the way, nothing is reported.
    case absent
    case reading(JSONObject, BodyReading)
  }

  private let mode: Mode
  private(set) var properties: [Schema.Property] = []
  /// Members found so far; all of them, when the object has no unknown ones.
  private(set) var found = 0

  static var describing: ObjectReader { ObjectReader(mode: .describing) }
  static var absent: ObjectReader { ObjectReader(mode: .absent) }

  private init(mode: Mode) { self.mode = mode }

  init(_ object: JSONObject, in body: BodyReading) { mode = .reading(object, body) }

  /// A member that must be there.
  public mutating func required<R: Rule>(_ name: String, _ rule: R, about: String = "", exampleJSON: String? = nil) -> R.Value {
    switch mode {
    case .describing:
      properties.append(Schema.Property(name, rule.schema.about(about).example(exampleJSON)))
    case .absent:
      break
    case .reading(let object, let body):
      if let json = object[name] {
        found += 1
        return body.read(json, rule, at: .member(name))
      }
      body.report(.missing, at: .member(name), expected: rule.expectation)
    }
    return rule.placeholder
  }

  /// A member that may be left out.
  public mutating func optional<R: Rule>(_ name: String, _ rule: R, about: String = "", exampleJSON: String? = nil) -> R.Value? {
    switch mode {
    case .describing:
      properties.append(Schema.Property(name, rule.schema.about(about).example(exampleJSON), isRequired: false))
    case .absent:
      break
    case .reading(let object, let body):
      guard let json = object[name] else { return nil }
      found += 1
      return body.read(json, rule, at: .member(name))
    }
    return nil
  }

  /// A member with a value of its own when left out.
  public mutating func optional<R: ScalarRule>(
    _ name: String, _ rule: R, default value: R.Value, about: String = "", exampleJSON: String? = nil
  ) -> R.Value {
    if case .describing = mode {
      let schema = rule.schema.about(about).example(exampleJSON).defaulting(to: rule.jsonText(of: value))
      properties.append(Schema.Property(name, schema, isRequired: false))
      return value
    }
    return optional(name, rule, about: about, exampleJSON: exampleJSON) ?? value
  }

  /// Whether a member is there, right or wrong.
  public func isGiven(_ name: String) -> Bool {
    guard case .reading(let object, _) = mode else { return false }
    return object[name] != nil
  }

  /// Says that a member which may be left out is needed here.
  public mutating func need<R: Rule>(_ name: String, _ rule: R) {
    guard case .reading(let object, let body) = mode, object[name] == nil else { return }
    body.report(.missing, at: .member(name), expected: rule.expectation)
  }

  /// Reports what is wrong with a member that was read, whatever else is wrong.
  public mutating func report(_ name: String, _ code: FieldProblem.Code, _ expected: @autoclosure () -> Localized) {
    guard case .reading(_, let body) = mode else { return }
    body.report(code, at: .member(name), expected: expected())
  }

  /// A rule that spans several members, checked after they are read: `body.check(end > start, "end", …)`.
  public mutating func check(_ holds: @autoclosure () -> Bool, _ name: String, _ expected: @autoclosure () -> Localized) {
    guard case .reading(_, let body) = mode, !body.hasProblems, !holds() else { return }
    body.report(.notAllowed, at: .member(name), expected: expected())
  }
}

/// One pass over a body: where it is, and what was wrong so far.
public final class BodyReading {
  enum Step {
    case member(String)
    case index(Int)
  }

  private var path: [Step] = []
  private(set) var problems: FieldProblems

  init(problems: FieldProblems = FieldProblems()) { self.problems = problems }

  var hasProblems: Bool { !problems.isEmpty }

  func read<R: Rule>(_ json: JSONValue, _ rule: R, at step: Step) -> R.Value {
    path.append(step)
    defer { path.removeLast() }
    do {
      return try rule.read(json, in: self)
    } catch {
      report(error, at: nil, expected: rule.expectation, given: rule.isSecret ? nil : BodyReading.clipped(json))
      return rule.placeholder
    }
  }

  func read<Input: BodyInput>(_ object: JSONObject, as input: Input.Type) -> Input {
    var reader = ObjectReader(object, in: self)
    let value = Input(&reader)
    if reader.found < object.count { reportUnknown(object, known: Input.schema.propertyNames) }
    return value
  }

  private func reportUnknown(_ object: JSONObject, known: [String]) {
    for member in object where !known.contains(member.name) {
      let nearest = NearestName.to(member.name, among: known)
      report(.unknown, at: .member(String(clipping: member.name)), expected: nearest.map { Localized(en: $0, ar: $0) })
    }
  }

  func report(_ code: FieldProblem.Code, at step: Step?, expected: Localized? = nil, given: String? = nil) {
    var field = ""
    for step in path + (step.map { [$0] } ?? []) {
      switch step {
      case .member(let name): field = JSONPath.join(field, name)
      case .index(let index): field += "[\(index)]"
      }
    }
    problems.append(FieldProblem(field, .body, code, expected: expected, given: given))
  }

  private static func clipped(_ json: JSONValue) -> String {
    switch json.kind {
    case .null: "null"
    case .bool: json.bool == true ? "true" : "false"
    case .number: String(clipping: json.numberText ?? "")
    case .string: String(clipping: json.string ?? "")
    case .array: "an array"
    case .object: "an object"
    }
  }
}
