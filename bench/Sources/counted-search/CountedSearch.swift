// The engine's searches with every allocation counted: `counted-search PROVIDERS QUERIES DICTIONARIES` prints a line of JSON for each
// kind: all of them with plain splitting, and those with words once more as the product analyses them.
//
// A search here is all that a server would do: analyse the words, search, read every hit. Each kind is warmed with its own queries first.
import CAllocations
import Foundation
import MarketIndex
import MarketWorkload
import ProviderIndex
import Ranking
import Synchronization
import TextAnalysis
import TextIndex

/// What is asked: queries of one class, changed.
struct SearchKind: Sendable {
  let name: String
  var queryClass = QueryClass.a
  /// Whether availability is updated by another thread meanwhile.
  var isDisturbed = false
  /// Whether words lose their second letter.
  var isMisspelt = false
  /// Whether words make a difference.
  var hasWords: Bool { [.c, .d, .f].contains(queryClass) }
  var change: @Sendable (inout ProviderQuery) -> Void = { _ in }

  /// The classes of the search benchmark, and what they leave out.
  static let all: [SearchKind] =
    QueryClass.allCases.map { SearchKind(name: $0.rawValue, queryClass: $0, isDisturbed: $0 == .f) } + [
      SearchKind(name: "facets", queryClass: .b) { $0.facets = [.category, .tier, .rating, .price] },
      SearchKind(name: "facets of words", queryClass: .c) { $0.facets = [.category, .tier, .rating, .price] },
      SearchKind(name: "cursor") { $0.after = .init(key: 0.6, id: CountedMarket.longID("p00000100")) },
      SearchKind(name: "cursor among equals") { query in
        (query.order, query.after) = (.rating, .init(key: 5, id: CountedMarket.longID("p00000100")))
      },
      SearchKind(name: "suggest", queryClass: .d) { query in
        query = .suggestions(for: query.words, near: query.circle)
      },
      SearchKind(name: "words that count", queryClass: .c) { $0.rules.weights.text = 1 },
      SearchKind(name: "typos", queryClass: .c, isMisspelt: true) { $0.allowsTypos = true },
      SearchKind(name: "all levels", queryClass: .c, isMisspelt: true) { query in
        (query.rules.weights.text, query.rules.matching, query.lastWordIsPrefix) = (1, MatchingRules(), true)
        // Every level is tried, to the last.
        (query.rules.matching.last, query.rules.matching.enough) = (.partial, 10_000)
      },
      SearchKind(name: "every weight, gaussian decay", queryClass: .a) { query in
        for feature in Feature.allCases { query.rules.weights[feature] = 0.1 }
        (query.rules.priceScale, query.rules.ratingStrength) = (50_000, 5)
        query.rules.decay = Decay(shape: .gaussian, scaleMetres: nil)
      },
      SearchKind(name: "tags, tiers, verified") { query in
        (query.tags, query.tiers, query.verifiedOnly) = (Array(Market.tags.prefix(1)), [.gold, .none], true)
      },
      SearchKind(name: "ids") { $0.ids = (0..<200).map { CountedMarket.longID(Market.providerID($0)) } },
      SearchKind(name: "service areas") { $0.servesCentre = true },
      SearchKind(name: "by distance") { $0.order = .distance }, SearchKind(name: "by price") { $0.order = .price },
      SearchKind(name: "by rating") { $0.order = .rating },
      SearchKind(name: "soonest", queryClass: .e) { $0.order = .soonest },
    ]
}

struct CountedLine: Encodable {
  let kind: String
  let queries: Int
  let allocations: UInt64
  let found: Int
}

/// How texts become words.
struct WordAnalysis {
  /// Before the names of its kinds.
  let prefix: String
  let documents: any TextAnalyzer
  let queries: any TextAnalyzer

  static let plain = WordAnalysis(prefix: "", documents: CaseFoldingSplitter(), queries: CaseFoldingSplitter())

  static func bilingual(_ folder: String) throws -> WordAnalysis {
    var dictionaries = AnalysisDictionaries()
    for file in AnalysisDictionaries.File.allCases {
      try dictionaries.add(file, [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file.rawValue)"))))
    }
    let analyzer = BilingualAnalyzer(dictionaries)
    return WordAnalysis(prefix: "bilingual: ", documents: analyzer, queries: analyzer.with(.typing))
  }
}

/// An index of two segments, some of the first one's providers removed, and a calendar.
final class CountedMarket: @unchecked Sendable {
  // Sendable: the writer is used by one thread at a time, all else is immutable.
  let market: Market
  let writer: IndexWriter
  let snapshot: IndexSnapshot
  let locations: [IndexWriter.Location]

  /// As long as a UUID: too long for a `String` that is kept in place.
  static func longID(_ id: String) -> String { id + "-4000-8000-000000000000-000" }

  let analysis: WordAnalysis

  init(providers: Int, _ analysis: WordAnalysis) throws {
    self.analysis = analysis
    market = Market(providerCount: providers)
    var builder = SegmentBuilder(analyzer: analysis.documents)
    var records: [ProviderRecord] = []
    let staffRows = market.staffRows()
    for index in 0..<providers {
      var record = market.record(index, staff: staffRows[index])
      record.id = CountedMarket.longID(record.id)
      records.append(record)
      try builder.add(record)
    }
    writer = IndexWriter(analyzer: analysis.documents, base: try builder.finish(), calendar: market.calendar(staffRows))
    for record in records.suffix(providers / 20) { try writer.upsert(record) }
    snapshot = try writer.publish(position: 1)
    locations = records.compactMap { [writer] in writer.locate($0.id) }
    precondition(snapshot.segments.count == 2 && locations.count == providers)
  }
}

/// Searches as a server does, and counts.
final class CountedReader {
  private let counted: CountedMarket
  private let searcher = Searcher()
  private let analyzer: any TextAnalyzer
  private var words = TokenBuffer()
  private var sum = 0.0

  init(_ counted: CountedMarket) {
    self.counted = counted
    analyzer = counted.analysis.queries
  }

  /// - Parameter isEnough: asked after each time that all queries have been counted.
  func run(_ kind: SearchKind, queries count: Int, until isEnough: () -> Bool) throws -> CountedLine {
    let generated = (0..<count).map { counted.market.query(kind.queryClass, $0) }
    var queries = try generated.map { generated in
      var query = try generated.providerQuery(total: .exact)
      analyzer.analyze(generated.text ?? "", into: &query.words)
      kind.change(&query)
      return query
    }
    let texts = generated.map { kind.isMisspelt ? Self.misspelt($0.text ?? "") : $0.text ?? "" }
    var found = 0
    // Twice: updates meanwhile make the same search open other nodes.
    for _ in 0..<2 { found = try searchAll(&queries, texts) }
    var (searched, allocations): (Int, UInt64) = (0, 0)
    repeat {
      let before = qareeb_thread_allocations()
      found = try searchAll(&queries, texts)
      allocations += qareeb_thread_allocations() - before
      searched += count
    } while !isEnough()
    return CountedLine(kind: counted.analysis.prefix + kind.name, queries: searched, allocations: allocations, found: found)
  }

  private static func misspelt(_ text: String) -> String {
    text.split(separator: " ").map { $0.count > 3 ? "\($0.prefix(1))\($0.dropFirst(2))" : String($0) }.joined(separator: " ")
  }

  @inline(never)
  private func searchAll(_ queries: inout [ProviderQuery], _ texts: [String]) throws -> Int {
    var found = 0
    for index in queries.indices {
      queries[index].words.removeAll()
      analyzer.analyze(texts[index], into: &queries[index].words)
      try searcher.search(counted.snapshot, queries[index])
      for rank in 0..<searcher.count {
        let hit = searcher.figures(ofHit: rank)
        sum += hit.score + hit.distanceMetres + Double(searcher.withID(ofHit: rank) { $0[0] })
      }
      found += searcher.count
    }
    return found
  }
}

/// Applies updates from a thread of its own, as fast as it can, until it is stopped; then tells what that allocated.
final class CountedUpdates: Sendable {
  private let counted: CountedMarket
  private let stopped = Atomic(false)
  private let ended = DispatchSemaphore(value: 0)
  private let applied = Atomic(0)
  private let allocations = Atomic<UInt64>(0)

  /// So many are applied that searches have met them.
  static let enough = 100_000

  init(_ counted: CountedMarket) {
    self.counted = counted
    Thread.detachNewThread { [self] in run() }
  }

  var areEnough: Bool { applied.load(ordering: .relaxed) >= CountedUpdates.enough }

  func stop() -> CountedLine {
    stopped.store(true, ordering: .relaxed)
    ended.wait()
    return CountedLine(
      kind: counted.analysis.prefix + "updates under f", queries: applied.load(ordering: .relaxed),
      allocations: allocations.load(ordering: .relaxed),
      found: applied.load(ordering: .relaxed))
  }

  private func run() {
    let updates = (0..<10_000).map { counted.market.availabilityUpdate($0) }
    var count = 0
    let before = qareeb_thread_allocations()
    while !stopped.load(ordering: .relaxed) {
      let update = updates[count % updates.count]
      let isApplied = counted.writer.apply(.availability(update.availability), at: counted.locations[update.providerIndex])
      precondition(isApplied, "nothing is published meanwhile")
      count += 1
      applied.store(count, ordering: .relaxed)
    }
    allocations.store(qareeb_thread_allocations() - before, ordering: .relaxed)
    ended.signal()
  }
}

@main
struct CountedSearch {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    let numbers = arguments.prefix(2).compactMap { Int($0) }.filter { $0 > 0 }
    guard arguments.count == 3, numbers.count == 2, let folder = arguments.last else {
      print("usage: counted-search PROVIDERS QUERIES DICTIONARIES")
      return
    }
    try checkThatAllocationsAreSeen()
    try count(SearchKind.all, CountedMarket(providers: numbers[0], .plain), queries: numbers[1])
    try count(
      SearchKind.all.filter(\.hasWords), CountedMarket(providers: numbers[0], try .bilingual(folder)), queries: numbers[1])
  }

  private static func count(_ kinds: [SearchKind], _ counted: CountedMarket, queries: Int) throws {
    let reader = CountedReader(counted)
    let encoder = JSONEncoder()
    for kind in kinds {
      let updates = kind.isDisturbed ? CountedUpdates(counted) : nil
      let line = try reader.run(kind, queries: queries) { updates?.areEnough ?? true }
      for line in [line, updates?.stop()].compactMap({ $0 }) {
        print(String(decoding: try encoder.encode(line), as: UTF8.self))
      }
    }
  }

  /// A count that is always 0 proves nothing.
  private static func checkThatAllocationsAreSeen() throws {
    let before = qareeb_thread_allocations()
    let row = [UInt64](repeating: before, count: 1_000)
    guard row.last == before, qareeb_thread_allocations() > before else {
      throw CountError.unseen
    }
  }

  private enum CountError: Error, CustomStringConvertible {
    case unseen
    var description: String { "an array was made and no allocation counted" }
  }
}
