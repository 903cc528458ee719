import Foundation
import TestSupport
import Testing
import TextIndex

@testable import TextAnalysis

@Suite struct FoldingTests {
  private static func words(_ text: String) -> [String] { Analysis.words(text, Analysis.bare) }

  @Test(arguments: [
    ("", []), ("  \n\t ", []), ("!?…—", []), ("😀👩🏽‍🦱💅", []), ("Salon 21", ["salon", "21"]),
    ("salonالصويفية", ["salon", "الصويفيه"]),
    ("الصويفيةsalon", ["الصويفيه", "salon"]), ("7ala2 عبدون", ["7ala2", "عبدون"]), ("صالون2", ["صالون", "2"]),
    ("2صالون", ["2", "صالون"]),
    ("24h", ["24h"]), ("Al-Madina", ["al", "madina"]), ("a_b", ["a", "b"]), ("R&B", ["r", "b"]),
    ("مساج،سبا؛ليزر؟", ["مساج", "سبا", "ليزر"]),
    ("١٢٫٥", ["12", "5"]), ("Sara's", ["sara"]), ("boss's", ["boss"]), ("ladies'", ["ladies"]), ("rock'n'roll", ["rocknroll"]),
    ("it’s", ["it"]), ("Çırağan", ["ciragan"]), ("İstanbul", ["istanbul"]), ("ŁÓDŹ", ["lodz"]), ("Smørrebrød", ["smorrebrod"]),
    ("Ελλάδα", ["ελλαδα"]), ("Москва", ["москва"]), ("שָׁלוֹם", ["שלומ"].map { _ in "שלום" }), ("東京", ["東", "京"]), ("한국", ["한국"]),
    ("ﷺ", ["صلي", "الله", "عليه", "وسلم"]), ("½", ["1", "2"]), ("™Salon™", ["salon"]), ("salon\u{AD}s", ["salons"]),
    ("𝓢𝓪𝓵𝓸𝓷", ["salon"]), ("Ⓢⓐⓛⓞⓝ", ["salon"]), ("ＡＢＣ１２３", ["abc123"]), ("ــ", []), ("ـمحمدـ", ["محمد"]), ("َُِ", []),
    ("گۆڕان", ["كوڕان"]), ("हिन्दी", ["हिन्दी"]),
  ])
  func folds(_ text: String, _ expected: [String]) { #expect(Self.words(text) == expected) }

  @Test func sourcesAreWhereWordsStood() {
    let text = "«صَالون» Café’s, ７ala2"
    let tokens = Analysis.tokens(text)
    let bytes = Array(text.utf8)
    let parts = tokens.tokens.map { String(decoding: bytes[Int($0.sourceStart)..<Int($0.sourceEnd)], as: UTF8.self) }
    #expect(parts == ["صَالون", "Café’s", "７ala2"])
  }

  @Test func longWordsAreCutAlike() {
    let long = String(repeating: "ا", count: 100)
    #expect(Self.words(long) == [String(repeating: "ا", count: 31)])
    #expect(Self.words(long + "ب") == Self.words(long))
  }

  @Test func positionsGoOnFromTextToText() {
    var tokens = TokenBuffer()
    Analysis.documents.analyze("صالون سارة", into: &tokens)
    Analysis.documents.analyze("Sara Salon", into: &tokens)
    #expect(tokens.tokens.map(\.position) == [0, 1, 2, 3])
  }

  // MARK: Properties

  @Test func canonicallyEqualTextsAreTheSame() {
    var random = SeededRandom()
    for _ in 0..<3_000 {
      // Beyond the third plane Foundation's normaliser errs: it takes the selector U+E01B0 before a mark for the letter U+01B0.
      let text = RandomText.unicode(&random, below: 0x3_0000)
      let words = Self.words(text)
      #expect(Self.words(text.decomposedStringWithCanonicalMapping) == words, "\(text.unicodeScalars.map(\.value))")
      #expect(Self.words(text.precomposedStringWithCanonicalMapping) == words, "\(text.unicodeScalars.map(\.value))")
    }
  }

  /// The iota below folds to a letter: the marks behind it belong before it.
  @Test(arguments: [
    "け\u{320}\u{345}\u{5C4}", "ᾳ\u{5C4}", "α\u{345}\u{301}", "ب\u{345}\u{5C4}", "a\u{345}\u{5C4}", "ᾼ\u{323}\u{345}",
  ])
  func marksAroundAnIotaBelow(_ text: String) {
    let words = Self.words(text)
    #expect(Self.words(text.decomposedStringWithCanonicalMapping) == words)
    #expect(Self.words(text.precomposedStringWithCanonicalMapping) == words)
  }

  @Test func foldingFoldedWordsChangesNothing() {
    var random = SeededRandom()
    for _ in 0..<5_000 {
      let text = RandomText.unicode(&random)
      let words = Self.words(text)
      #expect(Self.words(words.joined(separator: " ")) == words, "\(text.unicodeScalars.map(\.value))")
    }
  }

  /// Characters of every block of Unicode, alone and between letters, is folded once and for all, and the same in NFC and NFD.
  @Test func everyCharacterOfUnicode() {
    var wrong: [UInt32] = []
    for value in UInt32(0)...0xE_0FFF {
      // Of the thousands of ideographs, syllables, and of what Unicode has not given out, a part stands for all.
      let isMany = (0x3400...0x9FFF).contains(value) || (0xA000...0xF8FF).contains(value) || value > 0x1_FFFF
      if isMany, value % 61 != 0 { continue }
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = "ب\(scalar) a\(scalar)b \(scalar)"
      let words = Self.words(text)
      let isStable = Self.words(words.joined(separator: " ")) == words
      let isCanonical = scalar.isASCII || Self.words(text.decomposedStringWithCanonicalMapping) == words
      if !isStable || !isCanonical { wrong.append(value) }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(50).map { String($0, radix: 16) })")
  }

  @Test func nothingTraps() {
    var random = SeededRandom()
    for _ in 0..<5_000 {
      let text = Bool.random(using: &random) ? RandomText.bytes(&random) : RandomText.unicode(&random)
      for analyzer in [Analysis.documents, Analysis.queries, Analysis.typing, Analysis.bare] {
        let tokens = Analysis.tokens(text, analyzer)
        let length = text.utf8.count
        for (index, token) in tokens.tokens.enumerated() {
          #expect(token.sourceStart < token.sourceEnd && Int(token.sourceEnd) <= length)
          #expect(!tokens.alternatives(of: index).isEmpty)
        }
        for index in tokens.alternatives.indices {
          let key = tokens.key(of: index)
          #expect(key.count > 1 && key.count <= TextLimits.keyBytes)
          #expect(String(validating: key.dropFirst(), as: UTF8.self) != nil)
        }
      }
    }
  }

  @Test func manyThreadsGetTheSame() async {
    let text = "صالون سارة للسيدات Sara's Salon 7ala2 Élan 東京 مناكير وبديكير"
    let expected = Analysis.terms(text)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<16 { group.addTask { (0..<200).allSatisfy { _ in Analysis.terms(text) == expected } } }
      for await same in group { #expect(same) }
    }
  }
}

enum RandomText {
  static func bytes(_ random: inout SeededRandom) -> String {
    String(
      decoding: (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }, as: UTF8.self
    )
  }

  /// Letters, marks and oddities of many scripts, mixed so that they touch.
  static func unicode(_ random: inout SeededRandom, below limit: UInt32 = .max) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...24, using: &random) {
      let range = ranges[Int.random(in: 0..<ranges.count, using: &random)]
      let value = UInt32.random(in: range, using: &random)
      if value < limit, let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
    }
    return text
  }

  private static let ranges: [ClosedRange<UInt32>] = [
    0x20...0x7E, 0x61...0x7A, 0x27...0x27, 0x30...0x39, 0xA0...0x24F, 0x2B0...0x2FF, 0x300...0x36F, 0x370...0x3FF, 0x400...0x4FF,
    0x590...0x5FF,
    0x600...0x6FF, 0x621...0x655, 0x640...0x640, 0x750...0x77F, 0x8A0...0x8FF, 0x900...0x97F, 0x980...0x9FF, 0xE00...0xE7F,
    0x1100...0x11FF,
    0x1E00...0x1EFF, 0x1F00...0x1FFF, 0x2000...0x206F, 0x20D0...0x20FF, 0x2100...0x218F, 0x2460...0x24FF, 0x3040...0x30FF,
    0x4E00...0x4FFF,
    0xAC00...0xACFF, 0xFB00...0xFDFF, 0xFE00...0xFEFF, 0xFF00...0xFFEF, 0x1D400...0x1D7FF, 0x1F300...0x1FAFF, 0x1E900...0x1E95F,
    0xE0000...0xE01EF,
    0...0x10_FFFF,
  ]
}
