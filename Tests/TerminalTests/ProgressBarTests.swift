import TestSupport
import Testing

@testable import Terminal

@Suite struct ProgressBarTests {
  private func console(columns: Int?, output: MemoryStream = MemoryStream()) -> (console: Console, error: MemoryStream) {
    let error = MemoryStream(terminalColumns: columns)
    return (Console(output: output, error: error, environment: terminalEnvironment.merging(["NO_COLOR": "1"]) { $1 }), error)
  }

  @Test func withoutATerminalThereIsALineEveryFewSeconds() {
    let clock = ManualClock()
    let (console, error) = console(columns: nil)
    let bar = ProgressBar("Loading", unit: .items("rows"), total: 1000, console: console) { clock.nowMilliseconds }
    for _ in 0..<100 {
      clock.advance(by: .milliseconds(110))
      bar.advance(by: 10)
    }
    bar.finish()
    #expect(
      error.text == """
        Loading: 46%, 460/1,000 rows, 91 rows/s, 0:05 elapsed, 0:06 left
        Loading: 92%, 920/1,000 rows, 91 rows/s, 0:10 elapsed, 0:01 left
        Loading: 1,000 rows in 0:11 (91 rows/s)

        """)
  }

  @Test func redrawsAreThrottled() {
    let clock = ManualClock()
    let (console, error) = console(columns: 80)
    let bar = ProgressBar("Loading", unit: .items("rows"), total: 1_000_000, console: console) { clock.nowMilliseconds }
    #expect(error.writes == 1)
    for _ in 0..<10_000 { bar.advance() }
    #expect(error.writes == 1)
    clock.advance(by: .milliseconds(100))
    for _ in 0..<10_000 { bar.advance() }
    #expect(error.writes == 2)
    bar.finish()
    #expect(error.writes == 3)
  }

  @Test func theScreenIsLeftWithOneSummaryLine() {
    let clock = ManualClock()
    let (console, error) = console(columns: 80)
    let bar = ProgressBar("Loading", unit: .bytes, total: nil, console: console) { clock.nowMilliseconds }
    clock.advance(by: .seconds(2))
    bar.advance(by: 3 << 20)
    bar.finish()
    bar.finish()
    bar.advance()
    var screen = Screen(columns: 80)
    screen.receive(error.text)
    #expect(screen.lines == ["Loading: 3.0 MiB in 2.0 s (1.5 MiB/s)"])
  }

  @Test func workThatStopsSaysWhy() {
    let clock = ManualClock()
    let (console, error) = console(columns: 80)
    let bar = ProgressBar("Loading", unit: .items("rows"), total: 10, startingAt: 4, console: console) { clock.nowMilliseconds }
    clock.advance(by: .seconds(1))
    bar.advance(by: 2)
    bar.finish(.stopped("the database went away"))
    var screen = Screen(columns: 80)
    screen.receive(error.text)
    #expect(screen.lines == ["Loading: stopped at 6/10 rows after 1.0 s: the database went away"])
  }

  @Test func aBarThatIsForgottenLeavesTheScreen() {
    let clock = ManualClock()
    let (console, error) = console(columns: 80)
    do {
      let bar = ProgressBar("Loading", unit: .items("rows"), total: 10, console: console) { clock.nowMilliseconds }
      bar.advance()
    }
    var screen = Screen(columns: 80)
    screen.receive(error.text)
    #expect(screen.lines == ["Loading: not finished"])
    #expect(console.claimLiveLine() != nil)
  }

  @Test func whatAnEarlierRunDidIsNotSpeed() {
    let clock = ManualClock()
    let (console, error) = console(columns: nil)
    let bar = ProgressBar("Loading", unit: .items("rows"), total: 1000, startingAt: 900, console: console) {
      clock.nowMilliseconds
    }
    clock.advance(by: .seconds(5))
    bar.advance(by: 50)
    #expect(error.text == "Loading: 95%, 950/1,000 rows, 10 rows/s, 0:05 elapsed, 0:05 left\n")
  }

  @Test func aSecondBarStaysOutOfTheFirstOnesWay() {
    let clock = ManualClock()
    let (console, error) = console(columns: 80)
    let first = ProgressBar("First", unit: .items("rows"), total: 10, console: console) { clock.nowMilliseconds }
    let second = ProgressBar("Second", unit: .items("rows"), total: 10, console: console) { clock.nowMilliseconds }
    clock.advance(by: .seconds(1))
    second.advance(by: 10)
    second.finish()
    first.advance(by: 5)
    first.finish()
    var screen = Screen(columns: 80)
    screen.receive(error.text)
    #expect(screen.lines == ["Second: 10 rows in 1.0 s (10 rows/s)", "First: 5 rows in 1.0 s (5.0 rows/s)"])
  }

  /// Any interleaving of work, messages on both streams and a window that is resized leaves every message whole, in order, and
  /// the bar (or what is left of it after the window shrank) on lines of its own.
  @Test func messagesAndBarNeverMix() {
    var random = SeededRandom()
    for _ in 0..<200 {
      let clock = ManualClock()
      let screenStream = MemoryStream(terminalColumns: 100)
      let console = Console(
        output: screenStream, error: screenStream, environment: terminalEnvironment.merging(["NO_COLOR": "1"]) { $1 })
      let bar = ProgressBar("Loading", unit: .items("rows"), total: 500, console: console) { clock.nowMilliseconds }
      var messages: [String] = []
      for step in 0..<Int.random(in: 1...60, using: &random) {
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
          messages.append("message \(step)")
          console.print("message \(step)", to: .output)
        case 1:
          messages.append("warning \(step)")
          bar.print(above: "warning \(step)")
        case 2: screenStream.resize(columns: Int.random(in: 30...100, using: &random))
        default:
          clock.advance(by: .milliseconds(Int.random(in: 0...200, using: &random)))
          bar.advance(by: Int.random(in: 0...9, using: &random))
        }
      }
      bar.finish()
      var screen = Screen(columns: 100)
      screen.receive(screenStream.text)
      let others = screen.lines.filter { !$0.hasPrefix("Loading") }
      #expect(others == messages)
      #expect(screen.lines.last?.hasPrefix("Loading: ") == true)
    }
  }

  @Test func manyThreadsMayAdvance() async {
    let clock = ManualClock()
    let (console, error) = console(columns: nil)
    let bar = ProgressBar("Loading", unit: .items("rows"), total: 80_000, console: console) { clock.nowMilliseconds }
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<10_000 { bar.advance() } }
      }
    }
    bar.finish()
    #expect(error.text == "Loading: 80,000 rows in 0.0 s\n")
  }

  @Test func tickingEndsWithItsTask() async {
    let clock = ManualClock()
    let (console, error) = console(columns: 80)
    let bar = ProgressBar("Loading", unit: .items("rows"), total: 10, console: console) { clock.nowMilliseconds }
    clock.advance(by: .seconds(1))
    let ticking = Task { await bar.keepTicking() }
    ticking.cancel()
    await ticking.value
    bar.finish()
    #expect(error.writes >= 2)
  }
}
