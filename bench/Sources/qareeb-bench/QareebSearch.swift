import Foundation
import MarketIndex
import MarketWorkload
import ProviderIndex
import TextAnalysis
import TextIndex

/// How texts become words. The peers lower and split, so that is what is compared with them.
struct SearchAnalysis {
  let documents: any TextAnalyzer
  let queries: any TextAnalyzer

  static let simple = SearchAnalysis(documents: CaseFoldingSplitter(), queries: CaseFoldingSplitter())

  /// With the repository's dictionaries.
  static func bilingual(_ environment: BenchEnvironment) throws -> SearchAnalysis {
    var dictionaries = AnalysisDictionaries()
    for file in AnalysisDictionaries.File.allCases {
      try dictionaries.add(file, [UInt8](Data(contentsOf: environment.dictionaries.appendingPathComponent(file.rawValue))))
    }
    let analyzer = BilingualAnalyzer(dictionaries)
    return SearchAnalysis(documents: analyzer, queries: analyzer.with(.typing))
  }
}

/// Qareeb's own engine among the contestants: the one place where the benchmark meets `ProviderIndex`.
///
/// It is measured twice: as `qareeb`, which counts matches to a thousand and then says "at least", as discovery screens ask it to; and as
/// `qareeb-exact`, which counts every one, as the peers do.
final class QareebSearch: SearchContestant, @unchecked Sendable {
  // Sendable: the writer is used by one thread at a time, which the benchmark promises; all else is immutable.
  let engine: String
  let classes = QueryClass.allCases
  let figures: BuildFigures
  fileprivate let snapshot: IndexSnapshot
  fileprivate let providers: [Int32]
  fileprivate let countsAll: Bool
  private let writer: IndexWriter
  private let locations: [IndexWriter.Location]

  fileprivate let analysis: SearchAnalysis

  static func build(_ market: Market, _ analysis: SearchAnalysis = .simple, threads: Int) throws -> [any SearchContestant] {
    let staffRows = market.staffRows()
    let (segment, seconds) = try MarketBuild.run(market, staffRows, analyzer: analysis.documents, threads: threads)
    let writer = IndexWriter(analyzer: analysis.documents, base: segment, calendar: market.calendar(staffRows))
    let snapshot = try writer.publish(position: 1)
    let figures = BuildFigures(seconds: seconds, bytesPerProvider: Double(segment.byteCount) / Double(max(segment.count, 1)))
    let ids = (0..<market.providerCount).map(Market.providerID)
    let locations = ids.compactMap(writer.locate)
    var providers = [Int32](repeating: 0, count: segment.count)
    for (index, id) in ids.enumerated() { if let number = segment.number(of: id) { providers[number] = Int32(index) } }
    return [("qareeb", false), ("qareeb-exact", true)].map { name, countsAll in
      QareebSearch(name, figures, snapshot, providers, countsAll, writer, locations, analysis)
    }
  }

  private init(
    _ engine: String, _ figures: BuildFigures, _ snapshot: IndexSnapshot, _ providers: [Int32], _ countsAll: Bool,
    _ writer: IndexWriter, _ locations: [IndexWriter.Location], _ analysis: SearchAnalysis
  ) {
    self.analysis = analysis
    self.engine = engine
    self.figures = figures
    self.snapshot = snapshot
    self.providers = providers
    self.countsAll = countsAll
    self.writer = writer
    self.locations = locations
  }

  func makeReader() -> any SearchReader { QareebReader(self) }

  func apply(_ update: AvailabilityUpdate) {
    let applied = writer.apply(.availability(update.availability), at: locations[update.providerIndex])
    precondition(applied, "nothing is published after the index is built")
  }
}

private final class QareebReader: SearchReader {
  private let engine: QareebSearch
  private let searcher = Searcher()
  private let analyzer: any TextAnalyzer
  private var queries: [ProviderQuery] = []
  private var texts: [String?] = []

  init(_ engine: QareebSearch) {
    self.engine = engine
    analyzer = engine.analysis.queries
  }

  func prepare(_ queries: [GeneratedQuery]) throws {
    texts = queries.map(\.text)
    self.queries = try queries.map { generated in
      // Who is free is looked up provider by provider: a screen says "100+" there sooner.
      try generated.providerQuery(total: engine.countsAll ? .exact : .atMost(generated.window == nil ? 1_000 : 100))
    }
  }

  func answer(_ index: Int, into answer: inout SearchAnswer) throws {
    if let text = texts[index] {
      queries[index].words.removeAll()
      analyzer.analyze(text, into: &queries[index].words)
    }
    try searcher.search(engine.snapshot, queries[index])
    for rank in 0..<searcher.count {
      let hit = searcher.figures(ofHit: rank)
      answer.hits.append(SearchAnswer.Hit(providerIndex: Int(engine.providers[hit.number]), score: hit.score))
    }
    answer.total = searcher.total
  }
}
