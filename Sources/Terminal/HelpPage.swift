/// The help page of one command, made from its declaration.
struct HelpPage {
  let path: CommandPath
  let columns: Int
  let traits: ConsoleTraits

  private static let indent = "  "
  /// Names longer than this, or half of a narrow page, get their meaning on the next line: one long name must not squeeze all.
  private static let widestName = 30

  /// All sections, each but the first with a title, separated by blank lines.
  var text: String {
    let command = path.command
    let sections: [[String]] = [
      wrapped("\(path.text): \(command.summary)", toColumns: columns),
      titled("Usage", usage),
      paragraphs(command.discussion),
      titled("Commands", list(path.command.subcommands.map { ($0.name, $0.summary) } + helpCommand)),
      titled("Arguments", list(command.arguments.map { ($0.declaration.name, meaning(of: $0.declaration)) })),
      titled("Options", list((path.ownOptions + path.builtInOptions).map(row))),
      titled("Options of every command", list(path.inheritedOptions.map(row))),
      titled("Examples", examples),
      titled("Exit codes", exitCodes),
      closing,
    ]
    return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  private func titled(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : [TextStyle.bold.applied(to: title, traits)] + lines
  }

  private var usage: [String] {
    let command = path.command
    let words = command.subcommands.isEmpty ? command.arguments.map { usageWord($0.declaration) } : ["COMMAND …"]
    return wrapped(([path.text, "[OPTION]…"] + words).joined(separator: " "), toColumns: columns - 2).map { Self.indent + $0 }
  }

  private func usageWord(_ argument: ArgumentDeclaration) -> String {
    switch argument.count {
    case .one: argument.name
    case .oneOrNone: "[\(argument.name)]"
    case .any: "[\(argument.name)]…"
    }
  }

  private func paragraphs(_ text: String) -> [String] {
    text.isEmpty ? [] : wrapped(text, toColumns: columns)
  }

  private var helpCommand: [(String, String)] {
    path.subcommandNames.contains(CommandPath.helpName) ? [(CommandPath.helpName, CommandPath.helpSummary)] : []
  }

  private func row(_ option: OptionDeclaration) -> (String, String) {
    // Long names line up whether or not there is a short one.
    let short = option.short.map { "-\($0), " } ?? "    "
    let value = option.value.map { " \($0.placeholder)" } ?? ""
    let notes = [option.value?.allowed, option.isRepeatable ? "may be repeated" : nil].compactMap { $0 }
    let note = notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"
    return ("\(short)--\(option.name)\(value)", withNote(option.meaning, note))
  }

  private func meaning(of argument: ArgumentDeclaration) -> String {
    withNote(argument.meaning, argument.value.allowed.map { " (\($0))" } ?? "")
  }

  /// The note belongs before the full stop.
  private func withNote(_ meaning: String, _ note: String) -> String {
    meaning.hasSuffix(".") ? "\(meaning.dropLast())\(note)." : meaning + note
  }

  /// Two columns: names, and meanings wrapped beside them.
  private func list(_ rows: [(name: String, meaning: String)]) -> [String] {
    let nameColumns = min(Self.widestName, columns / 2 - 4, rows.map { displayWidth($0.name) }.max() ?? 0)
    let margin = String(repeating: " ", count: nameColumns + 4)
    return rows.flatMap { row -> [String] in
      let meaning = wrapped(row.meaning, toColumns: columns - nameColumns - 4)
      let name = Self.indent + TextStyle.cyan.applied(to: row.name, traits)
      guard displayWidth(row.name) <= nameColumns else { return [name] + meaning.map { margin + $0 } }
      let padding = String(repeating: " ", count: nameColumns - displayWidth(row.name) + 2)
      return [name + padding + meaning[0]] + meaning.dropFirst().map { margin + $0 }
    }
  }

  private var examples: [String] {
    path.command.examples.flatMap { example in
      wrapped(example.meaning, toColumns: columns - 2).map { Self.indent + $0 }
        + [Self.indent + Self.indent + TextStyle.cyan.applied(to: example.line, traits)]
    }
  }

  private var exitCodes: [String] {
    guard path.command.action != nil else { return [] }
    let codes = Set(path.command.exitCodes + [.ok, .usage]).sorted { $0.rawValue < $1.rawValue }
    return list(codes.map { (String($0.rawValue), $0.meaning) })
  }

  private var closing: [String] {
    path.command.subcommands.isEmpty ? [] : wrapped("\"\(path.root.name) help COMMAND\" explains a command.", toColumns: columns)
  }
}
