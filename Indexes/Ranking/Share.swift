/// A share in 0…1 kept in one byte. What only comes as a byte (popularity, newness) is defined by it; what has an exact value
/// beside it (rating, availability) is rounded up, so that a byte is never below what it stands for.
public enum Share {
  @inlinable
  public static func roundedUp(_ value: Double) -> UInt8 {
    let scaled = (value * 255).rounded(.up)
    return scaled >= 255 ? 255 : scaled > 0 ? UInt8(scaled) : 0
  }

  @inlinable
  @inline(__always)
  public static func value(_ byte: UInt8) -> Double { Double(byte) / 255 }
}

/// A price on a logarithmic scale of one byte, eight steps to the doubling, turned round: the cheaper, the greater; 0 is no price at all.
/// Nodes keep the greatest, which bounds the lowest price below them.
public enum Cheapness {
  /// Of a price in minor units.
  public static func of(price: Int64) -> UInt8 {
    guard price > 0 else { return 255 }
    return 255 - UInt8(min(steps(price), 254))
  }

  /// ⌊8 · log₂(price)⌋, by comparing with the exact eighth roots of two.
  private static func steps(_ price: Int64) -> Int {
    let whole = 63 - price.leadingZeroBitCount
    let fraction = Double(price) / Double(UInt64(1) << UInt64(whole))
    return whole * 8 + (1..<8).count { fraction >= roots[$0] }
  }

  /// No price of this cheapness is below it.
  public static func leastPrice(_ cheapness: UInt8) -> Double {
    guard cheapness > 0 else { return .infinity }
    guard cheapness < 255 else { return 0 }
    let steps = 255 - Int(cheapness)
    return Double(UInt64(1) << UInt64(min(steps / 8, 62))) * roots[steps % 8] * (1 - 1e-12)
  }

  /// 2 to the power of n/8.
  private static let roots: [Double] = [
    1, 1.090_507_732_665_257_7, 1.189_207_115_002_721, 1.296_839_554_651_009_6, 1.414_213_562_373_095_1, 1.542_210_825_407_940_7,
    1.681_792_830_507_429, 1.834_008_086_409_342_4,
  ]
}
