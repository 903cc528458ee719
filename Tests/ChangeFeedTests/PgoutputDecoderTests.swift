import PostgresClient
import TestSupport
import Testing

@testable import ChangeFeed

@Suite struct PgoutputDecoderTests {
  private func decoder() throws -> PgoutputDecoder {
    var decoder = PgoutputDecoder()
    _ = try decoder.decode(MessageBytes.relation[...])
    return decoder
  }

  @Test func tablesAndTransactions() throws {
    var decoder = PgoutputDecoder()
    guard case .relation(let relation) = try decoder.decode(MessageBytes.relation[...]) else {
      Issue.record("no relation")
      return
    }
    #expect(relation.name == "shop.item" && relation.identity == .primaryKey)
    #expect(relation.columns.map(\.name) == ["id", "name", "price"] && relation.columns.map(\.isKey) == [true, false, false])
    let time = PostgresTimestamp(microsecondsSince1970: 946_684_801_000_000)
    #expect(
      try decoder.decode(MessageBytes.begin[...])
        == .begin(FeedBegin(commitPosition: 100, committedAt: time, transaction: 42)))
    #expect(
      try decoder.decode(MessageBytes.commit[...])
        == .commit(FeedCommit(commitPosition: 100, endPosition: 148, committedAt: time)))
    #expect(try decoder.decode(MessageBytes.origin[...]) == .other(kind: UInt8(ascii: "O")))
  }

  @Test func rowsAreReadByType() throws {
    var decoder = try decoder()
    guard case .change(.insert(let row)) = try decoder.decode(MessageBytes.insert[...]) else {
      Issue.record("no insert")
      return
    }
    #expect(try row.value(0, as: Int32.self) == 5)
    #expect(try row.value(1, as: String.self) == "شاي")
    #expect(try row.value(2, as: Int?.self) == nil)
    #expect(throws: FeedError.value(relation: "shop.item", column: "price", type: .int8, reason: .null)) {
      try row.value(2, as: Int.self)
    }
    #expect(throws: FeedError.value(relation: "shop.item", column: "id", type: .int4, reason: .wrongType)) {
      try row.value(0, as: String.self)
    }
  }

  @Test func whatIsUnchangedIsMarked() throws {
    var decoder = try decoder()
    guard case .change(.update(let old?, let new)) = try decoder.decode(MessageBytes.update[...]) else {
      Issue.record("no update")
      return
    }
    #expect(old.content == .key && new.content == .full)
    #expect(new.isUnchanged(1) && !new.isUnchanged(2))
    #expect(try new.value(1, unchanged: "as before") == "as before")
    #expect(throws: FeedError.self) { try new.value(1, as: String.self) }
    #expect(try old.value(0, as: Int.self) == 5 && new.value(0, as: Int.self) == 6)
    #expect(try new.value(2, as: Int.self) == 256)
    guard case .change(.truncate(let tables)) = try decoder.decode(MessageBytes.truncate[...]) else {
      Issue.record("no truncate")
      return
    }
    #expect(tables.map(\.name) == ["shop.item"])
  }

  @Test func whatIsWrongIsSaidWithItsPlace() throws {
    var decoder = PgoutputDecoder()
    #expect(throws: FeedError.unknownRelation(id: 7)) { try decoder.decode(MessageBytes.insert[...]) }
    #expect(throws: FeedError.truncated(message: "message", offset: 0)) { try decoder.decode([]) }
    #expect(throws: FeedError.unknownMessage(kind: 1)) { try decoder.decode([1, 2]) }
    #expect(throws: FeedError.truncated(message: "begin", offset: 15)) { try decoder.decode(MessageBytes.begin[..<15]) }
    #expect(throws: FeedError.excess(message: "begin", offset: 21)) { try decoder.decode(MessageBytes.begin + [0]) }
    _ = try decoder.decode(MessageBytes.relation[...])
    let short = MessageBytes("I").add(UInt32(7)).letter("N").row([.null]).bytes
    #expect(throws: FeedError.columnCount(relation: "shop.item", expected: 3, found: 1)) { try decoder.decode(short[...]) }
  }

  /// Every beginning of every message is refused, and nothing traps.
  @Test func cutMessagesAreRefused() throws {
    for message in MessageBytes.all where message != MessageBytes.origin {
      for count in 0..<message.count {
        var decoder = try decoder()
        #expect(throws: FeedError.self, "\(message.prefix(count))") { try decoder.decode(message[..<count]) }
      }
    }
  }

  /// Whatever the bytes, they end in a message or an error, and the same bytes in the same.
  @Test func damagedMessagesTrapNowhere() throws {
    var random = SeededRandom()
    let pieces: [[UInt8]] = [[0], [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff], Array("b".utf8), Array("Nu".utf8), [0, 0, 0, 7]]
    var refused = 0
    for _ in 0..<FuzzRounds.count(default: 20_000) {
      var message = random.pick(MessageBytes.all)
      random.damage(&message, with: pieces, atMost: 4)
      var (one, other) = (try decoder(), try decoder())
      let first = Result { () throws(FeedError) in try one.decode(message[...]) }
      #expect(first == Result { () throws(FeedError) in try other.decode(message[...]) })
      switch first {
      case .failure: refused += 1
      case .success(.change(let change)): read(change)
      case .success: break
      }
    }
    #expect(refused > 1_000, "damage must be found")
  }

  /// Reads every value as everything: errors are right, traps are not.
  private func read(_ change: FeedChange) {
    let rows: [FeedRow] =
      switch change {
      case .insert(let row), .delete(let row): [row]
      case .update(let old, let new): (old.map { [$0] } ?? []) + [new]
      case .truncate: []
      }
    for row in rows {
      for column in row.relation.columns.indices {
        _ = try? row.value(column, as: Int?.self)
        _ = try? row.value(column, as: String?.self)
        _ = try? row.value(column, as: [String]?.self)
        _ = try? row.value(column, as: PostgresGeography?.self)
      }
    }
  }

  /// The canary of the fuzzer: its inputs do reach messages that are whole.
  @Test func undamagedMessagesAreWhole() throws {
    var decoder = PgoutputDecoder()
    for message in MessageBytes.all { _ = try decoder.decode(message[...]) }
  }
}
