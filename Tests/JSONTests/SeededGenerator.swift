import Foundation

/// SplitMix64: a run is repeated by its seed.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Seed and rounds come from the environment, so that a failure seen anywhere can be run again here.
enum FuzzSettings {
  static let seed = setting("FUZZ_SEED") ?? UInt64.random(in: 0..<UInt64(UInt32.max))
  static func rounds(default count: Int) -> Int { setting("FUZZ_ROUNDS").map { Int($0) } ?? count }

  private static func setting(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
  }
}
