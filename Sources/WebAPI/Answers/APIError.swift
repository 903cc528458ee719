public import Bytes
import HTTPServer
import JSON

/// A failure as the client is told of it. Thrown by handlers; anything else they throw is an internal error.
public struct APIError: Error, Sendable {
  public let code: ErrorCode
  /// In place of the code's own message, when more can be said.
  public let reason: Localized?
  public let problems: FieldProblems
  /// Writes the members of `details`: what the client needs to go on, such as the next free time.
  public let details: (@Sendable (inout ByteBuffer) -> Void)?
  public let retryAfterSeconds: Int?

  public init(
    _ code: ErrorCode, reason: Localized? = nil, retryAfterSeconds: Int? = nil,
    details: (@Sendable (inout ByteBuffer) -> Void)? = nil
  ) {
    self.code = code
    self.reason = reason
    problems = FieldProblems()
    self.details = details
    self.retryAfterSeconds = retryAfterSeconds
  }

  /// Some fields are not valid, each for its reason.
  public init(_ problems: [FieldProblem]) {
    var all = FieldProblems()
    for problem in problems { all.append(problem) }
    self.init(all)
  }

  init(_ problems: FieldProblems) {
    code = .validation
    reason = nil
    self.problems = problems
    details = nil
    retryAfterSeconds = nil
  }

  init(badJSON error: JSONError) {
    let place = "\(error.line):\(error.column)"
    self.init(
      error.code == .tooLong ? .tooLarge : .badRequest,
      reason: Localized(
        en: "The body is not acceptable JSON: \(error.reason), at line \(error.line), column \(error.column).",
        ar: "محتوى الطلب ليس JSON صالحًا (السطر والعمود \(place)).")
    ) { buffer in
      buffer.member("line", error.line)
      buffer.member("column", error.column)
      buffer.member("byte_offset", error.byteOffset)
    }
  }

  public static var notFound: APIError { APIError(.notFound) }
  public static var forbidden: APIError { APIError(.forbidden) }
  public static var unauthorized: APIError { APIError(.unauthorized) }
  public static func conflict(_ reason: Localized? = nil) -> APIError { APIError(.conflict, reason: reason) }
}

/// What other modules' errors become, decided where features are wired: an unreachable database is 503, not 500.
public protocol APIErrorConvertible: Error {
  var apiError: APIError { get }
}
