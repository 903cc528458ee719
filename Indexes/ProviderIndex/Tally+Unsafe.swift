import AvailabilityIndex
import Geometry
import Ranking
import SpatialIndex

/// Counts who matches: depth first over the nodes that meet the circle. A node inside it whose filters are all in the mask is counted
/// without being opened, so the work is that of the circle's edge; other filters are tried one provider after the other, and so is
/// every match where facets are wanted.
struct Tally: ~Copyable {
  private(set) var total = 0
  private(set) var isExact = true
  private(set) var facets = FacetTally()
  private var most = 0
  private var stack = Room<UInt64>(capacity: 256)
  private var isWanted = false

  /// - Parameter atLeast: so many are counted even where the query asks for fewer.
  mutating func begin(_ query: ProviderQuery, atLeast: Int = 0) {
    (total, isExact) = (0, true)
    switch query.total {
    case .none: (isWanted, most) = (false, 0)
    case .exact: (isWanted, most) = (true, .max)
    case .atMost(let number): (isWanted, most) = (true, number)
    }
    // Facets need every match, and then the total is known as well.
    if !query.facets.isEmpty { (isWanted, most) = (true, .max) }
    if atLeast > most { (isWanted, most) = (true, atLeast) }
    if !isWanted { isExact = false }
    facets.begin(query)
  }

  mutating func count(
    _ view: SegmentView, _ seating: Seating, _ sources: borrowing MaskSources, _ plan: borrowing QueryPlan,
    _ calendar: AvailabilityCalendar?, _ masks: inout ChunkMasks
  ) {
    guard isWanted, isExact, view.count > 0 else { return }
    let masked = sources.isNeeded
    let hasFacets = !facets.wanted.isEmpty
    let each = plan.filters.isNeeded || plan.when != nil || plan.open != nil || hasFacets || seating.hasGaps
    let byBytes = plan.when == nil && plan.open == nil && !hasFacets && !seating.hasGaps
    if hasFacets { facets.beginSegment(view) }
    var depth = 1
    stack.base[0] = Self.word(level: seating.tree.levelCount - 1, block: 0, isInside: false)
    while depth > 0 {
      depth -= 1
      let word = stack.base[depth]
      let (level, block, wasInside) = (Frontier.level(word), Frontier.block(word), Self.isInside(word))
      var slot = -1
      if masked, level <= 2 {
        guard let found = masks.slot(block >> (4 * (2 - level)), sources) else { continue }
        slot = found
      }
      if each, level == 1, slot >= 0, masks.population(slot, block: block) <= SegmentSearch.sparse {
        countSparse(view, seating, block: block, masks.mask(slot) + (block & 15) * 4, plan, calendar)
        if total >= most { break }
        continue
      }
      if wasInside, byBytes, level == 1, slot < 0 {
        countInside(view, seating, block: block, plan)
        if total >= most { break }
        continue
      }
      var near = seating.lanes(level: level, block: block)
      if slot >= 0 { near &= masks.lanes(slot, level: level, block: block) }
      var inside = near
      if !wasInside {
        let (some, all) = seating.tree.within(plan.reach, level: level, block: block)
        near &= some
        inside = near & all
      }
      guard near != 0 else { continue }
      let rows = seating.tree.rows(level: level, block: block)
      if plan.filters.isNeeded { near &= rows.mayPass(plan.filters) }
      if level == 0, byBytes {
        let sure = near & inside & rows.surelyPass(plan.filters)
        total += sure.nonzeroBitCount
        near &= ~sure
      }
      while near != 0 {
        let lane = near.trailingZeroBitCount
        near &= near - 1
        let child = block * 16 + lane
        let isInside = inside >> UInt32(lane) & 1 == 1
        if level == 0 {
          let number = seating.tree.number(child)
          guard seating.isThere(number), matches(view, number, rows, lane: lane, isInside: isInside, plan, calendar) else {
            continue
          }
          total += 1
          if hasFacets { facets.add(view, number, tier: rows.byte(.tier, lane)) }
        } else if isInside, !each, slot >= 0 || !masked {
          total += below(seating, level: level - 1, block: child, slot: slot, masks)
        } else {
          stack.grow(to: depth + 17, keeping: depth)
          stack.base[depth] = Self.word(level: level - 1, block: child, isInside: isInside)
          depth += 1
        }
      }
      if total >= most { break }
    }
    if hasFacets { facets.endSegment(view) }
    if total >= most { (total, isExact) = (most, false) }
  }

  /// The providers below a level-1 block that is inside the circle, by their bytes; those that the bytes leave in doubt one by one.
  private mutating func countInside(_ view: SegmentView, _ seating: Seating, block: Int, _ plan: borrowing QueryPlan) {
    let filters = plan.filters
    for leaf in block * 16..<min(block * 16 + 16, (seating.tree.count + 15) / 16) {
      let rows = seating.tree.rows(level: 0, block: leaf)
      let near = rows.mayPass(filters) & seating.lanes(level: 0, block: leaf)
      let sure = near & rows.surelyPass(filters)
      total += sure.nonzeroBitCount
      var doubtful = near & ~sure
      while doubtful != 0 {
        let lane = doubtful.trailingZeroBitCount
        doubtful &= doubtful - 1
        if view.passes(filters, seating.tree.number(leaf * 16 + lane), rows, lane: lane) { total += 1 }
      }
    }
  }

  private static func word(level: Int, block: Int, isInside: Bool) -> UInt64 {
    Frontier.word(bound: isInside ? 1 : 0, level: level, block: block)
  }

  private static func isInside(_ word: UInt64) -> Bool { Frontier.bound(word) > 0 }

  /// Who is left below a level-1 block, one by one.
  private mutating func countSparse(
    _ view: SegmentView, _ seating: Seating, block: Int, _ words: UnsafePointer<UInt64>, _ plan: borrowing QueryPlan,
    _ calendar: AvailabilityCalendar?
  ) {
    let hasFacets = !facets.wanted.isEmpty
    for word in 0..<4 {
      var left = words[word]
      while left != 0 {
        let number = block * 256 + word * 64 + left.trailingZeroBitCount
        left &= left - 1
        let rows = seating.tree.rows(level: 0, block: number >> 4)
        guard seating.tree.leastDistance(plan.reach, number) <= plan.reach.radius, rows.mayPass(plan.filters, number & 15) else {
          continue
        }
        if matches(view, number, rows, lane: number & 15, isInside: false, plan, calendar) {
          total += 1
          if hasFacets { facets.add(view, number, tier: rows.byte(.tier, number & 15)) }
        }
      }
    }
  }

  private func matches(
    _ view: SegmentView, _ number: Int, _ rows: FeatureRows, lane: Int, isInside: Bool, _ plan: borrowing QueryPlan,
    _ calendar: AvailabilityCalendar?
  ) -> Bool {
    guard view.passes(plan.filters, number, rows, lane: lane),
      isInside || view.distanceMetres(number, from: plan.centre) <= plan.radiusMetres
    else { return false }
    if let open = plan.open, !open.passes(view.staffRange(number)) { return false }
    guard let when = plan.when else { return true }
    return calendar?.isFree(staff: view.staffRange(number), when) ?? false
  }

  /// Everyone below a block who is in the mask.
  @inline(__always)
  private func below(_ seating: Seating, level: Int, block: Int, slot: Int, _ masks: borrowing ChunkMasks) -> Int {
    guard slot >= 0 else { return seating.population(level: level, block: block) }
    let size = 1 << (4 * (level + 1))
    let mask = masks.mask(slot)
    let first = block * size & 4_095
    if level == 0 { return (mask[first >> 6] >> UInt64(first & 63) & 0xFFFF).nonzeroBitCount }
    return (0..<size / 64).reduce(0) { $0 + mask[first >> 6 + $1].nonzeroBitCount }
  }
}
