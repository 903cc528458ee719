/// What was asked for, with every value checked and typed.
public struct Invocation: Sendable {
  /// `qareeb config`.
  public let commandText: String
  /// The whole tree, for commands that describe it.
  public let root: Command
  let action: Command.Action
  private let options: [String: [any Sendable]]
  private let arguments: [String: [any Sendable]]

  init(
    path: CommandPath, action: @escaping Command.Action, options: [String: [any Sendable]], arguments: [String: [any Sendable]]
  ) {
    commandText = path.text
    root = path.root
    self.action = action
    self.options = options
    self.arguments = arguments
  }

  public subscript(_ flag: Flag) -> Bool { options[flag.declaration.name] != nil }

  /// The last value given.
  public subscript<Value>(_ option: Option<Value>) -> Value? { all(option).last }

  public func all<Value>(_ option: Option<Value>) -> [Value] { typed(options[option.declaration.name]) }

  public subscript<Value>(_ argument: Argument<Value>) -> Value? { all(argument).first }

  public func all<Value>(_ argument: Argument<Value>) -> [Value] { typed(arguments[argument.declaration.name]) }

  /// Values were read by the declaration that asks for them; another type under the same name is a programming error.
  private func typed<Value>(_ values: [any Sendable]?) -> [Value] {
    (values ?? []).map { value in
      guard let typed = value as? Value else { preconditionFailure("two declarations of different types share a name") }
      return typed
    }
  }
}
