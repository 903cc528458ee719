internal import Columns

/// A row that grows at its end, and becomes a column without being copied.
///
/// Room that is asked for and not written is not backed by memory, so the first guess may be generous.
struct ColumnRoom<Element: BitwiseCopyable>: ~Copyable {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int) {
    self.capacity = max(capacity, 16)
    base = Self.allocate(self.capacity)
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Element> {
    UnsafeMutableRawPointer.allocate(
      byteCount: capacity * MemoryLayout<Element>.stride, alignment: ColumnLimits.alignment
    ).bindMemory(to: Element.self, capacity: capacity)
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow(toHold: count + 1) }
    base[count] = element
    count += 1
  }

  mutating func append(contentsOf elements: UnsafeBufferPointer<Element>) {
    grow(toHold: count + elements.count)
    guard let source = elements.baseAddress else { return }
    (base + count).update(from: source, count: elements.count)
    count += elements.count
  }

  mutating func append(repeating element: Element, count added: Int) {
    grow(toHold: count + added)
    (base + count).update(repeating: element, count: added)
    count += added
  }

  /// Makes room for that many elements in all; rows grow by half.
  mutating func grow(toHold needed: Int) {
    guard needed > capacity else { return }
    capacity = max(needed, capacity + capacity / 2)
    let larger = Self.allocate(capacity)
    larger.update(from: base, count: count)
    UnsafeMutableRawPointer(base).deallocate()
    base = larger
  }

  /// The row as a column, which owns the memory from now on.
  consuming func column() -> Column<Element> {
    let (address, count) = (UInt(bitPattern: base), count)
    discard self
    let bytes = UnsafeRawBufferPointer(
      start: UnsafeRawPointer(bitPattern: address), count: count * MemoryLayout<Element>.stride)
    let memory = Memory(bytes: bytes) { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
    return Column(memory: memory, offset: 0, count: count)
  }
}
