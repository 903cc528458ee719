/// The terms of values that were added lately. A market says the same few hundred things of its services over and over: to read them
/// again each time is half of building.
///
/// A value has one place, by its hash; whoever comes later has it. All of it is 1.6 MB, and nothing before many values have come: an
/// update of a few providers must not pay for it.
struct ValueCache {
  struct Place {
    let slot: Int
    let isKnown: Bool
  }

  private struct Entry {
    var hash: UInt64 = 0
    var byteCount: UInt8 = 0
    var termCount: UInt8 = 0
    var isFilled = false
  }

  /// The terms of each slot's value, `slotTerms` places a slot.
  private(set) var terms: [TermIndexBuilder.Record] = []
  private var entries: [Entry] = []
  /// The field's number and the text of each, `slotBytes` places a slot.
  private var bytes: [UInt8] = []
  /// How many values came before there was room.
  private var early = 0

  private static let slotBits: UInt64 = 12
  private static let slots = 1 << Int(slotBits)
  /// A service's name; descriptions are longer, and differ.
  private static let slotBytes = 128
  private static let slotTerms = 32
  /// Of some hundred providers.
  private static let earlyValues = 1_000

  /// Where a value is, or would be.
  mutating func place(of text: String, _ field: TextField) -> Place {
    let found = text.utf8.withContiguousStorageIfAvailable { place(of: $0, field) }
    if let found { return found }
    var copy = text
    return copy.withUTF8 { place(of: $0, field) }
  }

  private mutating func place(of text: UnsafeBufferPointer<UInt8>, _ field: TextField) -> Place {
    guard text.count < Self.slotBytes, let start = text.baseAddress else { return Place(slot: -1, isKnown: false) }
    if entries.isEmpty {
      early += 1
      if early <= Self.earlyValues { return Place(slot: -1, isKnown: false) }
      makeRoom()
    }
    let hash = mixed(termHash(text) ^ UInt64(field.rawValue))
    let slot = Int(hash >> (64 - Self.slotBits))
    let first = slot * Self.slotBytes
    let isKnown =
      entries[slot].isFilled && entries[slot].hash == hash && Int(entries[slot].byteCount) == text.count
      && bytes.withUnsafeBufferPointer { bytes in
        bytes[first] == field.rawValue
          && sameBytes(UnsafePointer(start), bytes.baseAddress.unsafelyUnwrapped + first + 1, text.count)
      }
    if !isKnown {
      entries[slot] = Entry(hash: hash, byteCount: UInt8(text.count))
      bytes.withUnsafeMutableBufferPointer { bytes in
        bytes[first] = field.rawValue
        for index in 0..<text.count { bytes[first + 1 + index] = text[index] }
      }
    }
    return Place(slot: slot, isKnown: isKnown)
  }

  private mutating func makeRoom() {
    terms = Array(repeating: TermIndexBuilder.Record(term: 0, units: 0), count: Self.slots * Self.slotTerms)
    entries = Array(repeating: Entry(), count: Self.slots)
    bytes = Array(repeating: 0, count: Self.slots * Self.slotBytes)
  }

  /// Begins to take a value's terms; false where there is no room for so many.
  mutating func begin(_ place: Place, terms count: Int) -> Bool {
    guard place.slot >= 0, count <= Self.slotTerms else { return false }
    entries[place.slot].isFilled = true
    return true
  }

  @inline(__always)
  mutating func append(_ term: TermIndexBuilder.Record, at place: Place) {
    terms[place.slot * Self.slotTerms + Int(entries[place.slot].termCount)] = term
    entries[place.slot].termCount += 1
  }

  @inline(__always)
  func terms(at place: Place) -> Range<Int> {
    let first = place.slot * Self.slotTerms
    return first..<first + Int(entries[place.slot].termCount)
  }
}
