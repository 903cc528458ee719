internal import Columns

/// Looking terms up.
extension TermIndex {
  var dictionary: DictionaryView { DictionaryView(keys: keys.buffer, keyOffsets: keyOffsets.buffer) }

  /// The term with this key (kind byte first). O(1): a probe or two, and one comparison.
  public func term(_ key: UnsafeBufferPointer<UInt8>) -> UInt32? {
    guard let start = key.baseAddress else { return nil }
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: termHash(key)) & mask
    while true {
      let entry = slots.base[slot]
      guard entry != 0 else { return nil }
      let term = entry - 1
      let at = keyOffsets.base[Int(term)]
      let count = Int(keyOffsets.base[Int(term) + 1] - at)
      if count == key.count, sameBytes(keys.base + Int(at), start, count) { return term }
      slot = (slot + 1) & mask
    }
  }

  /// The terms whose keys begin with `key` (kind byte first): a range, since the dictionary is sorted. O(log terms).
  public func terms(withPrefix key: UnsafeBufferPointer<UInt8>) -> Range<UInt32> {
    let terms = dictionary.terms(withPrefix: key)
    return UInt32(terms.lowerBound)..<UInt32(terms.upperBound)
  }

  /// What a typed prefix finds: never more than `TextLimits.crowdedPrefixTerms` rows to unite, for a prefix of whole characters.
  public func prefix(_ key: UnsafeBufferPointer<UInt8>) -> PrefixMatch {
    let all = terms(withPrefix: key)
    let frequency = all.isEmpty ? 0 : postings(of: all)
    guard all.count > TextLimits.crowdedPrefixTerms, let row = crowdedPrefix(of: all, atLeast: key.count) else {
      return PrefixMatch(terms: all, frequency: frequency)
    }
    return PrefixMatch(terms: row..<row + 1, frequency: frequency)
  }

  /// The row of the longest beginning that all of `terms` share: it stands for every shorter one that has the same terms.
  private func crowdedPrefix(of terms: Range<UInt32>, atLeast count: Int) -> UInt32? {
    let first = dictionary.key(Int(terms.lowerBound))
    let last = dictionary.key(Int(terms.upperBound) - 1)
    var shared = 0
    while shared < min(first.count, last.count), first[shared] == last[shared] { shared += 1 }
    // Rows are those of whole characters; half of one may be shared by more.
    while shared > 1, shared < last.count, last[shared] & 0xC0 == 0x80 { shared -= 1 }
    guard shared >= max(count, 1) else { return nil }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: TextLimits.keyBytes) { room in
      _ = room.initialize(fromContentsOf: UnsafeBufferPointer(rebasing: first[..<shared]))
      room[0] = first[0] &+ TermKind.prefixOffset
      return term(UnsafeBufferPointer(rebasing: room[..<shared]))
    }
  }

  /// A term's key, kind byte first, in place.
  public func withKey<Result>(of term: UInt32, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    try body(dictionary.key(Int(term)))
  }

  /// A term's key as an array: for messages and tests.
  public func key(of term: UInt32) -> [UInt8] { withKey(of: term) { Array($0) } }

  /// `term(_:)` for a kind and text, where speed does not matter: filters of a request, tests.
  public func term(_ kind: TermKind, _ text: some StringProtocol) -> UInt32? {
    Self.key(kind, text).withUnsafeBufferPointer { term($0) }
  }

  /// The key of a kind and text, cut as the index cuts.
  public static func key(_ kind: TermKind, _ text: some StringProtocol) -> [UInt8] {
    var tokens = TokenBuffer()
    tokens.addToken(text, kind: kind, position: 0, source: 0..<0)
    return tokens.key(of: 0)
  }
}

/// What a typed prefix finds.
public struct PrefixMatch: Sendable, Equatable {
  /// Terms whose postings together are what begins with the prefix: its own row when it is crowded.
  public let terms: Range<UInt32>
  /// The sum of document frequencies of all terms that begin with it, for its idf: the same however the index is cut in segments.
  public let frequency: Int
}
