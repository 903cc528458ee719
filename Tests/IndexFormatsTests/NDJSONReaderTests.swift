import IndexFormats
import JSON
import TestSupport
import Testing

@Suite struct NDJSONReaderTests {
  /// The lines of a text that comes in pieces of the given sizes: number and document, or number and problem.
  static func read(_ bytes: [UInt8], pieces: [Int] = []) -> [String] {
    var reader = NDJSONReader()
    var (found, start) = ([String](), 0)
    for size in pieces + [.max] {
      let end = min(start + min(size, bytes.count), bytes.count)
      bytes[start..<end].withUnsafeBytes { reader.read($0) { found.append(text($0, $1)) } }
      start = end
    }
    reader.finish { found.append(text($0, $1)) }
    return found
  }

  private static func text(_ number: Int, _ line: Result<JSONValue, FormatProblem>) -> String {
    switch line {
    case .success(let value): "\(number) \(value.numberText ?? value.string ?? value.kind.rawValue)"
    case .failure(let problem): "\(number) ! \(problem)"
    }
  }

  @Test(arguments: [
    ("", []), ("\n\n \t\r\n", []), ("1", ["1 1"]), ("1\n", ["1 1"]), ("1\n2", ["1 1", "2 2"]),
    ("\r\n1\r\n\n2\r\n", ["2 1", "4 2"]),
    ("\u{FEFF}1\n2", ["1 1", "2 2"]), ("{}\n[\n3", ["1 object", "2 ! not JSON at column 2: unexpected end of data", "3 3"]),
  ])
  func linesAreCounted(_ text: String, _ lines: [String]) {
    #expect(Self.read(Array(text.utf8)) == lines)
  }

  @Test func howTheBytesComeMakesNoDifference() {
    var random = SeededRandom()
    let alphabet: [[UInt8]] =
      ["1", "\n", "\r\n", " ", "\"ab\"", "[", "\"\\ud800\"", "{\"a\":1}", "é"].map { Array($0.utf8) } + [[0xFF]]
    for _ in 0..<300 {
      let bytes = (0..<Int.random(in: 0...40, using: &random)).flatMap { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }
      let pieces = (0..<20).map { _ in Int.random(in: 0...9, using: &random) }
      #expect(Self.read(bytes, pieces: pieces) == Self.read(bytes), "\(bytes) in \(pieces)")
    }
  }

  /// The lines of a text that is cut into batches; those are read last one first.
  private static func readBatches(_ bytes: [UInt8], pieces: [Int]) -> [String] {
    var batcher = LineBatcher()
    var (batches, start) = ([LineBatch](), 0)
    for size in pieces + [.max] {
      let end = min(start + min(size, bytes.count), bytes.count)
      if let batch = bytes[start..<end].withUnsafeBytes({ batcher.take($0) }) { batches.append(batch) }
      start = end
    }
    if let batch = batcher.finish() { batches.append(batch) }
    var reader = NDJSONReader()
    let found = batches.reversed().map { batch in
      var lines: [String] = []
      reader.read(batch) { lines.append(text($0, $1)) }
      return lines
    }
    return found.reversed().flatMap { $0 }
  }

  @Test func batchesKnowTheirLines() {
    var random = SeededRandom()
    let alphabet = ["\u{FEFF}", "1", "\n", "\n", "\r\n", " ", "\"ab\"", "[", "{\"a\":1}", "é"].map { Array($0.utf8) }
    for _ in 0..<300 {
      let bytes = (0..<Int.random(in: 0...40, using: &random)).flatMap { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }
      let pieces = (0..<20).map { _ in Int.random(in: 0...9, using: &random) }
      #expect(Self.readBatches(bytes, pieces: pieces) == Self.read(bytes), "\(bytes) in \(pieces)")
    }
  }

  @Test func ofALongLineABatchKeepsWhatShowsIt() {
    let long = [UInt8](repeating: UInt8(ascii: "7"), count: 3 * FormatLimits.lineBytes)
    let text = Array("6\n".utf8) + long + Array("\n8\n".utf8) + long
    let problem = "is longer than \(FormatLimits.lineBytes) bytes"
    let expected = ["1 6", "2 ! \(problem)", "3 8", "4 ! \(problem)"]
    #expect(Self.readBatches(text, pieces: Array(repeating: 1 << 20, count: 40)) == expected)
    #expect(Self.readBatches(text, pieces: []) == expected)
    let longest = Array("[".utf8) + [UInt8](repeating: 0x20, count: FormatLimits.lineBytes - 2) + Array("]\n1".utf8)
    #expect(Self.readBatches(longest, pieces: [1 << 20]) == ["1 array", "2 1"])
  }

  @Test func aLineThatNeverEndsIsNotKept() {
    let long = [UInt8](repeating: UInt8(ascii: "7"), count: FormatLimits.lineBytes + 1)
    let text = long + Array("\n8\n".utf8) + long
    let problem = "is longer than \(FormatLimits.lineBytes) bytes"
    let pieces = Array(repeating: 1 << 20, count: 9)
    #expect(Self.read(text, pieces: pieces) == ["1 ! \(problem)", "2 8", "3 ! \(problem)"])
  }

  @Test func whatIsNoTextIsSaid() {
    #expect(Self.read([0xFF, 0xFE]).first?.hasPrefix("1 ! not JSON at column 1: ") == true)
    #expect(Self.read(Array("\"\\ud800\"".utf8)) == ["1 ! not JSON at column 8: no low surrogate in string"])
    #expect(Self.read(Array("\"\\udc00x\"".utf8)).first?.hasPrefix("1 ! not JSON at column ") == true)
    #expect(Self.read(Array("{\"lat\":NaN}".utf8)).first?.hasPrefix("1 ! not JSON at column 8: ") == true)
    #expect(Self.read(Array(repeating: UInt8(ascii: "["), count: 5000)).first?.hasPrefix("1 ! ") == true)
  }
}
