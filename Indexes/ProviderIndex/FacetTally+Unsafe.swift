import Ranking

/// Counts the matches by what they are, in memory that is kept. Categories have numbers of their own in each segment: they are counted
/// by number, kept with their names when the segment is done, and united by name only when somebody reads them.
struct FacetTally: ~Copyable {
  /// A category of one segment that has matches.
  struct NamedCount: BitwiseCopyable {
    let name: UnsafePointer<UInt8>
    let nameCount: Int
    let count: Int
  }

  private(set) var wanted: ProviderQuery.Facets = []
  private var tiers = Room<Int>(capacity: 4)
  private var ratingBounds = Room<Double>(capacity: IndexLimits.facetBounds)
  private var ratingCounts = Room<Int>(capacity: IndexLimits.facetBounds)
  private var ratingBoundCount = 0
  private var priceBounds = Room<Double>(capacity: IndexLimits.facetBounds)
  private var priceCounts = Room<Int>(capacity: IndexLimits.facetBounds)
  private var priceBoundCount = 0
  private var withoutPrice = 0
  /// By number, of the segment in hand.
  private var categories = Room<Int>(capacity: 64)
  private var named = Room<NamedCount>(capacity: 64)
  private var namedCount = 0

  mutating func begin(_ query: ProviderQuery) {
    wanted = query.facets
    guard !wanted.isEmpty else { return }
    (withoutPrice, namedCount) = (0, 0)
    tiers.base.update(repeating: 0, count: 4)
    ratingBoundCount = query.ratingBounds.count
    for index in 0..<ratingBoundCount {
      (ratingBounds.base[index], ratingCounts.base[index]) = (query.ratingBounds[index], 0)
    }
    priceBoundCount = query.priceBounds.count
    for index in 0..<priceBoundCount {
      (priceBounds.base[index], priceCounts.base[index]) = (Double(query.priceBounds[index]), 0)
    }
  }

  mutating func beginSegment(_ view: SegmentView) {
    guard wanted.contains(.category) else { return }
    categories.grow(to: view.categoryCount, keeping: 0)
    categories.base.update(repeating: 0, count: view.categoryCount)
  }

  /// Counts one match.
  @inline(__always)
  mutating func add(_ view: SegmentView, _ number: Int, tier: UInt8) {
    if wanted.contains(.category) { categories.base[Int(view.categories[number])] += 1 }
    if wanted.contains(.tier) { tiers.base[Int(tier & 3)] += 1 }
    if wanted.contains(.rating) { Self.add(view.rating(number), ratingBounds.base, ratingCounts.base, ratingBoundCount) }
    guard wanted.contains(.price) else { return }
    let price = view.vectors[number].w
    if price.isFinite { Self.add(price, priceBounds.base, priceCounts.base, priceBoundCount) } else { withoutPrice += 1 }
  }

  /// Bounds are few: trying them one by one is quicker than halving.
  @inline(__always)
  private static func add(
    _ value: Double, _ bounds: UnsafePointer<Double>, _ counts: UnsafeMutablePointer<Int>, _ boundCount: Int
  ) {
    var below = 0
    while below < boundCount, value >= bounds[below] { below += 1 }
    if below > 0 { counts[below - 1] += 1 }
  }

  mutating func endSegment(_ view: SegmentView) {
    guard wanted.contains(.category) else { return }
    for category in 0..<view.categoryCount where categories.base[category] > 0 {
      named.grow(to: namedCount + 1, keeping: namedCount)
      let name = view.categoryName(category)
      guard let start = name.baseAddress else { continue }
      named.base[namedCount] = NamedCount(name: start, nameCount: name.count, count: categories.base[category])
      namedCount += 1
    }
  }

  /// The counts as a value. The names are those of the snapshot that was searched, which the `Searcher` holds.
  var counts: SearchFacets {
    var counts = SearchFacets()
    if wanted.contains(.tier) { counts.tiers = (0..<4).map { tiers.base[$0] } }
    if wanted.contains(.rating) { counts.ratings = (0..<ratingBoundCount).map { ratingCounts.base[$0] } }
    if wanted.contains(.price) {
      counts.prices = (0..<priceBoundCount).map { priceCounts.base[$0] }
      counts.withoutPrice = withoutPrice
    }
    guard wanted.contains(.category) else { return counts }
    var united: [[UInt8]: Int] = [:]
    for index in 0..<namedCount {
      let entry = named.base[index]
      united[Array(UnsafeBufferPointer(start: entry.name, count: entry.nameCount)), default: 0] += entry.count
    }
    counts.categories = united.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key) }
      .map { SearchFacets.Category(name: String(decoding: $0.key, as: UTF8.self), count: $0.value) }
    return counts
  }
}
