// TextIndex: which providers have a term, and how well it describes them.
// A dictionary sorted by key bytes (exact, prefix and typo look-up), and postings in provider order, chunk by chunk of 4,096
// providers, with quantised BM25F impacts. Built once by `TermIndexBuilder`, then immutable; everything it reads is a column.
public import Columns

/// The terms of one segment and their postings. Every look-up is total: no key, term of this index or chunk makes it trap.
public struct TermIndex: Sendable {
  /// Providers are numbered below this; not every number need have terms.
  public let providerCount: Int

  // The dictionary: term t's key is keys[keyOffsets[t]..<keyOffsets[t + 1]]; keys ascend.
  let keys: Column<UInt8>
  let keyOffsets: Column<UInt32>
  // The postings: term t's containers are containers[termContainers[t]..<termContainers[t + 1]], chunks ascending; one entry
  // more closes the last. Impacts lie at the posting's number; postings without impacts (filters) come last.
  @usableFromInline let termContainers: Column<UInt32>
  @usableFromInline let termImpacts: Column<UInt8>
  @usableFromInline let containers: Column<PostingContainer>
  @usableFromInline let offsets: Column<UInt16>
  @usableFromInline let bitmaps: Column<UInt64>
  @usableFromInline let impacts: Column<UInt8>
  // Derived from the above, so not in the file.
  let slots: Column<UInt32>
  let trie: DictionaryTrie

  /// Takes columns whose shape is known to be right.
  init(
    providerCount: Int, keys: Column<UInt8>, keyOffsets: Column<UInt32>, termContainers: Column<UInt32>,
    termImpacts: Column<UInt8>, containers: Column<PostingContainer>, offsets: Column<UInt16>, bitmaps: Column<UInt64>,
    impacts: Column<UInt8>
  ) {
    self.providerCount = providerCount
    self.keys = keys
    self.keyOffsets = keyOffsets
    self.termContainers = termContainers
    self.termImpacts = termImpacts
    self.containers = containers
    self.offsets = offsets
    self.bitmaps = bitmaps
    self.impacts = impacts
    let dictionary = DictionaryView(keys: keys.buffer, keyOffsets: keyOffsets.buffer)
    let slots = dictionary.hashTable()
    self.slots = slots
    trie = DictionaryTrie(dictionary, leafTerms: TextLimits.trieLeafTerms) { dictionary.row(of: $0, slots.buffer) }
  }

  /// An index without terms.
  public init(providerCount: Int = 0) {
    self = PostingsWriter().finish(providerCount: providerCount)
  }

  /// Terms, the index's own for crowded prefixes among them.
  public var termCount: Int { keyOffsets.count - 1 }

  /// Postings of all terms.
  public var postingCount: Int { Int(containers[containers.count - 1].firstPosting) }

  /// Chunks that the provider numbers fall into.
  public var chunkCount: Int { (providerCount + TextLimits.chunkProviders - 1) / TextLimits.chunkProviders }

  /// Bytes of everything kept, derived tables included.
  public var byteCount: Int {
    keys.byteCount + keyOffsets.byteCount + termContainers.byteCount + termImpacts.byteCount + containers.byteCount
      + offsets.byteCount + bitmaps.byteCount + impacts.byteCount + slots.byteCount + trie.byteCount
  }
}
