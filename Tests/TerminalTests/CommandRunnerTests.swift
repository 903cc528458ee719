import Glibc
import Testing

@testable import Terminal

private struct Surprise: Error {}

@Suite struct CommandRunnerTests {
  private func run(
    _ words: [String], output: MemoryStream = MemoryStream(), action: @escaping Command.Action = { _, _ in .ok }
  ) async -> (code: ExitCode, output: String, error: String) {
    let error = MemoryStream()
    let root = Command("tool", summary: "does things", subcommands: [Command("go", summary: "goes", action: action)])
    let console = Console(output: output, error: error, environment: [:])
    let code = await CommandRunner(root: root, versionText: "tool 1.2.3", console: console).run(words)
    return (code, output.text, error.text)
  }

  @Test func helpAndVersionAreOutput() async {
    #expect(await run(["--version"]).output == "tool 1.2.3\n")
    let help = await run(["help", "go"])
    #expect(help.code == .ok)
    #expect(help.output.hasPrefix("tool go: goes\n"))
    #expect(help.error == "")
  }

  @Test func withoutACommandTheHelpIsAnError() async {
    let result = await run([])
    #expect(result.code == .usage)
    #expect(result.output == "")
    #expect(result.error.contains("Commands\n  go"))
  }

  @Test func usageErrorsPointToTheHelp() async {
    let result = await run(["go", "--fats"])
    #expect(result.code == .usage)
    #expect(result.error == "tool: error: \"--fats\" is not an option of tool go\nTry \"tool go --help\".\n")
  }

  @Test func failuresAreToldWithTheirDetailsAndCode() async {
    let result = await run(["go"]) { _, _ in throw CommandFailure(.unavailable, "no database", details: ["tried twice"]) }
    #expect(result.code == .unavailable)
    #expect(result.error == "tool: error: no database\n  tried twice\n")
  }

  @Test func cancellationAndSurprisesHaveTheirCodes() async {
    #expect(await run(["go"]) { _, _ in throw CancellationError() }.code == .interrupted)
    let surprise = await run(["go"]) { _, _ in throw Surprise() }
    #expect(surprise.code == .software)
    #expect(surprise.error == "tool: error: unexpected failure: Surprise()\n")
  }

  @Test func outputThatWasLostIsAFailure() async {
    let full = MemoryStream(failure: ConsoleWriteError(errorNumber: ENOSPC, reason: "No space left on device"))
    let result = await run(["--version"], output: full)
    #expect(result.code == .inputOutput)
    #expect(result.error == "tool: error: cannot write: No space left on device\n")
  }

  @Test func aReaderThatLeftIsNotToldSo() async {
    let closed = MemoryStream(failure: ConsoleWriteError(errorNumber: EPIPE, reason: "Broken pipe"))
    let result = await run(["--version"], output: closed)
    #expect(result.code == .inputOutput)
    #expect(result.error == "")
  }

  @Test func theCommandsOwnCodeIsKeptWhenOutputIsLost() async {
    let full = MemoryStream(failure: ConsoleWriteError(errorNumber: ENOSPC, reason: "No space left on device"))
    let result = await run(["go"], output: full) { _, console in
      console.print("x")
      return .differences
    }
    #expect(result.code == .differences)
  }
}
