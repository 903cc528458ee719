import WebAPI

/// The documents that one loop has at hand. A document is made when it is first shown; another one in its slot takes its place.
///
/// Direct-mapped: a slot for each hash, so a look-up is one comparison and the table never grows. Nothing is told when a provider
/// changes: an entry knows what it was made of, and is used as long as that is still the source.
struct DocumentTable {
  private struct Entry {
    let id: Identifier
    let source: AnyObject
    let document: Document
  }

  private var entries: [Entry?]
  private let shift: UInt64
  /// What the names in the documents are from.
  private var directory: Directory?
  private var nextSwept = 0

  /// - Parameter slots: a power of two.
  init(slots: Int = DiscoveryLimits.documentsPerLoop) {
    precondition(slots > 1 && slots & (slots - 1) == 0, "slots are a power of two")
    entries = Array(repeating: nil, count: slots)
    shift = UInt64(64 - slots.trailingZeroBitCount)
  }

  /// Has to be called with each edition before it is asked for documents of it.
  ///
  /// What an old entry was made of may be large and is let go in time, also where nobody asks for that provider any more: a few slots
  /// are looked through with each edition.
  mutating func take(_ edition: Edition) {
    if directory !== edition.directory {
      for slot in entries.indices { entries[slot] = nil }
      directory = edition.directory
    }
    for _ in 0..<min(DiscoveryLimits.sweptDocuments, entries.count) {
      if let entry = entries[nextSwept], edition.providers.source(of: entry.id) !== entry.source { entries[nextSwept] = nil }
      nextSwept = (nextSwept + 1) & (entries.count - 1)
    }
  }

  /// A provider's document; nil where there is no such provider. Allocates nothing where the document is at hand.
  mutating func document(of id: Identifier, in edition: Edition) -> Document? {
    guard let source = edition.providers.source(of: id) else { return nil }
    let slot = slot(of: id)
    if let entry = entries[slot], entry.id == id, entry.source === source { return entry.document }
    guard let details = edition.providers.details(of: id) else { return nil }
    let document = Document(details)
    entries[slot] = Entry(id: id, source: source, document: document)
    return document
  }

  /// The id's bits are mixed, because ids that are made one after the other share their first half.
  private func slot(of id: Identifier) -> Int {
    Int(((id.high ^ id.low &* 0x9E37_79B9_7F4A_7C15) &* 0xC2B2_AE3D_27D4_EB4F) >> shift)
  }
}
