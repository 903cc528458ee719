/// A place: degrees north and east. Only places exist; anything else is refused when it is made.
@frozen
public struct GeoPoint: Hashable, Sendable {
  public let latitude: Double
  public let longitude: Double

  public init(latitude: Double, longitude: Double) throws(GeometryError) {
    guard latitude >= -90, latitude <= 90 else { throw .latitude(latitude) }
    guard longitude >= -180, longitude <= 180 else { throw .longitude(longitude) }
    self.latitude = latitude
    self.longitude = longitude
  }
}

public enum GeometryError: Error, Equatable, CustomStringConvertible {
  case latitude(Double)
  case longitude(Double)
  case radius(Double)
  case box(String)

  public var description: String {
    switch self {
    case .latitude(let value): "latitude \(value): must be a number from -90 to 90"
    case .longitude(let value): "longitude \(value): must be a number from -180 to 180"
    case .radius(let value): "radius \(value): must be a number of metres above 0, at most \(Earth.longestRadiusMetres)"
    case .box(let reason): reason
    }
  }
}

public enum Earth {
  /// The mean radius of the WGS 84 ellipsoid (IUGG R₁): distances are on this sphere everywhere, in SQL too.
  public static let radiusMetres = 6_371_008.8
  /// Half the way round: a circle of this radius is the whole sphere.
  public static let longestRadiusMetres = 20_015_115.0
  public static let radiansPerDegree = Double.pi / 180
}

/// A place as a point of the unit sphere: what distances are computed from, without trigonometry.
@frozen
public struct UnitVector: Hashable, Sendable {
  public let x: Double
  public let y: Double
  public let z: Double

  @inlinable
  public init(x: Double, y: Double, z: Double) {
    self.x = x
    self.y = y
    self.z = z
  }

  public init(_ point: GeoPoint) {
    let (sineLatitude, cosineLatitude) = Elementary.sineAndCosine(point.latitude * Earth.radiansPerDegree)
    let (sineLongitude, cosineLongitude) = Elementary.sineAndCosine(point.longitude * Earth.radiansPerDegree)
    self.init(x: cosineLatitude * cosineLongitude, y: cosineLatitude * sineLongitude, z: sineLatitude)
  }

  /// The haversine of the angle between two places: a quarter of the square of the chord between them.
  @inlinable
  @inline(__always)
  public func haversine(to other: UnitVector) -> Double {
    let (dx, dy, dz) = (x - other.x, y - other.y, z - other.z)
    return (dx * dx + dy * dy + dz * dz) * 0.25
  }

  /// Metres along the sphere.
  @inlinable
  @inline(__always)
  public func distanceMetres(to other: UnitVector) -> Double { Self.metres(haversine: haversine(to: other)) }

  @inlinable
  @inline(__always)
  public static func metres(haversine: Double) -> Double {
    2 * Earth.radiusMetres * Elementary.arcSine(haversine.squareRoot())
  }
}
