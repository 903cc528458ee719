import Columns
import Geometry
import Ranking
import SpatialIndex
import TextIndex

/// A query's words, filters and lists as each segment knows them, in memory that is kept.
struct ResolvedTerms: ~Copyable {
  var words = WordTerms()

  // Of the segment in hand.
  private var runs = Room<TermRun>(capacity: 256)
  private var runCount = 0
  private var groupStarts = Room<UInt32>(capacity: 64)
  private var groupCount = 0
  private var wordCount = 0
  private var mayMissAWord = false
  private var lists = Room<UInt32>(capacity: 64)
  private var listStarts = Room<UInt32>(capacity: 8)
  private var listCount = 0
  private var sorter = Frontier()
  private var seats = Room<SIMD2<UInt32>>(capacity: Self.mostSeated)
  private var seatedCount = 0

  /// Up to so many categories are searched in their own order, each seat range looked at for each block; more by their masks.
  private static let mostSeated = 8

  /// Lays out the groups and lists of one segment, its words as the level has them. False when one is empty: nobody there can match.
  mutating func prepare(_ query: ProviderQuery, _ snapshot: IndexSnapshot, segment: Int, level: MatchTier) -> Bool {
    (runCount, groupCount, listCount, seatedCount) = (0, 0, 0, 0)
    mayMissAWord = level == .partial
    let part = snapshot.parts[segment].segment
    groupStarts.grow(to: query.words.count + query.tags.count + 3, keeping: 0)
    groupStarts.base[0] = 0
    if !query.words.isEmpty {
      let providers = snapshot.parts.reduce(0) { $0 + $1.segment.count }
      for word in 0..<query.words.count {
        runCount = words.appendRuns(
          of: word, segment: segment, level: level, query, providers: providers, to: &runs, from: runCount)
        guard endGroup(mayBeEmpty: mayMissAWord) else { return false }
      }
    }
    wordCount = groupCount
    if asksForCategoriesOnly(query) { return takeSeats(query, part) }
    if !query.categories.isEmpty {
      for category in query.categories { addName(.category, category, part.terms) }
      guard endGroup() else { return false }
    }
    for tag in query.tags {
      addName(.tag, tag, part.terms)
      guard endGroup() else { return false }
    }
    return prepareLists(query, part)
  }

  private func asksForCategoriesOnly(_ query: ProviderQuery) -> Bool {
    !query.categories.isEmpty && query.categories.count <= Self.mostSeated && query.words.isEmpty && query.tags.isEmpty
      && query.ids == nil && !query.servesCentre
  }

  /// The seats of the categories that the segment has. False when it has none of them.
  private mutating func takeSeats(_ query: ProviderQuery, _ segment: Segment) -> Bool {
    listStarts.base[0] = 0
    for name in query.categories {
      guard let category = segment.categoryTable.number(of: name, in: segment.categoryNames) else { continue }
      let starts = segment.byCategory.starts
      let range = SIMD2(starts[category], starts[category + 1])
      // One that is named twice counts once.
      guard !(0..<seatedCount).contains(where: { seats.base[$0] == range }) else { continue }
      seats.base[seatedCount] = range
      seatedCount += 1
    }
    return seatedCount > 0
  }

  /// Which tree is walked, and who in it counts.
  func seating(_ view: SegmentView, _ part: IndexSnapshot.Part) -> Seating {
    Seating(
      seatedCount > 0 ? view.categoryTree : view.tree, ranges: seats.base, count: seatedCount,
      removed: seatedCount > 0 ? part.removed?.base : nil)
  }

  private mutating func addName(_ kind: TermKind, _ name: String, _ terms: TermIndex) {
    // Nobody has a longer one, and cut it might be another's.
    guard name.utf8.count <= IndexLimits.nameBytes, let term = terms.term(kind, name) else { return }
    add(TermRun(lower: term, upper: term + 1, factor: 0))
  }

  private mutating func add(_ run: TermRun) {
    runs.grow(to: runCount + 1, keeping: runCount)
    runs.base[runCount] = run
    runCount += 1
  }

  private mutating func endGroup(mayBeEmpty: Bool = false) -> Bool {
    guard mayBeEmpty || runCount > Int(groupStarts.base[groupCount]) else { return false }
    groupCount += 1
    groupStarts.base[groupCount] = UInt32(runCount)
    return true
  }

  private mutating func prepareLists(_ query: ProviderQuery, _ segment: Segment) -> Bool {
    listStarts.base[0] = 0
    if let ids = query.ids {
      for id in ids { if let number = segment.number(of: id) { sorter.push(UInt64(number)) } }
      guard endList() else { return false }
    }
    if query.servesCentre {
      segment.areas.forEachOwner(servingPointAt: query.circle.centre) { sorter.push(UInt64($0)) }
      guard endList() else { return false }
    }
    return true
  }

  /// Takes the numbers out of the heap, greatest first, so the list is filled from its end; repeats are dropped.
  private mutating func endList() -> Bool {
    let start = Int(listStarts.base[listCount])
    lists.grow(to: start + sorter.count, keeping: start)
    var end = start
    while let number = sorter.pop() {
      guard end == start || lists.base[end - 1] != UInt32(number) else { continue }
      lists.base[end] = UInt32(number)
      end += 1
    }
    var (low, high) = (start, end - 1)
    while low < high {
      (lists.base[low], lists.base[high]) = (lists.base[high], lists.base[low])
      (low, high) = (low + 1, high - 1)
    }
    listCount += 1
    listStarts.base[listCount] = UInt32(end)
    return end > start
  }

  /// What was prepared, as the search reads it. Valid until the next `prepare`.
  func sources(_ part: IndexSnapshot.Part, firstChunk: Int) -> MaskSources {
    MaskSources(
      terms: part.segment.terms, runs: runs.base, groupStarts: groupStarts.base, groupCount: groupCount, wordCount: wordCount,
      mayMissAWord: mayMissAWord,
      lists: lists.base, listStarts: listStarts.base, listCount: listCount, removed: seatedCount > 0 ? nil : part.removed?.base,
      count: part.segment.count, firstChunk: firstChunk
    )
  }
}
