import Foundation

/// Random numbers that can be had again: one seed a run, printed on first use; `TEST_SEED=…` replays it.
///
/// Each test draws from a stream of its own, so its numbers do not depend on which tests run beside it.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  public static let seed: UInt64 = {
    let asked = ProcessInfo.processInfo.environment["TEST_SEED"]
    guard let seed = asked.map({ UInt64($0) }) ?? UInt64.random(in: 0 ... .max) else {
      preconditionFailure("TEST_SEED must be a number from 0 to \(UInt64.max), not '\(asked ?? "")'")
    }
    print("TEST_SEED=\(seed) (set it to replay this run's random tests)")
    return seed
  }()

  private var state: UInt64

  /// - Parameter stream: the test's own name, where it is not given.
  public init(stream: String = #function) {
    self.init(seed: Self.seed ^ Self.hash(stream))
  }

  /// A fixed seed, for a case that is to be the same in every run.
  public init(seed: UInt64) { state = seed }

  /// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// FNV-1a; Swift's own hashes differ from run to run.
  static func hash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
