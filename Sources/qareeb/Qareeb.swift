// qareeb: the one binary. A file a command; this one only picks the words of the command line up and hands the exit code down.
import FoundationEssentials
import Glibc
import Terminal

@main
enum Qareeb {
  static func main() async {
    let console = Console.standard(environment: ProcessInfo.processInfo.environment)
    let runner = CommandRunner(root: commandTree, versionText: VersionCommand.line, console: console)
    exit(await runner.run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  /// Everything the binary can do, in the order of the help page.
  static let commandTree = Command(
    "qareeb",
    summary: "find, rank and book local providers",
    discussion: """
      One binary and PostgreSQL: without DATABASE_URL it keeps a private cluster under data.directory.
      Settings come from the command line, the environment and a file; "qareeb config --explain" lists them.
      """,
    options: SettingOptions.all,
    examples: [
      .init("qareeb serve", "Serve the API and the screens on http://localhost:8080."),
      .init("qareeb config --explain", "Every setting, what it means and where its value comes from."),
      .init("source <(qareeb completion bash)", "Completion for this shell."),
    ],
    subcommands: [
      ServeCommand.command,
      MigrateCommand.command,
      DoctorCommand.command,
      VerifyCommand.command,
      ReindexCommand.command,
      IndexCommand.command,
      FeedCommand.command,
      KeyCommand.command,
      DemoCommand.command,
      AnalyzeCommand.command,
      ConfigCommand.command,
      CompletionCommand.command,
      VersionCommand.command,
    ])
}
