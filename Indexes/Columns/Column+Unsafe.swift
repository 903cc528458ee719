/// A flat row of values that never changes. Reading one is a load; bounds are checked in debug builds only.
@frozen
public struct Column<Element: BitwiseCopyable>: @unchecked Sendable, RandomAccessCollection {
  // Sendable: the memory is never written again, and the values are bits.
  public let memory: Memory
  public let base: UnsafePointer<Element>
  public let count: Int

  /// The values that begin at `offset` of `memory`. The caller has checked that they lie within it, aligned.
  public init(memory: Memory, offset: Int, count: Int) {
    precondition(count >= 0 && offset >= 0 && offset + count * MemoryLayout<Element>.stride <= memory.bytes.count)
    self.memory = memory
    self.count = count
    let start = memory.bytes.baseAddress.map { UnsafeRawPointer($0 + offset) } ?? UnsafeRawPointer(Self.nowhere)
    base = start.assumingMemoryBound(to: Element.self)
  }

  /// A copy of `values`.
  public init(_ values: some Collection<Element>) {
    let count = values.count
    let memory = Memory(byteCount: count * MemoryLayout<Element>.stride) { room in
      _ = room.bindMemory(to: Element.self).initialize(fromContentsOf: values)
    }
    self.init(memory: memory, offset: 0, count: count)
  }

  public init() { self.init([]) }

  @inlinable public var startIndex: Int { 0 }
  @inlinable public var endIndex: Int { count }

  @inlinable
  public subscript(_ index: Int) -> Element {
    @inline(__always) get {
      assert(index >= 0 && index < count, "column of \(count) read at \(index)")
      return base[index]
    }
  }

  @inlinable public var buffer: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }

  @inlinable
  public func withContiguousStorageIfAvailable<R>(_ body: (UnsafeBufferPointer<Element>) throws -> R) rethrows -> R? {
    try body(buffer)
  }

  public var byteCount: Int { count * MemoryLayout<Element>.stride }

  /// Where an empty column points: never read.
  private static var nowhere: UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(bitPattern: ColumnLimits.alignment).unsafelyUnwrapped
  }
}
