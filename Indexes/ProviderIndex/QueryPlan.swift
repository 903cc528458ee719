import AvailabilityIndex
import Geometry
import Ranking
import SpatialIndex
import TextIndex

/// A query made ready: what does not depend on the segment.
struct QueryPlan {
  let order: ProviderQuery.Order
  let reach: Reach
  let centre: UnitVector
  let radiusMetres: Double
  let rules: RankingRules
  let bounds: BoundRules
  let when: ProviderQuery.When?
  let open: OpenFilter?
  /// What nobody has more of than free of the window.
  let windowShare: Double?
  let after: ProviderQuery.Cursor?
  let filters: ProviderFilters
  let wantsText: Bool
  let levels: MatchLevels

  init(_ query: ProviderQuery, _ calendar: AvailabilityCalendar?, hours: AvailabilityCalendar?) {
    order = query.order
    reach = Reach(query.circle)
    centre = query.circle.vector
    radiusMetres = query.circle.radiusMetres
    rules = query.rules
    windowShare = query.when.map { calendar?.greatestShare(window: $0.window) ?? 0 }
    bounds = BoundRules(query.rules, radiusMetres: query.circle.radiusMetres, windowShare: windowShare)
    when = query.when
    open = query.openAt.map { OpenFilter(slot: $0, hours: hours) }
    after = query.after
    filters = ProviderFilters(query)
    wantsText = query.rules.weights.text > 0 && !query.words.isEmpty
    levels = MatchLevels(query)
  }
}

/// Only who works in one slot.
struct OpenFilter {
  let slot: Int
  let hours: AvailabilityCalendar?

  func passes(_ staff: Range<Int>) -> Bool {
    hours?.isFree(staff: staff, ProviderQuery.When(window: SlotWindow(from: slot, to: slot + 1), slots: 1)) ?? false
  }
}

extension ProviderQuery {
  /// Whether the level at which a word is missing may answer, if the rules have it.
  var mayMissAWord: Bool { words.count > 1 && order == .relevance }
}

/// The levels at which a query may be answered.
struct MatchLevels {
  let first: MatchTier
  /// A bit a tier that may be used.
  private let tiers: UInt8
  /// Whether there is anything to choose between.
  let areSeveral: Bool

  init(_ query: ProviderQuery) {
    let rules = query.rules.matching
    var tiers: UInt8 = (2 << rules.last.rawValue) - 1
    if !query.mayMissAWord { tiers &= ~(1 << MatchTier.partial.rawValue) }
    if let typos = query.allowsTypos {
      let typo: UInt8 = 1 << MatchTier.typo.rawValue
      tiers = typos ? tiers | typo : tiers & ~typo
    }
    let weakest = MatchTier(rawValue: UInt8(7 - tiers.leadingZeroBitCount)) ?? .exact
    // The pages of one search are all of one level, whatever has changed in between.
    let level = query.words.isEmpty ? nil : query.after?.level
    first = min(max(rules.first, level ?? .exact), weakest)
    self.tiers = level == nil ? tiers : tiers & ((2 << first.rawValue) - 1)
    areSeveral = level == nil && first < weakest
  }

  /// The next weaker tier that may be used; the strongest after none.
  func tier(after tier: MatchTier?) -> MatchTier? {
    let weaker = tier.map { tiers & ~((2 << $0.rawValue) - 1) } ?? tiers
    return MatchTier(rawValue: UInt8(weaker.trailingZeroBitCount))
  }
}

/// The restrictions that are read off a provider's own numbers, and off the bytes of the nodes above it.
struct ProviderFilters {
  let lowestRating: Double
  let lowestRatingByte: UInt8
  let verified: UInt8
  let flags: UInt8
  /// A bit a tier.
  let tiers: UInt8
  let lowestTier: UInt8
  let hasPrice: Bool
  let lowestPrice: Int64
  let highestPrice: Int64
  let leastCheapness: UInt8
  let box: GeoBox?
  /// Whether any of them asks for anything.
  let isNeeded: Bool
  /// Above these bytes the exact number need not be looked at; 255 where it always must.
  let surelyRated: UInt8
  let surelyCheap: UInt8

  init(_ query: ProviderQuery) {
    lowestRating = query.lowestRating ?? 0
    lowestRatingByte = Share.roundedUp(lowestRating / 5)
    verified = query.verifiedOnly ? 1 : 0
    flags = query.flags.rawValue
    var (mask, lowest): (UInt8, UInt8) = (0, query.tiers.isEmpty ? 0 : 3)
    for tier in query.tiers {
      mask |= 1 << tier.rawValue
      lowest = min(lowest, tier.rawValue)
    }
    tiers = query.tiers.isEmpty ? 0b1111 : mask
    lowestTier = lowest
    hasPrice = query.lowestPrice != nil || query.highestPrice != nil
    lowestPrice = query.lowestPrice ?? 0
    highestPrice = query.highestPrice ?? .max
    leastCheapness = hasPrice ? max(Cheapness.of(price: highestPrice), 1) : 0
    // A byte is rounded up by less than one, a price lies within its step: one step further there is no doubt. A lowest price, and a
    // tier, say nothing that a byte could settle. Nor does any byte say who is in a box.
    box = query.box
    surelyRated = query.box != nil ? 255 : lowestRating > 0 ? lowestRatingByte : 0
    surelyCheap = query.lowestPrice != nil ? 255 : hasPrice ? leastCheapness : 0
    isNeeded =
      lowestRating > 0 || verified > 0 || flags > 0 || !query.tiers.isEmpty || hasPrice
      || query.box != nil
  }

  /// Whether a provider that may pass surely does, by its bytes alone.
  @inline(__always)
  func surelyPasses(rating: UInt8, tier: UInt8, cheapness: UInt8) -> Bool {
    (surelyRated == 0 || rating > surelyRated) && tiers >> tier & 1 == 1 && (!hasPrice || cheapness > surelyCheap)
  }

  /// Whether something below a node, or a provider itself, may pass, by its bytes.
  @inline(__always)
  func mayPass(rating: UInt8, verification: UInt8, tier: UInt8, cheapness: UInt8, flags: UInt8) -> Bool {
    rating >= lowestRatingByte && verification >= verified && tier >= lowestTier && cheapness >= leastCheapness
      && flags & self.flags == self.flags
  }
}
