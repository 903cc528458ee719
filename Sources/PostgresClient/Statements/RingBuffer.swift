/// A first-in, first-out queue in one array that is used round and round: O(1) at both ends, no allocation once warm.
struct RingBuffer<Element> {
  private var slots: [Element?] = Array(repeating: nil, count: 16)
  private var head = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  var first: Element? { count == 0 ? nil : slots[head] }

  /// The `index`-th from the front.
  subscript(_ index: Int) -> Element {
    precondition(index >= 0 && index < count, "index outside the queue")
    guard let element = slots[(head + index) & (slots.count - 1)] else { preconditionFailure("a queued slot is filled") }
    return element
  }

  mutating func append(_ element: Element) {
    if count == slots.count { grow() }
    slots[(head + count) & (slots.count - 1)] = element
    count += 1
  }

  mutating func popFirst() -> Element? {
    guard count > 0 else { return nil }
    defer {
      slots[head] = nil
      head = (head + 1) & (slots.count - 1)
      count -= 1
    }
    return slots[head]
  }

  /// The size stays a power of two, so that wrapping is a mask.
  private mutating func grow() {
    var larger: [Element?] = []
    larger.reserveCapacity(slots.count * 2)
    for index in 0..<count { larger.append(slots[(head + index) & (slots.count - 1)]) }
    larger.append(contentsOf: Array(repeating: nil, count: slots.count * 2 - count))
    slots = larger
    head = 0
  }
}
