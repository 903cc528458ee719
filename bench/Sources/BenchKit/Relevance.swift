import Foundation

/// How good an answer is, by labels; `data/golden/README.md` defines the measures.
public struct Relevance: Encodable, Sendable, Equatable {
  public static let page = 10

  public let recall: Double
  public let precision: Double
  public let reciprocalRank: Double
  public let ndcg: Double

  private enum CodingKeys: String, CodingKey {
    case recall = "recall_at_10"
    case precision = "precision_at_10"
    case reciprocalRank = "mrr"
    case ndcg = "ndcg_at_10"
  }

  public init(recall: Double, precision: Double, reciprocalRank: Double, ndcg: Double) {
    self.recall = recall
    self.precision = precision
    self.reciprocalRank = reciprocalRank
    self.ndcg = ndcg
  }

  /// - Parameters:
  ///   - hits: numbers of providers, best first.
  ///   - grades: of those that are not 0.
  public init(hits: [Int], grades: [Int: Int]) {
    let relevant = grades.count { $0.value >= 2 }
    let isRelevant = { (number: Int) in grades[number, default: 0] >= 2 }
    let found = hits.prefix(Relevance.page).count(where: isRelevant)
    recall = relevant == 0 ? 0 : Double(found) / Double(min(Relevance.page, relevant))
    precision = Double(found) / Double(Relevance.page)
    reciprocalRank = hits.firstIndex(where: isRelevant).map { 1 / Double($0 + 1) } ?? 0
    let best = Relevance.gain(of: grades.values.sorted(by: >))
    ndcg = best == 0 ? 0 : Relevance.gain(of: hits.map { grades[$0, default: 0] }) / best
  }

  /// Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques" (2002), with exponential gain.
  private static func gain(of grades: [Int]) -> Double {
    grades.prefix(page).enumerated().reduce(0) { $0 + (exp2(Double($1.element)) - 1) / log2(Double($1.offset + 2)) }
  }

  /// Of each measure.
  public static func mean(_ all: [Relevance]) -> Relevance {
    let count = Double(max(1, all.count))
    func mean(_ measure: (Relevance) -> Double) -> Double { all.reduce(0) { $0 + measure($1) } / count }
    return Relevance(
      recall: mean(\.recall), precision: mean(\.precision), reciprocalRank: mean(\.reciprocalRank), ndcg: mean(\.ndcg))
  }
}
