import TestSupport
import Testing

@testable import TextIndex

/// The automaton beside a table of distances.
@Suite struct TypoTests {
  private static func index(_ words: [String], kind: TermKind = .surface) -> TermIndex {
    var builder = TermIndexBuilder()
    for (provider, word) in words.enumerated() {
      var tokens = TokenBuffer()
      tokens.addToken(word, kind: kind, position: 0, source: 0..<0)
      builder.add(provider: UInt32(provider), field: .name, tokens: tokens)
      builder.add(provider: UInt32(provider), filter: .tag, word)
    }
    return builder.finish(providerCount: words.count)
  }

  private static func typos(_ index: TermIndex, _ word: String, _ edits: Int, kind: TermKind = .surface) -> [String: Int] {
    var scratch = TypoScratch()
    TermIndex.key(kind, word).withUnsafeBufferPointer { index.typos(of: $0, edits: edits, into: &scratch) }
    #expect(zip(scratch.matches, scratch.matches.dropFirst()).allSatisfy { $0.term < $1.term })
    return Dictionary(
      uniqueKeysWithValues: scratch.matches.map {
        (String(decoding: index.key(of: $0.term).dropFirst(), as: UTF8.self), Int($0.distance))
      })
  }

  @Test func findsWhatIsWithinTheDistanceAndNothingElse() {
    var random = SeededRandom()
    for size in [1, 10, 200, 3_000] {
      var words = WordSource(random: random)
      let vocabulary = Array(Set(words.vocabulary(size))).sorted()
      let kind: TermKind = size == 200 ? .phonetic : .surface
      let index = Self.index(vocabulary, kind: kind)
      for _ in 0..<60 {
        let word = Bool.random(using: &words.random) ? words.word() : vocabulary.randomElement(using: &words.random) ?? "a"
        for edits in 0...2 {
          var expected: [String: Int] = [:]
          for candidate in vocabulary {
            let distance = NaiveTerms.distance(word, candidate)
            if distance <= edits { expected[candidate] = distance }
          }
          #expect(Self.typos(index, word, edits, kind: kind) == expected, "'\(word)' with \(edits) edits")
        }
      }
      random = words.random
    }
  }

  /// The distance of a term is that of its nearest beginning; crowded beginnings come as one row.
  @Test func findsWhatBeginsWithinTheDistance() {
    var random = SeededRandom()
    for size in [1, 10, 200, 3_000] {
      var words = WordSource(random: random)
      let vocabulary = Array(Set(words.vocabulary(size))).sorted()
      let index = Self.index(vocabulary)
      var scratch = TypoScratch()
      for _ in 0..<20 {
        var word = Bool.random(using: &words.random) ? words.word() : vocabulary.randomElement(using: &words.random) ?? "a"
        word = String(word.unicodeScalars.prefix(.random(in: 1...9, using: &words.random)))
        let distances = vocabulary.map { NaiveTerms.distances(word, $0).min() ?? 0 }
        for edits in 0...2 {
          TermIndex.key(.surface, word).withUnsafeBufferPointer {
            index.typos(of: $0, edits: edits, asPrefix: true, into: &scratch)
          }
          // Every provider here has one word.
          var found = [Int](repeating: 3, count: vocabulary.count)
          for match in scratch.matches {
            for provider in index.impacts(of: match.terms).keys {
              found[Int(provider)] = min(found[Int(provider)], Int(match.distance))
            }
          }
          #expect(found == distances.map { $0 <= edits ? $0 : 3 }, "'\(word)' with \(edits) edits")
          #expect(scratch.frequency == distances.count { $0 <= edits })
        }
      }
      random = words.random
    }
  }

  @Test func countsEachKindOfEditAsOne() {
    let index = Self.index([
      "barber", "abrber", "arber", "barbe", "barbers", "xbarber", "berber", "bxarbre", "حلاق", "حلاقة", "حالق",
    ])
    #expect(
      Self.typos(index, "barber", 1)
        == ["barber": 0, "abrber": 1, "arber": 1, "barbe": 1, "barbers": 1, "xbarber": 1, "berber": 1])
    #expect(Self.typos(index, "barber", 2)["bxarbre"] == 2)
    #expect(Self.typos(index, "حلاق", 1) == ["حلاق": 0, "حلاقة": 1, "حالق": 1])
  }

  @Test func longestWordsFitTheAutomaton() {
    let longest = String(repeating: "ab", count: 31) + "c"
    let index = Self.index([longest, String(longest.dropLast()), String(longest.dropFirst(2)), longest + "cut off"])
    #expect(index.termCount == 6)
    #expect(Self.typos(index, longest, 2) == [longest: 0, String(longest.dropLast()): 1, String(longest.dropFirst(2)): 2])
    #expect(Self.typos(index, "x" + longest, 2)[longest] != nil)
  }

  @Test func anyBytesAreAKey() {
    var random = SeededRandom()
    var words = WordSource(random: random)
    let index = Self.index(words.vocabulary(2_000))
    var scratch = TypoScratch()
    for _ in 0..<1_000 {
      let key = (0..<Int.random(in: 0...80, using: &random)).map { place in
        place == 0 && Bool.random(using: &random) ? 1 : UInt8.random(in: 0...255, using: &random)
      }
      key.withUnsafeBufferPointer { key in
        index.typos(of: key, edits: 2, into: &scratch)
        #expect(index.term(key) == nil || key.count >= 2)
        _ = index.prefix(key)
      }
    }
    let kilobytes = [UInt8](repeating: 1, count: 10_000)
    #expect(Self.typos(index, "", 2).isEmpty && index.term(kilobytes) == nil && index.prefix(kilobytes).terms.isEmpty)
  }
}
