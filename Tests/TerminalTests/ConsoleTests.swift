import Testing

@testable import Terminal

@Suite struct ConsoleTests {
  @Test(arguments: [
    (true, ["TERM": "xterm", "LANG": "en_GB.UTF-8"], ConsoleTraits(isInteractive: true, hasColours: true, hasUnicode: true)),
    (
      true, ["TERM": "xterm", "NO_COLOR": "1", "LANG": "C"],
      ConsoleTraits(isInteractive: true, hasColours: false, hasUnicode: false)
    ),
    (
      true, ["TERM": "xterm", "NO_COLOR": "", "LC_ALL": "C", "LANG": "C.UTF-8"],
      ConsoleTraits(isInteractive: true, hasColours: true, hasUnicode: false)
    ),
    (true, ["TERM": "dumb", "LC_CTYPE": "C.utf8"], ConsoleTraits(isInteractive: false, hasColours: false, hasUnicode: true)),
    (true, [:], ConsoleTraits(isInteractive: false, hasColours: false, hasUnicode: false)),
    (false, ["TERM": "xterm", "LANG": "C.UTF-8"], ConsoleTraits(isInteractive: false, hasColours: false, hasUnicode: true)),
  ])
  func traits(_ isTerminal: Bool, _ environment: [String: String], _ expected: ConsoleTraits) {
    #expect(ConsoleTraits(isTerminal: isTerminal, environment: environment) == expected)
  }

  @Test func linesEndOnce() {
    let output = MemoryStream()
    let console = Console(output: output, error: MemoryStream(), environment: [:])
    console.print("a")
    console.print("b\n")
    #expect(output.text == "a\nb\n")
  }

  @Test func columnsComeFromTheTerminalThenTheVariable() {
    let console = Console(output: MemoryStream(terminalColumns: 90), error: MemoryStream(), environment: ["COLUMNS": "70"])
    #expect(console.columns(of: .output) == 90)
    #expect(console.columns(of: .error) == 70)
    #expect(Console(output: MemoryStream(), error: MemoryStream(), environment: ["COLUMNS": "0"]).columns(of: .output) == nil)
  }

  @Test func theLiveLineHasOneOwner() throws {
    let console = Console(output: MemoryStream(), error: MemoryStream(terminalColumns: 40), environment: terminalEnvironment)
    let owner = try #require(console.claimLiveLine())
    #expect(console.claimLiveLine() == nil)
    console.releaseLiveLine(owner, summary: "done")
    #expect(console.claimLiveLine() != nil)
  }

  @Test func thereIsNoLiveLineWithoutATerminal() {
    #expect(Console(output: MemoryStream(), error: MemoryStream(), environment: terminalEnvironment).claimLiveLine() == nil)
  }
}
