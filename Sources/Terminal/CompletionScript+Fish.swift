/// Conditions on the commands typed so far decide what is offered.
struct FishCompletion {
  let root: CommandPath

  var script: String {
    let function = "__\(root.identifier)_at"
    let lines = root.all.flatMap { self.lines(for: $0, condition: "\(function) \(quoted($0.text))") }
    let help = root.helpTargets.map {
      "complete -c \(root.text) -n \(quoted("\(function) \(quoted("\(root.text) \(CommandPath.helpName)"))")) -a \($0)"
    }
    return """
      # fish completion for \(root.text). Load it with: \(root.text) completion fish | source
      function \(function) --description 'whether the words typed so far lead to the given command'
        set -l path \(quoted(root.text))
        set -l pending
        for word in (commandline -opc)[2..-1]
          if test -n "$pending"
            set pending
            continue
          end
          switch "$path $word"
      \(steps)
          end
        end
        test "$path" = "$argv[1]"
      end
      complete -c \(root.text) -f
      \((lines + help).joined(separator: "\n"))

      """
  }

  private var steps: String {
    root.all.flatMap { path -> [String] in
      let commands = path.subcommandNames.map { name in
        "      case \(quoted("\(path.text) \(name)"))\n        set path \(quoted("\(path.text) \(name)"))"
      }
      let options = path.options.filter { $0.value != nil }.flatMap(\.spellings).map { quoted("\(path.text) \($0)") }
      return commands + (options.isEmpty ? [] : ["      case \(options.joined(separator: " "))\n        set pending 1"])
    }.joined(separator: "\n")
  }

  private func lines(for path: CommandPath, condition: String) -> [String] {
    let start = "complete -c \(root.text) -n \(quoted(condition))"
    var lines = path.command.subcommands.map { "\(start) -a \($0.name) -d \(quoted($0.summary))" }
    if path.isRoot { lines.append("\(start) -a \(CommandPath.helpName) -d \(quoted(CommandPath.helpSummary))") }
    for option in path.options {
      let short = option.short.map { " -s \($0)" } ?? ""
      // -r -F: a value, which may be a file; -x: a value, never a file.
      let value = option.value.map { ($0.completion == .files ? " -r" : " -x") + action($0.completion) } ?? ""
      lines.append("\(start)\(short) -l \(option.name)\(value) -d \(quoted(option.meaning))")
    }
    // fish does not count arguments; what fits any of them is offered.
    for argument in path.command.arguments { lines.append("\(start)\(action(argument.declaration.value.completion))") }
    return lines
  }

  private func action(_ completion: Completion) -> String {
    switch completion {
    case .none: ""
    case .files: " -F"
    case .folders: " -a '(__fish_complete_directories)'"
    case .words(let words), .beginnings(let words): " -a \(quoted(words.joined(separator: " ")))"
    }
  }

  /// fish knows only \\ and \' inside single quotes.
  private func quoted(_ text: String) -> String {
    "'"
      + text.reduce(into: "") { result, character in
        if character == "\\" || character == "'" { result.append("\\") }
        result.append(character)
      } + "'"
  }
}
