import AvailabilityIndex
import Columns
import Geometry
import Ranking
import SpatialIndex
import Synchronization

/// A segment as the search reads it: addresses, so that nothing is retained on the way. Valid while the segment is held.
struct SegmentView {
  let index: UInt32
  let count: Int
  let tree: TreeView
  let categoryTree: TreeView
  let vectors: UnsafePointer<SIMD4<Double>>
  let shares: UnsafeMutablePointer<Atomic<UInt64>>
  let counts: UnsafeMutablePointer<Atomic<UInt64>>
  let idStarts: UnsafePointer<UInt32>
  let idBytes: UnsafePointer<UInt8>
  let serviceStarts: UnsafePointer<UInt32>
  let prices: UnsafePointer<Int64>
  let places: UnsafePointer<SIMD2<Double>>
  let staff: UnsafePointer<SIMD2<UInt32>>
  let categories: UnsafePointer<UInt16>
  let categoryCount: Int
  private let categoryNameStarts: UnsafePointer<UInt32>
  private let categoryNameBytes: UnsafePointer<UInt8>

  init(_ segment: Segment, index: Int) {
    self.index = UInt32(index)
    count = segment.count
    tree = TreeView(segment.tree, segment.features, numbers: nil)
    categoryTree = TreeView(segment.byCategory.tree, segment.byCategory.features, numbers: segment.byCategory.numbers)
    vectors = segment.vectors.base
    shares = segment.shares.base
    counts = segment.counts.base
    idStarts = segment.ids.starts.base
    idBytes = segment.ids.bytes.base
    serviceStarts = segment.serviceStarts.base
    prices = segment.prices.base
    places = segment.places.base
    staff = segment.staff.base
    categories = segment.categories.base
    categoryCount = segment.categoryNames.count
    categoryNameStarts = segment.categoryNames.starts.base
    categoryNameBytes = segment.categoryNames.bytes.base
  }

  @inline(__always)
  func distanceMetres(_ number: Int, from centre: UnitVector) -> Double {
    let vector = vectors[number]
    return centre.distanceMetres(to: UnitVector(x: vector.x, y: vector.y, z: vector.z))
  }

  /// Reads the lines that scoring some of 64 seats needs, so that they are on their way: first those that are found by number,
  /// then the calendars that those lead to. What it returns means nothing; adding it up keeps the reads.
  @inline(__always)
  func readAhead(
    _ tree: TreeView, from first: Int, _ seats: UInt64, _ plan: borrowing QueryPlan, _ calendar: AvailabilityCalendar?
  ) -> UInt64 {
    var read: UInt64 = 0
    var left = seats
    while left != 0 {
      let number = tree.number(first + left.trailingZeroBitCount)
      left &= left - 1
      read &+= vectors[number].x.bitPattern &+ shares[2 * number].load(ordering: .relaxed) &+ UInt64(idStarts[number])
    }
    guard let when = plan.when, let calendar else { return read }
    left = seats
    while left != 0 {
      let number = tree.number(first + left.trailingZeroBitCount)
      left &= left - 1
      read &+= calendar.readAhead(staff: staffRange(number).lowerBound, slot: when.window.from)
    }
    return read
  }

  @inline(__always)
  func facts(_ number: Int, _ rows: FeatureRows, lane: Int, counted: Bool) -> ProviderFacts {
    let lowest = vectors[number].w
    return ProviderFacts(
      rating: rating(number), ratingCount: counted ? UInt32(truncatingIfNeeded: counts[number].load(ordering: .relaxed)) : 0,
      availability: Double(bitPattern: shares[2 * number + 1].load(ordering: .relaxed)),
      verified: rows.byte(.verification, lane) != 0, tier: rows.byte(.tier, lane), popularity: rows.byte(.popularity, lane),
      newness: rows.byte(.newness, lane), hasHotSlot: rows.byte(.flags, lane) & ProviderRecord.Flags.hotSlot.rawValue != 0,
      lowestPrice: lowest >= 0 && lowest <= Double(IndexLimits.highestPrice) ? Int64(lowest) : nil)
  }

  @inline(__always)
  func rating(_ number: Int) -> Double { Double(bitPattern: shares[2 * number].load(ordering: .relaxed)) }

  @inline(__always)
  func passes(_ filters: ProviderFilters, _ number: Int, _ rows: FeatureRows, lane: Int) -> Bool {
    guard filters.isNeeded else { return true }
    let tier = rows.byte(.tier, lane) & 3
    if filters.surelyPasses(rating: rows.byte(.rating, lane), tier: tier, cheapness: rows.byte(.cheapness, lane)) { return true }
    guard rating(number) >= filters.lowestRating, filters.tiers >> tier & 1 == 1 else { return false }
    if let box = filters.box, !box.contains(latitude: places[number].x, longitude: places[number].y) { return false }
    guard filters.hasPrice else { return true }
    // Without a lowest price the cheapest service decides.
    if filters.lowestPrice == 0 { return vectors[number].w <= Double(filters.highestPrice) }
    return hasService(number, from: filters.lowestPrice, to: filters.highestPrice)
  }

  private func hasService(_ number: Int, from lowest: Int64, to highest: Int64) -> Bool {
    for service in Int(serviceStarts[number])..<Int(serviceStarts[number + 1]) {
      let price = prices[service]
      if price >= lowest, price <= highest { return true }
    }
    return false
  }

  @inline(__always)
  func id(_ number: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: idBytes + Int(idStarts[number]), count: Int(idStarts[number + 1] - idStarts[number]))
  }

  func categoryName(_ category: Int) -> UnsafeBufferPointer<UInt8> {
    let (start, end) = (Int(categoryNameStarts[category]), Int(categoryNameStarts[category + 1]))
    return UnsafeBufferPointer(start: categoryNameBytes + start, count: end - start)
  }

  func staffRange(_ number: Int) -> Range<Int> {
    let rows = staff[number]
    return Int(rows.x)..<Int(rows.x) + Int(rows.y)
  }
}
