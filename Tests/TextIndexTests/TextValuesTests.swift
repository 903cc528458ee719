import TestSupport
import Testing

@testable import TextIndex

/// The analyser, the buffer, and the numbers of the score.
@Suite struct TextValuesTests {
  private static func split(_ text: String) -> [String] {
    var tokens = TokenBuffer()
    CaseFoldingSplitter().analyze(text, into: &tokens)
    return tokens.alternatives.indices.map { String(decoding: tokens.key(of: $0).dropFirst(), as: UTF8.self) }
  }

  @Test(
    arguments: [
      ("", []), ("  ,.!", []), ("Layla's Salon", ["layla", "s", "salon"]), ("حلاق ليلى، عمّان", ["حلاق", "ليلى", "عمّان"]),
      ("Ünïcode ΣΑΣ straße", ["ünïcode", "σασ", "straße"]), ("a1-b2", ["a1", "b2"]), ("٢٤ ساعة", ["٢٤", "ساعة"]), ("🙂x🙂", ["x"]),
    ] as [(String, [String])])
  func splitsAndFoldsEveryScript(text: String, expected: [String]) {
    #expect(Self.split(text) == expected)
  }

  @Test func tokensSayWhereTheyStand() {
    var tokens = TokenBuffer()
    let text = "Nail & حلاقة"
    CaseFoldingSplitter().analyze(text, into: &tokens)
    let sources = tokens.tokens.map { token in
      String(decoding: Array(text.utf8)[Int(token.sourceStart)..<Int(token.sourceEnd)], as: UTF8.self)
    }
    #expect(sources == ["Nail", "حلاقة"] && tokens.tokens.map(\.position) == [0, 1])
    CaseFoldingSplitter().analyze("more", into: &tokens)
    #expect(tokens.tokens.map(\.position) == [0, 1, 2])
    tokens.removeAll()
    #expect(tokens.isEmpty && tokens.alternatives.isEmpty)
  }

  @Test func aTokenHasItsAlternatives() {
    var tokens = TokenBuffer()
    tokens.addToken("salons", position: 0, source: 0..<6)
    tokens.addAlternative(.stem, weight: 0.5, "salon")
    tokens.addToken("x", position: 1, source: 7..<8)
    #expect(tokens.alternatives(of: 0) == 0..<2 && tokens.alternatives(of: 1) == 2..<3)
    #expect(tokens.alternatives[1].kind == .stem && tokens.alternatives[1].weight == 0.5)
    #expect(tokens.key(of: 1) == [2] + Array("salon".utf8))
    tokens.withKey(of: 2) { #expect(Array($0) == [1, 0x78]) }
  }

  @Test func longWordsAreCutAtACharactersEdge() {
    let arabic = String(repeating: "ح", count: 100)
    #expect(Self.split(arabic) == [String(repeating: "ح", count: 31)])
    // 62 bytes, then two that do not fit, then one that would: it is not taken out of order.
    #expect(Self.split(String(repeating: "ح", count: 31) + "هb") == [String(repeating: "ح", count: 31)])
    #expect(Self.split(String(repeating: "a", count: 10_000)) == [String(repeating: "a", count: 63)])
  }

  @Test func rarerTermsCountMore() {
    #expect(TermRarity.inverseDocumentFrequency(0, of: 0) > 0)
    for providers in [1, 2, 10, 1_000_000, TextLimits.providers] {
      var last = Float.infinity
      for frequency in [0, 1, 2, 3, providers / 2, providers - 1, providers].filter({ $0 <= providers }).sorted() {
        let rarity = TermRarity.inverseDocumentFrequency(frequency, of: providers)
        #expect(rarity > 0 && rarity <= last)
        last = rarity
      }
      #expect(last == TermRarity.inverseDocumentFrequency(providers * 3, of: providers))
    }
    // log2(16 / 1) and log2(2000002 / 2001), by hand and by a table of logarithms
    #expect(TermRarity.inverseDocumentFrequency(0, of: 7) == 4)
    #expect(abs(TermRarity.inverseDocumentFrequency(1_000, of: 1_000_000) - 9.965_064) < 0.000_01)
    #expect(TermRarity.binaryLogarithm(of: 1 << 33, over: 1) == 33 << 24 && TermRarity.binaryLogarithm(of: 5, over: 5) == 0)
  }

  @Test func impactsSaturateAndPreferTheName() {
    let impacts = TextField.allCases.map { field in
      FieldTable.impact(units: FieldTable.units(FieldTable.share(field, length: 2), weight: 1))
    }
    #expect(impacts == impacts.sorted(by: >) || impacts[3] <= impacts[4])
    #expect(FieldTable.impact(units: 1) == 1 && FieldTable.impact(units: .max) == 255)
    // At a weighted frequency of k1 half the impact is reached.
    #expect(FieldTable.impact(units: UInt32(FieldTable.saturation * FieldTable.unit)) == 128)
    var last: UInt8 = 1
    for power in 0..<32 {
      let impact = FieldTable.impact(units: 1 << UInt32(power))
      #expect(impact >= last)
      last = impact
    }
    // A name of its reference length counts with its weight, a longer one less, and length 0 is no trap.
    #expect(FieldTable.share(.name, length: 3) == 3 * 65_536)
    #expect(FieldTable.share(.name, length: 9) < FieldTable.share(.name, length: 3))
    #expect(FieldTable.share(.description, length: 0) > 0)
  }
}
