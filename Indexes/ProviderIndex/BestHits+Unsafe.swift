/// A provider among the best so far.
struct RankedHit: BitwiseCopyable {
  /// What it is ordered by, greatest first: the score, or what the query sorts by.
  let key: Double
  let score: Double
  let distanceMetres: Double
  let id: UnsafePointer<UInt8>
  let idCount: UInt32
  let segment: UInt32
  let number: UInt32

  /// Whether it comes before another: by key, then by id in the order of bytes.
  @inline(__always)
  func precedes(_ other: RankedHit) -> Bool {
    key != other.key ? key > other.key : idPrecedes(other.id, Int(other.idCount))
  }

  @inline(never)
  func idPrecedes(_ other: UnsafePointer<UInt8>, _ otherCount: Int) -> Bool {
    let shared = min(Int(idCount), otherCount)
    for index in 0..<shared where id[index] != other[index] { return id[index] < other[index] }
    return Int(idCount) < otherCount
  }
}

/// The best hits so far: a heap with the last of them on top, so that the next candidate is compared with one.
struct BestHits: ~Copyable {
  private var room = Room<RankedHit>(capacity: 128)
  private(set) var count = 0
  private var limit = 0
  /// The key that a candidate must reach: a tie may still be decided by id.
  private(set) var threshold = -Double.infinity

  mutating func begin(limit: Int) {
    self.limit = limit
    count = 0
    threshold = limit == 0 ? .infinity : -.infinity
    room.grow(to: limit, keeping: 0)
  }

  subscript(_ index: Int) -> RankedHit { room.base[index] }

  @inline(__always)
  mutating func offer(_ hit: RankedHit) {
    let heap = room.base
    if count < limit {
      var hole = count
      count += 1
      while hole > 0, heap[(hole - 1) >> 1].precedes(hit) {
        heap[hole] = heap[(hole - 1) >> 1]
        hole = (hole - 1) >> 1
      }
      heap[hole] = hit
    } else if count > 0, hit.precedes(heap[0]) {
      sink(hit, within: count)
    } else {
      return
    }
    if count == limit { threshold = heap[0].key }
  }

  /// Puts `hit` in the place of the top.
  private mutating func sink(_ hit: RankedHit, within count: Int) {
    let heap = room.base
    var hole = 0
    while true {
      var child = 2 * hole + 1
      guard child < count else { break }
      if child + 1 < count, heap[child].precedes(heap[child + 1]) { child += 1 }
      guard hit.precedes(heap[child]) else { break }
      heap[hole] = heap[child]
      hole = child
    }
    heap[hole] = hit
  }

  /// Puts the hits in order, best first. O(k log k).
  mutating func sort() {
    var rest = count
    while rest > 1 {
      rest -= 1
      let (worst, last) = (room.base[0], room.base[rest])
      sink(last, within: rest)
      room.base[rest] = worst
    }
  }
}
