/// What a route reads from a request, declared once: the same `init` reads the parameters and describes them.
public protocol RouteInput: Sendable {
  init(_ parameters: inout ParameterReader)
}

/// For routes that read nothing.
public struct NoInput: RouteInput {
  public init(_ parameters: inout ParameterReader) {}
}

/// A parameter as the OpenAPI document shows it.
struct ParameterDescription: Sendable {
  let name: String
  let place: FieldProblem.Place
  let schema: Schema
  let isRequired: Bool
  let isRepeatable: Bool
  let about: String
}

/// What a route's input declares.
struct InputDescription: Sendable {
  var parameters: [ParameterDescription] = []
  var body: Schema?
  /// Of each line of a body that is read as it comes.
  var lines: Schema?

  var queryNames: [String] { parameters.filter { $0.place == .query }.map(\.name) }

  static func of<Input: RouteInput>(_ input: Input.Type, lines: Schema? = nil) -> InputDescription {
    var reader = ParameterReader()
    _ = Input(&reader)
    var description = reader.description
    description.lines = lines
    return description
  }
}

/// Hands a `RouteInput` its parameters one by one. One that cannot be read is reported and replaced by a placeholder, so that
/// all problems of a request are answered at once. Numbers, flags, choices and ids are read without allocating.
public struct ParameterReader {
  /// `nil` while describing.
  private let source: ParameterSource?
  private(set) var description = InputDescription()

  init() { source = nil }
  init(_ source: ParameterSource) { self.source = source }

  // MARK: Query

  /// A query parameter that must be there.
  public mutating func query<R: ScalarRule>(_ name: String, _ rule: R, about: String = "", example: R.Value? = nil) -> R.Value {
    guard let source else {
      describe(name, .query, rule.schema.example(example.map(rule.jsonText(of:))), isRequired: true, about: about)
      return rule.placeholder
    }
    if let value = source.query(name, rule) { return value }
    source.reportMissing(name, .query, rule)
    return rule.placeholder
  }

  /// A query parameter with a value of its own when left out.
  public mutating func query<R: ScalarRule>(
    _ name: String, _ rule: R, default value: R.Value, about: String = "", example: R.Value? = nil
  ) -> R.Value {
    guard let source else {
      let schema = rule.schema.defaulting(to: rule.jsonText(of: value)).example(example.map(rule.jsonText(of:)))
      describe(name, .query, schema, isRequired: false, about: about)
      return value
    }
    return source.query(name, rule) ?? value
  }

  /// A query parameter that may be left out.
  public mutating func query<R: ScalarRule>(
    _ name: String, optional rule: R, about: String = "", example: R.Value? = nil
  ) -> R.Value? {
    guard let source else {
      describe(name, .query, rule.schema.example(example.map(rule.jsonText(of:))), isRequired: false, about: about)
      return nil
    }
    return source.query(name, rule)
  }

  /// A query parameter that may be given several times (`category=hair&category=nails`).
  public mutating func query<R: ScalarRule>(
    _ name: String, each rule: R, count: ClosedRange<Int>, about: String = "", example: [R.Value]? = nil
  ) -> [R.Value] {
    guard let source else {
      let schema = Schema(.array(rule.schema, count: count)).example(
        example.map { "[\($0.map(rule.jsonText(of:)).joined(separator: ","))]" })
      describe(name, .query, schema, isRequired: count.lowerBound > 0, isRepeatable: true, about: about)
      return []
    }
    return source.queryList(name, rule, count: count)
  }

  // MARK: Path and headers

  /// A part of the path, named as in the route's template.
  public mutating func path<R: ScalarRule>(_ name: String, _ rule: R, about: String = "", example: R.Value? = nil) -> R.Value {
    guard let source else {
      describe(name, .path, rule.schema.example(example.map(rule.jsonText(of:))), isRequired: true, about: about)
      return rule.placeholder
    }
    return source.path(name, rule)
  }

  /// A header that may be left out; `name` in lower case.
  public mutating func header<R: ScalarRule>(
    _ name: StaticString, optional rule: R, about: String = "", example: R.Value? = nil
  ) -> R.Value? {
    guard let source else {
      describe(
        HeaderName.shown(name), .header, rule.schema.example(example.map(rule.jsonText(of:))), isRequired: false, about: about)
      return nil
    }
    return source.header(name, rule)
  }

  // MARK: Body

  /// The JSON body, an object.
  public mutating func body<Input: BodyInput>(_ input: Input.Type) -> Input {
    guard let source else {
      description.body = Input.schema
      var reader = ObjectReader.absent
      return Input(&reader)
    }
    return source.body(input)
  }

  // MARK: Rules over several parameters

  /// A rule that spans several parameters, checked only when each of them was read.
  public mutating func check(_ holds: @autoclosure () -> Bool, _ name: String, _ expected: @autoclosure () -> Localized) {
    guard let source, source.problems.isEmpty, !holds() else { return }
    source.report(FieldProblem(name, .query, .notAllowed, expected: expected()))
  }

  /// Whether a query parameter is there, right or wrong.
  public func isGiven(_ name: String) -> Bool { source?.hasQuery(name) ?? false }

  /// Whether a request is read that does not name this query parameter. Most of a long list are not named: asking this where the rule's
  /// type is known costs less than reading nothing.
  public func isLeftOut(_ name: String) -> Bool { source.map { !$0.hasQuery(name) } ?? false }

  /// Says that a parameter which may be left out is needed here, unless it has been said already that what was given is wrong.
  public mutating func need<R: ScalarRule>(_ name: String, _ rule: R) {
    source?.reportMissing(name, .query, rule)
  }

  /// Reports what is wrong with a parameter that was read, whatever else is wrong.
  public mutating func report(_ name: String, _ code: FieldProblem.Code, _ expected: @autoclosure () -> Localized) {
    source?.report(FieldProblem(name, .query, code, expected: expected()))
  }

  private mutating func describe(
    _ name: String, _ place: FieldProblem.Place, _ schema: Schema, isRequired: Bool, isRepeatable: Bool = false, about: String
  ) {
    let parameter = ParameterDescription(
      name: name, place: place, schema: schema, isRequired: isRequired, isRepeatable: isRepeatable, about: about)
    precondition(
      !description.parameters.contains { $0.name == name && $0.place == place },
      "\(place.rawValue) parameter \(name) is read twice")
    description.parameters.append(parameter)
  }
}

enum HeaderName {
  /// `idempotency-key` as `Idempotency-Key`.
  static func shown(_ name: StaticString) -> String {
    "\(name)".split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: "-")
  }
}
