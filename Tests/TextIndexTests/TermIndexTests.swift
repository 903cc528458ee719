import TestSupport
import Testing

@testable import TextIndex

/// The index beside its definition, on random bilingual texts.
@Suite struct TermIndexTests {
  struct Sample {
    var naive = NaiveTerms()
    var builders: [TermIndexBuilder]
    let providerCount: Int
    /// Final numbers by the numbers that providers were added under.
    let numbers: [UInt32]
    let vocabulary: [String]

    /// Providers in random order, with gaps, in several parts, over several builders, some left out at the end.
    init(_ random: inout SeededRandom, providers: Int, vocabulary size: Int, builders: Int = 1) {
      var words = WordSource(random: random)
      vocabulary = words.vocabulary(size)
      random = words.random
      self.builders = (0..<builders).map { _ in TermIndexBuilder() }
      providerCount = providers
      var numbers = (0..<UInt32(providers)).shuffled(using: &random)
      for index in numbers.indices where Int.random(in: 0..<20, using: &random) == 0 { numbers[index] = .max }
      self.numbers = numbers
      for part in 0..<2 {
        for provider in 0..<providers where part == 0 || Int.random(in: 0..<10, using: &random) == 0 {
          add(UInt32(provider), &random)
        }
      }
    }

    private mutating func add(_ provider: UInt32, _ random: inout SeededRandom) {
      let builder = Int.random(in: 0..<builders.count, using: &random)
      let number = numbers[Int(provider)]
      for field in TextField.allCases where Bool.random(using: &random) {
        let tokens = Self.tokens(vocabulary, &random)
        builders[builder].add(provider: provider, field: field, tokens: tokens)
        if number != .max { naive.add(provider: number, field: field, tokens: tokens) }
      }
      let category = "category\(Int.random(in: 0..<5, using: &random))"
      builders[builder].add(provider: provider, filter: .category, category)
      if number != .max { naive.add(provider: number, filter: .category, category) }
    }

    private static func tokens(_ vocabulary: [String], _ random: inout SeededRandom) -> TokenBuffer {
      var tokens = TokenBuffer()
      for position in 0..<Int.random(in: 0...6, using: &random) {
        // Cubed, so that some words are in every chunk and most are rare.
        let place = Double.random(in: 0..<1, using: &random)
        let word = vocabulary[Int(place * place * place * Double(vocabulary.count))]
        tokens.addToken(word, position: position, source: 0..<0)
        if Bool.random(using: &random) { tokens.addAlternative(.stem, weight: 0.6, word.prefix(3)) }
        if Bool.random(using: &random) { tokens.addAlternative(.phonetic, weight: 0.25, String(word.filter { $0 != "a" })) }
      }
      return tokens
    }

    func index() -> TermIndex { TermIndexBuilder.finish(builders, providerCount: providerCount, numbers: numbers) }
  }

  private static func check(_ index: TermIndex, _ naive: NaiveTerms) throws {
    index._checkInvariants()
    let keys = naive.keys
    let own = (0..<UInt32(index.termCount)).map(index.key(of:)).filter { !(17..<32).contains($0[0]) }
    #expect(own == keys)
    for key in keys {
      let term = try #require(index.term(key))
      let expected = naive.impacts(key)
      #expect(index.documentFrequency(term) == expected.count)
      #expect(index.maximumImpact(of: term) == expected.values.max())
      #expect(index.impacts(of: term..<term + 1) == expected)
      let chunks = Set(expected.keys.map { Int($0 >> 12) })
      #expect(index.containers(of: term).map(index.chunk(ofContainer:)) == chunks.sorted())
      for chunk in 0...index.chunkCount { #expect((index.container(of: term, chunk: chunk) >= 0) == chunks.contains(chunk)) }
    }
  }

  @Test(arguments: [1, 2, 3])
  func agreesWithItsDefinition(builders: Int) throws {
    var random = SeededRandom(stream: "agreesWithItsDefinition\(builders)")
    for _ in 0..<3 {
      let providers = [1, 63, 500, 4_096, 4_097, 9_000].randomElement(using: &random) ?? 1
      let sample = Sample(&random, providers: providers, vocabulary: 300, builders: builders)
      try Self.check(sample.index(), sample.naive)
    }
  }

  @Test func looksUpSinglePostings() throws {
    var random = SeededRandom()
    let sample = Sample(&random, providers: 9_000, vocabulary: 60)
    let index = sample.index()
    for key in sample.naive.keys {
      let term = try #require(index.term(key))
      let expected = sample.naive.impacts(key)
      for _ in 0..<50 {
        let provider = UInt32.random(in: 0..<12_000, using: &random)
        #expect(index.impact(term: term, provider: provider) == expected[provider])
      }
      for (provider, impact) in expected.prefix(50) { #expect(index.impact(term: term, provider: provider) == impact) }
    }
    #expect(index.term([TermKind.surface.rawValue]) == nil && index.term([]) == nil)
  }

  @Test func aPrefixFindsWhatItsTermsFindAndIsNeverMoreThanAFewRows() throws {
    var random = SeededRandom()
    let sample = Sample(&random, providers: 6_000, vocabulary: 4_000)
    let index = sample.index()
    index._checkInvariants()
    var crowded = 0
    var prefixes: [[UInt8]] = [[1], [2], [4], [32], [32] + Array("cat".utf8), [200], [], [1, 0xD8], [1, 0x61, 0xD8, 0xFF]]
    for word in sample.vocabulary.shuffled(using: &random).prefix(200) {
      let end = Int.random(in: 1...3, using: &random)
      prefixes.append([1] + Array(String(word.prefix(end)).utf8))
    }
    for prefix in prefixes {
      let match = index.prefix(prefix)
      let terms = index.terms(withPrefix: prefix)
      let keys = (0..<UInt32(index.termCount)).filter { index.key(of: $0).starts(with: prefix) }
      #expect(Array(terms) == keys)
      #expect(match.frequency == terms.reduce(0) { $0 + index.documentFrequency($1) })
      if prefix.first == 1, String(validating: prefix.dropFirst(), as: UTF8.self) != nil {
        #expect(match.terms.count <= TextLimits.crowdedPrefixTerms)
        #expect(index.impacts(of: match.terms) == sample.naive.impacts(withPrefix: prefix))
        if terms.count > TextLimits.crowdedPrefixTerms { crowded += 1 }
      }
    }
    #expect(crowded > 20)
  }

  @Test func masksRestrictWhatIsRaised() throws {
    var random = SeededRandom()
    let sample = Sample(&random, providers: 4_096, vocabulary: 20)
    let index = sample.index()
    for term in 0..<UInt32(index.termCount) {
      let mask = (0..<64).map { _ in random.next() & random.next() }
      var (some, all) = ([Float](repeating: 0.5, count: 4_096), [Float](repeating: 0.5, count: 4_096))
      index.raiseImpacts(term: term, chunk: 0, factor: 1.5, within: mask, into: &some)
      index.raiseImpacts(term: term, chunk: 0, factor: 1.5, into: &all)
      for offset in 0..<4_096 {
        #expect(some[offset] == (mask[offset / 64] >> UInt64(offset % 64) & 1 == 1 ? all[offset] : 0.5))
      }
    }
  }

  /// Rows become bitmaps above 256 postings in a chunk; both at the border, at a chunk's ends, and the last chunk cut short.
  @Test(arguments: [1, 255, 256, 257, 4_095, 4_096, 4_097, 8_192, 8_193 + 255, 8_193 + 256])
  func containersAtTheirBorders(count: Int) throws {
    for start in [0, 1, 4_095, 4_096] {
      var builder = TermIndexBuilder()
      var naive = NaiveTerms()
      var tokens = TokenBuffer()
      tokens.addToken("x", position: 0, source: 0..<1)
      for provider in UInt32(start)..<UInt32(start + count) {
        builder.add(provider: provider, field: .name, tokens: tokens)
        naive.add(provider: provider, field: .name, tokens: tokens)
      }
      let index = builder.finish(providerCount: start + count)
      try Self.check(index, naive)
    }
  }

  @Test func anEmptyIndexFindsNothing() {
    for index in [TermIndex(), TermIndex(providerCount: 10_000), TermIndexBuilder().finish(providerCount: 0)] {
      index._checkInvariants()
      var scratch = TypoScratch()
      [1, 0x61].withUnsafeBufferPointer { index.typos(of: $0, edits: 2, into: &scratch) }
      #expect(index.termCount == 0 && index.postingCount == 0 && scratch.matches.isEmpty)
      #expect(index.term(.surface, "a") == nil && index.prefix([1]).terms.isEmpty && index.prefix([]).terms.isEmpty)
      #expect(index.impacts(of: index.prefix([1]).terms).isEmpty)
    }
  }

  @Test func termsOfProvidersLeftOutAreNotThere() {
    var builder = TermIndexBuilder()
    builder.add(provider: 0, filter: .tag, "kept")
    builder.add(provider: 1, filter: .tag, "gone")
    let index = builder.finish(providerCount: 1, numbers: [0, .max])
    #expect(index.termCount == 1 && index.term(.tag, "kept") == 0 && index.term(.tag, "gone") == nil)
  }
}
