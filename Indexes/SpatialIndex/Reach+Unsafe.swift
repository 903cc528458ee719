public import Geometry

/// A circle as the tree's blocks are asked about it: sixteen children at once, in single precision, never too strict.
@frozen
public struct Reach: Sendable {
  public typealias Lanes = SIMDMask<SIMD16<Int32>>

  /// Degrees north or south, and east or west, of sixteen places.
  @frozen
  @usableFromInline
  struct Gaps {
    @usableFromInline let y: SIMD16<Float>
    @usableFromInline let x: SIMD16<Float>

    @inlinable
    @inline(__always)
    init(y: SIMD16<Float>, x: SIMD16<Float>) { (self.y, self.x) = (y, x) }
  }

  public let latitude: Float
  public let longitude: Float
  /// The centre seen from round the other side, when the circle or a box may cross the antimeridian.
  public let otherLongitude: Float
  public let wraps: Bool
  public let radius: Float
  /// The radius squared, rounded up for who may be within, down for who surely is.
  public let greatestSquare: Float
  public let leastSquare: Float
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
    let square = circle.radiusMetres * circle.radiusMetres
    greatestSquare = Float(square * (1 + 1e-5))
    leastSquare = Float(square * (1 - 1e-5))
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
    let north = greater(magnitude(latitudes - latitude) - slack, SIMD16(repeating: 0))
    var gap = magnitude(longitudes - longitude)
    if wraps { gap = lesser(gap, magnitude(longitudes - otherLongitude)) }
    let east = greater(gap - slack, SIMD16(repeating: 0))
    return root(north * north * latitudeScale + east * east * longitudeScale) * (1 - 1e-5)
  }

  /// For one place, a distance that its own does not fall below.
  @inlinable
  @inline(__always)
  public func leastDistance(latitude: Float, longitude: Float) -> Float {
    let slack = PackedTree.slackDegrees
    let north = max(abs(latitude - self.latitude) - slack, 0)
    var gap = abs(longitude - self.longitude)
    if wraps { gap = min(gap, abs(longitude - otherLongitude)) }
    let east = max(gap - slack, 0)
    return (north * north * latitudeScale + east * east * longitudeScale).squareRoot() * (1 - 1e-5)
  }

  /// Which places of a level-0 block may be in the circle, and which surely are. Asks nothing of roots.
  @inlinable
  @inline(__always)
  public func within(latitudes: SIMD16<Float>, longitudes: SIMD16<Float>) -> (some: Lanes, all: Lanes) {
    let slack = PackedTree.slackDegrees
    let y = magnitude(latitudes - latitude)
    var x = magnitude(longitudes - longitude)
    if wraps { x = lesser(x, magnitude(longitudes - otherLongitude)) }
    return compare(
      least: Gaps(y: greater(y - slack, SIMD16(repeating: 0)), x: greater(x - slack, SIMD16(repeating: 0))),
      greatest: Gaps(y: y + slack, x: x + slack))
  }

  /// Which boxes may have a place in the circle, and of which every place surely is in it.
  @inlinable
  @inline(__always)
  public func within(
    south: SIMD16<Float>, north: SIMD16<Float>, west: SIMD16<Float>, east: SIMD16<Float>
  ) -> (some: Lanes, all: Lanes) {
    let zero = SIMD16<Float>(repeating: 0)
    let slack = PackedTree.slackDegrees
    let leastY = greater(greater(south - latitude, latitude - north) - slack, zero)
    var leastX = greater(greater(west - longitude, longitude - east), zero)
    if wraps { leastX = lesser(leastX, greater(greater(west - otherLongitude, otherLongitude - east), zero)) }
    let greatestY = greater(magnitude(south - latitude), magnitude(north - latitude))
    var greatestX = greater(magnitude(west - longitude), magnitude(east - longitude))
    if wraps {
      greatestX = lesser(greatestX, greater(magnitude(west - otherLongitude), magnitude(east - otherLongitude)))
    }
    return compare(
      least: Gaps(y: leastY, x: greater(leastX - slack, zero)),
      greatest: Gaps(y: greatestY + slack, x: greatestX + slack))
  }

  @inlinable
  @inline(__always)
  func compare(least: Gaps, greatest: Gaps) -> (some: Lanes, all: Lanes) {
    let leastSquares = least.y * least.y * latitudeScale + least.x * least.x * longitudeScale
    let greatestSquares = greatest.y * greatest.y * latitudeScaleAtMost + greatest.x * greatest.x * longitudeScaleAtMost
    return (leastSquares .<= greatestSquare, greatestSquares .<= leastSquare)
  }

  /// For each box, a distance that no place in it falls below.
  @inlinable
  @inline(__always)
  public func leastDistances(
    south: SIMD16<Float>, north: SIMD16<Float>, west: SIMD16<Float>, east: SIMD16<Float>
  ) -> SIMD16<Float> {
    let zero = SIMD16<Float>(repeating: 0)
    let slack = PackedTree.slackDegrees
    let y = greater(greater(south - latitude, latitude - north) - slack, zero)
    var gap = greater(greater(west - longitude, longitude - east), zero)
    if wraps { gap = lesser(gap, greater(greater(west - otherLongitude, otherLongitude - east), zero)) }
    let x = greater(gap - slack, zero)
    return root(y * y * latitudeScale + x * x * longitudeScale) * (1 - 1e-5)
  }

  // The standard library's own pointwise functions go lane by lane; these compile to a few instructions for all sixteen.

  @inlinable
  @inline(__always)
  func greater(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> { a.replacing(with: b, where: a .< b) }

  @inlinable
  @inline(__always)
  func lesser(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> { a.replacing(with: b, where: b .< a) }

  @inlinable
  @inline(__always)
  func magnitude(_ values: SIMD16<Float>) -> SIMD16<Float> { greater(values, -values) }

  /// Square roots to five digits: a guess of the inverse root from the bits, and Newton's step twice. Zero stays zero; infinity becomes
  /// infinity or no number, neither of which is within any radius.
  @inlinable
  @inline(__always)
  func root(_ squares: SIMD16<Float>) -> SIMD16<Float> {
    let halved = unsafeBitCast(squares, to: SIMD16<UInt32>.self) &>> 1
    var inverse = unsafeBitCast(0x5F37_5A86 &- halved, to: SIMD16<Float>.self)
    let half = squares * 0.5
    inverse *= 1.5 - half * inverse * inverse
    inverse *= 1.5 - half * inverse * inverse
    return squares * inverse
  }
}
