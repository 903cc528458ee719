/// Terms in the order of their keys, and for each its providers, ascending, with impacts: what an index is laid out from.
// Sendable: the memory behind its pointers belongs to it alone and is written by nothing but `init` and mutating methods.
struct SortedPostings: ~Copyable, @unchecked Sendable {
  private let keys: [UInt8]
  private let keyOffsets: [UInt32]
  /// Term t's postings are those from starts[t] up to ends[t].
  private let starts: [Int]
  private var ends: [Int]
  private let numbers: UnsafeMutableBufferPointer<UInt32>
  private let impacts: UnsafeMutableBufferPointer<UInt8>

  /// Counts, then deals the records out to their terms, providers in ascending order, so that nothing is left to be sorted. Each of the
  /// crew has a range of providers; what it deals to a term goes behind what the ranges before have.
  init(_ records: RecordSource, _ dictionary: JoinedDictionary, providerCount: Int, crew: Crew) {
    let terms = dictionary.count
    let slices = (0..<crew.size).map { providerCount * $0 / crew.size..<providerCount * ($0 + 1) / crew.size }
    // By slice, then by term: how many postings, and later where the next one goes.
    let places = UnsafeMutableBufferPointer<Int>.allocate(capacity: slices.count * terms)
    defer { places.deallocate() }
    places.initialize(repeating: 0)
    // Each job has a row of its own.
    nonisolated(unsafe) let rows = slices.indices.map {
      UnsafeMutableBufferPointer(rebasing: places[$0 * terms..<($0 + 1) * terms])
    }
    crew.run(slices.count) { slice in
      records.forEach(slices[slice]) { _, term, _ in rows[slice][term] += 1 }
    }
    var counts = [Int](repeating: 0, count: terms + 1)
    for row in rows { for term in 0..<terms { counts[term] += row[term] } }
    self.init(keys: dictionary.keys, keyOffsets: dictionary.keyOffsets, counts: counts)
    for term in 0..<terms {
      for row in rows {
        let count = row[term]
        row[term] = ends[term]
        ends[term] += count
      }
    }
    // Each job writes where its rows say, and those are ranges that the counts have kept apart.
    nonisolated(unsafe) let (numbers, impacts) = (self.numbers, self.impacts)
    crew.run(slices.count) { slice in
      records.forEach(slices[slice]) { number, term, units in
        let place = rows[slice][term]
        numbers[place] = number
        impacts[place] = FieldTable.impact(units: units)
        rows[slice][term] = place + 1
      }
    }
  }

  /// Room for `counts[t]` postings of each term; one count more, 0, closes the last.
  init(keys: [UInt8], keyOffsets: [UInt32], counts: [Int]) {
    self.keys = keys
    self.keyOffsets = keyOffsets
    var starts = counts
    var total = 0
    for term in starts.indices {
      let count = starts[term]
      starts[term] = total
      total += count
    }
    self.starts = starts
    ends = starts
    numbers = UnsafeMutableBufferPointer.allocate(capacity: total)
    impacts = UnsafeMutableBufferPointer.allocate(capacity: total)
  }

  deinit {
    numbers.deallocate()
    impacts.deallocate()
  }

  /// Adds a posting to a term's; providers ascend.
  @inline(__always)
  mutating func append(_ number: UInt32, _ impact: UInt8, to term: Int) {
    let end = ends[term]
    numbers[end] = number
    impacts[end] = impact
    ends[term] = end + 1
  }

  /// Lays the index out: terms with impacts, crowded prefixes, filters.
  func index(providerCount: Int) -> TermIndex {
    var writer = PostingsWriter(keyBytes: keys.count, terms: keyOffsets.count, postings: numbers.count)
    keys.withUnsafeBufferPointer { keys in
      keyOffsets.withUnsafeBufferPointer { keyOffsets in
        let dictionary = DictionaryView(keys: keys, keyOffsets: keyOffsets)
        let filters = dictionary.lowerBoundOfFilters
        for term in 0..<filters { write(term, dictionary.key(term), to: &writer) }
        writePrefixes(dictionary, providerCount: providerCount, to: &writer)
        for term in filters..<dictionary.count { write(term, dictionary.key(term), to: &writer) }
      }
    }
    return writer.finish(providerCount: providerCount)
  }

  private func write(_ term: Int, _ key: UnsafeBufferPointer<UInt8>, to writer: inout PostingsWriter) {
    guard ends[term] > starts[term] else { return }
    withPostings(of: term) { writer.add(key: key, numbers: $0, impacts: $1) }
  }

  private func withPostings(of term: Int, _ body: (UnsafeBufferPointer<UInt32>, UnsafeBufferPointer<UInt8>) -> Void) {
    let range = starts[term]..<ends[term]
    body(
      UnsafeBufferPointer(UnsafeMutableBufferPointer(rebasing: numbers[range])),
      UnsafeBufferPointer(UnsafeMutableBufferPointer(rebasing: impacts[range])))
  }

  /// Rows for the prefixes of surface forms that many terms begin with: a provider has the highest impact of those terms.
  private func writePrefixes(_ dictionary: DictionaryView, providerCount: Int, to writer: inout PostingsWriter) {
    var crowded: [(key: [UInt8], terms: Range<Int>)] = []
    DictionaryTrie.walk(dictionary, leafTerms: TextLimits.crowdedPrefixTerms) { _, prefix in
      guard prefix.bytes > 0, prefix.terms.count > TextLimits.crowdedPrefixTerms else { return }
      var key = Array(dictionary.key(prefix.terms.lowerBound).prefix(prefix.bytes))
      guard key[0] == TermKind.surface.rawValue else { return }
      key[0] += TermKind.prefixOffset
      crowded.append((key, prefix.terms))
    }
    // A beginning that all its terms go on alike from has the terms of the longer one: one row, under the longer, serves both.
    crowded.sort { $0.key.lexicographicallyPrecedes($1.key) }
    var gatherer = PostingGatherer(providerCount: providerCount)
    for (index, prefix) in crowded.enumerated() {
      if index + 1 < crowded.count, crowded[index + 1].terms == prefix.terms { continue }
      for term in prefix.terms { withPostings(of: term) { gatherer.add($0, $1) } }
      prefix.key.withUnsafeBufferPointer { gatherer.write(key: $0, to: &writer) }
    }
  }
}
