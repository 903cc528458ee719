import ChangeFeed
import Testing

@Suite struct TransactionOrderTests {
  @Test func positionsOutsideOfTransactionsAdvance() {
    var order = TransactionOrder(position: 10)
    #expect(!order.advance(to: 10) && !order.advance(to: 9))
    #expect(order.advance(to: 11) && order.position == 11 && !order.isOpen)
  }
}
