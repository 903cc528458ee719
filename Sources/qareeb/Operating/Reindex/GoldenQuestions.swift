import DemoMarkets
import FoundationEssentials
import Geometry
import IndexFormats
import JSON
import ProviderIndex
import Ranking
import TextAnalysis
import TextIndex
import WebAPI

/// Questions to the demo market whose answers are known (data/golden). They are asked only where that market is loaded.
struct GoldenQuestions: Sendable {
  private struct Question: Sendable {
    let id: String
    let text: String
    /// Where it is asked from.
    let place: GeoPoint
    /// Who answers it best, by number.
    let best: Set<Int>
  }

  /// A new index finds for about 97 of 100 questions a right answer among the first ten. Less than this is no accident.
  private static let least = 0.9
  private static let hits = 10
  /// All of the market.
  private static let radiusMetres = 50_000.0

  private let questions: [Question]
  private let market: DemoMarket?
  /// By words alone, as the labels are.
  private let rules: RankingRules
  private let analyzer: any TextAnalyzer

  /// - Parameter assets: the folder of data; one without the labelled set asks nothing.
  init(_ assets: String, analyzer: any TextAnalyzer) throws {
    self.analyzer = (analyzer as? BilingualAnalyzer)?.with(.query) ?? analyzer
    guard let labels = FileManager.default.contents(atPath: "\(assets)/golden/labels.ndjson") else {
      (questions, market, rules) = ([], nil, RankingProfile.default.rules)
      return
    }
    let market = try DemoMarket(file: "\(assets)/demo/amman.json")
    self.market = market
    rules = try ProfileFolder.read("\(assets)/ranking").profile(named: "text").rules
    questions = try labels.split(separator: UInt8(ascii: "\n")).compactMap { line in
      let root = try JSONDocument(Array(line)).root
      guard let id = root["id"]?.string, let text = root["q"]?.string else { return nil }
      let best = root["grades"]?["3"]?.array.map { $0.compactMap(\.int) } ?? []
      let place = try GeoPoint(
        latitude: root["lat"]?.double ?? market.about.lat, longitude: root["lon"]?.double ?? market.about.lon)
      return best.isEmpty ? nil : Question(id: id, text: text, place: place, best: Set(best))
    }
  }

  /// What is wrong; nothing where the market is not there, or people have changed who is in it.
  func problems(in index: IndexSnapshot) throws -> [String] {
    guard let market, !questions.isEmpty else { return [] }
    let ids = market.providers(count: DemoMarket.standardCount, seed: DemoMarket.standardSeed).map { $0.id.description }
    var numbers: [String: Int] = [:]
    for (number, id) in ids.enumerated() { numbers[id] = number }
    var present = 0
    IndexDocuments(index).forEachID { id in present += numbers[id] == nil ? 0 : 1 }
    guard present == ids.count else { return [] }
    let searcher = Searcher()
    var missed: [String] = []
    for question in questions {
      let circle = try GeoCircle(centre: question.place, radiusMetres: Self.radiusMetres)
      var query = ProviderQuery(circle: circle, rules: rules)
      query.limit = Self.hits
      analyzer.analyze(question.text, into: &query.words)
      try searcher.search(index, query)
      if !searcher.hits.contains(where: { numbers[$0.id].map(question.best.contains) ?? false }) { missed.append(question.id) }
    }
    let share = 1 - Double(missed.count) / Double(questions.count)
    guard share < Self.least else { return [] }
    return [
      "of \(questions.count) questions with known answers \(missed.count) are answered wrongly, such as \(missed.prefix(5).joined(separator: ", "))"
    ]
  }
}
