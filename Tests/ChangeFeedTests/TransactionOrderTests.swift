import PostgresClient
import Testing

@testable import ChangeFeed

@Suite struct TransactionOrderTests {
  private let time = PostgresTimestamp(microsecondsSince1970: 0)
  private var begin: FeedMessage { .begin(FeedBegin(commitPosition: 20, committedAt: time, transaction: 1)) }

  private func commit(_ position: UInt64, end: UInt64) -> FeedMessage {
    .commit(FeedCommit(commitPosition: position, endPosition: end, committedAt: time))
  }

  @Test func positionsMoveWithCommits() throws {
    var order = TransactionOrder(position: 10)
    #expect(!order.advance(to: 10) && !order.advance(to: 9))
    #expect(order.advance(to: 11) && order.position == 11)
    try order.take(begin)
    #expect(!order.advance(to: 1_000) && order.position == 11 && order.isOpen)
    try order.take(.change(.truncate([])))
    try order.take(commit(20, end: 28))
    #expect(order.position == 28 && !order.isOpen)
  }

  @Test func whatMakesNoSenseIsRefused() throws {
    var order = TransactionOrder(position: 10)
    #expect(throws: FeedError.self) { try order.take(.change(.truncate([]))) }
    #expect(throws: FeedError.self) { try order.take(commit(20, end: 28)) }
    try order.take(begin)
    #expect(throws: FeedError.self) { try order.take(begin) }
    #expect(throws: FeedError.self) { try order.take(commit(21, end: 28)) }
    #expect(throws: FeedError.self) { try order.take(commit(20, end: 20)) }
    order.abandon()
    try order.take(begin)
    try order.take(commit(20, end: 28))
    #expect(order.position == 28)
  }
}
