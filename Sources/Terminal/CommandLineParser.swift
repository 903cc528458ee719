// The grammar: options may stand anywhere after the command they belong to; `--` ends them; `-` alone is an argument; short
// flags may be joined (-ab); help wins over every error, because who asks for it is already lost.
import Spelling

enum ParsedCommandLine: Sendable {
  case run(Invocation)
  case help(CommandPath)
  case version
}

/// Reads one command line. Pure: no output, no exit.
struct CommandLineParser {
  private var path: CommandPath
  private var rest: ArraySlice<String>
  private var options: [String: [any Sendable]] = [:]
  private var positionals: [String] = []
  private var isAskedForHelp = false
  private var isAskedForVersion = false

  static func parse(_ arguments: [String], root: Command) throws(UsageError) -> ParsedCommandLine {
    var parser = CommandLineParser(path: CommandPath(root: root), rest: arguments[...])
    do throws(UsageError) {
      return try parser.parse()
    } catch {
      if parser.asksForHelpLater { return .help(parser.path) }
      throw error
    }
  }

  private init(path: CommandPath, rest: ArraySlice<String>) {
    self.path = path
    self.rest = rest
  }

  private var asksForHelpLater: Bool {
    isAskedForHelp || rest.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
  }

  private mutating func parse() throws(UsageError) -> ParsedCommandLine {
    var optionsHaveEnded = false
    while let word = rest.popFirst() {
      if optionsHaveEnded || word == "-" || !word.hasPrefix("-") {
        if let help = try takePositional(word) { return help }
      } else if word == "--" {
        optionsHaveEnded = true
      } else if word.hasPrefix("--") {
        try takeLongOption(word)
      } else {
        try takeShortOptions(word)
      }
    }
    if isAskedForHelp { return .help(path) }
    if isAskedForVersion { return .version }
    guard let action = path.command.action else {
      throw UsageError(
        .missingCommand, path, "\(path.text) needs a command: \(path.command.subcommands.map(\.name).joined(separator: ", "))")
    }
    return .run(Invocation(path: path, action: action, options: options, arguments: try assignedArguments()))
  }
}

/// Commands and arguments.
extension CommandLineParser {
  /// Answers only when the word was `help`.
  private mutating func takePositional(_ word: String) throws(UsageError) -> ParsedCommandLine? {
    guard !path.command.subcommands.isEmpty else {
      positionals.append(word)
      return nil
    }
    if path.isRoot, word == CommandPath.helpName { return .help(try helpTarget()) }
    path = try step(to: word)
    return nil
  }

  private mutating func helpTarget() throws(UsageError) -> CommandPath {
    for word in rest where !word.hasPrefix("-") { path = try step(to: word) }
    return path
  }

  private func step(to word: String) throws(UsageError) -> CommandPath {
    if let next = path.appending(word) { return next }
    throw UsageError(
      .unknownCommand, path, "\(shown(word)) is not a command of \(path.text)",
      suggestion: nearestName(to: word, among: path.subcommandNames))
  }

  private func assignedArguments() throws(UsageError) -> [String: [any Sendable]] {
    var values: [String: [any Sendable]] = [:]
    var left = positionals[...]
    for argument in path.command.arguments.map(\.declaration) {
      if argument.count == .one, left.isEmpty {
        throw UsageError(.missingArgument, path, "\(path.text) needs \(argument.name)\(explanation(argument.value))")
      }
      let taken = argument.count == .any ? left : left.prefix(1)
      left = left.dropFirst(taken.count)
      for word in taken { values[argument.name, default: []].append(try read(word, argument.value, for: argument.name)) }
    }
    if let extra = left.first {
      throw UsageError(.unexpectedArgument, path, "\(path.text) does not know what to do with \(shown(extra))")
    }
    return values
  }
}

/// Options.
extension CommandLineParser {
  private mutating func takeLongOption(_ word: String) throws(UsageError) {
    let body = word.dropFirst(2)
    let equals = body.firstIndex(of: "=")
    let name = String(body[..<(equals ?? body.endIndex)])
    guard let option = path.options.first(where: { $0.name == name }) else {
      throw UsageError(
        .unknownOption, path, "\(shown("--\(name)")) is not an option of \(path.text)",
        suggestion: nearestName(to: name, among: path.options.map(\.name)).map { "--\($0)" })
    }
    try take(option, spelled: "--\(name)", attached: equals.map { String(body[body.index(after: $0)...]) })
  }

  private mutating func takeShortOptions(_ word: String) throws(UsageError) {
    var letters = word.dropFirst()
    while let letter = letters.popFirst() {
      guard let option = path.options.first(where: { $0.short == letter }) else {
        throw UsageError(.unknownOption, path, "\(shown("-\(letter)")) is not an option of \(path.text)")
      }
      guard option.value != nil else {
        try take(option, spelled: "-\(letter)", attached: nil)
        continue
      }
      // The rest of the word is the value: -p80, -p=80.
      if letters.first == "=" { letters.removeFirst() }
      try take(option, spelled: "-\(letter)", attached: letters.isEmpty ? nil : String(letters))
      return
    }
  }

  private mutating func take(_ option: OptionDeclaration, spelled: String, attached: String?) throws(UsageError) {
    guard let value = option.value else {
      if attached != nil { throw UsageError(.unexpectedValue, path, "\(spelled) takes no value") }
      switch option.name {
      case "help": isAskedForHelp = true
      case "version" where path.isRoot: isAskedForVersion = true
      default: options[option.name] = [true]
      }
      return
    }
    // A word that is itself an option here was not meant as the value: the value was forgotten.
    if attached == nil, let next = rest.first, isKnownOption(next) { throw missingValue(spelled, value) }
    guard let text = attached ?? rest.popFirst() else { throw missingValue(spelled, value) }
    options[option.name, default: []].append(try read(text, value, for: spelled))
  }

  private func isKnownOption(_ word: String) -> Bool {
    let name = word.prefix { $0 != "=" }
    return path.options.contains { $0.spellings.contains(String(name)) }
  }

  private func missingValue(_ spelled: String, _ value: ValueDeclaration) -> UsageError {
    UsageError(.missingValue, path, "\(spelled) needs a value, \(value.placeholder)\(explanation(value))")
  }

  private func read(_ text: String, _ value: ValueDeclaration, for name: String) throws(UsageError) -> any Sendable {
    do throws(InvalidArgument) {
      return try value.read(text)
    } catch {
      let suggestion: String? =
        if case .words(let known) = value.completion { nearestName(to: text, among: known) } else { nil }
      throw UsageError(
        .invalidValue, path, "\(name): \(shown(text)) \(error.reason)\(value.completion.isWords ? "" : explanation(value))",
        suggestion: suggestion)
    }
  }

  private func explanation(_ value: ValueDeclaration) -> String { value.allowed.map { " (\($0))" } ?? "" }
}

extension Completion {
  /// The words are part of the reason already.
  fileprivate var isWords: Bool { if case .words = self { true } else { false } }
}

private func shown(_ text: String) -> String { "\"\(withoutControls(text))\"" }
