/// Terms in the order of their keys, and for each its providers, ascending, with impacts: what an index is laid out from.
struct SortedPostings: ~Copyable {
  private let keys: [UInt8]
  private let keyOffsets: [UInt32]
  /// Term t's postings are those from starts[t] up to ends[t].
  private let starts: [Int]
  private var ends: [Int]
  private let numbers: UnsafeMutableBufferPointer<UInt32>
  private let impacts: UnsafeMutableBufferPointer<UInt8>

  /// Counts, then deals the records out to their terms, providers in ascending order, so that nothing is left to be sorted.
  init(_ builders: [TermIndexBuilder], _ dictionary: JoinedDictionary, providerCount: Int, numbers final: [UInt32]?) {
    var counts = [Int](repeating: 0, count: dictionary.count + 1)
    for (builder, source) in builders.enumerated() {
      let ranks = dictionary.ranks[builder]
      for record in source.records { counts[Int(ranks[Int(record.term)])] += 1 }
    }
    self.init(keys: dictionary.keys, keyOffsets: dictionary.keyOffsets, counts: counts)
    let order = RunOrder(builders, providerCount: providerCount, numbers: final)
    for number in 0..<providerCount {
      guard let first = order.first(of: number) else { continue }
      if let second = order.next(after: first) {
        deal(UInt32(number), merging: [first, second] + order.rest(after: second), order, builders, dictionary)
      } else {
        deal(UInt32(number), order.place(first), builders, dictionary)
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

  private mutating func deal(
    _ number: UInt32, _ run: RunOrder.Place, _ builders: [TermIndexBuilder], _ dictionary: JoinedDictionary
  ) {
    builders[run.builder].records.withUnsafeBufferPointer { records in
      dictionary.ranks[run.builder].withUnsafeBufferPointer { ranks in
        for record in run.records {
          let record = records[record]
          append(number, FieldTable.impact(units: record.units), to: Int(ranks[Int(record.term)]))
        }
      }
    }
  }

  /// A provider that came in several parts: the weights of a term are added before they become an impact.
  private mutating func deal(
    _ number: UInt32, merging runs: [Int], _ order: RunOrder, _ builders: [TermIndexBuilder], _ dictionary: JoinedDictionary
  ) {
    var sums: [(term: Int, units: UInt32)] = []
    for run in runs.map(order.place) {
      for record in builders[run.builder].records[run.records] {
        sums.append((Int(dictionary.ranks[run.builder][Int(record.term)]), record.units))
      }
    }
    sums.sort { $0.term < $1.term }
    var at = 0
    while at < sums.count {
      let term = sums[at].term
      var units = sums[at].units
      at += 1
      while at < sums.count, sums[at].term == term {
        units = units.addingSaturating(sums[at].units)
        at += 1
      }
      append(number, FieldTable.impact(units: units), to: term)
    }
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
