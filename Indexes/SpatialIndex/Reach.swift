public import Geometry

/// A circle as the tree's blocks are asked about it: sixteen children at once, in single precision, never too strict.
@frozen
public struct Reach: Sendable {
  public let latitude: Float
  public let longitude: Float
  /// The centre seen from round the other side, when the circle or a box may cross the antimeridian.
  public let otherLongitude: Float
  public let wraps: Bool
  public let radius: Float
  /// Squares of metres for the square of a degree: of latitude, of longitude; for distances at least and at most so long.
  public let latitudeScale: Float
  public let longitudeScale: Float
  public let latitudeScaleAtMost: Float
  public let longitudeScaleAtMost: Float

  public init(_ circle: GeoCircle) {
    latitude = Float(circle.centre.latitude)
    longitude = Float(circle.centre.longitude)
    otherLongitude = longitude < 0 ? longitude + 360 : longitude - 360
    wraps = circle.bounds.crossesAntimeridian || circle.bounds.east - circle.bounds.west >= 359
    radius = Float(circle.radiusMetres).nextUp
    let least = circle.metresPerRadianAtLeast * Earth.radiansPerDegree
    let most = circle.metresPerRadianAtMost * Earth.radiansPerDegree
    latitudeScale = Float(least * least) * (1 - 1e-6)
    longitudeScale = Float(least * least * circle.narrowing) * (1 - 1e-6)
    latitudeScaleAtMost = Float(most * most) * (1 + 1e-6)
    longitudeScaleAtMost = Float(most * most * circle.widening) * (1 + 1e-6)
  }

  /// For each place of a level-0 block, a distance that its own does not fall below.
  @inlinable
  @inline(__always)
  public func leastDistances(latitudes: SIMD16<Float>, longitudes: SIMD16<Float>) -> SIMD16<Float> {
    let slack = PackedTree.slackDegrees
    let north = pointwiseMax(magnitude(latitudes - latitude) - slack, SIMD16(repeating: 0))
    var gap = magnitude(longitudes - longitude)
    if wraps { gap = pointwiseMin(gap, magnitude(longitudes - otherLongitude)) }
    let east = pointwiseMax(gap - slack, SIMD16(repeating: 0))
    return (north * north * latitudeScale + east * east * longitudeScale).squareRoot()
  }

  /// For each place of a level-0 block, a distance that its own does not exceed, if it is in the circle.
  @inlinable
  @inline(__always)
  public func greatestDistances(latitudes: SIMD16<Float>, longitudes: SIMD16<Float>) -> SIMD16<Float> {
    let slack = PackedTree.slackDegrees
    let north = magnitude(latitudes - latitude) + slack
    var gap = magnitude(longitudes - longitude)
    if wraps { gap = pointwiseMin(gap, magnitude(longitudes - otherLongitude)) }
    let east = gap + slack
    return (north * north * latitudeScaleAtMost + east * east * longitudeScaleAtMost).squareRoot()
  }

  /// For each box, a distance that no place in it falls below.
  @inlinable
  @inline(__always)
  public func leastDistances(
    south: SIMD16<Float>, north: SIMD16<Float>, west: SIMD16<Float>, east: SIMD16<Float>
  ) -> SIMD16<Float> {
    let zero = SIMD16<Float>(repeating: 0)
    let slack = PackedTree.slackDegrees
    let y = pointwiseMax(pointwiseMax(south - latitude, latitude - north) - slack, zero)
    var gap = pointwiseMax(pointwiseMax(west - longitude, longitude - east), zero)
    if wraps { gap = pointwiseMin(gap, pointwiseMax(pointwiseMax(west - otherLongitude, otherLongitude - east), zero)) }
    let x = pointwiseMax(gap - slack, zero)
    return (y * y * latitudeScale + x * x * longitudeScale).squareRoot()
  }

  /// For each box, a distance that no place of it exceeds, if at most the radius; larger ones only say "not surely inside".
  @inlinable
  @inline(__always)
  public func greatestDistances(
    south: SIMD16<Float>, north: SIMD16<Float>, west: SIMD16<Float>, east: SIMD16<Float>
  ) -> SIMD16<Float> {
    let slack = PackedTree.slackDegrees
    let y = pointwiseMax(magnitude(south - latitude), magnitude(north - latitude)) + slack
    var gap = pointwiseMax(magnitude(west - longitude), magnitude(east - longitude))
    if wraps { gap = pointwiseMin(gap, pointwiseMax(magnitude(west - otherLongitude), magnitude(east - otherLongitude))) }
    let x = gap + slack
    return (y * y * latitudeScaleAtMost + x * x * longitudeScaleAtMost).squareRoot()
  }

  @inlinable
  @inline(__always)
  func magnitude(_ values: SIMD16<Float>) -> SIMD16<Float> { pointwiseMax(values, -values) }
}
