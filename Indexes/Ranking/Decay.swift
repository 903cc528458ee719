public import Geometry

/// How nearness falls from 1 at the centre with distance.
@frozen
public struct Decay: Hashable, Sendable {
  public enum Shape: UInt8, Sendable {
    /// 1 − d/s, never below 0.
    case linear
    /// Halved every s.
    case exponential
    /// Halved at s, bell-shaped: 2^−(d/s)².
    case gaussian
  }

  public let shape: Shape
  /// The scale s in metres; where none is given, the query's radius (linear) or half of it.
  public let scaleMetres: Double?

  public static let linear = Decay(shape: .linear, scaleMetres: nil)

  public init(shape: Shape, scaleMetres: Double?) {
    self.shape = shape
    self.scaleMetres = scaleMetres
  }

  @inlinable
  @inline(__always)
  public func scale(radiusMetres: Double) -> Double {
    scaleMetres ?? (shape == .linear ? radiusMetres : max(radiusMetres / 2, .leastNonzeroMagnitude))
  }

  @inlinable
  @inline(__always)
  public func nearness(distanceMetres: Double, scale: Double) -> Double {
    let part = distanceMetres / scale
    switch shape {
    case .linear: return max(0, 1 - part)
    case .exponential: return Elementary.exp2(-part)
    case .gaussian: return Elementary.exp2(-part * part)
    }
  }
}
