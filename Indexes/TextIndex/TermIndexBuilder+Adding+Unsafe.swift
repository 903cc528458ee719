extension TermIndexBuilder {
  /// The place of a key in the table, if it is there.
  private struct Probe: BitwiseCopyable {
    let hash: UInt64
    let head: SIMD2<UInt64>
    /// The first term whose hash looks the same, or `.max`.
    let likely: UInt32
  }

  /// Terms looked for side by side: what memory takes to answer is waited for once, not once a term.
  private static var batch: Int { 8 }

  /// Hands over every term of the tokens with what it counts.
  @inline(__always)
  mutating func forEachTerm(
    of tokens: TokenBuffer, _ share: Float, _ take: (inout TermIndexBuilder, Record) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Probe.self, capacity: Self.batch) { probes in
      tokens.withKeys { keys in
        var first = 0
        while first < tokens.alternatives.count {
          let end = min(first + Self.batch, tokens.alternatives.count)
          for alternative in first..<end {
            probes.initializeElement(
              at: alternative - first, to: probe(UnsafeBufferPointer(rebasing: keys[tokens.keyRange(of: alternative)])))
          }
          for alternative in first..<end {
            let key = UnsafeBufferPointer(rebasing: keys[tokens.keyRange(of: alternative)])
            let units = FieldTable.units(share, weight: tokens.alternatives[alternative].weight)
            take(&self, Record(term: number(of: key, probes[alternative - first]), units: units))
          }
          first = end
        }
      }
    }
  }

  /// Adds a term of the last run's provider.
  @inline(__always)
  mutating func add(_ record: Record) {
    let last = Int(terms[Int(record.term)].lastRecord)
    // The last run is this provider's; a record of the term in it is added to.
    if last != Int(UInt32.max), last >= Int(runs[runs.count - 1].firstRecord) {
      records[last].units = records[last].units.addingSaturating(record.units)
    } else {
      terms[Int(record.term)].lastRecord = UInt32(records.count)
      records.append(record)
    }
  }

  @inline(__always)
  private func probe(_ key: UnsafeBufferPointer<UInt8>) -> Probe {
    let hash = termHash(key)
    let entry = slots[Int(truncatingIfNeeded: hash) & (slots.count - 1)]
    let isLikely = entry != 0 && entry >> 32 == hash >> 32
    return Probe(hash: hash, head: keyHead(key), likely: isLikely ? UInt32(truncatingIfNeeded: entry) - 1 : .max)
  }

  /// The number of the key's term, a new one where it is seen first.
  @inline(__always)
  private mutating func number(of key: UnsafeBufferPointer<UInt8>, _ probe: Probe) -> UInt32 {
    if probe.likely != .max, isKey(key, probe.head, of: Int(probe.likely)) { return probe.likely }
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: probe.hash) & mask
    while true {
      let entry = slots[slot]
      if entry == 0 { return insert(key, probe, at: slot) }
      if entry >> 32 == probe.hash >> 32 {
        let number = UInt32(truncatingIfNeeded: entry) - 1
        if isKey(key, probe.head, of: Int(number)) { return number }
      }
      slot = (slot + 1) & mask
    }
  }

  @inline(__always)
  private func isKey(_ key: UnsafeBufferPointer<UInt8>, _ head: SIMD2<UInt64>, of term: Int) -> Bool {
    let term = terms[term]
    guard Int(term.keyCount) == key.count, term.head == head else { return false }
    return key.count <= 16
      || keys.withUnsafeBufferPointer { keys in
        (16..<key.count).allSatisfy { keys[Int(term.keyStart) + $0] == key[$0] }
      }
  }

  @inline(never)
  private mutating func insert(_ key: UnsafeBufferPointer<UInt8>, _ probe: Probe, at slot: Int) -> UInt32 {
    let number = UInt32(terms.count)
    terms.append(Term(head: probe.head, keyStart: UInt32(keys.count), keyCount: UInt32(key.count), lastRecord: .max))
    keys.append(contentsOf: key)
    slots[slot] = probe.hash & ~0xFFFF_FFFF | UInt64(number + 1)
    if terms.count * 2 > slots.count { grow() }
    return number
  }

  private mutating func grow() {
    let mask = slots.count * 2 - 1
    slots = Array(repeating: 0, count: slots.count * 2)
    keys.withUnsafeBufferPointer { keys in
      for (number, term) in terms.enumerated() {
        let hash = termHash(UnsafeBufferPointer(rebasing: keys[Int(term.keyStart)..<Int(term.keyStart + term.keyCount)]))
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = hash & ~0xFFFF_FFFF | UInt64(number + 1)
      }
    }
  }
}

extension UInt32 {
  @inline(__always)
  func addingSaturating(_ other: UInt32) -> UInt32 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
