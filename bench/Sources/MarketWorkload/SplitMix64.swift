/// Random numbers that are the same on every machine: integers by SplitMix64, and what is made of them by exact arithmetic alone
/// (no logarithm, root or sine of a C library).
struct SplitMix64 {
  private var state: UInt64

  /// What is drawn for, so that no draw disturbs another: each part of the workload has a stream of its own.
  enum Stream: UInt64 {
    case places = 1
    case provider, query, update, staff, staffDay
  }

  init(seed: UInt64, stream: Stream, index: Int) {
    var start = SplitMix64.mix(seed &+ stream.rawValue &* 0x9E37_79B9_7F4A_7C15)
    start = SplitMix64.mix(start ^ UInt64(bitPattern: Int64(index)))
    state = start
  }

  /// Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return SplitMix64.mix(state)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var mixed = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// 0..<bound. The bias of a bound far below 2⁶⁴ is nobody's concern here.
  mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

  mutating func chance(percent: Int) -> Bool { below(100) < percent }

  /// 0..<1 in steps of 2⁻⁵³.
  mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

  /// The sum of twelve uniform numbers less six: mean 0, deviation 1, never beyond ±6.
  mutating func normal() -> Double {
    var sum: UInt64 = 0
    for _ in 0..<3 {
      var word = next()
      for _ in 0..<4 {
        sum += word & 0xFFFF
        word >>= 16
      }
    }
    return (Double(sum) + 6) / 65_536 - 6
  }

  /// A rank of 0..<2^octaves with a chance close to 1/(rank + 1), as words have by Zipf's law: an octave is drawn, then a rank in it.
  mutating func zipfRank(octaves: Int) -> Int {
    let octave = below(octaves)
    return (1 << octave) - 1 + below(1 << octave)
  }
}
