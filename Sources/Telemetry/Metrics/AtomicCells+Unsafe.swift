// Raw memory for atomics: Swift's arrays cannot hold them, and where each lies matters.

import CPlatform
import Synchronization

/// A few 64-bit counters, kept as several copies (shards), each on its own cache lines: threads count in their own copy, so that cores
/// never fight over a line; a read sums the copies. Adding is one relaxed atomic addition, no lock, no allocation.
final class AtomicCells: Sendable {
  private typealias Cell = Atomic<UInt64>

  // Two lines of 64 bytes: adjacent lines are fetched in pairs.
  private static let lineBytes = 128

  // Sendable although a pointer: the memory lives as long as this object, and is only touched by atomic operations.
  private nonisolated(unsafe) let base: UnsafeMutableRawPointer
  private let shardBytes: Int
  private let shardMask: Int
  let cellCount: Int

  /// `shards` is a power of two.
  init(cells: Int, shards: Int = TelemetryLimits.counterShards) {
    precondition(cells > 0 && shards > 0 && shards & (shards - 1) == 0, "shards are a power of two")
    cellCount = cells
    shardMask = shards - 1
    let bytes = cells * MemoryLayout<Cell>.stride
    shardBytes = (bytes + AtomicCells.lineBytes - 1) / AtomicCells.lineBytes * AtomicCells.lineBytes
    base = .allocate(byteCount: shardBytes * shards, alignment: AtomicCells.lineBytes)
    for shard in 0..<shards {
      for index in 0..<cells {
        (base + shard * shardBytes).assumingMemoryBound(to: Cell.self).advanced(by: index).initialize(to: Cell(0))
      }
    }
  }

  deinit {
    // Atomics of integers are trivial: nothing to deinitialize.
    base.deallocate()
  }

  private func cell(_ index: Int, shard: Int) -> UnsafeMutablePointer<Cell> {
    (base + shard * shardBytes).assumingMemoryBound(to: Cell.self).advanced(by: index)
  }

  func add(_ index: Int, _ amount: UInt64) {
    let shard = Int(qareeb_thread_slot()) & shardMask
    cell(index, shard: shard).pointee.wrappingAdd(amount, ordering: .relaxed)
  }

  /// Two cells of the same shard: a histogram's bucket and sum.
  func add(_ first: Int, _ firstAmount: UInt64, _ second: Int, _ secondAmount: UInt64) {
    let shard = Int(qareeb_thread_slot()) & shardMask
    cell(first, shard: shard).pointee.wrappingAdd(firstAmount, ordering: .relaxed)
    cell(second, shard: shard).pointee.wrappingAdd(secondAmount, ordering: .relaxed)
  }

  /// The sum of a cell's copies. O(shards).
  func total(_ index: Int) -> UInt64 {
    var sum: UInt64 = 0
    for shard in 0...shardMask { sum &+= cell(index, shard: shard).pointee.load(ordering: .relaxed) }
    return sum
  }
}
