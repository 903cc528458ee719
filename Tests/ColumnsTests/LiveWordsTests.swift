import Columns
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
