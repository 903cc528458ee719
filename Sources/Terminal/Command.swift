/// A command: what it is called, what it takes, what it does; or a group of commands. The same tree makes the parser, the help
/// pages and the completion scripts, so that they cannot disagree.
public struct Command: Sendable {
  public typealias Action = @Sendable (Invocation, Console) async throws -> ExitCode

  public struct Example: Sendable {
    let line: String
    let meaning: String
    public init(_ line: String, _ meaning: String) {
      self.line = line
      self.meaning = meaning
    }
  }

  public let name: String
  /// One line, no full stop.
  let summary: String
  /// Paragraphs, each on one line of the text.
  let discussion: String
  /// Hold for the command and everything below it.
  let options: [any CommandOption]
  let arguments: [any CommandArgument]
  let examples: [Example]
  /// Beside 0 and 64, which every command can answer.
  let exitCodes: [ExitCode]
  let subcommands: [Command]
  let action: Action?

  /// A command that does something.
  public init(
    _ name: String, summary: String, discussion: String = "", options: [any CommandOption] = [],
    arguments: [any CommandArgument] = [], examples: [Example] = [], exitCodes: [ExitCode] = [], action: @escaping Action
  ) {
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.options = options
    self.arguments = arguments
    self.examples = examples
    self.exitCodes = exitCodes
    subcommands = []
    self.action = action
  }

  /// A group of commands.
  public init(
    _ name: String, summary: String, discussion: String = "", options: [any CommandOption] = [], examples: [Example] = [],
    subcommands: [Command]
  ) {
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.options = options
    arguments = []
    self.examples = examples
    exitCodes = []
    self.subcommands = subcommands
    action = nil
  }
}

/// A command with the way to it and everything it inherits.
struct CommandPath: Sendable {
  private(set) var commands: [Command]

  init(root: Command) { commands = [root] }

  var root: Command { commands[0] }
  var command: Command { commands[commands.count - 1] }
  var isRoot: Bool { commands.count == 1 }
  /// `qareeb config`.
  var text: String { commands.map(\.name).joined(separator: " ") }
  var ownOptions: [OptionDeclaration] { command.options.map(\.declaration) }
  var inheritedOptions: [OptionDeclaration] { commands.dropLast().flatMap { $0.options.map(\.declaration) } }
  /// Every option understood here, those of the parser included.
  var options: [OptionDeclaration] { ownOptions + inheritedOptions + builtInOptions }

  var builtInOptions: [OptionDeclaration] {
    let help = Flag("help", short: "h", "Print this help.").declaration
    return isRoot ? [help, Flag("version", "Print the version.").declaration] : [help]
  }

  /// What may follow on the command line; the root also understands `help`.
  var subcommandNames: [String] {
    command.subcommands.map(\.name) + (isRoot && !command.subcommands.isEmpty ? [Self.helpName] : [])
  }
  static let helpName = "help"
  static let helpSummary = "explain a command"

  /// Steps down, or nil when there is no such command.
  func appending(_ name: String) -> CommandPath? {
    guard let next = command.subcommands.first(where: { $0.name == name }) else { return nil }
    var path = self
    path.commands.append(next)
    return path
  }

  /// This path and all below it, depth first in the order of declaration.
  var all: [CommandPath] {
    [self] + command.subcommands.flatMap { appending($0.name)?.all ?? [] }
  }
}
