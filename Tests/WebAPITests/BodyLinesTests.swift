import TestSupport
import Testing

@testable import WebAPI

/// Bodies of lines, however they are cut.
@Suite struct BodyLinesTests {
  private func read(_ bytes: [UInt8], cuts: [Int] = [], limit: Int = 200) -> [String] {
    var lines = BodyLines<ServiceInput>(maximumLineBytes: limit)
    var told: [String] = []
    func note(_ number: Int, _ reading: LineReading<ServiceInput>) {
      switch reading {
      case .read(let line): told.append("\(number) \(line.name) \(line.price) \(line.minutes)")
      case .refused(let problems, let line):
        let reasons = problems.map { "\($0.field) \($0.code.rawValue)" }
        told.append("\(number) ! \(reasons.joined(separator: ", ")) [\(line.name)]")
      }
    }
    var start = 0
    for end in cuts.sorted() + [bytes.count] {
      lines.read(Array(bytes[start..<end]).span.bytes) { note($0, $1) }
      start = end
    }
    lines.finish { note($0, $1) }
    return told
  }

  private static let text =
    "\u{FEFF}{\"name\":\"قص\",\"price\":8.000}\n\n  \r\n{\"name\":\"b\",\"price\":1}\r\n[]\n{\n{\"name\":\"\",\"price\":1,\"prise\":2}\n"
    + "{\"name\":\"" + String(repeating: "long", count: 60)
    + "\",\"price\":1}\n{\"price\":1,\"price\":2}\n{\"name\":\"c\",\"price\":3,\"minutes\":60}"

  private static let expected = [
    "1 قص 8000 30", "4 b 1000 30", "5 !  malformed []", "6 !  malformed []", "7 ! name too_short, prise unknown []",
    "8 !  too_long []", "9 ! price repeated []", "10 c 3000 60",
  ]

  @Test func everyLineIsReadOrRefused() {
    #expect(read(Array(Self.text.utf8)) == Self.expected)
    #expect(read([]).isEmpty && read(Array("\n\n".utf8)).isEmpty)
    #expect(read([0x7B, 0xC3, 0x28, 0x7D]) == ["1 !  malformed []"])
  }

  @Test func cutsDoNotMatter() {
    var random = SeededRandom()
    let bytes = Array(Self.text.utf8)
    #expect(read(bytes, cuts: Array(0..<bytes.count)) == Self.expected)
    for _ in 0..<200 {
      let cuts = (0..<Int.random(in: 0...8, using: &random)).map { _ in Int.random(in: 0...bytes.count, using: &random) }
      #expect(read(bytes, cuts: cuts) == Self.expected, "\(cuts)")
    }
  }

  /// The limit is the line's, wherever it is cut.
  @Test func theLimitIsExact() {
    let line = "{\"name\":\"a\",\"price\":1}"
    for cut in [0, 5, line.utf8.count] {
      #expect(read(Array((line + "\n").utf8), cuts: [cut], limit: line.utf8.count) == ["1 a 1000 30"])
      #expect(read(Array((line + "\n").utf8), cuts: [cut], limit: line.utf8.count - 1) == ["1 !  too_long []"])
    }
  }
}
