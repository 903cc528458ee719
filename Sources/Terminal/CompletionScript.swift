/// A shell for which a completion script can be made.
public enum CompletionShell: String, Sendable, CaseIterable {
  case bash, zsh, fish

  /// How the script is loaded for good; shown on the help page.
  public func installation(program: String) -> String {
    switch self {
    case .bash: "source <(\(program) completion bash)"
    case .zsh: "source <(\(program) completion zsh)"
    case .fish: "\(program) completion fish | source"
    }
  }
}

/// The script that teaches a shell the commands, options and values of a tree. It calls nothing: everything is in the script.
public func completionScript(for root: Command, _ shell: CompletionShell) -> String {
  let path = CommandPath(root: root)
  return switch shell {
  case .bash: BashCompletion(root: path).script
  case .zsh: ZshCompletion(root: path).script
  case .fish: FishCompletion(root: path).script
  }
}

/// In single quotes, as bash, zsh and sh read it.
func singleQuoted(_ text: String) -> String {
  "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
}

extension CommandPath {
  /// What follows on this level: commands, and for `help` every command of the root.
  var helpTargets: [String] { root.subcommands.map(\.name) }
  /// A name that is safe in a shell function.
  var identifier: String { commands.map { String($0.name.map { $0.isLetter || $0.isNumber ? $0 : "_" }) }.joined(separator: "_") }
}
