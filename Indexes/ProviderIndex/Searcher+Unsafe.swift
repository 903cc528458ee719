import AvailabilityIndex
import Columns
public import Ranking
import TextIndex

/// Runs searches, one after the other, in memory that it keeps: after the first few, a search allocates nothing.
///
/// One for each thread or loop that searches; not to be shared.
public final class Searcher {
  private var work = SearchWork()
  /// The snapshot of the last search: its hits and facets point into it. Let go by the next search, as a `SnapshotReader` does.
  private var searched: IndexSnapshot?

  public init() {}

  /// Searches a snapshot. The hits stay until the next search.
  public func search(_ snapshot: IndexSnapshot, _ query: ProviderQuery) throws(IndexError) {
    try query.check()
    searched = snapshot
    work.run(snapshot, query)
  }

  public var count: Int { work.search.best.count }

  /// Hit `rank` of the last search, best first.
  public func hit(_ rank: Int) -> SearchHit { SearchHit(rankedHit(rank), level: level) }

  func rankedHit(_ rank: Int) -> RankedHit {
    precondition(rank >= 0 && rank < count, "hit \(rank) of \(count)")
    return work.search.best[rank]
  }

  public var hits: [SearchHit] { (0..<count).map(hit) }
  /// How many providers match, as far as they were counted.
  public var total: Int { min(work.tally.total, work.askedTotal) }
  /// Whether `total` is all of them.
  public var totalIsExact: Bool { work.tally.isExact && work.tally.total < work.askedTotal }
  /// The level that answered: every word is found by this tier or a stronger one. Nil where no words were asked for.
  public var level: MatchTier? { work.level }
  /// How all matches divide, as far as the query asked.
  public var facets: SearchFacets { work.tally.facets.counts }
  public var openedBlocks: Int { work.search.openedBlocks }
  public var scoredProviders: Int { work.search.scoredProviders }
}

/// A provider that was found.
public struct SearchHit: Hashable, Sendable {
  public let id: String
  /// What the hits are ordered by: the score, or what the query sorts by; a cursor carries it.
  public let key: Double
  public let score: Double
  public let distanceMetres: Double
  public let segment: Int
  public let number: Int
  /// The level of the search that found it; a cursor carries it.
  public let level: MatchTier?

  init(_ hit: RankedHit, level: MatchTier?) {
    id = String(decoding: UnsafeBufferPointer(start: hit.id, count: Int(hit.idCount)), as: UTF8.self)
    key = hit.key
    score = hit.score
    distanceMetres = hit.distanceMetres
    segment = Int(hit.segment)
    number = Int(hit.number)
    self.level = level
  }

  public var cursor: ProviderQuery.Cursor { ProviderQuery.Cursor(key: key, id: id, level: level) }
}

/// All that a search works with.
struct SearchWork: ~Copyable {
  var search = SegmentSearch()
  var tally = Tally()
  var resolved = ResolvedTerms()
  /// The level that answered; nil without words.
  private(set) var level: MatchTier?
  /// How far the query wants its matches counted. To choose a level more may be.
  private(set) var askedTotal = 0

  mutating func run(_ snapshot: IndexSnapshot, _ query: ProviderQuery) {
    let plan = QueryPlan(query, snapshot.calendar, hours: snapshot.hours)
    askedTotal =
      switch query.total {
      case .exact: .max
      case .none: query.facets.isEmpty ? 0 : .max
      case .atMost(let number): query.facets.isEmpty ? number : .max
      }
    if query.words.isEmpty {
      level = nil
      begin(query, snapshot, countingTo: 0)
      walk(snapshot, query, plan, level: .exact, [.counting, .ranking])
    } else {
      level = searchByLevels(snapshot, query, plan)
    }
    search.best.sort()
  }

  /// Searches at the strongest level that has enough; where none has, at the strongest of those that have the most. Levels are counted,
  /// which stops at what the query asks for, and only one is ranked. A level that adds no term of any dictionary is passed over, so a
  /// query that is answered at once pays for the look-ups of one level only.
  private mutating func searchByLevels(
    _ snapshot: IndexSnapshot, _ query: ProviderQuery, _ plan: borrowing QueryPlan
  ) -> MatchTier {
    let levels = plan.levels
    let enough = levels.areSeveral ? query.rules.matching.enough : 0
    resolved.words.begin(query)
    var tier = levels.tier(after: nil)
    while let strong = tier, strong <= levels.first {
      _ = resolved.words.add(strong, query, snapshot)
      tier = levels.tier(after: strong)
    }
    var (chosen, counted, most) = (levels.first, levels.first, 0)
    while true {
      begin(query, snapshot, countingTo: enough)
      walk(snapshot, query, plan, level: counted, levels.areSeveral ? [.counting] : [.counting, .ranking])
      if tally.total > most { (chosen, most) = (counted, tally.total) }
      guard levels.areSeveral, most < enough, let next = addNext(after: counted, query, snapshot, levels) else { break }
      counted = next
    }
    guard levels.areSeveral, tally.total > 0 || enough == 0 else { return chosen }
    if counted != chosen, plan.wantsText {
      // The matches are the same; their text scores need not be.
      search.masks.begin(chunks: snapshot.chunkCount)
      counted = chosen
    }
    walk(snapshot, query, plan, level: counted, [.ranking])
    return chosen
  }

  /// The next weaker tier that finds something in a dictionary.
  private mutating func addNext(
    after level: MatchTier, _ query: ProviderQuery, _ snapshot: IndexSnapshot, _ levels: MatchLevels
  ) -> MatchTier? {
    var next = levels.tier(after: level)
    while let tier = next {
      if resolved.words.add(tier, query, snapshot) { return tier }
      next = levels.tier(after: tier)
    }
    return nil
  }

  private mutating func begin(_ query: ProviderQuery, _ snapshot: IndexSnapshot, countingTo atLeast: Int) {
    search.begin(limit: query.limit, chunks: snapshot.chunkCount)
    tally.begin(query, atLeast: atLeast)
  }

  private struct Aims: OptionSet {
    let rawValue: UInt8
    /// How many match, and how they divide.
    static let counting = Aims(rawValue: 1)
    /// Who is best.
    static let ranking = Aims(rawValue: 2)
  }

  /// Goes through the segments at one level.
  private mutating func walk(
    _ snapshot: IndexSnapshot, _ query: ProviderQuery, _ plan: borrowing QueryPlan, level: MatchTier, _ aims: Aims
  ) {
    guard query.words.isEmpty || resolved.words.areFound(query, level: level) else { return }
    var firstChunk = 0
    for index in snapshot.parts.indices {
      let part = snapshot.parts[index]
      let segment = part.segment
      withExtendedLifetime(part) {
        guard resolved.prepare(query, snapshot, segment: index, level: level) else { return }
        let sources = resolved.sources(part, firstChunk: firstChunk)
        let view = SegmentView(segment, index: index)
        let seating = resolved.seating(view, part)
        if aims.contains(.ranking) { search.search(view, seating, sources, plan, snapshot.calendar) }
        if aims.contains(.counting) { tally.count(view, seating, sources, plan, snapshot.calendar, &search.masks) }
      }
      firstChunk += segment.chunkCount
    }
  }
}
