import Foundation
import Testing

@testable import BenchKit

@Suite struct AnswerCheckTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("answer-check-\(UUID().uuidString)").path

  /// What is found of one line beside the reference: `p1` and `p2` tie.
  private func agrees(hits: [String], scores: [Double], total: Int = 4, id: String = "a0") throws -> Bool {
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: folder) } }
    func line(_ id: String, _ hits: [String], _ scores: [Double], _ total: Int) -> String {
      let ids = hits.map { "\"\($0)\"" }.joined(separator: ",")
      return "{\"id\":\"\(id)\",\"hits\":[\(ids)],\"scores\":\(scores),\"total\":\(total)}\n"
    }
    try ResultFile.write(line("a0", ["p0", "p1", "p2"], [0.9, 0.5, 0.5], 4), to: "\(folder)/one-a.ndjson")
    try ResultFile.write(line(id, hits, scores, total), to: "\(folder)/two-a.ndjson")
    let findings = try AnswerCheck(results: folder).compare("a", ["one", "two"])
    #expect(findings.count == 1)
    return findings.allSatisfy(\.isAgreement)
  }

  @Test func equalAnswersAndTiesAgree() throws {
    #expect(try agrees(hits: ["p0", "p1", "p2"], scores: [0.9, 0.5, 0.5]))
    #expect(try agrees(hits: ["p0", "p2", "p1"], scores: [0.9, 0.500_000_01, 0.5]))
    #expect(try agrees(hits: ["p0", "p1", "p7"], scores: [0.9, 0.5, 0.5]), "another one of the same score at the end")
  }

  @Test func whateverElseDiffersIsFound() throws {
    #expect(try !agrees(hits: ["p0", "p1", "p2"], scores: [0.9, 0.5, 0.4]))
    #expect(try !agrees(hits: ["p7", "p1", "p2"], scores: [0.9, 0.5, 0.5]))
    #expect(try !agrees(hits: ["p1", "p0", "p2"], scores: [0.9, 0.5, 0.5]))
    #expect(try !agrees(hits: ["p0", "p1"], scores: [0.9, 0.5]))
    #expect(try !agrees(hits: ["p0", "p1", "p2"], scores: [0.9, 0.5, 0.5], total: 5))
    #expect(try !agrees(hits: ["p0", "p1", "p2"], scores: [0.9, 0.5, 0.5], id: "a1"))
  }

  @Test func logarithmicBarsGrowByTheSameLengthForTheSameRatio() throws {
    let bars = [1.0, 10, 100].map { BarChart.Bar("b", Spread([$0]), .peer) }
    let svg = BarChart(title: "t", unit: "u", footnote: "f", axis: .logarithmic, bars: bars).svg
    let widths = svg.matches(of: /class="peer".* width="([0-9.]+)"/).compactMap { Double($0.1) }
    try #require(widths.count == 3)
    #expect(abs((widths[1] - widths[0]) - (widths[2] - widths[1])) < 0.3)
    #expect(widths[0] > 0)
  }
}
