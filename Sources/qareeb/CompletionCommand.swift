import Terminal

/// `qareeb completion SHELL`. Rules: prints a script made from the command tree and does nothing else, so that it may run in
/// every shell's start-up file.
enum CompletionCommand {
  private static let shell = Argument<CompletionShell>("SHELL", .choice, "Shell to complete for.")

  static let command = Command(
    "completion",
    summary: "print a completion script for a shell",
    discussion: "Load it from the shell's start-up file; it names every command, option and setting.",
    arguments: [shell],
    examples: CompletionShell.allCases.map { .init($0.installation(program: "qareeb"), "In \($0.rawValue):") },
    action: { invocation, console in
      guard let shell = invocation[shell] else { preconditionFailure("the parser lets no call without SHELL through") }
      console.print(completionScript(for: invocation.root, shell))
      return .ok
    })
}
