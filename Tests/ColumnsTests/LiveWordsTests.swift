import Columns
import Synchronization
import Testing

@Suite struct LiveWordsTests {
  @Test func wordsAreChangedInPlaceAndCopiedOut() {
    let words = LiveWords(copying: Column([1, 2, 3]))
    let sameWords = words
    words.store(20, at: 1)
    #expect(sameWords.load(1) == 20)
    let copy = sameWords.copy()
    words.store(30, at: 2)
    #expect(Array(copy) == [1, 20, 3])
  }

  @Test func wordsInMemoryOfTheCallersGiveItBack() {
    let isReleased = Flag()
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 800, alignment: 64)
    memory.initializeMemory(as: UInt64.self, repeating: 0)
    let address = UInt(bitPattern: memory.baseAddress)
    do {
      let words = LiveWords(zeros: memory) {
        UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
        isReleased.set()
      }
      words.store(9, at: 99)
      #expect(words.count == 100 && words.load(0) == 0 && words.load(99) == 9 && !isReleased.isSet)
    }
    #expect(isReleased.isSet)
  }

  @Test func aColumnOutlivesTheArrayItCopied() {
    let column: Column<UInt64>
    do {
      var array: [UInt64] = [5, 6]
      column = Column(array)
      array[0] = 9
    }
    #expect(Array(column) == [5, 6] && column.byteCount == 16)
    #expect(Column<Double>().isEmpty)
  }
}

private final class Flag: Sendable {
  private let flag = Atomic<Bool>(false)
  var isSet: Bool { flag.load(ordering: .relaxed) }
  func set() { flag.store(true, ordering: .relaxed) }
}
