import Synchronization

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

  /// The children below whom someone may pass, a bit each.
  @inline(__always)
  func mayPass(_ filters: ProviderFilters) -> UInt32 {
    var lanes: UInt32 = 0xFFFF
    if filters.lowestRatingByte > 0 { lanes &= atLeast(filters.lowestRatingByte, .rating) }
    if filters.verified > 0 { lanes &= atLeast(filters.verified, .verification) }
    if filters.lowestTier > 0 { lanes &= atLeast(filters.lowestTier, .tier) }
    if filters.leastCheapness > 0 { lanes &= atLeast(filters.leastCheapness, .cheapness) }
    if filters.flags > 0 { lanes &= haveAll(filters.flags, .flags) }
    return lanes
  }

  /// Of the providers that may pass, those that surely do by their bytes, a bit each.
  @inline(__always)
  func surelyPass(_ filters: ProviderFilters) -> UInt32 {
    // A lowest price, and a set of tiers, say nothing that a byte could settle.
    guard filters.tiers == 0b1111, filters.surelyCheap < 255 else { return 0 }
    var lanes: UInt32 = 0xFFFF
    if filters.surelyRated > 0 { lanes &= filters.surelyRated < 255 ? atLeast(filters.surelyRated + 1, .rating) : 0 }
    if filters.hasPrice { lanes &= atLeast(filters.surelyCheap + 1, .cheapness) }
    return lanes
  }

  // The standard library compares bytes lane by lane; these take eight in a word, each answer in its byte's highest bit.

  /// The lanes whose byte is at least so much, a bit each.
  @inline(__always)
  private func atLeast(_ least: UInt8, _ row: FeatureBlocks.Row) -> UInt32 {
    let wanted = UInt64(least) &* 0x0101_0101_0101_0101
    let isHigh = least >= 0x80
    return gather(row) { word in
      let lower = (word | Self.highBits) &- (wanted & ~Self.highBits)
      return isHigh ? word & lower : word | lower
    }
  }

  /// The lanes whose byte has all these bits.
  @inline(__always)
  private func haveAll(_ flags: UInt8, _ row: FeatureBlocks.Row) -> UInt32 {
    let wanted = UInt64(flags) &* 0x0101_0101_0101_0101
    return gather(row) { word in
      let missing = (word & wanted) ^ wanted
      return ~(((missing & ~Self.highBits) &+ ~Self.highBits) | missing)
    }
  }

  @inline(__always)
  private func gather(_ row: FeatureBlocks.Row, _ answers: (UInt64) -> UInt64) -> UInt32 {
    func bits(_ word: Int) -> UInt32 {
      let high = answers(words[2 * row.rawValue + word].load(ordering: .relaxed)) & Self.highBits
      return UInt32(truncatingIfNeeded: (high &* 0x0002_0408_1020_4081) &>> 56)
    }
    return bits(0) | bits(1) << 8
  }

  private static let highBits: UInt64 = 0x8080_8080_8080_8080

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
