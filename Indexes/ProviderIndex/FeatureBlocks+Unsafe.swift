import Columns

/// The features of sixteen children, one byte each, for every block of the tree: what the score of whatever lies below is bounded by.
///
/// A block is two words a row, each row a byte of sixteen lanes. A byte is never below what it stands for: not while a value is
/// changed, because the way up is raised before the value and lowered after it; so a reader may see too high a bound, never too low a
/// one.
public struct FeatureBlocks: Sendable {
  /// The rows of a block. All are greatest values but `flags`, whose bits are united. `merit` and `standing` are sums of others
  /// (see `Merit`), and come first, then what filters ask for most: few searches read beyond the first line.
  @frozen
  public enum Row: Int, CaseIterable, Sendable {
    case merit, standing, rating, cheapness, availability, verification, tier, popularity, newness, flags
  }

  static let wordsPerBlock = 2 * 10

  let words: LiveWords
  /// Where each level's blocks begin, counted in blocks.
  let levelStarts: [Int]
  let count: Int

  /// All bytes 0, for as many children as the tree has places.
  init(count: Int) {
    (levelStarts, self.count) = (Self.starts(count), count)
    words = LiveWords(count: Self.blockCount(count) * Self.wordsPerBlock)
  }

  init(count: Int, words: Column<UInt64>) {
    (levelStarts, self.count) = (Self.starts(count), count)
    self.words = LiveWords(copying: words)
  }

  private static func starts(_ count: Int) -> [Int] {
    var starts: [Int] = []
    var (blocks, total) = ((count + 15) / 16, 0)
    while blocks > 0 {
      starts.append(total)
      total += blocks
      if blocks == 1 { break }
      blocks = (blocks + 15) / 16
    }
    return starts
  }

  static func blockCount(_ count: Int) -> Int {
    var (blocks, total) = ((count + 15) / 16, 0)
    while blocks > 0 {
      total += blocks
      if blocks == 1 { break }
      blocks = (blocks + 15) / 16
    }
    return total
  }

  func byte(_ row: Row, level: Int, child: Int) -> UInt8 {
    let word = words.load(wordIndex(row, level: level, child: child))
    return UInt8(truncatingIfNeeded: word >> UInt64((child & 7) * 8))
  }

  /// What is known of provider `number`.
  func byte(_ row: Row, _ number: Int) -> UInt8 { byte(row, level: 0, child: number) }

  private func wordIndex(_ row: Row, level: Int, child: Int) -> Int {
    (levelStarts[level] + child >> 4) * Self.wordsPerBlock + row.rawValue * 2 + (child >> 3) & 1
  }

  private func store(_ byte: UInt8, _ row: Row, level: Int, child: Int) {
    let index = wordIndex(row, level: level, child: child)
    let shift = UInt64((child & 7) * 8)
    words.store(words.load(index) & ~(0xFF << shift) | UInt64(byte) << shift, at: index)
  }

  /// Changes a provider's byte and the bounds above it. By the one writer. O(levels), mostly O(1).
  func set(_ row: Row, _ number: Int, to byte: UInt8) {
    let old = self.byte(row, number)
    guard byte != old else { return }
    let raised = Self.united(row, old, byte)
    if raised != old {
      for level in stride(from: levelStarts.count - 1, to: 0, by: -1) {
        let child = number >> (4 * level)
        let bound = self.byte(row, level: level, child: child)
        let united = Self.united(row, bound, raised)
        if united != bound { store(united, row, level: level, child: child) }
      }
    }
    store(byte, row, level: 0, child: number)
    if raised != byte { lower(row, above: number) }
  }

  private static func united(_ row: Row, _ a: UInt8, _ b: UInt8) -> UInt8 { row == .flags ? a | b : max(a, b) }

  private func lower(_ row: Row, above number: Int) {
    for level in 1..<max(levelStarts.count, 1) {
      let child = number >> (4 * level)
      let bound = unitedBlock(row, level: level - 1, block: child)
      guard bound != byte(row, level: level, child: child) else { return }
      store(bound, row, level: level, child: child)
    }
  }

  /// The bound over one block: the greatest of its bytes, or all its bits.
  private func unitedBlock(_ row: Row, level: Int, block: Int) -> UInt8 {
    let index = (levelStarts[level] + block) * Self.wordsPerBlock + row.rawValue * 2
    let bytes = unsafeBitCast(SIMD2(words.load(index), words.load(index + 1)), to: SIMD16<UInt8>.self)
    guard row == .flags else { return bytes.max() }
    return (0..<16).reduce(0) { $0 | bytes[$1] }
  }

  /// Fills level 0 from `bytes` (by number, for each row) and every level above. Before anyone reads.
  func fill(_ byte: (Row, Int) -> UInt8) {
    for row in Row.allCases {
      for start in stride(from: 0, to: count, by: 8) {
        var word: UInt64 = 0
        for lane in 0..<min(8, count - start) { word |= UInt64(byte(row, start + lane)) << UInt64(lane * 8) }
        words.store(word, at: wordIndex(row, level: 0, child: start))
      }
      var children = (count + 15) / 16
      for level in 1..<max(levelStarts.count, 1) {
        for child in 0..<children { store(unitedBlock(row, level: level - 1, block: child), row, level: level, child: child) }
        children = (children + 15) / 16
      }
    }
  }

  func _checkInvariants() {
    for row in Row.allCases {
      var children = (count + 15) / 16
      for level in 1..<max(levelStarts.count, 1) {
        for child in 0..<children {
          precondition(
            byte(row, level: level, child: child) == unitedBlock(row, level: level - 1, block: child),
            "\(row) of block \(child), level \(level - 1), is not what lies below it")
        }
        children = (children + 15) / 16
      }
    }
  }
}
