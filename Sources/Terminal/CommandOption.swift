/// An option of a command: a `Flag`, or an `Option` with a value.
public protocol CommandOption: Sendable {
  var declaration: OptionDeclaration { get }
}

/// What parser, help and completion know of an option. Made by `Flag` and `Option` only.
public struct OptionDeclaration: Sendable {
  let name: String
  let short: Character?
  let meaning: String
  /// Nil for a flag.
  let value: ValueDeclaration?
  let isRepeatable: Bool

  var spellings: [String] { [short.map { "-\($0)" }, "--\(name)"].compactMap { $0 } }
}

/// What is known of a value, of an option's or an argument's, without its type.
struct ValueDeclaration: Sendable {
  let placeholder: String
  let allowed: String?
  let completion: Completion
  let read: @Sendable (String) throws(InvalidArgument) -> any Sendable

  init<Value>(_ placeholder: String, _ format: ArgumentFormat<Value>) {
    self.placeholder = placeholder
    allowed = format.allowed
    completion = format.completion
    read = { (text: String) throws(InvalidArgument) -> any Sendable in try format.parse(text) }
  }
}

/// `--json`: there or not.
public struct Flag: CommandOption {
  public let declaration: OptionDeclaration

  public init(_ name: String, short: Character? = nil, _ meaning: String) {
    declaration = OptionDeclaration(name: name, short: short, meaning: meaning, value: nil, isRepeatable: false)
  }
}

/// `--port 80`, `--port=80`, `-p 80`, `-p80`. Given twice, the last counts, so that a wrapper script can be overridden; unless
/// it is repeatable, then all count.
public struct Option<Value: Sendable>: CommandOption {
  public let declaration: OptionDeclaration

  public init(
    _ name: String, short: Character? = nil, _ format: ArgumentFormat<Value>, placeholder: String, isRepeatable: Bool = false,
    _ meaning: String
  ) {
    declaration = OptionDeclaration(
      name: name, short: short, meaning: meaning, value: ValueDeclaration(placeholder, format), isRepeatable: isRepeatable)
  }
}

/// A positional argument, told from options by its place.
public protocol CommandArgument: Sendable {
  var declaration: ArgumentDeclaration { get }
}

public struct ArgumentDeclaration: Sendable {
  let value: ValueDeclaration
  let meaning: String
  let count: ArgumentCount
  var name: String { value.placeholder }
}

public enum ArgumentCount: Sendable, Equatable {
  case one, oneOrNone, any
}

public struct Argument<Value: Sendable>: CommandArgument {
  public let declaration: ArgumentDeclaration

  public init(_ name: String, _ format: ArgumentFormat<Value>, count: ArgumentCount = .one, _ meaning: String) {
    declaration = ArgumentDeclaration(value: ValueDeclaration(name, format), meaning: meaning, count: count)
  }
}
