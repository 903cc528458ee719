/// A command line that cannot be understood: what is wrong, what is allowed, what was probably meant.
public struct UsageError: Error, Sendable, Equatable {
  public enum Code: String, Sendable {
    case unknownCommand = "unknown_command"
    case missingCommand = "missing_command"
    case unknownOption = "unknown_option"
    case missingValue = "missing_value"
    case unexpectedValue = "unexpected_value"
    case invalidValue = "invalid_value"
    case missingArgument = "missing_argument"
    case unexpectedArgument = "unexpected_argument"
  }

  public let code: Code
  public let message: String
  /// The command whose help page says more.
  public let commandText: String

  init(_ code: Code, _ path: CommandPath, _ message: String, suggestion: String? = nil) {
    self.code = code
    self.message = message + (suggestion.map { "; did you mean \($0)?" } ?? "")
    commandText = path.text
  }
}
