// SpatialIndex: packed R-trees over places in a given order, and over circles.
public import Columns
import Geometry

/// A packed R-tree of fan-out 16 over places that are already in order: block i of a level describes children 16i ..< 16i+16, so there
/// are no pointers, and every node is a contiguous range of place numbers.
///
/// Level 0 blocks hold sixteen places each; a block of level L holds the boxes of sixteen blocks of level L − 1. The top level has
/// one block, the root. Degrees are kept in single precision, boxes rounded outwards; `slackDegrees` covers what rounding does to a place.
public struct PackedTree: Sendable {
  /// Places below one block of each level: 16, 256, 4,096, …
  public static let fanOut = 16
  /// A single-precision degree is off by at most this much, however it came about: half a unit in the last place of 180, for the place
  /// and for the query, and as much again for their difference.
  public static let slackDegrees: Float = 4e-5

  /// How many places there are.
  public let count: Int
  public let levelCount: Int
  /// Two lines a level-0 block: sixteen latitudes, sixteen longitudes. A missing place is at infinity.
  public let places: Column<SIMD16<Float>>
  /// Four lines a block of the levels above: souths, norths, wests, easts.
  public let boxes: Column<SIMD16<Float>>
  /// Where each level's blocks begin in `boxes`, counted in blocks; entry 0 is unused.
  public let levelStarts: Column<Int32>

  /// O(n). The order decides how tight the boxes are: a Hilbert curve, or something near it.
  public init(latitudes: [Double], longitudes: [Double]) {
    precondition(latitudes.count == longitudes.count, "as many latitudes as longitudes")
    count = latitudes.count
    var lines: [SIMD16<Float>] = []
    lines.reserveCapacity(2 * Self.blocks(over: count))
    var level: [Box] = []
    for start in stride(from: 0, to: count, by: Self.fanOut) {
      var (north, east) = (SIMD16<Float>(repeating: .infinity), SIMD16<Float>(repeating: .infinity))
      var box = Box()
      for lane in 0..<min(Self.fanOut, count - start) {
        (north[lane], east[lane]) = (Float(latitudes[start + lane]), Float(longitudes[start + lane]))
        box.include(latitude: latitudes[start + lane], longitude: longitudes[start + lane])
      }
      lines.append(north)
      lines.append(east)
      level.append(box)
    }
    places = Column(lines)
    var starts: [Int32] = [0]
    var boxLines: [SIMD16<Float>] = []
    while level.count > 1 {
      starts.append(Int32(boxLines.count / 4))
      level = Self.parents(of: level, into: &boxLines)
    }
    boxes = Column(boxLines)
    levelStarts = Column(starts)
    levelCount = starts.count
  }

  static func blocks(over count: Int) -> Int { (count + fanOut - 1) / fanOut }

  /// Blocks at a level.
  public func blockCount(level: Int) -> Int {
    var blocks = Self.blocks(over: count)
    for _ in 0..<level { blocks = Self.blocks(over: blocks) }
    return blocks
  }

  /// The places below a block.
  public func range(level: Int, block: Int) -> Range<Int> {
    let size = 1 << (4 * (level + 1))
    return min(block * size, count)..<min((block + 1) * size, count)
  }

  private static func parents(of level: [Box], into lines: inout [SIMD16<Float>]) -> [Box] {
    var parents: [Box] = []
    parents.reserveCapacity(blocks(over: level.count))
    for start in stride(from: 0, to: level.count, by: fanOut) {
      // A missing child is beyond every query: its south is above its north.
      var south = SIMD16<Float>(repeating: .infinity)
      var (north, west, east) = (-south, south, -south)
      var parent = Box()
      for lane in 0..<min(fanOut, level.count - start) {
        let child = level[start + lane]
        (south[lane], north[lane], west[lane], east[lane]) = (child.south, child.north, child.west, child.east)
        parent.include(child)
      }
      lines.append(contentsOf: [south, north, west, east])
      parents.append(parent)
    }
    return parents
  }

  /// A box of single-precision degrees, rounded outwards.
  private struct Box {
    var south = Float.infinity
    var north = -Float.infinity
    var west = Float.infinity
    var east = -Float.infinity

    mutating func include(latitude: Double, longitude: Double) {
      let (y, x) = (Float(latitude), Float(longitude))
      south = min(south, y.nextDown)
      north = max(north, y.nextUp)
      west = min(west, x.nextDown)
      east = max(east, x.nextUp)
    }

    mutating func include(_ other: Box) {
      south = min(south, other.south)
      north = max(north, other.north)
      west = min(west, other.west)
      east = max(east, other.east)
    }
  }
}

extension PackedTree {
  public func write(into file: inout ColumnFileWriter, prefix: String) {
    file.add(Column([UInt64(count)]), as: "\(prefix).count")
    file.add(places, as: "\(prefix).places")
    file.add(boxes, as: "\(prefix).boxes")
    file.add(levelStarts, as: "\(prefix).levels")
  }

  /// Checks the shape: as many blocks a level as the count asks for.
  public init(reading file: ColumnFileReader, prefix: String) throws(ColumnFileError) {
    let counts = try file.column("\(prefix).count", of: UInt64.self, count: 1)
    guard counts[0] <= UInt64(Int32.max) else {
      throw .shape(section: "\(prefix).count", reason: "\(counts[0]) places are too many")
    }
    count = Int(counts[0])
    places = try file.column("\(prefix).places", count: 2 * Self.blocks(over: count))
    var starts: [Int32] = [0]
    var total = 0
    var blocks = Self.blocks(over: count)
    while blocks > 1 {
      blocks = Self.blocks(over: blocks)
      starts.append(Int32(total))
      total += blocks
    }
    boxes = try file.column("\(prefix).boxes", count: 4 * total)
    levelStarts = try file.column("\(prefix).levels", count: starts.count)
    guard Array(levelStarts) == starts else {
      throw .shape(section: "\(prefix).levels", reason: "the levels do not fit \(count) places")
    }
    levelCount = starts.count
  }

  /// Every box holds what is below it; every missing child is out of reach.
  public func _checkInvariants() {
    for level in 0..<levelCount {
      for block in 0..<blockCount(level: level) {
        for lane in 0..<Self.fanOut { checkChild(level: level, block: block, lane: lane) }
      }
    }
  }

  private func checkChild(level: Int, block: Int, lane: Int) {
    let child = block * Self.fanOut + lane
    if level == 0 {
      let isThere = child < count
      precondition(places[2 * block][lane].isFinite == isThere && places[2 * block + 1][lane].isFinite == isThere)
      return
    }
    let line = 4 * (Int(levelStarts[level]) + block)
    let (south, north, west, east) = (boxes[line][lane], boxes[line + 1][lane], boxes[line + 2][lane], boxes[line + 3][lane])
    for number in range(level: level - 1, block: child) {
      let (y, x) = (places[2 * (number / 16)][number % 16], places[2 * (number / 16) + 1][number % 16])
      precondition(south < y && y < north && west < x && x < east, "place \(number) is outside its box of level \(level)")
    }
    precondition(child < blockCount(level: level - 1) || south > north, "a missing child can be reached")
  }
}
