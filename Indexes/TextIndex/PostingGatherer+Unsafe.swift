/// Unites rows of postings: each provider once, ascending, with its highest impact.
///
/// It has a byte for every provider, and a bit for every 64 of them that says whether to look there; so what it costs grows with
/// what was added, not with the providers.
struct PostingGatherer {
  private var highest: [UInt8]
  private var touched: [UInt64]
  private var numbers: [UInt32] = []
  private var impacts: [UInt8] = []

  init(providerCount: Int) {
    let blocks = (providerCount + 63) / 64
    highest = [UInt8](repeating: 0, count: blocks * 64)
    touched = [UInt64](repeating: 0, count: (blocks + 63) / 64)
  }

  mutating func add(_ numbers: UnsafeBufferPointer<UInt32>, _ impacts: UnsafeBufferPointer<UInt8>) {
    highest.withUnsafeMutableBufferPointer { highest in
      touched.withUnsafeMutableBufferPointer { touched in
        for index in 0..<numbers.count {
          let number = Int(numbers[index])
          highest[number] = max(highest[number], impacts[index])
          touched[number >> 12] |= 1 << UInt64(number >> 6 & 63)
        }
      }
    }
  }

  /// Gives out what was gathered, if anything, and forgets it.
  mutating func drain(_ body: (UnsafeBufferPointer<UInt32>, UnsafeBufferPointer<UInt8>) -> Void) {
    numbers.removeAll(keepingCapacity: true)
    impacts.removeAll(keepingCapacity: true)
    for word in touched.indices where touched[word] != 0 {
      var blocks = touched[word]
      touched[word] = 0
      while blocks != 0 {
        let first = (word << 6 + blocks.trailingZeroBitCount) << 6
        blocks &= blocks - 1
        for number in first..<first + 64 where highest[number] != 0 {
          numbers.append(UInt32(number))
          impacts.append(highest[number])
          highest[number] = 0
        }
      }
    }
    guard !numbers.isEmpty else { return }
    numbers.withUnsafeBufferPointer { numbers in impacts.withUnsafeBufferPointer { body(numbers, $0) } }
  }
}
