public import Synchronization

/// A row of 64-bit words that one writer changes while readers read: each word is loaded and stored whole, in no order.
///
/// What must hold between words (a bound above what it bounds) is the writer's to keep, by the order of its stores.
public struct LiveWords: @unchecked Sendable {
  // Sendable: every word is atomic.
  public let base: UnsafeMutablePointer<Atomic<UInt64>>
  public let count: Int
  private let owner: Owner

  public init(repeating word: UInt64 = 0, count: Int) {
    self.count = count
    owner = Owner(count: count, word: word)
    base = owner.base
  }

  /// Words in memory of the caller's, which is zero, aligned to a cache line, and nobody else's; `release` is called when they are gone.
  public init(zeros: UnsafeMutableRawBufferPointer, release: @escaping @Sendable () -> Void) {
    count = zeros.count / MemoryLayout<UInt64>.stride
    owner = Owner(zeros, release: release)
    base = owner.base
  }

  /// A copy of `words`, to be changed from now on.
  public init(copying words: Column<UInt64>) {
    self.init(count: words.count)
    for index in 0..<count { store(words[index], at: index) }
  }

  @inlinable
  @inline(__always)
  public func load(_ index: Int) -> UInt64 {
    assert(index >= 0 && index < count, "live words of \(count) read at \(index)")
    return base[index].load(ordering: .relaxed)
  }

  /// Stores are seen in the order they are made, so that a raised bound is seen before what it bounds.
  @inlinable
  @inline(__always)
  public func store(_ word: UInt64, at index: Int) {
    assert(index >= 0 && index < count, "live words of \(count) written at \(index)")
    base[index].store(word, ordering: .releasing)
  }

  /// The words as they are now, for a file.
  public func copy() -> Column<UInt64> { Column((0..<count).map(load)) }

  private final class Owner {
    let base: UnsafeMutablePointer<Atomic<UInt64>>
    private let release: @Sendable () -> Void

    // An atomic word has the bits of a plain one.
    init(_ memory: UnsafeMutableRawBufferPointer, release: @escaping @Sendable () -> Void) {
      guard let start = memory.baseAddress else { preconditionFailure("words need memory") }
      base = start.assumingMemoryBound(to: Atomic<UInt64>.self)
      self.release = release
    }

    convenience init(count: Int, word: UInt64) {
      let memory = UnsafeMutableRawBufferPointer.allocate(
        byteCount: max(count, 1) * MemoryLayout<UInt64>.stride, alignment: ColumnLimits.alignment)
      memory.initializeMemory(as: UInt64.self, repeating: word)
      self.init(memory) { [address = UInt(bitPattern: memory.baseAddress)] in
        UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
      }
    }

    deinit { release() }
  }
}
