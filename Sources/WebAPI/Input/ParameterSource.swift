import HTTPServer
import JSON

/// Where headers are read from: a request, or a list in a test.
protocol HeaderSource: AnyObject {
  /// The first header of a name, which is given in lower case.
  func header(_ name: StaticString) -> String?
}

extension HTTPRequest: HeaderSource {}

/// The parts of one request that parameters are read from. Its memory is kept from one request to the next.
final class ParameterSource {
  private var queryText = QueryText()
  private var queryFailure: QueryText.Failure?
  /// The matched path's variable parts, decoded, in the template's order.
  private var pathBytes: [UInt8] = []
  private var pathParts: [Range<Int>?] = []
  private var pathNames: [String] = []
  /// Set only while a request is handled.
  var headers: (any HeaderSource)?
  var bodyOutcome: Result<JSONDocument, JSONError>?

  private(set) var problems = FieldProblems()

  func removeAll() {
    queryText.removeAll()
    queryFailure = nil
    pathBytes.removeAll(keepingCapacity: true)
    pathParts.removeAll(keepingCapacity: true)
    pathNames = []
    bodyOutcome = nil
    headers = nil
    bodyError = nil
    problems.removeAll()
  }

  func loadQuery(_ query: RawSpan) {
    do {
      try queryText.load(query)
    } catch {
      queryFailure = error
    }
  }

  func loadPath(_ path: RawSpan, captures: [Range<Int>], names: [String]) {
    pathNames = names
    for range in captures {
      let start = pathBytes.count
      let isDecoded = PercentCoding.decode(path, range, plusIsSpace: false, into: &pathBytes)
      let isText = isDecoded && PercentCoding.isText(pathBytes, from: start)
      pathParts.append(isText ? start..<pathBytes.count : nil)
    }
  }

  /// Reads the whole input, then looks for what nobody asked for.
  func read<Input: RouteInput>(_ input: Input.Type, description: InputDescription) throws(APIError) -> Input {
    var reader = ParameterReader(self)
    let value = input.init(&reader)
    if let queryFailure { throw APIError(.badRequest, reason: ParameterSource.reason(queryFailure)) }
    for pair in queryText.pairs where !pair.isUsed { reportUnknown(pair, known: description.queryNames) }
    if let bodyError { throw bodyError }
    guard problems.isEmpty else { throw APIError(problems) }
    return value
  }

  private var bodyError: APIError?

  func report(_ problem: FieldProblem) { problems.append(problem) }

  func reportMissing<R: ScalarRule>(_ name: String, _ place: FieldProblem.Place, _ rule: R) {
    // A parameter that was there and wrong has been reported already.
    guard !problems.list.contains(where: { $0.field == name && $0.place == place }) else { return }
    report(FieldProblem(name, place, .missing, expected: rule.expectation))
  }

  private func reportUnknown(_ pair: QueryText.Pair, known: [String]) {
    let name = String(clipped: queryText.bytes.span.bytes.extracting(pair.name))
    let nearest = NearestName.to(name, among: known)
    report(FieldProblem(name, .query, .unknown, expected: nearest.map { Localized(en: $0, ar: $0) }))
  }

  private static func reason(_ failure: QueryText.Failure) -> Localized {
    switch failure {
    case .malformed(let number):
      Localized(
        en: "Parameter \(number + 1) of the query is not percent-encoded UTF-8.",
        ar: "المعامل رقم \(number + 1) في الرابط ليس مرمّزًا بصيغة UTF-8 صحيحة.")
    case .tooMany:
      Localized(
        en: "The query has more than \(WebAPILimits.queryParameters) parameters.",
        ar: "في الرابط أكثر من \(WebAPILimits.queryParameters) معاملًا.")
    case .tooLong:
      Localized(
        en: "The query is longer than \(WebAPILimits.queryBytes) bytes.", ar: "الرابط أطول من \(WebAPILimits.queryBytes) بايت.")
    }
  }

  // MARK: One value

  /// `nil` when it is absent or wrong; what is wrong has then been reported.
  func query<R: ScalarRule>(_ name: String, _ rule: R) -> R.Value? {
    var value: R.Value?
    var isFound = false
    for index in queryText.pairs.indices where isNamed(index, name) {
      queryText.pairs[index].isUsed = true
      if isFound {
        report(FieldProblem(name, .query, .repeated))
        return nil
      }
      isFound = true
      value = read(queryText.bytes.span.bytes.extracting(queryText.pairs[index].value), rule, name, .query)
    }
    return value
  }

  func queryList<R: ScalarRule>(_ name: String, _ rule: R, count: ClosedRange<Int>) -> [R.Value] {
    var values: [R.Value] = []
    var given = 0
    for index in queryText.pairs.indices where isNamed(index, name) {
      queryText.pairs[index].isUsed = true
      given += 1
      guard given <= count.upperBound else { continue }
      if let value = read(queryText.bytes.span.bytes.extracting(queryText.pairs[index].value), rule, name, .query) {
        values.append(value)
      }
    }
    if !count.contains(given) {
      let expected = Localized(
        en: "given \(count.lowerBound) to \(count.upperBound) times",
        ar: "مذكورًا من \(count.lowerBound) إلى \(count.upperBound) مرات")
      report(
        FieldProblem(name, .query, given == 0 ? .missing : given < count.lowerBound ? .tooShort : .tooLong, expected: expected))
    }
    return values
  }

  func hasQuery(_ name: String) -> Bool { queryText.pairs.indices.contains { isNamed($0, name) } }

  private func isNamed(_ index: Int, _ name: String) -> Bool { queryText.isNamed(index, name) }

  func path<R: ScalarRule>(_ name: String, _ rule: R) -> R.Value {
    guard let place = pathNames.firstIndex(of: name), place < pathParts.count else {
      preconditionFailure("the path has no part named \(name); checked when the API starts")
    }
    guard let range = pathParts[place] else {
      report(FieldProblem(name, .path, .malformed, expected: rule.expectation))
      return rule.placeholder
    }
    let bytes = pathBytes
    return read(bytes.span.bytes.extracting(range), rule, name, .path) ?? rule.placeholder
  }

  func header<R: ScalarRule>(_ name: StaticString, _ rule: R) -> R.Value? {
    guard let text = headers?.header(name) else { return nil }
    return read(text.utf8Span.span.bytes, rule, HeaderName.shown(name), .header)
  }

  private func read<R: ScalarRule>(_ text: RawSpan, _ rule: R, _ name: String, _ place: FieldProblem.Place) -> R.Value? {
    do {
      return try rule.read(text)
    } catch {
      let given = rule.isSecret ? nil : String(clipped: text)
      report(FieldProblem(name, place, error, expected: rule.expectation, given: given))
      return nil
    }
  }

  func body<Input: BodyInput>(_ input: Input.Type) -> Input {
    let placeholder = ObjectRule<Input>().placeholder
    switch bodyOutcome {
    case .success(let document):
      if let path = document.root.firstDuplicatePath() {
        report(FieldProblem(String(clipping: path), .body, .repeated))
        return placeholder
      }
      guard let object = document.root.object else {
        report(FieldProblem("", .body, .malformed, expected: ObjectRule<Input>().expectation))
        return placeholder
      }
      let reading = BodyReading(problems: problems)
      let value = reading.read(object, as: input)
      problems = reading.problems
      return value
    case .failure(let error):
      bodyError = APIError(badJSON: error)
      return placeholder
    case nil:
      report(FieldProblem("", .body, .missing, expected: ObjectRule<Input>().expectation))
      return placeholder
    }
  }
}
