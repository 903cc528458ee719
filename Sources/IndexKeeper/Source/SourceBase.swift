import Columns
import PostgresClient

/// Entries at rest: sorted by id, as bytes in columns, in memory or in a mapped file. Services are numbered through, provider after
/// provider.
final class SourceBase: Sendable {
  let ids: Column<SIMD2<UInt64>>
  /// An entry's bytes are from its start up to the next.
  let starts: Column<UInt64>
  let bytes: Column<UInt8>
  /// The services of an entry, likewise.
  let serviceStarts: Column<UInt32>
  let services: Column<SIMD2<UInt64>>
  let serviceTable: ServiceTable

  init(
    ids: Column<SIMD2<UInt64>>, starts: Column<UInt64>, bytes: Column<UInt8>, serviceStarts: Column<UInt32>,
    services: Column<SIMD2<UInt64>>, serviceTable: ServiceTable
  ) {
    self.ids = ids
    self.starts = starts
    self.bytes = bytes
    self.serviceStarts = serviceStarts
    self.services = services
    self.serviceTable = serviceTable
  }

  static let empty = SourceBaseBuilder().finish()

  var count: Int { ids.count }

  func id(_ index: Int) -> PostgresUUID { PostgresUUID(ids[index]) }

  /// O(log n).
  func find(_ id: PostgresUUID) -> Int? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self.id(middle) < id { low = middle + 1 } else { high = middle }
    }
    return low < count && self.id(low) == id ? low : nil
  }

  func entry(_ index: Int) throws(StateFileError) -> SourceEntry {
    try SourceCodec.entry(
      bytes[Int(starts[index])..<Int(starts[index + 1])],
      services: services[Int(serviceStarts[index])..<Int(serviceStarts[index + 1])])
  }

  /// Whose service it was when this was made. O(log n).
  func owner(ofService id: PostgresUUID) -> PostgresUUID? {
    guard let service = serviceTable.find(id, in: services) else { return nil }
    // The last entry that begins at or before it; those without services begin there too, and come before.
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if Int(serviceStarts[middle + 1]) <= service { low = middle + 1 } else { high = middle }
    }
    return low < count ? self.id(low) : nil
  }
}

extension PostgresUUID {
  init(_ bits: SIMD2<UInt64>) { self.init(high: bits.x, low: bits.y) }
  var bits: SIMD2<UInt64> { SIMD2(high, low) }
}

/// Where the services of a base are by their ids: a hash table of their numbers, with open addressing, filled to two thirds at most.
/// Equal for equal services, so that files are.
struct ServiceTable: Sendable {
  /// A service's number, one more; 0 is free. A power of two of them.
  let slots: Column<UInt32>

  init(slots: Column<UInt32>) { self.slots = slots }

  /// O(n).
  init(_ services: some RandomAccessCollection<SIMD2<UInt64>>) {
    var capacity = 1
    while capacity * 2 < services.count * 3 + 2 { capacity *= 2 }
    var slots = [UInt32](repeating: 0, count: capacity)
    for (number, id) in services.enumerated() {
      var slot = Self.slot(id, capacity)
      while slots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
      slots[slot] = UInt32(number + 1)
    }
    self.slots = Column(slots)
  }

  private static func slot(_ id: SIMD2<UInt64>, _ capacity: Int) -> Int {
    // Ids that are made one after the other share their first half.
    let mixed = (id.x ^ id.y &* 0x9E37_79B9_7F4A_7C15) &* 0xC2B2_AE3D_27D4_EB4F
    return Int(truncatingIfNeeded: mixed >> 32) & (capacity - 1)
  }

  /// O(1) on average.
  func find(_ id: PostgresUUID, in services: Column<SIMD2<UInt64>>) -> Int? {
    var slot = Self.slot(id.bits, slots.count)
    // As often as there are slots: a foreign file's may all be taken.
    for _ in 0..<slots.count {
      let number = Int(slots[slot]) - 1
      guard number >= 0, number < services.count else { return nil }
      if services[number] == id.bits { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }
}

/// Takes entries in the order of their ids.
struct SourceBaseBuilder: Sendable {
  private(set) var ids: [SIMD2<UInt64>] = []
  private(set) var starts: [UInt64] = [0]
  private(set) var bytes: [UInt8] = []
  private(set) var serviceStarts: [UInt32] = [0]
  private(set) var services: [SIMD2<UInt64>] = []

  mutating func add(_ id: PostgresUUID, _ entry: SourceEntry) throws(StateFileError) {
    try begin(id)
    SourceCodec.append(entry, to: &bytes)
    for service in entry.services { services.append(service.id.bits) }
    try end()
  }

  /// As it is in another base.
  mutating func add(_ index: Int, of base: SourceBase) throws(StateFileError) {
    try begin(base.id(index))
    bytes.append(contentsOf: base.bytes[Int(base.starts[index])..<Int(base.starts[index + 1])])
    services.append(contentsOf: base.services[Int(base.serviceStarts[index])..<Int(base.serviceStarts[index + 1])])
    try end()
  }

  private mutating func begin(_ id: PostgresUUID) throws(StateFileError) {
    if let last = ids.last, PostgresUUID(last) >= id { throw .malformed("providers do not ascend by id") }
    ids.append(id.bits)
  }

  private mutating func end() throws(StateFileError) {
    guard services.count < Int(UInt32.max) else { throw .malformed("more services than numbers for them") }
    starts.append(UInt64(bytes.count))
    serviceStarts.append(UInt32(services.count))
  }

  consuming func finish() -> SourceBase {
    SourceBase(
      ids: Column(ids), starts: Column(starts), bytes: Column(bytes), serviceStarts: Column(serviceStarts),
      services: Column(services), serviceTable: ServiceTable(services))
  }
}
