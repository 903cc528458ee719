internal import Columns

/// A sorted dictionary in place: what lookup, the trie and the builder read.
struct DictionaryView {
  let keys: UnsafeBufferPointer<UInt8>
  let keyOffsets: UnsafeBufferPointer<UInt32>

  @inline(__always) var count: Int { keyOffsets.count - 1 }

  @inline(__always)
  func key(_ term: Int) -> UnsafeBufferPointer<UInt8> {
    let start = Int(keyOffsets[term])
    return UnsafeBufferPointer(rebasing: keys[start..<Int(keyOffsets[term + 1])])
  }

  /// The first term of `terms` whose key does not come before `key`. O(log terms).
  func lowerBound(of key: UnsafeBufferPointer<UInt8>, in terms: Range<Int>) -> Int {
    partitionPoint(in: terms) { compareBytes(self.key($0), key) < 0 }
  }

  /// Those of `terms`, which include all that begin with `prefix`, that do.
  func terms(withPrefix prefix: UnsafeBufferPointer<UInt8>, in terms: Range<Int>) -> Range<Int> {
    let first = lowerBound(of: prefix, in: terms)
    let end = partitionPoint(in: first..<terms.upperBound) { hasPrefix(self.key($0), prefix) }
    return first..<end
  }

  /// The row of a crowded prefix: it is under the longest beginning that all its terms share, which serves every shorter one that
  /// has the same terms.
  func row(of prefix: DictionaryTrie.Prefix, _ slots: UnsafeBufferPointer<UInt32>) -> UInt32? {
    guard prefix.bytes > 0, prefix.terms.count > TextLimits.crowdedPrefixTerms else { return nil }
    let first = key(prefix.terms.lowerBound)
    let last = key(prefix.terms.upperBound - 1)
    var shared = 0
    while shared < min(first.count, last.count), first[shared] == last[shared] { shared += 1 }
    // Rows are those of whole characters; half of one may be shared by more.
    while shared > 1, shared < last.count, last[shared] & 0xC0 == 0x80 { shared -= 1 }
    guard shared > 0 else { return nil }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: shared) { room in
      _ = room.initialize(fromContentsOf: UnsafeBufferPointer(rebasing: first[..<shared]))
      room[0] = first[0] &+ TermKind.prefixOffset
      return find(UnsafeBufferPointer(room), in: slots)
    }
  }

  private func hasPrefix(_ key: UnsafeBufferPointer<UInt8>, _ prefix: UnsafeBufferPointer<UInt8>) -> Bool {
    guard prefix.count <= key.count else { return false }
    for index in 0..<prefix.count where key[index] != prefix[index] { return false }
    return true
  }

  @inline(__always)
  private func partitionPoint(in range: Range<Int>, _ isBefore: (Int) -> Bool) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if isBefore(middle) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The term with this key, by the table that `hashTable` made. O(1).
  @inline(__always)
  func find(_ key: UnsafeBufferPointer<UInt8>, in slots: UnsafeBufferPointer<UInt32>) -> UInt32? {
    guard let start = key.baseAddress, let bytes = keys.baseAddress else { return nil }
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: termHash(key)) & mask
    while true {
      let entry = slots[slot]
      guard entry != 0 else { return nil }
      let at = Int(keyOffsets[Int(entry) - 1])
      let count = Int(keyOffsets[Int(entry)]) - at
      if count == key.count, sameBytes(bytes + at, start, count) { return entry - 1 }
      slot = (slot + 1) & mask
    }
  }

  /// Open addressing, at most half full: slot = term + 1, zero when free.
  func hashTable() -> Column<UInt32> {
    var size = 2
    while size < count * 2 { size *= 2 }
    let memory = Memory(byteCount: size * MemoryLayout<UInt32>.stride) { room in
      let slots = room.bindMemory(to: UInt32.self)
      for term in 0..<count {
        var slot = Int(truncatingIfNeeded: termHash(key(term))) & (size - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
        slots[slot] = UInt32(term + 1)
      }
    }
    return Column(memory: memory, offset: 0, count: size)
  }
}
