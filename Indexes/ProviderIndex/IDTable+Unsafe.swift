import Columns

/// Finds a provider's number by its id: open addressing over a power of two of words, each a number + 1 or 0.
struct IDTable: Sendable {
  let slots: Column<UInt32>

  /// The table of `ids`, or the first id that occurs twice.
  static func build(_ ids: TextColumn) -> Result<IDTable, IndexError> {
    var capacity = 16
    while capacity < ids.count + ids.count / 2 { capacity *= 2 }
    var slots = [UInt32](repeating: 0, count: capacity)
    for number in 0..<ids.count {
      let id = ids.utf8(number)
      var slot = Int(truncatingIfNeeded: Checksum.of(UnsafeRawBufferPointer(id))) & (capacity - 1)
      while slots[slot] != 0 {
        guard !ids.utf8(Int(slots[slot]) - 1).elementsEqual(id) else { return .failure(.duplicate(id: ids[number])) }
        slot = (slot + 1) & (capacity - 1)
      }
      slots[slot] = UInt32(number + 1)
    }
    return .success(IDTable(slots: Column(slots)))
  }

  func number(of id: String, in ids: TextColumn) -> Int? {
    var id = id
    return id.withUTF8 { id in
      var slot = Int(truncatingIfNeeded: Checksum.of(UnsafeRawBufferPointer(id))) & (slots.count - 1)
      while slots[slot] != 0 {
        let number = Int(slots[slot]) - 1
        if ids.utf8(number).elementsEqual(id) { return number }
        slot = (slot + 1) & (slots.count - 1)
      }
      return nil
    }
  }
}

extension TextColumn {
  func utf8(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes.buffer[Int(starts[index])..<Int(starts[index + 1])])
  }
}
