internal import Columns

/// Looking terms up.
extension TermIndex {
  var dictionary: DictionaryView { DictionaryView(keys: keys.buffer, keyOffsets: keyOffsets.buffer) }

  /// The term with this key (kind byte first). O(1): a probe or two, and one comparison.
  public func term(_ key: UnsafeBufferPointer<UInt8>) -> UInt32? { dictionary.find(key, in: slots.buffer) }

  /// The terms whose keys begin with `key` (kind byte first): a range, since the dictionary is sorted. O(log terms).
  public func terms(withPrefix key: UnsafeBufferPointer<UInt8>) -> Range<UInt32> { walk(key).terms }

  /// What a typed prefix finds: never more than `TextLimits.crowdedPrefixTerms` rows to unite, for a prefix of whole characters.
  public func prefix(_ key: UnsafeBufferPointer<UInt8>) -> PrefixMatch {
    let found = walk(key)
    let frequency = found.terms.isEmpty ? 0 : postings(of: found.terms)
    return PrefixMatch(terms: found.row == .max ? found.terms : found.row..<found.row + 1, frequency: frequency)
  }

  /// Down the trie, character by character, and from where it ends by halving what is left.
  private func walk(_ key: UnsafeBufferPointer<UInt8>) -> (terms: Range<UInt32>, row: UInt32) {
    guard key.count > 0, var place = trie.child(UInt32(key[0]) << 24, of: trie.root) else {
      let terms = dictionary.terms(withPrefix: key, in: 0..<dictionary.count)
      return (UInt32(terms.lowerBound)..<UInt32(terms.upperBound), .max)
    }
    var at = 1
    while at < key.count, !trie.isLeaf(place) {
      let end = characterEnd(key, at)
      let label = characterLabel(key, at, end)
      // Half a character is no label.
      guard end - at == characterBytes(label) else { break }
      guard let child = trie.child(label, of: place) else { return (0..<0, .max) }
      place = child
      at = end
    }
    let node = trie.nodes[place.node]
    if at == key.count { return (node.firstTerm..<place.end, node.row) }
    let terms = dictionary.terms(withPrefix: key, in: Int(node.firstTerm)..<Int(place.end))
    return (UInt32(terms.lowerBound)..<UInt32(terms.upperBound), .max)
  }

  /// A term's key, kind byte first, in place.
  public func withKey<Result>(of term: UInt32, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    try body(dictionary.key(Int(term)))
  }

  /// A term's key as an array: for messages and tests.
  public func key(of term: UInt32) -> [UInt8] { withKey(of: term) { Array($0) } }

  /// `term(_:)` for a kind and text, cut as the index cuts. The key is put together on the stack.
  public func term(_ kind: TermKind, _ text: some StringProtocol) -> UInt32? {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: TextLimits.keyBytes) { key in
      key[0] = kind.rawValue
      var count = 1
      for scalar in text.unicodeScalars {
        guard count + UTF8.width(scalar) <= TextLimits.keyBytes, let bytes = UTF8.encode(scalar) else { break }
        for byte in bytes {
          key[count] = byte
          count += 1
        }
      }
      return term(UnsafeBufferPointer(rebasing: key[..<count]))
    }
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
