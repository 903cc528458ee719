import Glibc

/// Runs one command line from words to exit code: the only place where help, usage errors and failures become text.
public struct CommandRunner: Sendable {
  /// Wider text is hard to read, however wide the window.
  private static let widestPage = 100
  /// Narrower than this the terminal may wrap, which is no worse than two-letter columns.
  private static let narrowestPage = 30

  private let root: Command
  private let versionText: String
  private let console: Console

  public init(root: Command, versionText: String, console: Console) {
    self.root = root
    self.versionText = versionText
    self.console = console
  }

  /// `arguments` without the program's own name.
  public func run(_ arguments: [String]) async -> ExitCode {
    let code = await outcome(arguments)
    guard let failure = console.writeFailure else { return code }
    // A reader that left early (`| head`) knows what it did; any other loss of output is told, if telling is still possible.
    if failure.errorNumber != EPIPE { printError("cannot write: \(failure.reason)") }
    return code == .ok ? .inputOutput : code
  }

  private func outcome(_ arguments: [String]) async -> ExitCode {
    do {
      switch try CommandLineParser.parse(arguments, root: root) {
      case .help(let path): printHelp(path, to: .output)
      case .version: console.print(versionText)
      case .run(let invocation): return try await invocation.action(invocation, console)
      }
      return .ok
    } catch let error as UsageError {
      return report(error)
    } catch let failure as CommandFailure {
      printError(failure.message)
      for detail in failure.details { console.print("  \(detail)", to: .error) }
      return failure.exitCode
    } catch is CancellationError {
      printError("interrupted")
      return .interrupted
    } catch {
      printError("unexpected failure: \(withoutControls(String(describing: error)))")
      return .software
    }
  }

  private func report(_ error: UsageError) -> ExitCode {
    if error.code == .missingCommand, error.commandText == root.name {
      printHelp(CommandPath(root: root), to: .error)
    } else {
      printError(error.message)
      console.print("Try \"\(error.commandText) --help\".", to: .error)
    }
    return .usage
  }

  private func printHelp(_ path: CommandPath, to channel: Console.Channel) {
    let columns = min(Self.widestPage, max(Self.narrowestPage, console.columns(of: channel) ?? 80))
    console.print(HelpPage(path: path, columns: columns, traits: console.traits(of: channel)).text, to: channel)
  }

  private func printError(_ message: String) {
    console.print("\(root.name): \(console.styled("error:", .red, on: .error)) \(message)", to: .error)
  }
}
