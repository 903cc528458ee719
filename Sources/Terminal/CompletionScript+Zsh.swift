/// One function a command, each a call of zsh's own `_arguments`.
struct ZshCompletion {
  let root: CommandPath

  var script: String {
    let function = "_\(root.identifier)"
    return """
      #compdef \(root.text)
      # zsh completion for \(root.text). Load it with: source <(\(root.text) completion zsh)
      \(root.all.map(self.function).joined(separator: "\n"))
      if [ "$funcstack[1]" = "\(function)" ]; then
        \(function) "$@"
      else
        compdef \(function) \(root.text)
      fi

      """
  }

  private func function(_ path: CommandPath) -> String {
    let specifications = path.options.flatMap(option) + positionals(path)
    return """
      _\(path.identifier)() {
        local state line
        local -a commands
        _arguments -C -S \\
          \(specifications.joined(separator: " \\\n    "))\(dispatch(path))
      }
      """
  }

  /// `'(-p --port)'{-p,--port=}'[Port to listen on.]:PORT:_files'`
  private func option(_ option: OptionDeclaration) -> [String] {
    let value = option.value.map { ":\($0.placeholder):\(action($0.completion))" } ?? ""
    let exclusion = option.isRepeatable ? "*" : "(\(option.spellings.joined(separator: " ")))"
    return option.spellings.map { spelling in
      let suffix = option.value == nil ? "" : spelling.hasPrefix("--") ? "=" : "+"
      return singleQuoted("\(exclusion)\(spelling)\(suffix)[\(escaped(option.meaning))]\(value)")
    }
  }

  private func positionals(_ path: CommandPath) -> [String] {
    if !path.subcommandNames.isEmpty { return ["'1:command:->command'", "'*::argument:->rest'"] }
    return path.command.arguments.map { argument in
      let declaration = argument.declaration
      let place = declaration.count == .any ? "*:" : declaration.count == .oneOrNone ? "::" : ":"
      return singleQuoted("\(place)\(declaration.name):\(action(declaration.value.completion))")
    }
  }

  private func dispatch(_ path: CommandPath) -> String {
    guard !path.subcommandNames.isEmpty else { return "" }
    let descriptions = path.command.subcommands.map { "\($0.name):\($0.summary)" } + helpDescription(path)
    let calls = path.command.subcommands.map { "      \($0.name)) _\(path.identifier)_\($0.name) ;;" } + helpCall(path)
    return """

        case $state in
          command)
            commands=(\(descriptions.map(singleQuoted).joined(separator: " ")))
            _describe command commands
            ;;
          rest)
            case $line[1] in
      \(calls.joined(separator: "\n"))
            esac
            ;;
        esac
      """
  }

  private func helpDescription(_ path: CommandPath) -> [String] {
    path.isRoot ? ["\(CommandPath.helpName):\(CommandPath.helpSummary)"] : []
  }

  private func helpCall(_ path: CommandPath) -> [String] {
    path.isRoot
      ? ["      \(CommandPath.helpName)) _values command \(root.helpTargets.map(singleQuoted).joined(separator: " ")) ;;"] : []
  }

  private func action(_ completion: Completion) -> String {
    switch completion {
    case .none: ""
    case .files: "_files"
    case .folders: "_files -/"
    case .words(let words): "(\(words.joined(separator: " ")))"
    case .beginnings(let words): "{compadd -S '' \(words.joined(separator: " "))}"
    }
  }

  /// Brackets and colons mean something to `_arguments`.
  private func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      if "[]:\\".contains(character) { result.append("\\") }
      result.append(character)
    }
  }
}
