import Foundation
import Geometry
import TestSupport
import Testing

@Suite struct PlaceTests {
  static func haversine(_ a: GeoPoint, _ b: GeoPoint) -> Double {
    let radians = Double.pi / 180
    let (p, q) = (a.latitude * radians, b.latitude * radians)
    let h = pow(sin((q - p) / 2), 2) + cos(p) * cos(q) * pow(sin((b.longitude - a.longitude) * radians / 2), 2)
    return 2 * 6_371_008.8 * asin(min(1, sqrt(h)))
  }

  static func randomPoint(_ random: inout SeededRandom) throws -> GeoPoint {
    switch Int.random(in: 0..<8, using: &random) {
    case 0:
      try GeoPoint(latitude: [-90, 90, 0].randomElement(using: &random) ?? 0, longitude: .random(in: -180...180, using: &random))
    case 1:
      try GeoPoint(latitude: .random(in: -90...90, using: &random), longitude: [-180, 180].randomElement(using: &random) ?? 0)
    default: try GeoPoint(latitude: .random(in: -90...90, using: &random), longitude: .random(in: -180...180, using: &random))
    }
  }

  @Test func distancesAreHaversines() throws {
    var random = SeededRandom()
    for _ in 0..<50_000 {
      let a = try Self.randomPoint(&random)
      let b: GeoPoint
      if Bool.random(using: &random) {
        let scale = pow(10, Double.random(in: -6...0, using: &random))
        b = try GeoPoint(
          latitude: min(90, max(-90, a.latitude + .random(in: -1...1, using: &random) * scale)),
          longitude: min(180, max(-180, a.longitude + .random(in: -1...1, using: &random) * scale)))
      } else {
        b = try Self.randomPoint(&random)
      }
      let expected = Self.haversine(a, b)
      let found = UnitVector(a).distanceMetres(to: UnitVector(b))
      // Near the antipode a hair of the chord is much of the arc, for both formulas.
      let tolerance = expected > 19_900_000 ? 1.0 : 1e-8 + expected * 1e-12
      #expect(abs(found - expected) <= tolerance, "\(a) to \(b): \(found), not \(expected)")
    }
  }

  @Test(
    arguments: [
      (91, 0), (-90.000_001, 0), (.nan, 0), (.infinity, 0), (0, 180.5), (0, -181), (0, .nan), (0, -.infinity),
    ] as [(Double, Double)])
  func whatIsNoPlaceIsRefused(latitude: Double, longitude: Double) {
    #expect(throws: GeometryError.self) { try GeoPoint(latitude: latitude, longitude: longitude) }
  }

  @Test(arguments: [0, -1, .nan, .infinity, 3e7] as [Double])
  func whatIsNoRadiusIsRefused(radius: Double) throws {
    let centre = try GeoPoint(latitude: 31.95, longitude: 35.91)
    #expect(throws: GeometryError.self) { try GeoCircle(centre: centre, radiusMetres: radius) }
  }

  /// What the searches rely on: the box of a circle misses none of its places, and the two scales bound every distance.
  @Test func circlesAreBounded() throws {
    var random = SeededRandom()
    for _ in 0..<3_000 {
      let centre = try Self.randomPoint(&random)
      let radius = pow(10, Double.random(in: 0...7.3, using: &random))
      let circle = try GeoCircle(centre: centre, radiusMetres: min(radius, Earth.longestRadiusMetres))
      let reach = radius / Earth.radiusMetres * 180 / .pi * 1.2
      for _ in 0..<30 {
        let place = try GeoPoint(
          latitude: min(90, max(-90, centre.latitude + .random(in: -reach...reach, using: &random))),
          longitude: (centre.longitude + .random(in: -reach...reach, using: &random) / max(0.01, cos(centre.latitude * .pi / 180)))
            .remainder(dividingBy: 360))
        let distance = UnitVector(place).distanceMetres(to: circle.vector)
        guard distance <= circle.radiusMetres else { continue }
        #expect(circle.contains(place) && circle.bounds.contains(place), "\(place) around \(circle)")
        let a = abs(place.latitude - centre.latitude) * .pi / 180
        let degrees = abs(place.longitude - centre.longitude)
        let b = min(degrees, 360 - degrees) * .pi / 180
        let least = circle.metresPerRadianAtLeast * sqrt(a * a + circle.narrowing * b * b)
        let most = circle.metresPerRadianAtMost * sqrt(a * a + circle.widening * b * b)
        #expect(
          least <= distance + 1e-6 && (distance <= most + 1e-6), "\(least) ≤ \(distance) ≤ \(most) from \(centre) to \(place)")
      }
    }
  }

  @Test func boxesCrossTheAntimeridian() throws {
    let box = try GeoBox(south: -10, west: 170, north: 10, east: -170)
    #expect(box.crossesAntimeridian)
    for (latitude, longitude, inside) in [(0.0, 180.0, true), (0, -175, true), (0, 0, false), (11, 175, false)] {
      let place = try GeoPoint(latitude: latitude, longitude: longitude)
      #expect(box.contains(place) == inside, "\(place)")
    }
    #expect(throws: GeometryError.self) { try GeoBox(south: 10, west: 0, north: -10, east: 1) }
    #expect(throws: GeometryError.self) { try GeoBox(south: .nan, west: 0, north: 10, east: 1) }
  }

  /// A curve visits each cell once, and each step goes to a neighbour.
  @Test func theHilbertCurveIsOne() {
    let corner: UInt32 = 1 << 23 - 32
    var cells: [(number: UInt64, x: Int, y: Int)] = []
    for x in 0..<64 {
      for y in 0..<64 { cells.append((HilbertCurve.number(column: corner + UInt32(x), row: corner + UInt32(y)), x, y)) }
    }
    cells.sort { $0.number < $1.number }
    for (a, b) in zip(cells, cells.dropFirst()) {
      #expect(a.number < b.number)
      if b.number == a.number + 1 { #expect(abs(a.x - b.x) + abs(a.y - b.y) == 1) }
    }
    #expect(HilbertCurve.number(column: 0, row: 0) == 0)
    #expect(HilbertCurve.number(column: (1 << 24) - 1, row: 0) == (1 << 48) - 1)
  }
}
