import TestSupport
import Testing

@testable import Terminal

@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("حلاق", 4), ("حَلَّاق", 4), ("قريب\u{200F}", 4), ("日本", 4), ("한", 2),
    ("\u{1112}\u{1161}\u{11AB}", 2), ("😀", 2), ("👩‍👩‍👧", 2), ("🇯🇴", 2), ("❤️", 2), ("❤", 1), ("ｱ", 1), ("Ａ", 2), ("a\u{200D}b", 2),
    ("\u{AD}", 1),
  ])
  func width(_ text: String, _ expected: Int) {
    #expect(displayWidth(text) == expected)
  }

  @Test func truncationCountsColumns() {
    #expect(truncated("abcdef", toColumns: 6, ellipsis: "…") == "abcdef")
    #expect(truncated("abcdef", toColumns: 4, ellipsis: "…") == "abc…")
    #expect(truncated("日本語", toColumns: 4, ellipsis: "…") == "日…")
    #expect(truncated("abc", toColumns: 1, ellipsis: "…") == "")
  }

  @Test func controlsBecomeVisible() {
    #expect(withoutControls("a\u{1B}[2Jb\nc\u{9B}d") == #"a\u{1B}[2Jb\nc\u{009B}d"#)
    #expect(withoutControls("قريب 日本 😀") == "قريب 日本 😀")
  }
}

@Suite struct WrappingTests {
  @Test func breaksAtSpaces() {
    #expect(wrapped("one two three", toColumns: 7) == ["one two", "three"])
    #expect(wrapped("one\n\ntwo", toColumns: 7) == ["one", "", "two"])
    #expect(wrapped("a longerthanthat b", toColumns: 5) == ["a", "longerthanthat", "b"])
    #expect(wrapped("a longerthanthat b", toColumns: 5, breakingWords: true) == ["a", "longe", "rthan", "that", "b"])
    #expect(wrapped("日本語日本", toColumns: 4, breakingWords: true) == ["日本", "語日", "本"])
  }

  @Test func noWordIsLostAndNoLineIsTooLong() {
    var random = SeededRandom()
    for _ in 0..<500 {
      let words = (0..<Int.random(in: 1...12, using: &random)).map { _ in
        String(repeating: ["a", "ق", "日"].randomElement(using: &random)!, count: Int.random(in: 1...9, using: &random))
      }
      let columns = Int.random(in: 18...30, using: &random)
      let lines = wrapped(words.joined(separator: " "), toColumns: columns)
      #expect(lines.joined(separator: " ") == words.joined(separator: " "))
      #expect(lines.allSatisfy { displayWidth($0) <= columns })
    }
  }
}

@Suite struct TableTests {
  private var table: Table {
    var table = Table([.init("NAME"), .init("ROWS", .right), .init("MEANING", wrapsTo: 10, style: .dim)])
    table.add(["حلاق", "7", "the barbers of the city"])
    table.add(["日本", "12345", ""])
    return table
  }

  @Test func pipedItIsWideAndPlain() {
    #expect(
      table.lines(columns: nil, traits: plainTraits) == [
        "NAME   ROWS  MEANING", "حلاق      7  the barbers of the city", "日本  12345",
      ])
  }

  @Test func onATerminalItWraps() {
    #expect(
      table.lines(columns: 26, traits: plainTraits) == [
        "NAME   ROWS  MEANING", "حلاق      7  the barbers", "             of the city", "日本  12345",
      ])
    #expect(table.minimumColumns == 23)
  }

  @Test func whatMayNotWrapIsNeverCut() {
    let lines = table.lines(columns: 5, traits: plainTraits)
    #expect(lines[0] == "NAME   ROWS  MEANING")
    #expect(lines.map { displayWidth($0) }.max() == table.minimumColumns)
  }

  @Test func stylesDoNotMoveColumns() {
    let coloured = ConsoleTraits(isInteractive: true, hasColours: true, hasUnicode: true)
    var screen = Screen(columns: 200)
    for line in table.lines(columns: nil, traits: coloured).prefix(2) { screen.receive(line + "\n") }
    #expect(screen.lines == Array(table.lines(columns: nil, traits: plainTraits).prefix(2)))
  }

  @Test func cellsCannotDrawOnTheScreen() {
    var table = Table([.init("X")])
    table.add(["a\u{1B}[2J\nb"])
    #expect(table.lines(columns: nil, traits: plainTraits) == ["X", #"a\u{1B}[2J\nb"#])
  }
}
