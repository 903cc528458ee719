import BenchKit
import Testing

@Suite struct RelevanceTests {
  @Test func theBestOrderIsOneEverywhere() {
    let one = Relevance(hits: [4, 2, 9], grades: [4: 3, 2: 2, 9: 1])
    #expect(one == Relevance(recall: 1, precision: 0.2, reciprocalRank: 1, ndcg: 1))
  }

  @Test func manyRelevantFillAPage() {
    let grades = Dictionary(uniqueKeysWithValues: (0..<300).map { ($0, 3) })
    #expect(Relevance(hits: Array(0..<100), grades: grades) == Relevance(recall: 1, precision: 1, reciprocalRank: 1, ndcg: 1))
    #expect(Relevance(hits: Array(0..<5) + Array(1000..<1005), grades: grades).recall == 0.5)
  }

  @Test func placesCount() {
    // The one that is wanted comes second, behind one of grade 1: (1 + 7/log2(3)) / (7 + 1/log2(3)).
    let late = Relevance(hits: [7, 3], grades: [3: 3, 7: 1])
    #expect(late.recall == 1 && late.reciprocalRank == 0.5)
    #expect(abs(late.ndcg - 5.416508 / 7.630930) < 1e-6)
    // Behind the page it counts for the reciprocal rank alone.
    let eleventh = Relevance(hits: Array(100..<110) + [3], grades: [3: 3])
    #expect(eleventh == Relevance(recall: 0, precision: 0, reciprocalRank: 1.0 / 11, ndcg: 0))
  }

  @Test func nothingFoundIsNothing() {
    #expect(Relevance(hits: [], grades: [3: 3]) == Relevance(recall: 0, precision: 0, reciprocalRank: 0, ndcg: 0))
  }

  @Test func theMeanIsOfEachMeasure() {
    let mean = Relevance.mean([Relevance(hits: [3], grades: [3: 3]), Relevance(hits: [], grades: [3: 3])])
    #expect(mean == Relevance(recall: 0.5, precision: 0.05, reciprocalRank: 0.5, ndcg: 0.5))
  }
}
