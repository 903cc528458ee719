/// All places within a distance of a centre, and what a search over boxes of degrees needs to know of it.
///
/// For a box whose latitudes are at least `a` and whose longitudes are at least `b` radians away from the centre,
/// h ≥ sin²(a/2) + cos φ · cos φ′ · sin²(b/2), and each factor is bounded over the circle: so the square root of
/// a² + `narrowing` · b², times `metresPerRadianAtLeast`, never exceeds the distance of a place of the circle.
@frozen
public struct GeoCircle: Sendable {
  public let centre: GeoPoint
  public let radiusMetres: Double
  public let vector: UnitVector
  /// The product of the cosines of the centre's latitude and of the circle's latitude farthest from the equator; 0 over a pole.
  public let narrowing: Double
  /// The same with the latitude nearest to the equator: for distances that must not be exceeded.
  public let widening: Double
  public let metresPerRadianAtLeast: Double
  public let metresPerRadianAtMost: Double
  /// The box of degrees around the circle.
  public let bounds: GeoBox

  public init(centre: GeoPoint, radiusMetres: Double) throws(GeometryError) {
    guard radiusMetres > 0, radiusMetres <= Earth.longestRadiusMetres else { throw .radius(radiusMetres) }
    self.centre = centre
    self.radiusMetres = radiusMetres
    vector = UnitVector(centre)
    // The ratios below need an angle that is not 0; what bounds a larger circle bounds this one.
    let angle = max(radiusMetres / Earth.radiusMetres, 1e-100)
    let latitude = abs(centre.latitude) * Earth.radiansPerDegree
    let cosine = Elementary.sineAndCosine(latitude).cosine
    let farthest = latitude + angle
    let nearest = max(latitude - angle, 0)
    narrowing = farthest >= .pi / 2 ? 0 : max(cosine * Elementary.sineAndCosine(farthest).cosine, 0)
    widening = max(cosine * Elementary.sineAndCosine(nearest).cosine, 0)
    let halfWidth = Self.halfWidth(angle: angle, latitude: latitude, cosine: cosine)
    // sin(x/2) ≥ shrink · x/2 for every gap x that occurs inside the circle, because sin(u)/u falls on 0…π/2.
    let widest = max(angle, halfWidth) / 2
    metresPerRadianAtLeast = Earth.radiusMetres * (Elementary.sineAndCosine(widest).sine / widest) * (1 - 1e-6)
    // 2·asin(x/2) ≤ stretch · x for every chord x of the circle, because asin(u)/u grows.
    let chord = Elementary.sineAndCosine(min(angle, .pi) / 2).sine
    metresPerRadianAtMost = Earth.radiusMetres * (Elementary.arcSine(chord) / chord) * (1 + 1e-6)
    bounds = GeoBox(around: centre, angle: angle, halfWidth: halfWidth)
  }

  /// How far the circle reaches east and west, in radians of longitude; π when it holds a pole.
  private static func halfWidth(angle: Double, latitude: Double, cosine: Double) -> Double {
    guard latitude + angle < .pi / 2 else { return .pi }
    let sine = Elementary.sineAndCosine(angle).sine / cosine
    return sine >= 1 ? .pi : Elementary.arcSine(sine)
  }

  public func contains(_ point: GeoPoint) -> Bool { UnitVector(point).distanceMetres(to: vector) <= radiusMetres }
}

/// A box of degrees; when `west` is greater than `east` it crosses the antimeridian.
@frozen
public struct GeoBox: Hashable, Sendable {
  public let south: Double
  public let north: Double
  public let west: Double
  public let east: Double

  public init(south: Double, west: Double, north: Double, east: Double) throws(GeometryError) {
    for latitude in [south, north] where !(latitude >= -90 && latitude <= 90) { throw .latitude(latitude) }
    for longitude in [west, east] where !(longitude >= -180 && longitude <= 180) { throw .longitude(longitude) }
    guard south <= north else { throw .box("the box's south, \(south), is north of its north, \(north)") }
    (self.south, self.north, self.west, self.east) = (south, north, west, east)
  }

  /// Around a circle, a hair wider than it.
  fileprivate init(around centre: GeoPoint, angle: Double, halfWidth: Double) {
    let hair = 1e-9
    let degrees = 1 / Earth.radiansPerDegree
    south = max(centre.latitude - angle * degrees - hair, -90)
    north = min(centre.latitude + angle * degrees + hair, 90)
    let reach = halfWidth * degrees + hair
    if reach >= 180 {
      (west, east) = (-180, 180)
    } else {
      let (left, right) = (centre.longitude - reach, centre.longitude + reach)
      west = left < -180 ? left + 360 : left
      east = right > 180 ? right - 360 : right
    }
  }

  public var crossesAntimeridian: Bool { west > east }

  @inlinable
  public func contains(_ point: GeoPoint) -> Bool { contains(latitude: point.latitude, longitude: point.longitude) }

  @inlinable
  public func contains(latitude: Double, longitude: Double) -> Bool {
    guard latitude >= south, latitude <= north else { return false }
    return west <= east ? longitude >= west && longitude <= east : longitude >= west || longitude <= east
  }
}
