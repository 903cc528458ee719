import Foundation

/// How long fuzzers run: a moment in every test run, as long as `FUZZ_ROUNDS` says by hand.
public enum FuzzRounds {
  public static func count(default count: Int) -> Int {
    guard let asked = ProcessInfo.processInfo.environment["FUZZ_ROUNDS"] else { return count }
    guard let rounds = Int(asked), rounds > 0 else {
      preconditionFailure("FUZZ_ROUNDS must be a positive number, not '\(asked)'")
    }
    return rounds
  }
}

/// What a fuzzer found, with all it takes to see it again.
public struct FuzzFailure: Error, CustomStringConvertible {
  public let description: String

  public init(round: Int, input: some Sequence<UInt8>, _ difference: String) {
    let input = Array(input)
    let text = String(validating: input, as: UTF8.self).map { $0.debugDescription }
    description = "TEST_SEED=\(SeededRandom.seed), round \(round), input \(text ?? "\(input)"): \(difference)"
  }
}

extension SeededRandom {
  public mutating func pick<C: RandomAccessCollection>(_ choices: C) -> C.Element where C.Index == Int {
    choices[Int.random(in: choices.startIndex..<choices.endIndex, using: &self)]
  }

  /// Copies, drops, changes and inserts, once to `most` times: bytes that are nearly right find more than noise.
  public mutating func damage(_ bytes: inout [UInt8], with pieces: [[UInt8]], atMost most: Int) {
    for _ in 0..<Int.random(in: 1...most, using: &self) {
      let place = Int.random(in: 0...bytes.count, using: &self)
      let end = min(place + Int.random(in: 1...8, using: &self), bytes.count)
      switch Int.random(in: 0..<6, using: &self) {
      case 0: bytes.removeSubrange(place..<end)
      case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 2: bytes.replaceSubrange(place..<end, with: pick(pieces))
      case 3 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &self)
      case 4 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      default: bytes.insert(contentsOf: pick(pieces), at: place)
      }
    }
  }
}
