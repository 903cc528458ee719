public import Columns
public import Geometry

/// Circles, each with an owner, and the question which of them contain a point: home visits.
///
/// A packed tree over the circles' bounding boxes, in Hilbert order of their centres. A circle over the antimeridian or a pole has a
/// box that reaches round the world: rare, and tested exactly like every other.
public struct ServiceAreas: Sendable {
  public struct Area: Sendable {
    public let owner: UInt32
    public let circle: GeoCircle

    public init(owner: UInt32, circle: GeoCircle) {
      self.owner = owner
      self.circle = circle
    }
  }

  public var count: Int { owners.count }
  public var byteCount: Int { owners.byteCount + circles.byteCount + centres.byteCount + boxes.byteCount + levelStarts.byteCount }
  private let owners: Column<UInt32>
  /// Centre and radius of each: x, y, z of the unit vector, metres.
  private let circles: Column<SIMD4<Double>>
  /// Latitude and longitude of each centre, as they were given.
  private let centres: Column<SIMD2<Double>>
  /// Four lines a block, every level, leaves first.
  private let boxes: Column<SIMD16<Float>>
  private let levelStarts: Column<Int32>

  /// O(n log n).
  public init(_ areas: [Area]) {
    let ordered = areas.map { (number: HilbertCurve.number($0.circle.centre), area: $0) }
      .sorted { ($0.number, $0.area.owner) < ($1.number, $1.area.owner) }
    owners = Column(ordered.map(\.area.owner))
    circles = Column(
      ordered.map {
        let centre = $0.area.circle.vector
        return SIMD4(centre.x, centre.y, centre.z, $0.area.circle.radiusMetres)
      })
    centres = Column(ordered.map { SIMD2($0.area.circle.centre.latitude, $0.area.circle.centre.longitude) })
    var lines: [SIMD16<Float>] = []
    var starts: [Int32] = []
    var level = ordered.map { Self.box(of: $0.area.circle.bounds) }
    while !level.isEmpty {
      starts.append(Int32(lines.count / 4))
      level = Self.parents(of: level, into: &lines)
      if level.count == 1 { break }
    }
    boxes = Column(lines)
    levelStarts = Column(starts)
  }

  /// All areas, as they were given; what is no circle in a foreign file is left out.
  public var all: [Area] {
    owners.indices.compactMap { index in
      guard let centre = try? GeoPoint(latitude: centres[index].x, longitude: centres[index].y),
        let circle = try? GeoCircle(centre: centre, radiusMetres: circles[index].w)
      else { return nil }
      return Area(owner: owners[index], circle: circle)
    }
  }

  /// Calls `body` with the owner of every area that contains the point, once for each area, in no order.
  public func forEachOwner(servingPointAt point: GeoPoint, _ body: (UInt32) -> Void) {
    guard !levelStarts.isEmpty else { return }
    visit(
      level: levelStarts.count - 1, block: 0, y: Float(point.latitude), x: Float(point.longitude), at: UnitVector(point), body)
  }

  private func visit(level: Int, block: Int, y: Float, x: Float, at point: UnitVector, _ body: (UInt32) -> Void) {
    let line = 4 * (Int(levelStarts[level]) + block)
    let inside = (boxes[line] .<= y) .& (boxes[line + 1] .>= y) .& (boxes[line + 2] .<= x) .& (boxes[line + 3] .>= x)
    for lane in 0..<PackedTree.fanOut where inside[lane] {
      let child = block * PackedTree.fanOut + lane
      guard level == 0 else {
        visit(level: level - 1, block: child, y: y, x: x, at: point, body)
        continue
      }
      let circle = circles[child]
      if point.distanceMetres(to: UnitVector(x: circle.x, y: circle.y, z: circle.z)) <= circle.w { body(owners[child]) }
    }
  }

  /// South, north, west, east; wider than the circle by more than rounding.
  private static func box(of bounds: GeoBox) -> SIMD4<Float> {
    let slack = PackedTree.slackDegrees
    let (west, east) = bounds.crossesAntimeridian ? (-180, 180) : (bounds.west, bounds.east)
    return SIMD4(Float(bounds.south) - slack, Float(bounds.north) + slack, Float(west) - slack, Float(east) + slack)
  }

  private static func parents(of level: [SIMD4<Float>], into lines: inout [SIMD16<Float>]) -> [SIMD4<Float>] {
    var parents: [SIMD4<Float>] = []
    for start in stride(from: 0, to: level.count, by: PackedTree.fanOut) {
      var south = SIMD16<Float>(repeating: .infinity)
      var (north, west, east) = (-south, south, -south)
      for lane in 0..<min(PackedTree.fanOut, level.count - start) {
        let child = level[start + lane]
        (south[lane], north[lane], west[lane], east[lane]) = (child.x, child.y, child.z, child.w)
      }
      lines.append(contentsOf: [south, north, west, east])
      parents.append(SIMD4(south.min(), north.max(), west.min(), east.max()))
    }
    return parents
  }
}

extension ServiceAreas {
  public func write(into file: inout ColumnFileWriter, prefix: String) {
    file.add(owners, as: "\(prefix).owners")
    file.add(circles, as: "\(prefix).circles")
    file.add(centres, as: "\(prefix).centres")
    file.add(boxes, as: "\(prefix).boxes")
    file.add(levelStarts, as: "\(prefix).levels")
  }

  /// - Parameter ownerCount: every owner must be below it.
  public init(reading file: ColumnFileReader, prefix: String, ownerCount: Int) throws(ColumnFileError) {
    owners = try file.column("\(prefix).owners")
    circles = try file.column("\(prefix).circles", count: owners.count)
    centres = try file.column("\(prefix).centres", count: owners.count)
    var starts: [Int32] = []
    var (total, blocks) = (0, owners.count)
    while blocks > 0 {
      starts.append(Int32(total))
      blocks = PackedTree.blocks(over: blocks)
      total += blocks
      if blocks == 1 { break }
    }
    boxes = try file.column("\(prefix).boxes", count: 4 * total)
    levelStarts = try file.column("\(prefix).levels", count: starts.count)
    guard Array(levelStarts) == starts, owners.allSatisfy({ $0 < ownerCount }) else {
      throw .shape(section: "\(prefix).levels", reason: "the areas' levels or owners do not fit")
    }
  }
}
