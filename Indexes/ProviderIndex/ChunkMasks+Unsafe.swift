import Columns
import Ranking
import TextIndex

/// Which providers of a chunk a query's words, categories, tags, ids and service areas leave, and who has been removed: made when the
/// search first opens the chunk, kept to the query's end.
struct ChunkMasks: ~Copyable {
  /// By chunk: 0 not made yet, −1 nobody left, else the slot + 1.
  private var slots = Room<Int32>(capacity: 512)
  private var opened = Room<UInt32>(capacity: 512)
  private var openedCount = 0
  /// 64 words a slot.
  private var masks = Room<UInt64>(capacity: 64 * 64)
  /// Where words count: 4,096 text scores a slot, then 256 weighted bounds of the leaves, then 16 of the nodes above them.
  private var texts = Room<Float>(capacity: 1)
  private var used = 0
  private var union = Room<UInt64>(capacity: 64)
  /// Of the chunk in hand: who has all words, where one may be missing.
  private var complete = Room<UInt64>(capacity: 64)
  private var slotScores = Room<Float>(capacity: 4_096)

  static let textStride = 4_096 + 256 + 16

  /// Forgets the chunks of the segment before.
  mutating func begin(chunks: Int) {
    for index in 0..<openedCount { slots.base[Int(opened.base[index])] = 0 }
    (openedCount, used) = (0, 0)
    slots.grow(to: chunks, keeping: slots.capacity)
  }

  /// The slot of a chunk, or nil when nobody is left in it.
  @inline(__always)
  mutating func slot(
    _ chunk: Int, _ sources: borrowing MaskSources, _ plan: borrowing QueryPlan
  ) -> Int? {
    let known = slots.base[chunk]
    if known > 0 { return Int(known) - 1 }
    if known < 0 { return nil }
    return make(chunk, sources, plan)
  }

  @inline(__always)
  func mask(_ slot: Int) -> UnsafeMutablePointer<UInt64> { masks.base + slot * 64 }

  @inline(__always)
  func textScores(_ slot: Int) -> UnsafeMutablePointer<Float> { texts.base + slot * Self.textStride }

  /// The children of a block that still have someone, a bit each.
  @inline(__always)
  func lanes(_ slot: Int, level: Int, block: Int) -> UInt32 {
    let mask = mask(slot)
    switch level {
    case 0: return UInt32(truncatingIfNeeded: mask[(block & 255) >> 2] >> UInt64((block & 3) * 16)) & 0xFFFF
    case 1:
      var bits: UInt32 = 0
      for word in 0..<4 {
        let leaves = mask[(block & 15) * 4 + word]
        for leaf in 0..<4 where leaves >> UInt64(leaf * 16) & 0xFFFF != 0 { bits |= 1 << UInt32(word * 4 + leaf) }
      }
      return bits
    default:
      var bits: UInt32 = 0
      for node in 0..<16 where mask[node * 4] | mask[node * 4 + 1] | mask[node * 4 + 2] | mask[node * 4 + 3] != 0 {
        bits |= 1 << UInt32(node)
      }
      return bits
    }
  }

  /// How many are left below a level-1 block.
  @inline(__always)
  func population(_ slot: Int, block: Int) -> Int {
    let words = mask(slot) + (block & 15) * 4
    return words[0].nonzeroBitCount + words[1].nonzeroBitCount + words[2].nonzeroBitCount + words[3].nonzeroBitCount
  }

  @inline(never)
  private mutating func make(_ chunk: Int, _ sources: borrowing MaskSources, _ plan: borrowing QueryPlan) -> Int? {
    opened.grow(to: openedCount + 1, keeping: openedCount)
    opened.base[openedCount] = UInt32(chunk)
    openedCount += 1
    masks.grow(to: (used + 1) * 64, keeping: used * 64)
    let mask = mask(used)
    guard sources.fill(mask, complete: complete.base, chunk: chunk, union: union.base) else {
      slots.base[chunk] = -1
      return nil
    }
    if plan.wantsText { scoreTexts(chunk, sources, plan) }
    used += 1
    slots.base[chunk] = Int32(used)
    return used - 1
  }

  /// For everyone left: Σ over the words of the greatest factor · impact, in single precision, word by word.
  private mutating func scoreTexts(_ chunk: Int, _ sources: borrowing MaskSources, _ plan: borrowing QueryPlan) {
    texts.grow(to: (used + 1) * Self.textStride, keeping: used * Self.textStride)
    let (mask, scores) = (mask(used), textScores(used))
    scores.update(repeating: 0, count: Self.textStride)
    let single = slotScores.base
    for word in 0..<sources.wordCount {
      single.update(repeating: 0, count: 4_096)
      sources.raise(word: word, chunk: chunk, within: mask, into: single)
      for offset in 0..<4_096 { scores[offset] += single[offset] }
    }
    if sources.mayMissAWord { halve(scores, mask, plan.rules) }
    let (leaves, nodes) = (scores + 4_096, scores + 4_096 + 256)
    for leaf in 0..<256 {
      var greatest: Float = 0
      for lane in 0..<16 { greatest = max(greatest, scores[leaf * 16 + lane]) }
      leaves[leaf] = plan.bounds.textPart(greatest)
      nodes[leaf >> 4] = max(nodes[leaf >> 4], leaves[leaf])
    }
  }

  /// Puts whoever has all words above the others.
  private func halve(_ scores: UnsafeMutablePointer<Float>, _ mask: UnsafePointer<UInt64>, _ rules: RankingRules) {
    for word in 0..<64 {
      var left = mask[word]
      while left != 0 {
        let bit = left.trailingZeroBitCount
        left &= left - 1
        let score = scores + (word << 6 + bit)
        score.pointee = rules.partialTextScore(score.pointee, hasAllWords: complete.base[word] >> UInt64(bit) & 1 == 1)
      }
    }
  }

  /// What the words can at most add to each child's score, weighted.
  @inline(__always)
  func textBounds(_ slot: Int, level: Int, block: Int, _ rules: BoundRules) -> SIMD16<Float> {
    let scores = textScores(slot)
    var bounds = SIMD16<Float>(repeating: 0)
    switch level {
    case 0: for lane in 0..<16 { bounds[lane] = rules.textPart(scores[(block & 255) * 16 + lane]) }
    case 1: for lane in 0..<16 { bounds[lane] = scores[4_096 + (block & 15) * 16 + lane] }
    default: for lane in 0..<16 { bounds[lane] = scores[4_096 + 256 + lane] }
    }
    return bounds
  }
}
