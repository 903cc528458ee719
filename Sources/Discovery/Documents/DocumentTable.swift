import WebAPI

/// The documents that one loop has at hand. A document is made when it is first shown; another one in its set takes its place.
///
/// Set-associative: a set of four slots for each hash, so that a look-up is a few comparisons, the table never grows, and those that are
/// shown often seldom drive one another out. Nothing is told when a provider changes: an entry knows what it was made of, and is used as
/// long as that is still the source, which is looked up once an edition.
struct DocumentTable {
  private struct Entry {
    let source: AnyObject
    let document: Document
  }

  private static let ways = 4

  /// Whose document is in a slot, where there is one, and the edition in which it was last found to be true. Apart from the entries, so
  /// that a set is found with one look at memory and without holding on to anything.
  private var ids: [Identifier]
  private var checkedIn: [Int]
  private var entries: [Entry?]
  private let shift: UInt64
  /// What the names in the documents are from.
  private var directory: Directory?
  /// How many editions there have been.
  private var editions = 0
  private var nextSwept = 0
  private var nextReplaced = 0
  /// What reads ahead have summed up to: nothing, but nobody can leave them out.
  private var fetched = 0

  /// - Parameter slots: a power of two.
  init(slots: Int = DiscoveryLimits.documentsPerLoop) {
    precondition(slots >= Self.ways && slots & (slots - 1) == 0, "slots are a power of two")
    ids = Array(repeating: Identifier(high: 0, low: 0), count: slots)
    checkedIn = Array(repeating: 0, count: slots)
    entries = Array(repeating: nil, count: slots)
    shift = UInt64(64 - (slots / Self.ways).trailingZeroBitCount)
  }

  /// Has to be called with each edition before it is asked for documents of it.
  ///
  /// What an old entry was made of may be large and is let go in time, also where nobody asks for that provider any more: a few slots
  /// are looked through with each edition.
  mutating func take(_ edition: Edition) {
    editions += 1
    if directory !== edition.directory {
      for slot in entries.indices { entries[slot] = nil }
      directory = edition.directory
    }
    for _ in 0..<min(DiscoveryLimits.sweptDocuments, entries.count) {
      if let entry = entries[nextSwept], edition.providers.source(of: ids[nextSwept]) !== entry.source {
        entries[nextSwept] = nil
      }
      nextSwept = (nextSwept + 1) & (entries.count - 1)
    }
  }

  /// A provider's document; nil where there is no such provider. Allocates nothing where the document is at hand.
  mutating func document(of id: Identifier, in edition: Edition) -> Document? {
    let set = set(of: id)
    let found = set.first { ids[$0] == id && entries[$0] != nil }
    if let found, checkedIn[found] == editions { return entries[found]?.document }
    guard let source = edition.providers.source(of: id) else { return nil }
    if let found, entries[found]?.source === source {
      checkedIn[found] = editions
      return entries[found]?.document
    }
    guard let details = edition.providers.details(of: id) else { return nil }
    let document = Document(details)
    let slot = found ?? set.first { entries[$0] == nil } ?? replaced(in: set)
    (ids[slot], checkedIn[slot]) = (id, editions)
    entries[slot] = Entry(source: source, document: document)
    return document
  }

  /// The documents of several providers, in their order: found with all look-ups under way at once, since each waits for memory and
  /// none for another.
  mutating func collect(_ ids: [Identifier?], in edition: Edition, into documents: inout [Document?]) {
    documents.removeAll(keepingCapacity: true)
    var read = 0
    for case let id? in ids {
      let set = set(of: id)
      read &+= Int(truncatingIfNeeded: self.ids[set.lowerBound].low) &+ checkedIn[set.lowerBound]
    }
    fetched &+= read
    for id in ids { documents.append(id.flatMap { document(of: $0, in: edition) }) }
  }

  /// Each of a set in its turn.
  private mutating func replaced(in set: Range<Int>) -> Int {
    nextReplaced = (nextReplaced + 1) % Self.ways
    return set.lowerBound + nextReplaced
  }

  /// The id's bits are mixed, because ids that are made one after the other share their first half.
  private func set(of id: Identifier) -> Range<Int> {
    let number = Int(((id.high ^ id.low &* 0x9E37_79B9_7F4A_7C15) &* 0xC2B2_AE3D_27D4_EB4F) >> shift)
    return number * Self.ways..<(number + 1) * Self.ways
  }
}
