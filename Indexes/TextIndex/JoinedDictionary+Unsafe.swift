/// The dictionaries of several builders as one, sorted by key.
struct JoinedDictionary: Sendable {
  private(set) var keys: [UInt8] = []
  private(set) var keyOffsets: [UInt32] = [0]
  /// For each builder, the place in the order of each of its terms.
  private(set) var ranks: [[UInt32]]

  var count: Int { keyOffsets.count - 1 }

  /// A term with the first 16 bytes of its key, the first one highest, which decide most comparisons.
  private struct Entry {
    let first: UInt64
    let second: UInt64
    let builder: UInt32
    let term: UInt32
  }

  /// O(terms · log terms).
  init(_ builders: [TermIndexBuilder]) {
    ranks = builders.map { [UInt32](repeating: 0, count: $0.terms.count) }
    var entries: [Entry] = []
    entries.reserveCapacity(builders.reduce(0) { $0 + $1.terms.count })
    for (builder, source) in builders.enumerated() {
      for (number, term) in source.terms.enumerated() {
        entries.append(
          Entry(
            first: term.head.x.bigEndian, second: term.head.y.bigEndian, builder: UInt32(builder), term: UInt32(number)))
      }
    }
    entries.sort { one, other in
      if one.first != other.first { return one.first < other.first }
      if one.second != other.second { return one.second < other.second }
      return Self.compare(builders, one, other) < 0
    }
    keyOffsets.reserveCapacity(entries.count + 1)
    for (index, entry) in entries.enumerated() {
      if index == 0 || Self.compare(builders, entries[index - 1], entry) != 0 {
        Self.withKey(builders, entry) { keys.append(contentsOf: $0) }
        keyOffsets.append(UInt32(keys.count))
      }
      ranks[Int(entry.builder)][Int(entry.term)] = UInt32(keyOffsets.count - 2)
    }
  }

  private static func compare(_ builders: [TermIndexBuilder], _ one: Entry, _ other: Entry) -> Int {
    if one.first != other.first { return one.first < other.first ? -1 : 1 }
    return withKey(builders, one) { one in withKey(builders, other) { other in compareBytes(one, other) } }
  }

  @inline(__always)
  private static func withKey<Result>(
    _ builders: [TermIndexBuilder], _ entry: Entry, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    let term = builders[Int(entry.builder)].terms[Int(entry.term)]
    return builders[Int(entry.builder)].keys.withUnsafeBufferPointer { keys in
      body(UnsafeBufferPointer(rebasing: keys[Int(term.keyStart)..<Int(term.keyStart + term.keyCount)]))
    }
  }
}
