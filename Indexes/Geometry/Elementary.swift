// Geometry: points, distances, boxes and the Hilbert curve on a sphere.

/// The few elementary functions the engines need, in plain arithmetic: the same bits on every machine, whatever its C library,
/// so that a replayed query is equal to the bit. Errors are within two units in the last place over the ranges used (tested
/// against the C library).
public enum Elementary {
  /// Sine and cosine of an angle in radians, |angle| ≤ 1,000 (larger ones lose digits).
  public static func sineAndCosine(_ angle: Double) -> (sine: Double, cosine: Double) {
    // Cody and Waite: subtract quarter turns in three parts, so that the rest keeps its digits.
    let turns = (angle * (2 / .pi)).rounded(.toNearestOrEven)
    let rest = ((angle - turns * 0x1.921fb544p+0) - turns * 0x1.0b4611a6p-34) - turns * 0x1.3198a2e037073p-69
    let square = rest * rest
    var sine = 0.0
    for term in sineTerms { sine = sine * square + term }
    sine = rest + rest * square * sine
    var cosine = 0.0
    for term in cosineTerms { cosine = cosine * square + term }
    let half = 0.5 * square
    let one = 1 - half
    cosine = one + ((1 - one - half) + square * square * cosine)
    switch Int(turns) & 3 {
    case 0: return (sine, cosine)
    case 1: return (cosine, -sine)
    case 2: return (-sine, -cosine)
    default: return (-cosine, sine)
    }
  }

  // Taylor's terms, highest first: ±1/n! down to 1/3! and 1/4!; on |x| ≤ π/4 what is left out is below 1e-18.
  private static let sineTerms: [Double] = [
    1 / 355_687_428_096_000, -1 / 1_307_674_368_000, 1 / 6_227_020_800, -1 / 39_916_800, 1 / 362_880, -1 / 5_040, 1 / 120, -1 / 6,
  ]
  private static let cosineTerms: [Double] = [
    1 / 20_922_789_888_000, -1 / 87_178_291_200, 1 / 479_001_600, -1 / 3_628_800, 1 / 40_320, -1 / 720, 1 / 24,
  ]

  /// Arc sine on 0…1. Below one half a rational approximation (the one of Sun's fdlibm, 1993); above, the half-angle identity.
  @inlinable
  public static func arcSine(_ value: Double) -> Double {
    if value <= 0.5 { return value + value * arcSineCorrection(value * value) }
    let half = (1 - min(value, 1)) * 0.5
    let root = half.squareRoot()
    return .pi / 2 - 2 * (root + root * arcSineCorrection(half))
  }

  /// (arcsin √z − √z) / √z for z ≤ ¼.
  @inlinable
  @inline(__always)
  static func arcSineCorrection(_ z: Double) -> Double {
    let p4 = 7.91534994289814532176e-04 + z * 3.47933107596021167570e-05
    let p2 = 2.01212532134862925881e-01 + z * (-4.00555345006794114027e-02 + z * p4)
    let p = z * (1.66666666666666657415e-01 + z * (-3.25565818622400915405e-01 + z * p2))
    let q2 = 2.02094576023350569471e+00 + z * (-6.88283971605453293030e-01 + z * 7.70381505559019352791e-02)
    return p / (1 + z * (-2.40339491173441421878e+00 + z * q2))
  }

  /// 2 to the power of `exponent`; 0 below −1,022, infinity above 1,023.
  public static func exp2(_ exponent: Double) -> Double {
    guard exponent > -1_022 else { return 0 }
    guard exponent < 1_023 else { return .infinity }
    let whole = exponent.rounded(.toNearestOrEven)
    let rest = (exponent - whole) * 0.693_147_180_559_945_309
    var power = 1.0
    var divisor = 14.0
    while divisor >= 1 {
      power = 1 + power * rest / divisor
      divisor -= 1
    }
    return power * Double(sign: .plus, exponent: Int(whole), significand: 1)
  }

  /// The binary logarithm of a positive finite number.
  public static func log2(_ value: Double) -> Double {
    precondition(value > 0 && value.isFinite, "the logarithm of \(value)")
    var exponent = Double(value.exponent)
    var significand = value.significand
    if significand > 1.414_213_562_373_095 {
      significand *= 0.5
      exponent += 1
    }
    let ratio = (significand - 1) / (significand + 1)
    let square = ratio * ratio
    var sum = 0.0
    var odd = 23.0
    while odd >= 1 {
      sum = sum * square + 1 / odd
      odd -= 2
    }
    return exponent + 2 * ratio * sum * 1.442_695_040_888_963_407
  }
}
