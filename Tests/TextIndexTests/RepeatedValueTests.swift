import Columns
import Synchronization
import TestSupport
import Testing

@testable import TextIndex

/// Values that come again are not analysed again, and nobody can tell from the index.
@Suite struct RepeatedValueTests {
  /// Splits, and counts how often it was asked.
  private final class CountedSplitter: TextAnalyzer {
    let count = Atomic(0)

    func analyze(_ text: String, into tokens: inout TokenBuffer) {
      count.wrappingAdd(1, ordering: .relaxed)
      CaseFoldingSplitter().analyze(text, into: &tokens)
    }
  }

  private static func bytes(_ index: TermIndex) -> [UInt8] {
    var file = ColumnFileWriter(version: 1, number: 0)
    index.write(into: &file, prefix: "t.")
    return file.bytes()
  }

  /// Beside usual ones: nothing, equal to `String` and not by bytes, as long as is remembered and longer, of too many words.
  private static let values =
    ["", "Cafe\u{301} Rose", "Caf\u{E9} Rose", "صالون الوردة", "rose rose"]
    + [127, 128, 129, 400].map { String(repeating: "x", count: $0) }
    + [32, 33].map { count in (0..<count).map { "w\($0)" }.joined(separator: " ") }
    + (0..<40).map { "Service \($0)" }

  @Test func theIndexIsTheSame() {
    var random = SeededRandom()
    let splitter = CountedSplitter()
    var (plain, remembering) = (TermIndexBuilder(), TermIndexBuilder())
    var added = 0
    for provider in 0..<UInt32(1_500) {
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        let text =
          Int.random(in: 0..<4, using: &random) == 0
          ? "name \(provider)" : Self.values[Int.random(in: 0..<Self.values.count, using: &random)]
        let field: TextField = Bool.random(using: &random) ? .name : .service
        var tokens = TokenBuffer()
        CaseFoldingSplitter().analyze(text, into: &tokens)
        plain.add(provider: provider, field: field, tokens: tokens)
        remembering.add(provider: provider, field: field, text: text, analyzer: splitter)
        added += 1
      }
    }
    let expected = Self.bytes(plain.finish(providerCount: 1_500))
    #expect(Self.bytes(remembering.finish(providerCount: 1_500)) == expected)
    let asked = splitter.count.load(ordering: .relaxed)
    #expect(asked > 1_000 && asked < added * 3 / 4, "\(asked) of \(added)")
  }

  @Test(arguments: [2, 3, 8]) func aCrewMakesTheSame(size: Int) {
    var random = SeededRandom(stream: "aCrewMakesTheSame\(size)")
    let sample = TermIndexTests.Sample(&random, providers: 9_000, vocabulary: 3_000, builders: 3)
    let crew = Crew(size: size) { jobs, job in for number in (0..<jobs).reversed() { job(number) } }
    let calls = Atomic(0)
    let index = TermIndexBuilder.finish(
      sample.builders, providerCount: sample.providerCount, crew: crew, numbers: { sample.numbers },
      meanwhile: { calls.wrappingAdd(1, ordering: .relaxed) })
    #expect(calls.load(ordering: .relaxed) == 1)
    #expect(Self.bytes(index) == Self.bytes(sample.index()))
  }
}
