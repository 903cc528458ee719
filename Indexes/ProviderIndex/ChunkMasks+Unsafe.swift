import Columns
import Ranking
import TextIndex

/// Which providers of a chunk a query's words, categories, tags, ids and service areas leave, and who has been removed: made when a
/// chunk is first asked for, kept until another level of the words or another query begins. Text scores are added when somebody ranks.
struct ChunkMasks: ~Copyable {
  /// By chunk, over all segments: 0 not made yet, −1 nobody left, else the slot + 1.
  private var slots = Room<Int32>(capacity: 512)
  private var opened = Room<UInt32>(capacity: 512)
  private var openedCount = 0
  /// 64 words a slot.
  private var masks = Room<UInt64>(capacity: 64 * 64)
  /// Of each slot: who has all words, where one may be missing.
  private var complete = Room<UInt64>(capacity: 64)
  /// Where words count: 4,096 text scores a slot, then 256 weighted bounds of the leaves, then 16 of the nodes above them. Only leaves
  /// in which somebody is left are written.
  private var texts = Room<Float>(capacity: 1)
  /// Of each slot: whether its texts are written.
  private var areScored = Room<Bool>(capacity: 64)
  private var used = 0
  private var union = Room<UInt64>(capacity: 64)
  private var wordScores = Room<Float>(capacity: 4_096)

  static let textStride = 4_096 + 256 + 16

  /// Forgets all masks. `chunks` is how many there are in all segments.
  mutating func begin(chunks: Int) {
    for index in 0..<openedCount { slots.base[Int(opened.base[index])] = 0 }
    (openedCount, used) = (0, 0)
    slots.grow(to: chunks, keeping: slots.capacity)
  }

  /// The slot of a segment's chunk, or nil when nobody is left in it.
  @inline(__always)
  mutating func slot(_ chunk: Int, _ sources: borrowing MaskSources) -> Int? {
    let known = slots.base[sources.firstChunk + chunk]
    if known > 0 { return Int(known) - 1 }
    if known < 0 { return nil }
    return make(chunk, sources)
  }

  /// The same with text scores, where the plan wants them.
  @inline(__always)
  mutating func scoredSlot(_ chunk: Int, _ sources: borrowing MaskSources, _ plan: borrowing QueryPlan) -> Int? {
    guard let slot = slot(chunk, sources) else { return nil }
    if plan.wantsText, !areScored.base[slot] { scoreTexts(slot, chunk, sources, plan) }
    return slot
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
  private mutating func make(_ chunk: Int, _ sources: borrowing MaskSources) -> Int? {
    let place = sources.firstChunk + chunk
    opened.grow(to: openedCount + 1, keeping: openedCount)
    opened.base[openedCount] = UInt32(place)
    openedCount += 1
    masks.grow(to: (used + 1) * 64, keeping: used * 64)
    if sources.mayMissAWord { complete.grow(to: (used + 1) * 64, keeping: used * 64) }
    let everyWord = complete.base + (sources.mayMissAWord ? used * 64 : 0)
    guard sources.fill(mask(used), complete: everyWord, chunk: chunk, union: union.base) else {
      slots.base[place] = -1
      return nil
    }
    areScored.grow(to: used + 1, keeping: used)
    areScored.base[used] = false
    used += 1
    slots.base[place] = Int32(used)
    return used - 1
  }

  /// For everyone left: Σ over the words of the greatest factor · impact, in single precision, word by word. The work is that of the
  /// leaves that have somebody.
  @inline(never)
  private mutating func scoreTexts(
    _ slot: Int, _ chunk: Int, _ sources: borrowing MaskSources, _ plan: borrowing QueryPlan
  ) {
    texts.grow(to: (slot + 1) * Self.textStride, keeping: texts.capacity)
    let (mask, scores) = (mask(slot), textScores(slot))
    let (leaves, nodes) = (scores + 4_096, scores + 4_096 + 256)
    let (sums, word) = (Self.lines(scores), Self.lines(wordScores.base))
    for node in 0..<16 { nodes[node] = 0 }
    Self.forEachLeaf(mask) { sums[$0] = SIMD16(repeating: 0) }
    sources.raise(word: 0, chunk: chunk, within: mask, into: scores)
    for index in 1..<sources.wordCount {
      Self.forEachLeaf(mask) { word[$0] = SIMD16(repeating: 0) }
      sources.raise(word: index, chunk: chunk, within: mask, into: wordScores.base)
      Self.forEachLeaf(mask) { sums[$0] += word[$0] }
    }
    if sources.mayMissAWord { halve(scores, mask, complete.base + slot * 64, plan.rules) }
    Self.forEachLeaf(mask) { leaf in
      leaves[leaf] = plan.bounds.textPart(Self.greatest(sums[leaf]))
      nodes[leaf >> 4] = max(nodes[leaf >> 4], leaves[leaf])
    }
    areScored.base[slot] = true
  }

  /// Scores as leaves: sixteen side by side, on a cache line.
  @inline(__always)
  private static func lines(_ scores: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<SIMD16<Float>> {
    UnsafeMutableRawPointer(scores).assumingMemoryBound(to: SIMD16<Float>.self)
  }

  @inline(__always)
  private static func greatest(_ scores: SIMD16<Float>) -> Float {
    let eight = scores.lowHalf.replacing(with: scores.highHalf, where: scores.lowHalf .< scores.highHalf)
    let four = eight.lowHalf.replacing(with: eight.highHalf, where: eight.lowHalf .< eight.highHalf)
    let two = four.lowHalf.replacing(with: four.highHalf, where: four.lowHalf .< four.highHalf)
    return max(two.x, two.y)
  }

  /// The leaves in which somebody is left.
  @inline(__always)
  private static func forEachLeaf(_ mask: UnsafePointer<UInt64>, _ body: (Int) -> Void) {
    for word in 0..<64 where mask[word] != 0 {
      for leaf in 0..<4 where mask[word] >> UInt64(leaf * 16) & 0xFFFF != 0 { body(word * 4 + leaf) }
    }
  }

  /// Puts whoever has all words above the others.
  private func halve(
    _ scores: UnsafeMutablePointer<Float>, _ mask: UnsafePointer<UInt64>, _ complete: UnsafePointer<UInt64>,
    _ rules: RankingRules
  ) {
    for word in 0..<64 {
      var left = mask[word]
      while left != 0 {
        let bit = left.trailingZeroBitCount
        left &= left - 1
        let score = scores + (word << 6 + bit)
        score.pointee = rules.partialTextScore(score.pointee, hasAllWords: complete[word] >> UInt64(bit) & 1 == 1)
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
