public import PostgresClient

/// What is wrong with the feed, and where. It never holds values of rows.
public enum FeedError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A message ended before all of it was there; counted from the message's first byte.
  case truncated(message: String, offset: Int)
  /// Bytes follow the end of a message.
  case excess(message: String, offset: Int)
  case unknownMessage(kind: UInt8)
  case malformed(message: String, offset: Int, reason: String)
  /// A change to a table that was not described.
  case unknownRelation(id: UInt32)
  /// A row has another number of columns than its table.
  case columnCount(relation: String, expected: Int, found: Int)
  /// Messages come in an order that makes no sense, such as a change outside of a transaction.
  case order(String)
  /// A table lacks a column that a follower needs.
  case missingColumn(relation: String, column: String)
  case value(relation: String, column: String, type: PostgresType, reason: CellError)
  /// The slot is gone or of no more use: changes have been missed, and what follows them must be made anew.
  case slotLost(slot: String, reason: String)

  public var description: String {
    switch self {
    case .truncated(let message, let offset): "the feed's \(message) ends at byte \(offset), before all of it was there"
    case .excess(let message, let offset): "the feed's \(message) goes on after its end at byte \(offset)"
    case .unknownMessage(let kind): "the feed has a message of the unknown kind \(kind)"
    case .malformed(let message, let offset, let reason): "the feed's \(message) is wrong at byte \(offset): \(reason)"
    case .unknownRelation(let id): "the feed changes table \(id), which it has not described"
    case .columnCount(let relation, let expected, let found):
      "a row of \(relation) has \(found) columns in the feed, its table \(expected)"
    case .order(let reason): "the feed's messages come in a wrong order: \(reason)"
    case .missingColumn(let relation, let column): "\(relation) has no column \(column)"
    case .value(let relation, let column, let type, let reason): "\(relation).\(column), \(type), cannot be read: \(reason)"
    case .slotLost(let slot, let reason): "the replication slot \(slot) is lost: \(reason)"
    }
  }
}
