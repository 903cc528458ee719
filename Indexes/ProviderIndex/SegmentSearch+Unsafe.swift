import AvailabilityIndex
import Geometry
import Ranking
import SpatialIndex

/// Best-first search of one segment: nodes are opened by the most that anyone below them can score, until the worst of the best hits
/// is better than that. Exact for any weights; the work grows with the depth of the tree and the hits, not with who is in the circle.
struct SegmentSearch: ~Copyable {
  var frontier = Frontier()
  var best = BestHits()
  var masks = ChunkMasks()
  /// Blocks opened and providers scored, for the curious.
  private(set) var openedBlocks = 0
  private(set) var scoredProviders = 0
  /// What reads ahead have summed up to: nothing.
  private var fetched: UInt64 = 0

  /// - Parameter chunks: of all segments.
  mutating func begin(limit: Int, chunks: Int) {
    best.begin(limit: limit)
    masks.begin(chunks: chunks)
    (openedBlocks, scoredProviders) = (0, 0)
  }

  mutating func search(
    _ view: SegmentView, _ seating: Seating, _ sources: borrowing MaskSources, _ plan: borrowing QueryPlan,
    _ calendar: AvailabilityCalendar?
  ) {
    guard view.count > 0 else { return }
    let masked = sources.isNeeded
    let greatestText = plan.wantsText ? plan.bounds.textPart(sources.greatestText(plan.rules)) : 0
    frontier.removeAll()
    frontier.push(Frontier.word(bound: .infinity, level: seating.tree.levelCount - 1, block: 0))
    while let word = frontier.pop() {
      guard Double(Frontier.bound(word)) >= best.threshold else { break }
      let (level, block) = (Frontier.level(word), Frontier.block(word))
      openedBlocks += 1
      if let next = frontier.first {
        fetched &+= seating.tree.readAhead(level: Frontier.level(next), block: Frontier.block(next))
      }
      var slot = -1
      if masked, level <= 2 {
        guard let found = masks.scoredSlot(block >> (4 * (2 - level)), sources, plan) else { continue }
        slot = found
      }
      open(view, seating, level: level, block: block, slot: slot, greatestText, plan, calendar)
    }
  }

  @inline(__always)
  private mutating func open(
    _ view: SegmentView, _ seating: Seating, level: Int, block: Int, slot: Int, _ greatestText: Float,
    _ plan: borrowing QueryPlan,
    _ calendar: AvailabilityCalendar?
  ) {
    let isSparse = level == 1 && slot >= 0 && masks.population(slot, block: block) <= Self.sparse
    let least = seating.tree.leastDistances(plan.reach, level: level, block: block)
    var near = ProviderIndex.bits(least .<= plan.reach.radius) & seating.lanes(level: level, block: block)
    if slot >= 0 { near &= masks.lanes(slot, level: level, block: block) }
    guard near != 0 else { return }
    let rows = seating.tree.rows(level: level, block: block)
    var bounds = keyBounds(rows, least, plan)
    if plan.wantsText, plan.order == .relevance {
      bounds += slot >= 0 ? masks.textBounds(slot, level: level, block: block, plan.bounds) : SIMD16(repeating: greatestText)
    }
    let threshold = Float(best.threshold).nextDown
    near &= ProviderIndex.bits(bounds .>= threshold)
    if near != 0, plan.filters.isNeeded { near &= rows.mayPass(plan.filters) }
    if isSparse { return openSparse(view, seating, block: block, leaves: near, slot: slot, plan, calendar) }
    if level == 0 { fetched &+= view.readAhead(seating.tree, from: block * 16, UInt64(near), plan, calendar) }
    while near != 0 {
      let lane = near.trailingZeroBitCount
      near &= near - 1
      if level == 0 {
        let number = seating.tree.number(block * 16 + lane)
        guard seating.isThere(number) else { continue }
        consider(view, number: number, rows, lane: lane, slot: slot, plan, calendar)
      } else {
        frontier.push(Frontier.word(bound: bounds[lane], level: level - 1, block: block * 16 + lane))
      }
    }
  }

  /// Up to so many of the 256 providers of a level-1 block are taken one by one; more are cheaper sixteen at a time, by their leaves.
  static let sparse = 64

  /// Considers who is left in some leaves of a level-1 block, without opening them.
  private mutating func openSparse(
    _ view: SegmentView, _ seating: Seating, block: Int, leaves: UInt32, slot: Int, _ plan: borrowing QueryPlan,
    _ calendar: AvailabilityCalendar?
  ) {
    let words = masks.mask(slot) + (block & 15) * 4
    for word in 0..<4 {
      var left = words[word]
      for leaf in 0..<4 where leaves >> UInt32(word * 4 + leaf) & 1 == 0 { left &= ~(0xFFFF << UInt64(leaf * 16)) }
      guard left != 0 else { continue }
      let first = block * 256 + word * 64
      fetched &+= seating.tree.readAhead(seats: left, from: first)
      let promising = promising(left, from: first, seating, slot: slot, plan)
      fetched &+= view.readAhead(seating.tree, from: first, promising, plan, calendar)
      left = promising
      while left != 0 {
        let number = first + left.trailingZeroBitCount
        left &= left - 1
        let rows = seating.tree.rows(level: 0, block: number >> 4)
        consider(view, number: number, rows, lane: number & 15, slot: slot, plan, calendar)
      }
    }
  }

  /// Which of 64 seats may have someone who comes among the best, a bit each.
  @inline(__always)
  private func promising(
    _ seats: UInt64, from first: Int, _ seating: Seating, slot: Int, _ plan: borrowing QueryPlan
  ) -> UInt64 {
    var promising: UInt64 = 0
    var left = seats
    while left != 0 {
      let place = left.trailingZeroBitCount
      let number = first + place
      left &= left - 1
      let rows = seating.tree.rows(level: 0, block: number >> 4)
      let least = seating.tree.leastDistance(plan.reach, number)
      guard least <= plan.reach.radius, !plan.filters.isNeeded || rows.mayPass(plan.filters, number & 15) else { continue }
      if plan.order == .relevance, !plan.bounds.needsEachChild {
        var bound = plan.bounds.bound(rows, lane: number & 15, least: least)
        if plan.wantsText { bound += plan.bounds.textPart(masks.textScores(slot)[number & 4_095]) }
        guard Double(bound) >= best.threshold else { continue }
      }
      promising |= 1 << UInt64(place)
    }
    return promising
  }

  /// For each child, a number that the key of nobody below it exceeds.
  @inline(__always)
  private func keyBounds(_ rows: FeatureRows, _ least: SIMD16<Float>, _ plan: borrowing QueryPlan) -> SIMD16<Float> {
    guard plan.order == .relevance else { return orderBounds(rows, least, plan) }
    let rules = plan.bounds
    var bounds = rules.nearness(least) + rules.base
    if rules.merit > 0 { bounds += rules.merit * rows.numbers(rules.meritRow) }
    if rules.rating > 0 {
      let ratings = rows.numbers(.rating)
      bounds += rules.rating * ratings.replacing(with: rules.ratingFloor, where: ratings .< rules.ratingFloor)
    }
    if rules.availability > 0 { bounds += rules.availability * rows.numbers(.availability) }
    if rules.verification > 0 { bounds += rules.verification * rows.numbers(.verification) }
    if rules.popularity > 0 { bounds += rules.popularity * rows.numbers(.popularity) }
    if rules.newness > 0 { bounds += rules.newness * rows.numbers(.newness) }
    if rules.needsEachChild { bounds += eachChild(rows, rules) }
    return bounds * 1.000_002
  }

  @inline(never)
  private func eachChild(_ rows: FeatureRows, _ rules: BoundRules) -> SIMD16<Float> {
    var parts = SIMD16<Float>(repeating: 0)
    for lane in 0..<16 {
      parts[lane] = rules.tiers[Int(rows.byte(.tier, lane) & 3)]
      if rows.byte(.flags, lane) & ProviderRecord.Flags.hotSlot.rawValue != 0 { parts[lane] += rules.hotSlot }
      if rules.priceWeight > 0 {
        let price = Cheapness.leastPrice(rows.byte(.cheapness, lane))
        parts[lane] += rules.priceWeight * Float(max(0, 1 - price / rules.priceScale)) * 1.000_001
      }
    }
    return parts
  }

  @inline(never)
  private func orderBounds(_ rows: FeatureRows, _ least: SIMD16<Float>, _ plan: borrowing QueryPlan) -> SIMD16<Float> {
    switch plan.order {
    case .distance: return -least
    case .rating: return rows.numbers(.rating) * (5 / 255 * 1.000_002)
    case .price:
      var bounds = SIMD16<Float>(repeating: 0)
      for lane in 0..<16 {
        let price = Cheapness.leastPrice(rows.byte(.cheapness, lane))
        bounds[lane] = price.isFinite ? -Float(price) * 0.999_999 : -.greatestFiniteMagnitude
      }
      return bounds
    case .soonest, .relevance: return SIMD16(repeating: -Float(plan.when?.window.from ?? 0)) + 1
    }
  }

  /// Scores one provider exactly and offers it.
  private mutating func consider(
    _ view: SegmentView, number: Int, _ rows: FeatureRows, lane: Int, slot: Int, _ plan: borrowing QueryPlan,
    _ calendar: AvailabilityCalendar?
  ) {
    guard view.passes(plan.filters, number, rows, lane: lane) else { return }
    let distance = view.distanceMetres(number, from: plan.centre)
    guard distance <= plan.radiusMetres else { return }
    if let open = plan.open, !open.passes(view.staffRange(number)) { return }
    scoredProviders += 1
    var facts = view.facts(number, rows, lane: lane, counted: plan.rules.ratingStrength > 0)
    let text = plan.wantsText && slot >= 0 ? masks.textScores(slot)[number & 4_095] : 0
    var soonest = 0
    if let when = plan.when {
      // Who could not come among the best even with as much of the window free as anyone is not looked up.
      if plan.order == .relevance {
        facts.availability = plan.windowShare ?? 1
        guard score(facts, distance, text, plan) >= best.threshold else { return }
      }
      guard let calendar else { return }
      let staff = view.staffRange(number)
      guard calendar.isFree(staff: staff, when) else { return }
      if plan.order == .soonest {
        soonest = calendar.nextFreeStart(staff: staff, from: when.window.from, slots: when.slots) ?? when.window.to
      }
      facts.availability = calendar.shareFree(staff: staff, window: when.window)
    }
    let score = score(facts, distance, text, plan)
    let key: Double
    switch plan.order {
    case .relevance: key = score
    case .distance: key = -distance
    case .rating: key = facts.rating
    case .price: key = facts.lowestPrice.map { -Double($0) } ?? -.greatestFiniteMagnitude
    case .soonest: key = -Double(soonest)
    }
    guard key >= best.threshold else { return }
    let id = view.id(number)
    guard let start = id.baseAddress, plan.after.map({ comesAfter($0, key, id) }) ?? true else { return }
    best.offer(
      RankedHit(
        key: key, score: score, distanceMetres: distance, id: start, idCount: UInt32(id.count), segment: view.index,
        number: UInt32(number)))
  }

  @inline(__always)
  private func score(_ facts: ProviderFacts, _ distance: Double, _ text: Float, _ plan: borrowing QueryPlan) -> Double {
    plan.rules.weights.weighted(
      plan.rules.features(facts, distanceMetres: distance, radiusMetres: plan.radiusMetres, textScore: text))
  }

  /// Whether a hit is behind the last one of the page before.
  private func comesAfter(_ cursor: ProviderQuery.Cursor, _ key: Double, _ id: UnsafeBufferPointer<UInt8>) -> Bool {
    if key != cursor.key { return key < cursor.key }
    var last = cursor.id
    return last.withUTF8 { last in
      for (a, b) in zip(last, id) where a != b { return a < b }
      return last.count < id.count
    }
  }
}

extension AvailabilityCalendar {
  /// Whether a free run begins within the window. Staff that the calendar does not have is not free.
  @inline(__always)
  func isFree(staff: Range<Int>, _ when: ProviderQuery.When) -> Bool {
    staff.upperBound <= staffCount && canStart(staff: staff, window: when.window, slots: when.slots)
  }
}
