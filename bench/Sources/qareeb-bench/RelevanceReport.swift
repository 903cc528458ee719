import BenchKit
import DemoMarkets
import WebAPI

/// The measures of every engine by class, and whether the goals are met.
struct RelevanceReport: Encodable {
  struct Row: Encodable {
    let queryClass: String
    let engine: String
    let queries: Int
    let measures: Relevance

    private enum CodingKeys: String, CodingKey {
      case queryClass = "class"
      case engine, queries, measures
    }
  }

  struct Goal: Encodable {
    let queryClass: String
    let goal: String
    let isMet: Bool
    let found: String

    private enum CodingKeys: String, CodingKey {
      case queryClass = "class"
      case goal, found
      case isMet = "met"
    }
  }

  struct Settings: Encodable {
    let providers: Int
    let queries: Int
    let profile: String
    /// Of Lucene's configurations the one with the best NDCG over all queries: the one that counts.
    let luceneConfiguration: String?

    private enum CodingKeys: String, CodingKey {
      case providers, queries, profile
      case luceneConfiguration = "lucene_configuration"
    }
  }

  let provenance: Provenance
  let settings: Settings
  let results: [Row]
  let goals: [Goal]
  private let classes: [String]

  private enum CodingKeys: String, CodingKey { case provenance, settings, results, goals }

  /// Of all classes together.
  static let allClasses = "all"
  static let lowestRecall = 0.95
  static let lowestReciprocalRankOfNames = 0.9

  init(
    provenance: Provenance, data: RelevanceData, profile: String, qareeb: RelevanceAnswers, splitting: RelevanceAnswers,
    lucene: [RelevanceAnswers]
  ) {
    self.provenance = provenance
    classes = data.classes + [Self.allClasses]
    let all = [qareeb, splitting] + lucene
    let rows = all.flatMap { Self.rows($0, data) }
    let best = rows.filter { $0.queryClass == Self.allClasses && $0.engine.hasPrefix("lucene") }
      .max { $0.measures.ndcg < $1.measures.ndcg }?.engine
    settings = Settings(
      providers: data.providers.count, queries: data.queries.count, profile: profile, luceneConfiguration: best)
    results = rows
    goals = Self.goals(rows, data.classes, lucene: best)
  }

  private static func rows(_ answers: RelevanceAnswers, _ data: RelevanceData) -> [Row] {
    let measured = zip(data.queries, answers.hits).map { query, hits in
      (query.queryClass, Relevance(hits: hits, grades: query.grades))
    }
    return (data.classes + [allClasses]).map { name in
      let own = measured.filter { name == allClasses || $0.0 == name }.map(\.1)
      return Row(queryClass: name, engine: answers.engine, queries: own.count, measures: Relevance.mean(own))
    }
  }

  private static func goals(_ rows: [Row], _ classes: [String], lucene: String?) -> [Goal] {
    classes.flatMap { name -> [Goal] in
      func measures(_ engine: String) -> Relevance? {
        rows.first { $0.queryClass == name && $0.engine == engine }?.measures
      }
      guard let own = measures("qareeb") else { return [] }
      func goal(_ text: String, _ isMet: Bool, _ found: Double, _ other: Double? = nil) -> Goal {
        let found = found.text(places: 3) + (other.map { " against \($0.text(places: 3))" } ?? "")
        return Goal(queryClass: name, goal: text, isMet: isMet, found: found)
      }
      var goals = [goal("recall@10 at least \(lowestRecall)", own.recall >= lowestRecall, own.recall)]
      if name.hasPrefix("names") {
        let isMet = own.reciprocalRank >= lowestReciprocalRankOfNames
        goals.append(goal("MRR at least \(lowestReciprocalRankOfNames)", isMet, own.reciprocalRank))
      }
      if let lucene, let peer = measures(lucene) {
        goals.append(goal("NDCG@10 above Lucene's", own.ndcg > peer.ndcg, own.ndcg, peer.ndcg))
        goals.append(goal("recall@10 not below Lucene's", own.recall >= peer.recall, own.recall, peer.recall))
        goals.append(goal("precision@10 not below Lucene's", own.precision >= peer.precision, own.precision, peer.precision))
      }
      return goals
    }
  }

  var text: String {
    var table = TextTable(["class", "queries", "engine", "recall@10", "precision@10", "MRR", "NDCG@10"])
    for name in classes {
      for row in results where row.queryClass == name && isShown(row.engine) {
        table.add([
          name, "\(row.queries)", row.engine, row.measures.recall.text(places: 3), row.measures.precision.text(places: 3),
          row.measures.reciprocalRank.text(places: 3), row.measures.ndcg.text(places: 3),
        ])
      }
    }
    let others = results.filter { $0.queryClass == Self.allClasses && !isShown($0.engine) }
      .map { "\($0.engine): NDCG@10 \($0.measures.ndcg.text(places: 3)) over all" }
    let missed = goals.filter { !$0.isMet }.map { "missed: \($0.queryClass): \($0.goal): \($0.found)" }
    return """
      \(provenance.text)
      \(settings.queries) labelled queries over \(settings.providers) providers (data/golden), profile \(settings.profile)

      \(table.text)
      \((others + missed + ["\(goals.count - missed.count) of \(goals.count) goals met"]).joined(separator: "\n"))

      """
  }

  private func isShown(_ engine: String) -> Bool { !engine.hasPrefix("lucene") || engine == settings.luceneConfiguration }
}

/// The queries of which something is missing, for who mends it.
struct RelevanceMisses {
  let data: RelevanceData
  let answers: RelevanceAnswers
  let onlyClass: String?

  private static let shown = 5

  var text: String {
    zip(data.queries, answers.hits).compactMap { query, hits -> String? in
      guard onlyClass == nil || query.queryClass == onlyClass else { return nil }
      let measures = Relevance(hits: hits, grades: query.grades)
      let isWhole = measures.recall == 1 && (measures.reciprocalRank == 1 || !query.queryClass.hasPrefix("names"))
      return isWhole ? nil : text(query, hits, measures)
    }.joined()
  }

  private func text(_ query: RelevanceData.Query, _ hits: [Int], _ measures: Relevance) -> String {
    let page = hits.prefix(Relevance.page)
    let missing = query.grades.filter { $0.value >= 2 && !page.contains($0.key) }.keys.sorted()
    let relevant = query.grades.count { $0.value >= 2 }
    let found = page.prefix(Self.shown).map { "    found  \(query.grades[$0, default: 0]) \(line($0))\n" }.joined()
    let wanted = missing.prefix(Self.shown).map { "    wanted \(query.grades[$0, default: 0]) \(line($0))\n" }.joined()
    return """

      \(query.id)  \(query.text)
        recall \(measures.recall.text(places: 2)), first at \(measures.reciprocalRank.text(places: 2)); \
      \(hits.count) hits, \(relevant) relevant, \(missing.count) not on the page
      \(found)\(wanted)
      """
  }

  private func line(_ number: Int) -> String {
    let provider = data.providers[number]
    let services = provider.services.prefix(3).map { "\($0.name.en)/\($0.name.ar)" }.joined(separator: ", ")
    return "#\(number) \(provider.name.en) / \(provider.name.ar) [\(provider.category), \(provider.area)] \(services)"
  }
}
