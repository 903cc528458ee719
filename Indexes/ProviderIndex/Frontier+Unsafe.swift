/// The nodes that are still to be opened, the most promising first: a binary heap of words.
///
/// A word orders by its upper half, the bound; the lower half says which node: level in the upper three bits, block below.
struct Frontier: ~Copyable {
  private var room = Room<UInt64>(capacity: 4_096)
  private(set) var count = 0

  mutating func removeAll() { count = 0 }

  @inline(__always)
  static func word(bound: Float, level: Int, block: Int) -> UInt64 {
    let bits = bound.bitPattern
    // Floats order like integers once the negative ones are turned round.
    let ordered = bits ^ (bits >> 31 == 1 ? 0xFFFF_FFFF : 0x8000_0000)
    return UInt64(ordered) << 32 | UInt64(level) << 29 | UInt64(block)
  }

  @inline(__always)
  static func bound(_ word: UInt64) -> Float {
    let ordered = UInt32(truncatingIfNeeded: word >> 32)
    return Float(bitPattern: ordered ^ (ordered >> 31 == 1 ? 0x8000_0000 : 0xFFFF_FFFF))
  }

  @inline(__always)
  static func level(_ word: UInt64) -> Int { Int(word >> 29 & 7) }

  @inline(__always)
  static func block(_ word: UInt64) -> Int { Int(word & 0x1FFF_FFFF) }

  /// The most promising one, as long as nothing better is pushed.
  @inline(__always)
  var first: UInt64? { count > 0 ? room.base[0] : nil }

  @inline(__always)
  mutating func push(_ word: UInt64) {
    if count == room.capacity { room.grow(to: count + 1, keeping: count) }
    let heap = room.base
    var hole = count
    count += 1
    while hole > 0 {
      let parent = (hole - 1) >> 1
      guard heap[parent] < word else { break }
      heap[hole] = heap[parent]
      hole = parent
    }
    heap[hole] = word
  }

  @inline(__always)
  mutating func pop() -> UInt64? {
    guard count > 0 else { return nil }
    let heap = room.base
    let top = heap[0]
    count -= 1
    let last = heap[count]
    var hole = 0
    while true {
      var child = 2 * hole + 1
      guard child < count else { break }
      if child + 1 < count, heap[child + 1] > heap[child] { child += 1 }
      guard heap[child] > last else { break }
      heap[hole] = heap[child]
      hole = child
    }
    heap[hole] = last
    return top
  }
}
