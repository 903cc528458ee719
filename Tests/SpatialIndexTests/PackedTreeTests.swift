import Columns
import Geometry
import SpatialIndex
import TestSupport
import Testing

/// The trees beside a linear scan: nothing missed, nothing far from the edge let in.
@Suite struct PackedTreeTests {
  /// Clusters, a scatter over the world, poles, the antimeridian and many at one point.
  static func places(_ count: Int, _ random: inout SeededRandom) throws -> [GeoPoint] {
    let centres = try (0..<4).map { _ in
      try GeoPoint(latitude: .random(in: -89...89, using: &random), longitude: .random(in: -180...180, using: &random))
    }
    return try (0..<count).map { _ in
      switch Int.random(in: 0..<10, using: &random) {
      case 0:
        return try GeoPoint(latitude: .random(in: -90...90, using: &random), longitude: .random(in: -180...180, using: &random))
      case 1:
        return try GeoPoint(
          latitude: Bool.random(using: &random) ? 89.99 : -90, longitude: .random(in: -180...180, using: &random))
      case 2:
        return try GeoPoint(
          latitude: .random(in: -1...1, using: &random), longitude: Bool.random(using: &random) ? 180 : -179.999)
      case 3: return centres[0]
      default:
        let centre = centres.randomElement(using: &random) ?? centres[0]
        return try GeoPoint(
          latitude: max(-90, min(90, centre.latitude + .random(in: -0.3...0.3, using: &random))),
          longitude: (centre.longitude + .random(in: -0.3...0.3, using: &random)).remainder(dividingBy: 360))
      }
    }.sorted { HilbertCurve.number($0) < HilbertCurve.number($1) }
  }

  @Test(arguments: [0, 1, 2, 15, 16, 17, 255, 256, 257, 4_096, 4_097, 9_000])
  func circlesAndBoxesMissNothing(count: Int) throws {
    var random = SeededRandom(stream: "circlesAndBoxes\(count)")
    let places = try Self.places(count, &random)
    let tree = PackedTree(latitudes: places.map(\.latitude), longitudes: places.map(\.longitude))
    tree._checkInvariants()
    for _ in 0..<60 {
      let centre = try Bool.random(using: &random) ? places.randomElement(using: &random) : Self.places(1, &random).first
      guard let centre else { continue }
      let radius: Double = [1, 100, 5_000, 50_000, 3_000_000, 20_000_000].randomElement(using: &random) ?? 1
      let circle = try GeoCircle(centre: centre, radiusMetres: radius * .random(in: 0.5...1, using: &random))
      var found: [Int] = []
      tree.forEachCandidate(in: circle) { found.append($0) }
      #expect(zip(found, found.dropFirst()).allSatisfy { $0 < $1 })
      let inside = Set(found)
      for (number, place) in places.enumerated() {
        let distance = UnitVector(place).distanceMetres(to: circle.vector)
        if distance <= circle.radiusMetres { #expect(inside.contains(number), "\(place) in \(circle)") }
      }
      let (south, north) = (circle.bounds.south, circle.bounds.north)
      let box = try GeoBox(south: south, west: circle.bounds.west, north: north, east: circle.bounds.east)
      var boxed: Set<Int> = []
      tree.forEachCandidate(in: box) { boxed.insert($0) }
      let expected = Set(places.indices.filter { box.contains(places[$0]) })
      #expect(boxed.isSuperset(of: expected))
      #expect(boxed.subtracting(expected).allSatisfy { !Self.isFarOutside(places[$0], box) })
    }
  }

  static func isFarOutside(_ place: GeoPoint, _ box: GeoBox) -> Bool {
    if place.latitude < box.south - 0.001 || place.latitude > box.north + 0.001 { return true }
    let (west, east) = (box.west - 0.001, box.east + 0.001)
    return box.crossesAntimeridian
      ? place.longitude < west && place.longitude > east : place.longitude < west || place.longitude > east
  }

  /// The bounds the search prunes by: never above the least, never below the greatest distance.
  @Test func boundsHoldForEveryChild() throws {
    var random = SeededRandom()
    let places = try Self.places(5_000, &random)
    let tree = PackedTree(latitudes: places.map(\.latitude), longitudes: places.map(\.longitude))
    for _ in 0..<40 {
      guard let centre = places.randomElement(using: &random) else { return }
      let circle = try GeoCircle(
        centre: centre, radiusMetres: [150, 20_000, 2_000_000, 19_000_000].randomElement(using: &random) ?? 150)
      let reach = Reach(circle)
      for level in 0..<tree.levelCount {
        for block in 0..<tree.blockCount(level: level) { check(tree, places, circle, reach, level: level, block: block) }
      }
    }
  }

  private func check(_ tree: PackedTree, _ places: [GeoPoint], _ circle: GeoCircle, _ reach: Reach, level: Int, block: Int) {
    let line = 4 * (level == 0 ? 0 : Int(tree.levelStarts[level]) + block)
    let (y, x) = level == 0 ? (tree.places[2 * block], tree.places[2 * block + 1]) : (.zero, .zero)
    let boxes = tree.boxes
    let least =
      level == 0
      ? reach.leastDistances(latitudes: y, longitudes: x)
      : reach.leastDistances(south: boxes[line], north: boxes[line + 1], west: boxes[line + 2], east: boxes[line + 3])
    let (some, all) =
      level == 0
      ? reach.within(latitudes: y, longitudes: x)
      : reach.within(south: boxes[line], north: boxes[line + 1], west: boxes[line + 2], east: boxes[line + 3])
    for lane in 0..<16 {
      let child = block * 16 + lane
      let range = level == 0 ? child..<min(child + 1, max(tree.count, child)) : tree.range(level: level - 1, block: child)
      if range.isEmpty {
        #expect(!(least[lane] <= reach.radius) && !some[lane] && !all[lane], "a missing child is never reached")
      }
      for number in range {
        let distance = UnitVector(places[number]).distanceMetres(to: circle.vector)
        if distance <= circle.radiusMetres {
          #expect(Double(least[lane]) <= distance && some[lane], "level \(level), \(places[number]), \(circle)")
        }
        if all[lane] { #expect(distance <= circle.radiusMetres) }
      }
    }
  }

  @Test func areasThatContainAPoint() throws {
    var random = SeededRandom()
    for count in [0, 1, 16, 17, 300, 4_500] {
      let areas = try Self.places(count, &random).enumerated().map { number, centre in
        ServiceAreas.Area(
          owner: UInt32(number / 2),
          circle: try GeoCircle(
            centre: centre, radiusMetres: [500, 8_000, 60_000, 9_000_000].randomElement(using: &random) ?? 500))
      }
      let index = ServiceAreas(areas)
      for _ in 0..<80 {
        guard let point = try Self.places(1, &random).first else { continue }
        var owners: [UInt32] = []
        index.forEachOwner(servingPointAt: point) { owners.append($0) }
        #expect(owners.sorted() == areas.filter { $0.circle.contains(point) }.map(\.owner).sorted(), "\(point) among \(count)")
      }
    }
  }

  @Test func treesAreReadBack() throws {
    var random = SeededRandom()
    for count in [0, 1, 16, 300, 5_000] {
      let places = try Self.places(count, &random)
      let tree = PackedTree(latitudes: places.map(\.latitude), longitudes: places.map(\.longitude))
      let areas = ServiceAreas(try places.map { .init(owner: 0, circle: try GeoCircle(centre: $0, radiusMetres: 900)) })
      var file = ColumnFileWriter(version: 1, number: 0)
      tree.write(into: &file, prefix: "tree")
      areas.write(into: &file, prefix: "areas")
      let reader = try ColumnFileReader(memory: Column(file.bytes()).memory, version: 1)
      let read = try PackedTree(reading: reader, prefix: "tree")
      read._checkInvariants()
      #expect(
        Array(read.places) == Array(tree.places) && Array(read.boxes) == Array(tree.boxes) && read.levelCount == tree.levelCount)
      if count > 0 {
        #expect(throws: ColumnFileError.self) { try ServiceAreas(reading: reader, prefix: "areas", ownerCount: 0) }
      }
      #expect(try ServiceAreas(reading: reader, prefix: "areas", ownerCount: 1).count == count)
    }
  }
}
