import Bytes
import JSON

/// What is wrong with one field of a request.
public struct FieldProblem: Error, Sendable, Equatable {
  public enum Code: String, Error, Sendable, CaseIterable {
    case missing, unknown, repeated, malformed
    case outOfRange = "out_of_range"
    case tooShort = "too_short"
    case tooLong = "too_long"
    case notAllowed = "not_allowed"
  }

  public enum Place: String, Sendable, CaseIterable {
    case query, path, header, body
  }

  public let field: String
  public let place: Place
  public let code: Code
  /// What would have been right.
  public let expected: Localized?
  /// What came instead, clipped; nothing for secrets.
  public let given: String?

  public init(_ field: String, _ place: Place, _ code: Code, expected: Localized? = nil, given: String? = nil) {
    self.field = field
    self.place = place
    self.code = code
    self.expected = expected
    self.given = given
  }

  public func message(in language: Language) -> String {
    let expectation = expected?[language]
    switch language {
    case .en: return english(expectation)
    case .ar: return arabic(expectation)
    }
  }

  private func english(_ expectation: String?) -> String {
    switch code {
    case .missing: expectation.map { "is required: \($0)" } ?? "is required"
    case .unknown: expectation.map { "is not known; did you mean “\($0)”?" } ?? "is not known"
    case .repeated: "is given more than once"
    case .malformed, .outOfRange, .tooShort, .tooLong, .notAllowed: expectation.map { "must be \($0)" } ?? "is not valid"
    }
  }

  private func arabic(_ expectation: String?) -> String {
    switch code {
    case .missing: expectation.map { "حقل مطلوب: \($0)" } ?? "حقل مطلوب"
    case .unknown: expectation.map { "غير معروف؛ هل تقصد «\($0)»؟" } ?? "غير معروف"
    case .repeated: "مذكور أكثر من مرة"
    case .malformed, .outOfRange, .tooShort, .tooLong, .notAllowed: expectation.map { "يجب أن يكون \($0)" } ?? "قيمة غير صالحة"
    }
  }

  func write(in language: Language, to buffer: inout ByteBuffer) {
    buffer.beginObject()
    buffer.member("field", field)
    buffer.member("in", place.rawValue)
    buffer.member("code", code.rawValue)
    buffer.member("message", message(in: language))
    buffer.memberIfPresent("expected", expected?[language])
    buffer.memberIfPresent("given", given)
    buffer.endObject()
  }

  static let schema = Schema.component("FieldProblem") {
    .object([
      Schema.Property("field", .text.about("Name or path of the field, such as `limit` or `services[2].price`.")),
      Schema.Property("in", Schema(.oneOf(Place.allCases.map(\.rawValue)))),
      Schema.Property("code", Schema(.oneOf(Code.allCases.map(\.rawValue)))),
      Schema.Property("message", .text.about("What is wrong, in the language of the answer.")),
      Schema.Property("expected", .text.about("What would have been right."), isRequired: false),
      Schema.Property("given", .text.about("What came instead, shortened; never for secrets."), isRequired: false),
    ])
  }
}

/// The problems of one request, up to a bound.
public struct FieldProblems: Sendable {
  public private(set) var list: [FieldProblem] = []
  public private(set) var isComplete = true

  public var isEmpty: Bool { list.isEmpty }

  mutating func append(_ problem: FieldProblem) {
    if list.count < WebAPILimits.reportedProblems { list.append(problem) } else { isComplete = false }
  }

  mutating func removeAll() {
    if !list.isEmpty { list.removeAll() }
    isComplete = true
  }
}
