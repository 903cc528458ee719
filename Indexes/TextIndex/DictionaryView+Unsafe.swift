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

  /// The terms that begin with `prefix`.
  func terms(withPrefix prefix: UnsafeBufferPointer<UInt8>) -> Range<Int> {
    let first = lowerBound(of: prefix, in: 0..<count)
    let end = partitionPoint(in: first..<count) { hasPrefix(self.key($0), prefix) }
    return first..<end
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
