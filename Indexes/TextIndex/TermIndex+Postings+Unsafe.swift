public import Columns

/// Reading postings. The caller's hot loops are made of these, so they are inlinable and touch columns only by address.
extension TermIndex {
  /// A term's entries of the directory, chunks ascending.
  @inlinable
  @inline(__always)
  public func containers(of term: UInt32) -> Range<Int> {
    Int(termContainers.base[Int(term)])..<Int(termContainers.base[Int(term) + 1])
  }

  /// The entries of a run of terms: chunks ascend within each term.
  @inlinable
  @inline(__always)
  public func containers(of terms: Range<UInt32>) -> Range<Int> {
    Int(termContainers.base[Int(terms.lowerBound)])..<Int(termContainers.base[Int(terms.upperBound)])
  }

  /// The chunk an entry is of.
  @inlinable
  @inline(__always)
  public func chunk(ofContainer container: Int) -> Int { Int(containers.base[container].chunk) }

  /// The highest impact in an entry; 255 for filters.
  @inlinable
  @inline(__always)
  public func maximumImpact(ofContainer container: Int) -> UInt8 { containers.base[container].maximumImpact }

  /// How many postings an entry has.
  @inlinable
  @inline(__always)
  public func postings(ofContainer container: Int) -> Int {
    Int(containers.base[container + 1].firstPosting - containers.base[container].firstPosting)
  }

  /// The highest impact of a term; 255 for filters.
  @inlinable
  @inline(__always)
  public func maximumImpact(of term: UInt32) -> UInt8 { termImpacts.base[Int(term)] }

  /// Providers that have the term. O(1).
  @inlinable
  public func documentFrequency(_ term: UInt32) -> Int { postings(of: term..<term + 1) }

  /// The sum of document frequencies over a run of terms. O(1).
  @inlinable
  public func postings(of terms: Range<UInt32>) -> Int {
    let entries = containers(of: terms)
    return Int(containers.base[entries.upperBound].firstPosting - containers.base[entries.lowerBound].firstPosting)
  }

  /// The term's entry for a chunk, or -1. A term that is in every chunk is found at the first look; else O(log chunks).
  @inlinable
  public func container(of term: UInt32, chunk: Int) -> Int {
    let entries = containers(of: term)
    var low = entries.lowerBound
    let first = Int(containers.base[low].chunk)
    guard chunk >= first else { return -1 }
    // Chunks ascend by at least one an entry, so the entry lies no further than this.
    var high = min(entries.upperBound - 1, low + (chunk - first))
    while low < high {
      // The upper end is likely for dense terms: look there first, then halve.
      let highest = Int(containers.base[high].chunk)
      if highest <= chunk { return highest == chunk ? high : -1 }
      high -= 1
      let middle = (low + high) / 2
      if Int(containers.base[middle].chunk) < chunk { low = middle + 1 } else { high = middle }
    }
    return low == high && Int(containers.base[low].chunk) == chunk ? low : -1
  }

  /// Adds the providers of one entry to a chunk's mask of 64 words.
  @inlinable
  @inline(__always)
  public func or(container: Int, into mask: UnsafeMutablePointer<UInt64>) {
    let entry = containers.base[container]
    if entry.isBitmap {
      let words = bitmaps.base + Int(entry.data)
      for word in 0..<TextLimits.chunkWords { mask[word] |= words[word] }
    } else {
      let row = offsets.base + Int(entry.data)
      for index in 0..<postings(ofContainer: container) {
        let offset = Int(row[index])
        mask[offset >> 6] |= 1 << UInt64(offset & 63)
      }
    }
  }

  /// Adds the providers that have the term in the chunk to the chunk's mask of 64 words.
  @inlinable
  public func or(term: UInt32, chunk: Int, into mask: UnsafeMutablePointer<UInt64>) {
    let entry = container(of: term, chunk: chunk)
    if entry >= 0 { or(container: entry, into: mask) }
  }

  /// `or` over a run of terms, such as those of a prefix.
  @inlinable
  public func or(terms: Range<UInt32>, chunk: Int, into mask: UnsafeMutablePointer<UInt64>) {
    forEachContainer(of: terms, chunk: chunk) { or(container: $0, into: mask) }
  }

  /// Raises scores[o] to factor · impact for every provider of the entry; 4,096 scores. With `mask`, only for the providers in it.
  @inlinable
  @inline(__always)
  public func raiseImpacts(
    container: Int, factor: Float, within mask: UnsafePointer<UInt64>? = nil, into scores: UnsafeMutablePointer<Float>
  ) {
    let entry = containers.base[container]
    let hasImpacts = Int(entry.firstPosting) < impacts.count
    let values = impacts.base + (hasImpacts ? Int(entry.firstPosting) : 0)
    let count = postings(ofContainer: container)
    if entry.isBitmap {
      let words = bitmaps.base + Int(entry.data)
      var rank = 0
      for word in 0..<TextLimits.chunkWords {
        let all = words[word]
        var wanted = mask.map { all & $0[word] } ?? all
        while wanted != 0 {
          let bit = wanted.trailingZeroBitCount
          let place = rank + (all & ((1 << UInt64(bit)) - 1)).nonzeroBitCount
          wanted &= wanted - 1
          raise(scores + (word << 6 + bit), hasImpacts ? values[place] : 255, factor)
        }
        rank += all.nonzeroBitCount
      }
    } else {
      let row = offsets.base + Int(entry.data)
      for index in 0..<count {
        let offset = Int(row[index])
        if let mask, mask[offset >> 6] >> UInt64(offset & 63) & 1 == 0 { continue }
        raise(scores + offset, hasImpacts ? values[index] : 255, factor)
      }
    }
  }

  @inlinable
  @inline(__always)
  func raise(_ score: UnsafeMutablePointer<Float>, _ impact: UInt8, _ factor: Float) {
    let raised = factor * Float(impact)
    if raised > score.pointee { score.pointee = raised }
  }

  /// Raises scores[o] to factor · impact for every provider that has the term in the chunk; 4,096 scores.
  @inlinable
  public func raiseImpacts(
    term: UInt32, chunk: Int, factor: Float, within mask: UnsafePointer<UInt64>? = nil,
    into scores: UnsafeMutablePointer<Float>
  ) {
    let entry = container(of: term, chunk: chunk)
    if entry >= 0 { raiseImpacts(container: entry, factor: factor, within: mask, into: scores) }
  }

  /// `raiseImpacts` over a run of terms, such as those of a prefix.
  @inlinable
  public func raiseImpacts(
    terms: Range<UInt32>, chunk: Int, factor: Float, within mask: UnsafePointer<UInt64>? = nil,
    into scores: UnsafeMutablePointer<Float>
  ) {
    forEachContainer(of: terms, chunk: chunk) { raiseImpacts(container: $0, factor: factor, within: mask, into: scores) }
  }

  /// The highest impact that any of the terms has in the chunk; 0 where none occurs.
  @inlinable
  public func maximumImpact(of terms: Range<UInt32>, chunk: Int) -> UInt8 {
    var highest: UInt8 = 0
    forEachContainer(of: terms, chunk: chunk) { highest = max(highest, maximumImpact(ofContainer: $0)) }
    return highest
  }

  /// The entries of a run of terms for a chunk. Their entries lie side by side, so few are looked through in a row.
  @inlinable
  @inline(__always)
  func forEachContainer(of terms: Range<UInt32>, chunk: Int, _ body: (Int) -> Void) {
    guard !terms.isEmpty else { return }
    if terms.count == 1 {
      let entry = container(of: terms.lowerBound, chunk: chunk)
      if entry >= 0 { body(entry) }
      return
    }
    let entries = containers(of: terms)
    if entries.count <= terms.count * 8 {
      for entry in entries where Int(containers.base[entry].chunk) == chunk { body(entry) }
    } else {
      for term in terms {
        let entry = container(of: term, chunk: chunk)
        if entry >= 0 { body(entry) }
      }
    }
  }

  /// How well the term describes the provider, or nil where it does not have it; 255 for filters. O(log).
  public func impact(term: UInt32, provider: UInt32) -> UInt8? {
    let container = container(of: term, chunk: Int(provider >> 12))
    guard container >= 0 else { return nil }
    let entry = containers.base[container]
    let wanted = UInt16(provider & 4_095)
    let place: Int
    if entry.isBitmap {
      let words = bitmaps.base + Int(entry.data)
      let (word, bit) = (Int(wanted >> 6), UInt64(wanted & 63))
      guard words[word] >> bit & 1 == 1 else { return nil }
      place = (0..<word).reduce((words[word] & ((1 << bit) - 1)).nonzeroBitCount) { $0 + words[$1].nonzeroBitCount }
    } else {
      let row = offsets.base + Int(entry.data)
      var (low, high) = (0, postings(ofContainer: container))
      while low < high {
        let middle = (low + high) / 2
        if row[middle] < wanted { low = middle + 1 } else { high = middle }
      }
      guard low < postings(ofContainer: container), row[low] == wanted else { return nil }
      place = low
    }
    let posting = Int(entry.firstPosting) + place
    return posting < impacts.count ? impacts.base[posting] : 255
  }
}
