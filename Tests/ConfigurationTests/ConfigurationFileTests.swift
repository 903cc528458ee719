import TestSupport
import Testing

@testable import Configuration

private func parse(_ text: String) -> ConfigurationFile { ConfigurationFile(parsing: Array(text.utf8)) }
private func values(_ text: String) -> [String] { parse(text).entries.map(\.value) }
private func reasons(_ text: String) -> [String] { parse(text).badLines.map { "\($0.line): \($0.reason)" } }

@Suite struct ConfigurationFileTests {
  @Test func keysValuesAndComments() {
    let file = parse("# head\n\nhttp.port = 9000 # why\n  log.level=debug\r\n#http.host = x\n")
    #expect(file.badLines == [])
    #expect(
      file.entries == [
        .init(key: "http.port", value: "9000", line: 3), .init(key: "log.level", value: "debug", line: 4),
      ])
  }

  @Test(arguments: [
    ("a = b#c", "b#c"), ("a = b #c", "b"), ("a = # only a comment", ""), ("a =", ""), ("a = x = y", "x = y"),
    (#"a = "b # c""#, "b # c"), (#"a = " b " # note"#, " b "), (#"a = "say \"hi\"\\\n\t""#, "say \"hi\"\\\n\t"), (#"a = """#, ""),
    ("a = حلاق قريب", "حلاق قريب"), ("\u{FEFF}a = b", "b"),
  ])
  func value(_ line: String, _ expected: String) {
    #expect(values(line) == [expected])
    #expect(reasons(line) == [])
  }

  @Test(arguments: [
    ("nonsense", "1: expected key = value"),
    ("= 5", "1: a key is made of letters, digits, dots and underscores"),
    ("http port = 5", "1: a key is made of letters, digits, dots and underscores"),
    ("[http]", "1: there are no sections here; write the whole name, as in http.port = 8080"),
    (#"a = "open"#, "1: the quote is not closed"),
    (#"a = "b" c"#, "1: there is text after the closing quote"),
    (#"a = "\x""#, #"1: only \" \\ \n and \t may follow a backslash in quotes"#),
    ("a = 1\nb = 2\na = 3", "3: a was already set on line 1"),
  ])
  func refused(_ text: String, _ expected: String) {
    #expect(reasons(text) == [expected])
  }

  @Test func allBadLinesAreTold() {
    #expect(reasons("x\ny\na = 1\nz") == ["1: expected key = value", "2: expected key = value", "4: expected key = value"])
  }

  @Test func bytesThatAreNotTextAreRefused() {
    #expect(ConfigurationFile(parsing: [0x61, 0x3D, 0xFF]).badLines.map(\.reason) == ["the file is not UTF-8 text"])
  }

  /// The parser meets whatever an operator's editor saved: it must answer, and never lose a line silently.
  @Test func everyLineIsEitherReadRefusedOrBlank() {
    var random = SeededRandom()
    let alphabet = Array("ab.=#\"\\ \t[]ق")
    for _ in 0..<2000 {
      let lines = (0..<4).map { _ in
        String((0..<Int.random(in: 0...12, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
      }
      let file = parse(lines.joined(separator: "\n"))
      let told = Set(file.entries.map(\.line) + file.badLines.map(\.line))
      for (index, line) in lines.enumerated() {
        let content = line.drop { $0.isWhitespace }
        let isBlank = content.isEmpty || content.first == "#"
        #expect(told.contains(index + 1) != isBlank, "line \(line.debugDescription)")
      }
    }
  }
}
