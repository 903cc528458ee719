import TestSupport
import Testing
import TextIndex

@testable import TextAnalysis

@Suite struct QueryTests {
  @Test func stopWordsAreLeftOutOfQueriesAlone() {
    #expect(Analysis.words("best barber in Amman near me", Analysis.queries) == ["barber", "amman"])
    #expect(Analysis.words("حلاق قريب مني في عبدون", Analysis.queries) == ["حلاق", "عبدون"])
    #expect(Analysis.words("barber in Amman") == ["barber", "in", "amman"])
  }

  @Test func onlyStopWordsAreSearchedFor() {
    #expect(Analysis.words("the best", Analysis.queries) == ["the", "best"])
    #expect(Analysis.words("قريب مني", Analysis.queries) == ["قريب", "مني"])
    #expect(Analysis.tier("the best", "The Best") == .surface)
  }

  /// منى is a woman, and folded "from me"; علي is a man, and folded "on".
  @Test(arguments: [
    ("دكتورة منى", ["دكتوره", "مني"]), ("صالون علي", ["صالون", "علي"]), ("منى للمكياج", ["مني", "للمكياج"]),
    ("حلاق قريب مني", ["حلاق"]), ("صيدلية قريبة مني عبدون", ["صيدليه", "عبدون"]), ("علي ومنى", ["علي", "ومني"]),
  ])
  func aNameIsNoStopWordByItself(_ query: String, _ words: [String]) { #expect(Analysis.words(query, Analysis.queries) == words) }

  @Test func theWordBeingTypedIsKept() {
    #expect(Analysis.words("salon in", Analysis.typing) == ["salon", "in"])
    #expect(Analysis.words("salon in ", Analysis.typing) == ["salon"])
    #expect(Analysis.words("salon in", Analysis.queries) == ["salon"])
  }

  @Test func aPhraseCountsForEachWordOfAQueryAndOnceInADocument() {
    let asked = Analysis.tokens("كوافير رجالي", Analysis.queries)
    for word in 0..<asked.count {
      #expect(asked.alternatives(of: word).contains { Analysis.text(of: $0, in: asked) == "barber" })
    }
    let held = Analysis.tokens("كوافير رجالي")
    #expect(held.alternatives(of: 0).contains { Analysis.text(of: $0, in: held) == "barber" })
    #expect(!held.alternatives(of: 1).contains { Analysis.text(of: $0, in: held) == "barber" })
  }

  @Test func longQueriesAreCutAndSaySo() throws {
    let words = (0..<40).map { "word\($0)" }.joined(separator: " ")
    let tokens = Analysis.tokens(words, Analysis.queries)
    #expect(tokens.count == TextLimits.queryWords)
    let cut = try #require(tokens.cutOffset)
    #expect(words.utf8.dropFirst(cut).starts(with: "word16".utf8))
    let page = String(repeating: "ا", count: 100_000)
    let one = Analysis.tokens(page, Analysis.queries)
    #expect(one.count == 1 && one.cutOffset == TextLimits.queryBytes)
    #expect(Analysis.tokens("short", Analysis.queries).cutOffset == nil)
    #expect(Analysis.tokens(page).cutOffset == nil)
    var reused = tokens
    reused.removeAll()
    #expect(reused.cutOffset == nil)
  }

  @Test func aCutNeverSplitsACharacter() {
    for length in 0..<8 {
      let text = String(repeating: " ", count: TextLimits.queryBytes - length) + "😀سسس"
      #expect(Analysis.tokens(text, Analysis.queries).cutOffset.map { $0 <= TextLimits.queryBytes } ?? (length >= 10))
    }
  }

  @Test func strongFormsComeFirst() {
    let tokens = Analysis.tokens("الصالونات")
    let kinds = tokens.alternatives.map(\.kind.rawValue)
    #expect(kinds == kinds.sorted())
    let surfaces = tokens.alternatives.filter { $0.kind == .surface }.map(\.weight)
    #expect(surfaces.count == 2 && surfaces[0] > surfaces[1])
  }
}

@Suite struct HighlighterTests {
  private static func marked(_ query: String, _ text: String, prefix: Bool = false) -> [String] {
    let highlighter = Highlighter(analyzer: Analysis.documents.with(.highlighting))
    let bytes = Array(text.utf8)
    let ranges = highlighter.ranges(
      in: text, foundBy: Analysis.tokens(query, prefix ? Analysis.typing : Analysis.queries), lastWordIsPrefix: prefix)
    return ranges.map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  @Test(arguments: [
    ("salon", "Sara's Salon", ["Salon"]), ("سارة", "صالون سارَة", ["سارَة"]), ("صويفية", "شارع الصويفية", ["الصويفية"]),
    ("nail", "Nails & Spa", ["Nails"]), ("حلاق", "كوافير رجالي فاخر", ["كوافير", "رجالي"]), ("Waleed", "حلاق وليد", ["وليد"]),
    ("cafe", "Le Cafe\u{301}!", ["Cafe\u{301}"]), ("barber", "مساج", []), ("", "Salon", []), ("salon", "", []),
    ("salon spa", "Spa and Salon", ["Spa", "Salon"]),
  ])
  func marksWhatWasFound(_ query: String, _ text: String, _ expected: [String]) { #expect(Self.marked(query, text) == expected) }

  @Test func marksWhatIsBeingTyped() {
    #expect(Self.marked("sal", "Salon Salma", prefix: true) == ["Salon", "Salma"])
    #expect(Self.marked("صو", "الصويفية", prefix: true) == ["الصويفية"])
  }

  @Test func rangesAreWholeCharactersApart() {
    var random = SeededRandom()
    let highlighter = Highlighter(analyzer: Analysis.documents.with(.highlighting))
    for _ in 0..<1_000 {
      let text = RandomText.unicode(&random)
      let query = RandomText.unicode(&random) + " " + text.prefix(4)
      var edges: Set = [0]
      var offset = 0
      for character in text {
        offset += character.utf8.count
        edges.insert(offset)
      }
      var last = 0
      for range in highlighter.ranges(in: text, foundBy: Analysis.tokens(query, Analysis.queries), lastWordIsPrefix: true) {
        #expect(edges.contains(range.lowerBound) && edges.contains(range.upperBound))
        #expect(range.lowerBound >= last && !range.isEmpty)
        last = range.upperBound
      }
    }
  }
}

@Suite struct DictionaryTests {
  @Test func theRepositorysOwnAreRich() {
    #expect(Analysis.dictionaries.synonyms.count >= 150)
    #expect(Analysis.dictionaries.names.count >= 500)
    #expect(Analysis.dictionaries.places.count >= 80)
    #expect(Analysis.dictionaries.arabizi.keys.sorted() == ["egyptian", "gulf", "levantine"])
  }

  @Test(arguments: [
    (
      AnalysisDictionaries.File.synonyms, "barber حلاق", "synonyms.txt, line 1: must be \"id: member, member\"; there is no colon"
    ),
    (
      .synonyms, "# note\n\nBarber: حلاق",
      "synonyms.txt, line 3: the id \"Barber\" must be 1 to 40 letters a to z, digits and hyphens"
    ),
    (.synonyms, "a: b,,c", "synonyms.txt, line 1: there is nothing between two commas, or behind the colon"),
    (.synonyms, "a:", "synonyms.txt, line 1: there is nothing between two commas, or behind the colon"),
    (.synonyms, "a: b, b", "synonyms.txt, line 1: \"b\" is there twice"),
    (.synonyms, "a < b: c", "synonyms.txt, line 1: \"b\" behind < must be the id of another meaning"),
    (.synonyms, "a: c\nb < a, b: d", "synonyms.txt, line 2: \"b\" behind < must be the id of another meaning"),
    (.synonyms, "a < : c", "synonyms.txt, line 1: \"\" behind < must be the id of another meaning"),
    (
      .names, "وليد < علي: Waleed",
      "names.txt, line 1: \"وليد < علي\" must be the name in Arabic letters, without marks, at most 28 of them"
    ),
    (.synonyms, "a: b\nc: d\na: e", "synonyms.txt, line 3: \"a\" is in line 1 already: put both lines into one"),
    (
      .synonyms, "a: one two three four five six seven",
      "synonyms.txt, line 1: \"one two three four five six seven\" has 7 words: must be at most 6"
    ),
    (.synonyms, "a: b !", "synonyms.txt, line 1: \"b !\" has a word without a letter"),
    (
      .names, "Waleed: وليد",
      "names.txt, line 1: \"Waleed\" must be the name in Arabic letters, without marks, at most 28 of them"
    ),
    (.arabizi, "12 ق gulf", "arabizi.txt, line 1: must be \"digit letter dialect…\""),
    (.arabizi, "2 q gulf", "arabizi.txt, line 1: \"q\" must be one Arabic letter"),
    (.arabizi, "2 ق gulf\n2 ء gulf\n2 ك gulf", "arabizi.txt, line 3: 2 has two letters in gulf already"),
    (.stopWords, "in, at", "stop-words.txt, line 1: \"in,\" is not a word: words are separated by spaces and consist of letters"),
  ])
  func badLinesAreNamed(_ file: AnalysisDictionaries.File, _ text: String, _ message: String) {
    var dictionaries = AnalysisDictionaries()
    #expect { try dictionaries.add(file, Array(text.utf8)) } throws: { "\($0)" == message }
    #expect(dictionaries.synonyms.isEmpty && dictionaries.names.isEmpty)
  }

  @Test func bytesThatAreNoTextAreRefused() {
    var dictionaries = AnalysisDictionaries()
    #expect { try dictionaries.add(.synonyms, [0x61, 0x3A, 0x62, 0x0A, 0xFF]) } throws: {
      "\($0)" == "synonyms.txt, line 2: is not UTF-8"
    }
  }

  @Test func randomBytesNeverTrap() {
    var random = SeededRandom()
    for _ in 0..<2_000 {
      var dictionaries = AnalysisDictionaries()
      let text = RandomText.bytes(&random) + ": " + RandomText.unicode(&random) + "," + RandomText.unicode(&random)
      for file in AnalysisDictionaries.File.allCases {
        do {
          try dictionaries.add(file, Array(text.utf8))
        } catch {
          #expect(!error.reason.isEmpty && error.line > 0)
        }
      }
      #expect(Analysis.tokens("a b", BilingualAnalyzer(dictionaries)).count == 2)
    }
  }
}
