import TestSupport
import Testing

@testable import TextIndex

/// Merging beside building anew.
@Suite struct MergingTests {
  private static func columns(_ index: TermIndex) -> TermIndexFileTests.Parts { TermIndexFileTests.Parts(index) }

  /// Providers of one sample, split over segments with numbers of their own, some removed on the way.
  @Test(arguments: [1, 2, 5])
  func givesToTheByteWhatBuildingAnewGives(segments: Int) {
    var random = SeededRandom(stream: "givesToTheByteWhatBuildingAnewGives\(segments)")
    for providers in [0, 1, 700, 6_000] {
      var words = WordSource(random: random)
      let vocabulary = words.vocabulary(800)
      random = words.random
      // Final numbers, some left out; then each provider's segment and its number there.
      var numbers = (0..<UInt32(providers)).shuffled(using: &random)
      for index in numbers.indices where Int.random(in: 0..<10, using: &random) == 0 { numbers[index] = .max }
      var whole = TermIndexBuilder()
      var builders = (0..<segments).map { _ in TermIndexBuilder() }
      var moves: [[UInt32]] = Array(repeating: [], count: segments)
      for provider in 0..<providers {
        let segment = Int.random(in: 0..<segments, using: &random)
        let number = UInt32(moves[segment].count)
        moves[segment].append(numbers[provider])
        for field in [TextField.name, .service, .service] {
          var tokens = TokenBuffer()
          for _ in 0..<Int.random(in: 0...5, using: &random) {
            tokens.addToken(
              vocabulary[Int.random(in: 0..<Int.random(in: 1...800, using: &random), using: &random)], position: 0, source: 0..<0)
          }
          whole.add(provider: UInt32(provider), field: field, tokens: tokens)
          builders[segment].add(provider: number, field: field, tokens: tokens)
        }
        whole.add(provider: UInt32(provider), filter: .category, "c\(provider % 3)")
        builders[segment].add(provider: number, filter: .category, "c\(provider % 3)")
      }
      let parts = builders.indices.map { segment in
        TermIndex.MergePart(
          index: builders[segment].finish(providerCount: moves[segment].count), numbers: moves[segment])
      }
      let merged = TermIndex.merging(parts, providerCount: providers)
      merged._checkInvariants()
      let anew = whole.finish(providerCount: providers, numbers: numbers)
      #expect(Self.columns(merged) == Self.columns(anew))
    }
  }

  @Test func nothingMergesToNothing() {
    #expect(TermIndex.merging([], providerCount: 5).termCount == 0)
    let empty = TermIndex.MergePart(index: TermIndex(), numbers: [])
    #expect(TermIndex.merging([empty, empty], providerCount: 0).termCount == 0)
  }
}
