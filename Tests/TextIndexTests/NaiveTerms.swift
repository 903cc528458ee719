import TestSupport

@testable import TextIndex

/// The definition of a term index, in dictionaries: what the engine must agree with.
struct NaiveTerms {
  /// By key: the providers that have the term, with the sum of their weights in units.
  private(set) var units: [[UInt8]: [UInt32: UInt64]] = [:]

  mutating func add(provider: UInt32, field: TextField, tokens: TokenBuffer) {
    let share = FieldTable.share(field, length: tokens.count)
    for alternative in tokens.alternatives.indices {
      let weight = max(1, share * tokens.alternatives[alternative].weight)
      units[tokens.key(of: alternative), default: [:]][provider, default: 0] += UInt64(weight)
    }
  }

  mutating func add(provider: UInt32, filter kind: TermKind, _ identifier: String) {
    units[[kind.rawValue] + Array(identifier.utf8), default: [:]][provider] = 0
  }

  var keys: [[UInt8]] { units.keys.sorted { $0.lexicographicallyPrecedes($1) } }

  func impacts(_ key: [UInt8]) -> [UInt32: UInt8] {
    guard let providers = units[key] else { return [:] }
    guard key[0] < 32 else { return providers.mapValues { _ in 255 } }
    return providers.mapValues { units in
      // ⌈255 · w / (k1 + w)⌉ with w and k1 in the same units
      let saturation = UInt64(FieldTable.saturation * FieldTable.unit)
      let whole = saturation + units
      return UInt8(units * 255 / whole + (units * 255 % whole == 0 ? 0 : 1))
    }
  }

  func impacts(withPrefix prefix: [UInt8]) -> [UInt32: UInt8] {
    units.keys.filter { $0.starts(with: prefix) }.reduce(into: [:]) { best, key in best.merge(impacts(key), uniquingKeysWith: max)
    }
  }

  /// Optimal string alignment over scalars: insertion, deletion, replacement, transposition of neighbours.
  static func distance(_ one: String, _ other: String) -> Int { distances(one, other).last ?? 0 }

  /// Of one word from each beginning of another, the empty one first.
  static func distances(_ one: String, _ other: String) -> [Int] {
    let (one, other) = (Array(one.unicodeScalars), Array(other.unicodeScalars))
    var table = [[Int]](repeating: [Int](repeating: 0, count: other.count + 1), count: one.count + 1)
    for row in 0...one.count {
      for column in 0...other.count {
        guard row > 0, column > 0 else {
          table[row][column] = row + column
          continue
        }
        let replaced = table[row - 1][column - 1] + (one[row - 1] == other[column - 1] ? 0 : 1)
        var least = min(table[row - 1][column] + 1, table[row][column - 1] + 1, replaced)
        if row > 1, column > 1, one[row - 1] == other[column - 2], one[row - 2] == other[column - 1] {
          least = min(least, table[row - 2][column - 2] + 1)
        }
        table[row][column] = least
      }
    }
    return table[one.count]
  }
}

/// Made-up words in two scripts (and now and then a third) that have neighbours and shared beginnings.
struct WordSource {
  private static let alphabets = ["abcdeorstn", "ابتسلمنحقر", "éßя中🙂a"].map { Array($0.unicodeScalars) }
  var random: SeededRandom

  mutating func word(length: ClosedRange<Int> = 1...9) -> String {
    let draw = Int.random(in: 0..<20, using: &random)
    let alphabet = Self.alphabets[draw < 10 ? 0 : draw < 19 ? 1 : 2]
    var word = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: length, using: &random) {
      // Squared, so that a few letters are common and prefixes crowd.
      let place = Double.random(in: 0..<1, using: &random)
      word.append(alphabet[Int(place * place * Double(alphabet.count))])
    }
    return String(word)
  }

  mutating func vocabulary(_ count: Int) -> [String] { (0..<count).map { _ in word() } }
}

extension TermIndex {
  func term(_ key: [UInt8]) -> UInt32? { key.withUnsafeBufferPointer { term($0) } }
  func terms(withPrefix key: [UInt8]) -> Range<UInt32> { key.withUnsafeBufferPointer { terms(withPrefix: $0) } }
  func prefix(_ key: [UInt8]) -> PrefixMatch { key.withUnsafeBufferPointer { prefix($0) } }

  /// All providers of a run of terms with their highest impacts, by the calls that a search makes, each checked with the other.
  func impacts(of terms: Range<UInt32>) -> [UInt32: UInt8] {
    var found: [UInt32: UInt8] = [:]
    for chunk in 0..<chunkCount {
      var mask = [UInt64](repeating: 0, count: 64)
      var scores = [Float](repeating: 0, count: 4_096)
      or(terms: terms, chunk: chunk, into: &mask)
      raiseImpacts(terms: terms, chunk: chunk, factor: 2, into: &scores)
      var highest: UInt8 = 0
      for offset in 0..<4_096 {
        let isSet = mask[offset / 64] >> UInt64(offset % 64) & 1 == 1
        precondition(isSet == (scores[offset] > 0), "mask and scores disagree")
        guard isSet else { continue }
        let impact = UInt8(scores[offset] / 2)
        found[UInt32(chunk * 4_096 + offset)] = impact
        highest = max(highest, impact)
      }
      precondition(maximumImpact(of: terms, chunk: chunk) == highest, "the highest impact of a chunk is wrong")
    }
    return found
  }
}
