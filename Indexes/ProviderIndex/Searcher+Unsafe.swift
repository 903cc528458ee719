import AvailabilityIndex
import Columns
import Ranking
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
  public func hit(_ rank: Int) -> SearchHit { SearchHit(rankedHit(rank)) }

  func rankedHit(_ rank: Int) -> RankedHit {
    precondition(rank >= 0 && rank < count, "hit \(rank) of \(count)")
    return work.search.best[rank]
  }

  public var hits: [SearchHit] { (0..<count).map(hit) }
  /// How many providers match, as far as they were counted.
  public var total: Int { work.tally.total }
  /// Whether `total` is all of them.
  public var totalIsExact: Bool { work.tally.isExact }
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

  init(_ hit: RankedHit) {
    id = String(decoding: UnsafeBufferPointer(start: hit.id, count: Int(hit.idCount)), as: UTF8.self)
    key = hit.key
    score = hit.score
    distanceMetres = hit.distanceMetres
    segment = Int(hit.segment)
    number = Int(hit.number)
  }

  public var cursor: ProviderQuery.Cursor { ProviderQuery.Cursor(key: key, id: id) }
}

/// All that a search works with.
struct SearchWork: ~Copyable {
  var search = SegmentSearch()
  var tally = Tally()
  var resolved = ResolvedTerms()

  mutating func run(_ snapshot: IndexSnapshot, _ query: ProviderQuery) {
    let plan = QueryPlan(query)
    search.begin(limit: query.limit)
    tally.begin(query)
    guard resolved.resolve(query, snapshot) else { return }
    for index in snapshot.parts.indices {
      let part = snapshot.parts[index]
      let segment = part.segment
      withExtendedLifetime(part) {
        guard resolved.prepare(query, snapshot, segment: index) else { return }
        let sources = resolved.sources(part)
        search.search(SegmentView(segment, index: index), sources, plan, snapshot.calendar)
        tally.count(SegmentView(segment, index: index), sources, plan, snapshot.calendar, &search.masks)
      }
    }
    search.best.sort()
  }
}
