import Columns
import SpatialIndex
import Synchronization

/// A tree over a segment's providers as the search reads it: addresses, so that nothing is retained on the way. Valid while the segment
/// is held.
struct TreeView {
  let count: Int
  let levelCount: Int
  private let places: UnsafePointer<SIMD16<Float>>
  private let boxes: UnsafePointer<SIMD16<Float>>
  private let levelStarts: UnsafePointer<Int32>
  private let leafBlocks: Int
  private let features: UnsafeMutablePointer<Atomic<UInt64>>
  /// Who is on each seat; nil where a provider's seat is its number.
  private let numbers: UnsafePointer<UInt32>?

  init(_ tree: PackedTree, _ features: FeatureBlocks, numbers: Column<UInt32>?) {
    count = tree.count
    levelCount = tree.levelCount
    places = tree.places.base
    boxes = tree.boxes.base
    levelStarts = tree.levelStarts.base
    leafBlocks = (tree.count + 15) / 16
    self.features = features.words.base
    self.numbers = numbers?.base
  }

  @inline(__always)
  func number(_ seat: Int) -> Int { numbers.map { Int($0[seat]) } ?? seat }

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

  /// A distance that the own one of whoever is on the seat does not fall below.
  @inline(__always)
  func leastDistance(_ reach: Reach, _ seat: Int) -> Float {
    let (block, lane) = (seat >> 4, seat & 15)
    let line = UnsafeRawPointer(places + 2 * block).assumingMemoryBound(to: Float.self)
    return reach.leastDistance(latitude: line[lane], longitude: line[16 + lane])
  }

  /// Reads a line of each part of a block, so that it is on its way when the block is opened. The sum keeps the compiler from
  /// dropping the reads; nothing waits for it.
  @inline(__always)
  func readAhead(level: Int, block: Int) -> UInt64 {
    let merits = rows(level: level, block: block).words[0].load(ordering: .relaxed)
    if level == 0 {
      let lines = UnsafeRawPointer(places + 2 * block)
      return merits &+ lines.load(as: UInt64.self) &+ lines.load(fromByteOffset: 64, as: UInt64.self)
    }
    let lines = UnsafeRawPointer(boxes + 4 * (Int(levelStarts[level]) + block))
    return merits &+ lines.load(as: UInt64.self) &+ lines.load(fromByteOffset: 64, as: UInt64.self)
      &+ lines.load(fromByteOffset: 128, as: UInt64.self) &+ lines.load(fromByteOffset: 192, as: UInt64.self)
  }

  /// The same for some of 64 seats.
  @inline(__always)
  func readAhead(seats: UInt64, from first: Int) -> UInt64 {
    var read: UInt64 = 0
    // By leaves: a seat's lines are its leaf's.
    for leaf in 0..<4 where seats >> UInt64(leaf * 16) & 0xFFFF != 0 { read &+= readAhead(level: 0, block: first >> 4 + leaf) }
    return read
  }

  /// The children below whom someone may be within reach, and those below whom everyone is: a bit each.
  @inline(__always)
  func within(_ reach: Reach, level: Int, block: Int) -> (some: UInt32, all: UInt32) {
    if level == 0 {
      let (some, all) = reach.within(latitudes: places[2 * block], longitudes: places[2 * block + 1])
      return (bits(some), bits(all))
    }
    let line = boxes + 4 * (Int(levelStarts[level]) + block)
    let (some, all) = reach.within(south: line[0], north: line[1], west: line[2], east: line[3])
    return (bits(some), bits(all))
  }
}

/// Which tree a search walks, and who in it counts: all, or the seats of some categories. Then words, tags and lists are not asked for,
/// and who has been removed is looked up one by one.
struct Seating {
  let tree: TreeView
  /// First seat and the one behind the last, of each category; none where everyone counts.
  let ranges: UnsafePointer<SIMD2<UInt32>>
  let rangeCount: Int
  private let removed: UnsafePointer<UInt64>?

  init(_ tree: TreeView, ranges: UnsafePointer<SIMD2<UInt32>>, count: Int, removed: UnsafePointer<UInt64>?) {
    (self.tree, self.ranges, rangeCount, self.removed) = (tree, ranges, count, removed)
  }

  /// Whether some may be gone whom only `isThere` knows.
  var hasGaps: Bool { removed != nil }

  @inline(__always)
  func isThere(_ number: Int) -> Bool {
    guard let removed else { return true }
    return removed[number >> 6] >> UInt64(number & 63) & 1 == 0
  }

  /// The children of a block that have someone who counts, a bit each.
  @inline(__always)
  func lanes(level: Int, block: Int) -> UInt32 {
    let shift = 4 * level
    let first = block << (shift + 4)
    guard rangeCount > 0 else {
      let children = (tree.count - first + (1 << shift) - 1) >> shift
      return children >= 16 ? 0xFFFF : (1 << UInt32(children)) - 1
    }
    var lanes: UInt32 = 0
    for index in 0..<rangeCount {
      let (lower, upper) = (Int(ranges[index].x) - first, Int(ranges[index].y) - first)
      guard lower < 16 << shift, upper > 0 else { continue }
      let (from, to) = (max(lower, 0) >> shift, min((upper + (1 << shift) - 1) >> shift, 16))
      lanes |= (1 << UInt32(to)) - (1 << UInt32(from))
    }
    return lanes
  }

  /// How many of those who count are below a block.
  @inline(__always)
  func population(level: Int, block: Int) -> Int {
    let size = 1 << (4 * (level + 1))
    let (start, end) = (block * size, min((block + 1) * size, tree.count))
    guard rangeCount > 0 else { return end - start }
    return (0..<rangeCount).reduce(0) { $0 + max(0, min(end, Int(ranges[$1].y)) - max(start, Int(ranges[$1].x))) }
  }
}
