/// How much a term's rarity counts.
public enum TermRarity {
  /// BM25's idf, log₂(1 + (N − n + ½) / (n + ½)) = log₂((2N + 2) / (2n + 1)), for `frequency` n of `providers` N.
  ///
  /// Computed in integers to 24 binary places, so it is the same to the bit on every machine; never 0, so that a term which
  /// everyone has still counts. A frequency above N (a sum over prefixes may be) counts as N. O(1), about 25 steps.
  public static func inverseDocumentFrequency(_ frequency: Int, of providers: Int) -> Float {
    let all = UInt64(min(max(providers, 1), Int(UInt32.max)))
    let having = min(UInt64(max(frequency, 0)), all)
    let places = binaryLogarithm(of: 2 * all + 2, over: 2 * having + 1)
    return Float(max(places, 1)) / Float(1 << fractionBits)
  }

  private static let fractionBits = 24

  /// log₂(a / b) for a ≥ b ≥ 1 below 2³⁴, in units of 2⁻²⁴, rounded down: the bits of the fraction by repeated squaring.
  static func binaryLogarithm(of numerator: UInt64, over denominator: UInt64) -> UInt64 {
    precondition(denominator >= 1 && numerator >= denominator && numerator < 1 << 34, "the ratio's logarithm is not known here")
    var exponent = denominator.leadingZeroBitCount - numerator.leadingZeroBitCount
    if denominator << UInt64(exponent) > numerator { exponent -= 1 }
    var scaled = numerator, mantissa: UInt64 = 0
    let divisor = denominator << UInt64(exponent)
    // mantissa = numerator / divisor in 1.31 bits, one bit a step: no step overflows
    for _ in 0..<32 {
      mantissa <<= 1
      if scaled >= divisor {
        mantissa |= 1
        scaled -= divisor
      }
      scaled <<= 1
    }
    var logarithm = UInt64(exponent)
    for _ in 0..<fractionBits {
      mantissa = (mantissa * mantissa) >> 31
      logarithm <<= 1
      if mantissa >= 1 << 32 {
        mantissa >>= 1
        logarithm |= 1
      }
    }
    return logarithm
  }
}
