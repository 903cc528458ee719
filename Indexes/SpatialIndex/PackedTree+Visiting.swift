import Columns
public import Geometry

extension PackedTree {
  /// Calls `body` with the number of every place that may be in the circle: all that are, and those within `slackDegrees` of its edge.
  /// O(√n + found) for places in Hilbert order.
  public func forEachCandidate(in circle: GeoCircle, _ body: (Int) -> Void) {
    guard count > 0 else { return }
    let reach = Reach(circle)
    visit(
      level: levelCount - 1, block: 0, near: { $0.leastDistances(south: $1, north: $2, west: $3, east: $4) .<= $0.radius }, reach
    ) {
      block in
      let near = reach.leastDistances(latitudes: places[2 * block], longitudes: places[2 * block + 1]) .<= reach.radius
      for lane in 0..<Self.fanOut where near[lane] { body(block * Self.fanOut + lane) }
    }
  }

  /// Calls `body` with the number of every place that may be in the box: all that are, and those within `slackDegrees` of its edge.
  public func forEachCandidate(in box: GeoBox, _ body: (Int) -> Void) {
    guard count > 0 else { return }
    let frame = Frame(box)
    visit(level: levelCount - 1, block: 0, near: { $0.meets(south: $1, north: $2, west: $3, east: $4) }, frame) { block in
      let (y, x) = (places[2 * block], places[2 * block + 1])
      let near = frame.meets(south: y, north: y, west: x, east: x)
      for lane in 0..<Self.fanOut where near[lane] { body(block * Self.fanOut + lane) }
    }
  }

  private typealias Lanes = SIMDMask<SIMD16<Int32>>

  /// Depth first, in the order of the places.
  private func visit<Shape>(
    level: Int, block: Int,
    near: (Shape, SIMD16<Float>, SIMD16<Float>, SIMD16<Float>, SIMD16<Float>) -> Lanes, _ shape: Shape, leaf: (Int) -> Void
  ) {
    guard level > 0 else { return leaf(block) }
    let line = 4 * (Int(levelStarts[level]) + block)
    let children = near(shape, boxes[line], boxes[line + 1], boxes[line + 2], boxes[line + 3])
    for lane in 0..<Self.fanOut where children[lane] {
      visit(level: level - 1, block: block * Self.fanOut + lane, near: near, shape, leaf: leaf)
    }
  }
}

/// A box of degrees as blocks are asked about it, a little wider than it is.
struct Frame {
  let south: Float
  let north: Float
  let west: Float
  let east: Float
  let crosses: Bool

  init(_ box: GeoBox) {
    let slack = PackedTree.slackDegrees
    south = Float(box.south) - slack
    north = Float(box.north) + slack
    west = Float(box.west) - slack
    east = Float(box.east) + slack
    crosses = box.crossesAntimeridian
  }

  func meets(
    south: SIMD16<Float>, north: SIMD16<Float>, west: SIMD16<Float>, east: SIMD16<Float>
  ) -> SIMDMask<SIMD16<Int32>> {
    let latitudes = (north .>= self.south) .& (south .<= self.north)
    let fromWest = east .>= self.west
    let fromEast = west .<= self.east
    return latitudes .& (crosses ? fromWest .| fromEast : fromWest .& fromEast)
  }
}
