/// Working memory that is kept from query to query and only ever grows: once warm, nothing is allocated.
struct Room<Element: BitwiseCopyable>: ~Copyable {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var capacity: Int

  init(capacity: Int) {
    self.capacity = max(capacity, 1)
    base = Self.allocate(self.capacity)
  }

  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Element> {
    // On a cache line; zeroed, so that what is read before it is written is at least the same each time.
    let bytes = capacity * MemoryLayout<Element>.stride
    let room = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    room.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    return room.assumingMemoryBound(to: Element.self)
  }

  /// Makes room for `count` elements; the first `kept` stay, the rest is zero.
  @inline(never)
  mutating func grow(to count: Int, keeping kept: Int) {
    guard count > capacity else { return }
    let larger = max(count, capacity * 2)
    let room = Self.allocate(larger)
    room.update(from: base, count: kept)
    UnsafeMutableRawPointer(base).deallocate()
    (base, capacity) = (room, larger)
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }
}
