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
  let places: UnsafePointer<SIMD16<Float>>
  let boxes: UnsafePointer<SIMD16<Float>>
  let levelStarts: UnsafePointer<Int32>
  let levelCount: Int
  let leafBlocks: Int
  let features: UnsafeMutablePointer<Atomic<UInt64>>
  let vectors: UnsafePointer<SIMD4<Double>>
  let shares: UnsafeMutablePointer<Atomic<UInt64>>
  let counts: UnsafeMutablePointer<Atomic<UInt64>>
  let idStarts: UnsafePointer<UInt32>
  let idBytes: UnsafePointer<UInt8>
  let serviceStarts: UnsafePointer<UInt32>
  let prices: UnsafePointer<Int64>
  let staff: UnsafePointer<SIMD2<UInt32>>
  let categories: UnsafePointer<UInt16>
  let categoryCount: Int
  private let categoryNameStarts: UnsafePointer<UInt32>
  private let categoryNameBytes: UnsafePointer<UInt8>

  init(_ segment: Segment, index: Int) {
    self.index = UInt32(index)
    count = segment.count
    places = segment.tree.places.base
    boxes = segment.tree.boxes.base
    levelStarts = segment.tree.levelStarts.base
    levelCount = segment.tree.levelCount
    leafBlocks = (segment.count + 15) / 16
    features = segment.features.words.base
    vectors = segment.vectors.base
    shares = segment.shares.base
    counts = segment.counts.base
    idStarts = segment.ids.starts.base
    idBytes = segment.ids.bytes.base
    serviceStarts = segment.serviceStarts.base
    prices = segment.prices.base
    staff = segment.staff.base
    categories = segment.categories.base
    categoryCount = segment.categoryNames.count
    categoryNameStarts = segment.categoryNames.starts.base
    categoryNameBytes = segment.categoryNames.bytes.base
  }

  @inline(__always)
  func rows(level: Int, block: Int) -> FeatureRows {
    let number = level == 0 ? block : leafBlocks + Int(levelStarts[level]) + block
    return FeatureRows(words: features + number * FeatureBlocks.wordsPerBlock)
  }

  @inline(__always)
  func leastDistances(_ reach: Reach, level: Int, block: Int) -> SIMD16<Float> {
    if level == 0 { return reach.leastDistances(latitudes: places[2 * block], longitudes: places[2 * block + 1]) }
    let line = boxes + 4 * (Int(levelStarts[level]) + block)
    return reach.leastDistances(south: line[0], north: line[1], west: line[2], east: line[3])
  }

  /// A distance that the provider's own does not fall below.
  @inline(__always)
  func leastDistance(_ reach: Reach, _ number: Int) -> Float {
    let (block, lane) = (number >> 4, number & 15)
    let line = UnsafeRawPointer(places + 2 * block).assumingMemoryBound(to: Float.self)
    return reach.leastDistance(latitude: line[lane], longitude: line[16 + lane])
  }

  @inline(__always)
  func greatestDistances(_ reach: Reach, level: Int, block: Int) -> SIMD16<Float> {
    if level == 0 { return reach.greatestDistances(latitudes: places[2 * block], longitudes: places[2 * block + 1]) }
    let line = boxes + 4 * (Int(levelStarts[level]) + block)
    return reach.greatestDistances(south: line[0], north: line[1], west: line[2], east: line[3])
  }

  @inline(__always)
  func distanceMetres(_ number: Int, from centre: UnitVector) -> Double {
    let vector = vectors[number]
    return centre.distanceMetres(to: UnitVector(x: vector.x, y: vector.y, z: vector.z))
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
    return !filters.hasPrice || hasService(number, from: filters.lowestPrice, to: filters.highestPrice)
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

/// The features of one block's sixteen children.
struct FeatureRows {
  let words: UnsafeMutablePointer<Atomic<UInt64>>

  @inline(__always)
  func lanes(_ row: FeatureBlocks.Row) -> SIMD16<UInt8> {
    let pair = SIMD2(
      words[2 * row.rawValue].load(ordering: .relaxed), words[2 * row.rawValue + 1].load(ordering: .relaxed))
    return unsafeBitCast(pair, to: SIMD16<UInt8>.self)
  }

  /// The bytes as numbers: 2²³ + n is a float whose lowest bits are n.
  @inline(__always)
  func numbers(_ row: FeatureBlocks.Row) -> SIMD16<Float> {
    let whole = SIMD16<UInt32>(truncatingIfNeeded: lanes(row)) | 0x4B00_0000
    return unsafeBitCast(whole, to: SIMD16<Float>.self) - 8_388_608
  }

  @inline(__always)
  func byte(_ row: FeatureBlocks.Row, _ lane: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: words[2 * row.rawValue + lane >> 3].load(ordering: .relaxed) >> UInt64((lane & 7) * 8))
  }

  @inline(__always)
  func mayPass(_ filters: ProviderFilters, _ lane: Int) -> Bool {
    filters.mayPass(
      rating: byte(.rating, lane), verification: byte(.verification, lane), tier: byte(.tier, lane),
      cheapness: byte(.cheapness, lane), flags: byte(.flags, lane))
  }
}

/// The lanes in which a condition holds, a bit each.
@inline(__always)
func bits(_ mask: SIMDMask<SIMD16<Int32>>) -> UInt32 {
  let places = SIMD16<UInt32>(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768)
  return SIMD16<UInt32>.zero.replacing(with: places, where: mask).wrappedSum()
}
