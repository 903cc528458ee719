extension TermIndexBuilder {
  mutating func add(_ tokens: TokenBuffer, _ share: Float) {
    for alternative in tokens.alternatives.indices {
      let units = FieldTable.units(share, weight: tokens.alternatives[alternative].weight)
      tokens.withKey(of: alternative) { add(key: $0, units: units) }
    }
  }

  @inline(__always)
  mutating func add(key: UnsafeBufferPointer<UInt8>, units: UInt32) {
    let term = Int(number(of: key))
    let last = Int(terms[term].lastRecord)
    // The last run is this provider's; a record of the term in it is added to.
    if last != Int(UInt32.max), last >= Int(runs[runs.count - 1].firstRecord) {
      records[last].units = records[last].units.addingSaturating(units)
    } else {
      terms[term].lastRecord = UInt32(records.count)
      records.append(Record(term: UInt32(term), units: units))
    }
  }

  /// The number of the key's term, a new one where it is seen first.
  @inline(__always)
  private mutating func number(of key: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let hash = termHash(key)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let entry = slots[slot]
      if entry == 0 { return insert(key, hash, at: slot) }
      if entry >> 32 == hash >> 32 {
        let number = Int(truncatingIfNeeded: entry & 0xFFFF_FFFF) - 1
        let term = terms[number]
        if Int(term.keyCount) == key.count, let start = key.baseAddress,
          keys.withUnsafeBufferPointer({ $0.baseAddress.map { sameBytes($0 + Int(term.keyStart), start, key.count) } ?? false })
        {
          return UInt32(number)
        }
      }
      slot = (slot + 1) & mask
    }
  }

  @inline(never)
  private mutating func insert(_ key: UnsafeBufferPointer<UInt8>, _ hash: UInt64, at slot: Int) -> UInt32 {
    let number = UInt32(terms.count)
    terms.append(Term(keyStart: UInt32(keys.count), keyCount: UInt32(key.count), lastRecord: .max))
    keys.append(contentsOf: key)
    slots[slot] = hash & ~0xFFFF_FFFF | UInt64(number + 1)
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
