import Columns
import PostgresClient

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
