import TestSupport
import Testing

@testable import Terminal

@Suite struct QuantityTests {
  @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1000, "-1,000")])
  func groups(_ number: Int, _ expected: String) { #expect(groupedText(number) == expected) }

  @Test(arguments: [
    (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (1_048_575, "1.0 MiB"), (1 << 30, "1.0 GiB"),
    (Int.max, "8.0 EiB"),
  ])
  func bytes(_ number: Int, _ expected: String) { #expect(bytesText(number) == expected) }

  @Test(arguments: [(0, "0:00"), (7, "0:07"), (754, "12:34"), (3723, "1:02:03"), (183_600, "2d 03h")])
  func clock(_ seconds: Int, _ expected: String) { #expect(clockText(seconds: seconds) == expected) }

  @Test(arguments: [(UInt64(0), "0.0 s"), (1234, "1.2 s"), (9999, "10.0 s"), (10_000, "0:10")])
  func elapsed(_ milliseconds: UInt64, _ expected: String) { #expect(elapsedText(milliseconds: milliseconds) == expected) }
}

@Suite struct ProgressEstimateTests {
  @Test func steadyWorkIsMeasuredExactly() throws {
    var estimate = ProgressEstimate(startedAtMilliseconds: 1000, startCount: 50)
    for step in 1...100 { estimate.observe(count: 50 + step * 20, atMilliseconds: 1000 + UInt64(step) * 100) }
    #expect(abs(try #require(estimate.rate) - 200) < 1e-6)
    #expect(abs(try #require(estimate.secondsLeft(count: 2050, total: 4050)) - 10) < 1e-6)
    #expect(estimate.meanRate(count: 2050, atMilliseconds: 11_000) == 200)
  }

  @Test func anOlderSpeedIsForgotten() throws {
    var estimate = ProgressEstimate(startedAtMilliseconds: 0, startCount: 0)
    var count = 0
    for second in 1...60 {
      count += second <= 30 ? 1000 : 10
      estimate.observe(count: count, atMilliseconds: UInt64(second) * 1000)
    }
    #expect(try #require(estimate.rate) < 50)
  }

  @Test func nothingIsPromisedWhenNothingMoves() {
    var estimate = ProgressEstimate(startedAtMilliseconds: 0, startCount: 0)
    #expect(estimate.secondsLeft(count: 0, total: 10) == nil)
    estimate.observe(count: 0, atMilliseconds: 5000)
    #expect(estimate.secondsLeft(count: 0, total: 10) == nil)
    #expect(estimate.secondsLeft(count: 10, total: 10) == 0)
  }

  @Test func aClockThatStandsStillIsHarmless() {
    var estimate = ProgressEstimate(startedAtMilliseconds: 5, startCount: 0)
    estimate.observe(count: 10, atMilliseconds: 5)
    #expect(estimate.rate == nil)
    #expect(estimate.meanRate(count: 10, atMilliseconds: 5) == nil)
  }
}

@Suite struct ProgressLineTests {
  private let unicode = ConsoleTraits(isInteractive: true, hasColours: false, hasUnicode: true)
  private let ascii = ConsoleTraits(isInteractive: true, hasColours: false, hasUnicode: false)

  private func line(_ count: Int, of total: Int?, title: String = "Building") -> ProgressLine {
    ProgressLine(
      title: title, unit: .items("rows"), count: count, total: total, rate: 1234, elapsedMilliseconds: 5000,
      secondsLeft: total == nil ? nil : 7)
  }

  @Test func everythingIsShownWhereThereIsRoom() {
    #expect(
      line(420, of: 1000).live(columns: 90, traits: ascii)
        == "Building  [##########---------------]   42%  420/1,000 rows  1,234 rows/s  0:05  0:07 left")
    #expect(line(500, of: 1000).live(columns: 40, traits: unicode) == "Building  ━━━━━━╸──────   50%  0:07 left")
  }

  @Test func anUnknownTotalHasNoBar() {
    #expect(line(420, of: nil).live(columns: 60, traits: ascii) == "Building  420 rows  1,234 rows/s  0:05")
    #expect(line(420, of: nil).plain == "Building: 420 rows, 1,234 rows/s, 0:05 elapsed")
  }

  @Test func plainTextSaysItAll() {
    #expect(line(420, of: 1000).plain == "Building: 42%, 420/1,000 rows, 1,234 rows/s, 0:05 elapsed, 0:07 left")
  }

  @Test(arguments: [(0, 10, 0), (999, 1000, 99), (1000, 1000, 100), (2000, 1000, 100), (0, 0, 100), (-5, 10, 0)])
  func percents(_ count: Int, _ total: Int, _ expected: Int) {
    #expect(line(count, of: total).percent == expected)
  }

  @Test func itFitsIntoAnyWidth() {
    for title in ["Building", "بناء الفهرس", "索引を作る", ""] {
      for columns in 1...140 {
        for traits in [unicode, ascii] {
          for line in [line(420, of: 1000, title: title), line(123_456_789, of: nil, title: title), line(0, of: 0, title: title)]
          {
            #expect(displayWidth(line.live(columns: columns, traits: traits)) <= columns)
          }
        }
      }
    }
  }
}
