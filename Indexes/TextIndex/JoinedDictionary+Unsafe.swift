/// The dictionaries of several builders as one, sorted by key.
struct JoinedDictionary {
  private(set) var keys: [UInt8] = []
  private(set) var keyOffsets: [UInt32] = [0]
  /// For each builder, the place in the order of each of its terms.
  private(set) var ranks: [[UInt32]]

  var count: Int { keyOffsets.count - 1 }

  /// A term with the first eight bytes of its key, which decide most comparisons.
  private struct Entry {
    let head: UInt64
    let builder: UInt32
    let term: UInt32
  }

  /// O(terms · log terms).
  init(_ builders: [TermIndexBuilder]) {
    ranks = builders.map { [UInt32](repeating: 0, count: $0.terms.count) }
    var entries: [Entry] = []
    entries.reserveCapacity(builders.reduce(0) { $0 + $1.terms.count })
    for (builder, source) in builders.enumerated() {
      source.keys.withUnsafeBufferPointer { keys in
        for (term, place) in source.terms.enumerated() {
          var head: UInt64 = 0
          let start = Int(place.keyStart)
          for index in 0..<min(8, Int(place.keyCount)) { head |= UInt64(keys[start + index]) << UInt64(56 - 8 * index) }
          entries.append(Entry(head: head, builder: UInt32(builder), term: UInt32(term)))
        }
      }
    }
    func compare(_ one: Entry, _ other: Entry) -> Int {
      Self.withKey(builders, one) { one in Self.withKey(builders, other) { other in compareBytes(one, other) } }
    }
    entries.sort { one, other in one.head != other.head ? one.head < other.head : compare(one, other) < 0 }
    keyOffsets.reserveCapacity(entries.count + 1)
    for (index, entry) in entries.enumerated() {
      let isSame = index > 0 && entries[index - 1].head == entry.head && compare(entries[index - 1], entry) == 0
      if !isSame {
        Self.withKey(builders, entry) { keys.append(contentsOf: $0) }
        keyOffsets.append(UInt32(keys.count))
      }
      ranks[Int(entry.builder)][Int(entry.term)] = UInt32(keyOffsets.count - 2)
    }
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
