import Glibc
import Testing

@testable import BenchKit

@Suite struct MeasuringTests {
  @Test func mediansOfOddAndEvenCounts() {
    #expect(Spread([3, 1, 2]).median == 2)
    #expect(Spread([4, 1, 2, 3]).median == 2.5)
    #expect(Spread([3, 1, 2]).minimum == 1)
    #expect(Spread([3, 1, 2]).maximum == 3)
  }

  @Test func ratiosAreTakenWithinARound() {
    // The second round was twice as slow for both: the ratio does not see it.
    let ratio = Spread(ratiosOf: [2, 4, 2.2], to: [1, 2, 1])
    #expect(ratio.median == 2)
    #expect(ratio.maximum == 2.2)
  }

  @Test func everyContestantIsMeasuredOnceARoundAndStartsInTurn() {
    var order: [String] = []
    let samples = measureInterleaved(
      ["a", "b", "c"], rounds: 2, warmUp: { order.append("warm \($0)") },
      measure: { contestant, round in
        order.append(contestant)
        return "\(contestant)\(round)"
      })
    #expect(samples == [["a0", "a1"], ["b0", "b1"], ["c0", "c1"]])
    #expect(order == ["warm a", "warm b", "warm c", "a", "b", "c", "b", "c", "a"])
  }

  @Test func processEntriesAreReadBehindANameWithParentheses() {
    let stat = "812 (a) b) (c) S 7 812 812 0 -1 4194560 100 0 0 0 11 22 33 44 20 0 3 0 5521 123456 789 18446744073709551615 1 1"
    let entry = ProcessEntry(stat: stat)
    #expect(entry?.parent == 7)
    #expect(entry?.cpuTicks == 110)
    #expect(entry?.residentPages == 789)
    #expect(ProcessEntry(stat: "812 (cut") == nil)
  }

  @Test func aProcessUsesMemory() throws {
    let use = try ProcessTree.use(of: getpid())
    #expect(use.residentBytes > 1 << 20)
  }

  @Test func numbersAreRounded() {
    #expect(4.125.text(places: 1) == "4.1")
    #expect(0.0049.text(places: 2) == "0.00")
    #expect(0.05.text(places: 2) == "0.05")
    #expect((-1.5).text(places: 2) == "-1.50")
    #expect(134_982.6.text(places: 0) == "134983")
  }

  @Test func argumentsNobodyTookAreRefused() throws {
    var arguments = Arguments(["http", "--rounds", "3", "--tiny", "--wrong"])
    let (word, rounds, isTiny) = (arguments.word(), try arguments.positive("--rounds"), arguments.flag("--tiny"))
    #expect(word == "http")
    #expect(rounds == 3)
    #expect(isTiny)
    #expect(throws: BenchError.self) { try arguments.finish() }
    var bad = Arguments(["--rounds", "0"])
    #expect(throws: BenchError.self) { _ = try bad.positive("--rounds") }
  }

  @Test func chartsEscapeTheirTexts() {
    let svg = BarChart(
      title: "a < b & c", unit: "µs", footnote: "", bars: [.init("x", Spread([1, 2, 3]), .ours, goal: 4)]
    ).svg
    #expect(svg.contains("a &lt; b &amp; c"))
    #expect(!svg.contains("a < b"))
  }

  @Test func lineChartsPlaceTheirPointsByPowersOfTen() {
    let points = [10_000, 100_000, 1_000_000].map { LineChart.Point(x: $0, y: Spread([2, 2, 2])) }
    let svg = LineChart(
      title: "a < b", unit: "µs", footnote: "", panels: [LineChart.Panel("one", points: points, reference: [1, 2, 4])]
    ).svg
    #expect(svg.contains("a &lt; b") && svg.contains("10⁴") && svg.contains("10⁵") && svg.contains("10⁶"))
    let dots = svg.matches(of: /<circle class="dot" cx="([0-9.]+)" cy="([0-9.]+)"/)
    let places = dots.compactMap { Double($0.output.1) }
    #expect(places.count == 3 && abs(places[1] - places[0] - (places[2] - places[1])) < 0.2, "equal steps for equal factors")
    #expect(Set(dots.map(\.output.2)).count == 1, "the same cost is as high everywhere")
    #expect(SVGText.power(10_000) == "10⁴" && SVGText.power(2_000) == "2000" && SVGText.power(1) == "10⁰")
  }

  @Test func answersAreCheckedBeforeTheyAreMeasured() {
    let good = "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    #expect(Answer(good)?.problem(expectedBody: "{}") == nil)
    #expect(Answer(good)?.problem(expectedBody: "[]") != nil)
    #expect(Answer(good.replacing("Length: 2", with: "Length: 3"))?.problem() != nil)
    #expect(Answer(good.replacing("200", with: "404"))?.problem() != nil)
    #expect(Answer(good.replacing("Date: now\r\n", with: ""))?.problem() != nil)
  }
}
