// ChangeFeed: the database's log as changes to rows. A pure decoder of what PostgreSQL's plugin pgoutput sends, and above it a reader
// that follows a slot for ever and hands every committed transaction, whole and in order, to its followers.
public import PostgresClient

/// One message of pgoutput (PostgreSQL manual, "Logical Replication Message Formats", protocol version 1).
public enum FeedMessage: Sendable, Hashable {
  case begin(FeedBegin)
  case commit(FeedCommit)
  /// A table as it is from now on: told before its first change, and again when it has changed.
  case relation(FeedRelation)
  case change(FeedChange)
  /// Origins, types and messages of applications: nothing that a follower of rows needs.
  case other(kind: UInt8)
}

public struct FeedBegin: Sendable, Hashable {
  /// Where its commit record begins.
  public let commitPosition: UInt64
  public let committedAt: PostgresTimestamp
  public let transaction: UInt32
}

public struct FeedCommit: Sendable, Hashable {
  public let commitPosition: UInt64
  /// Behind the transaction: who has handled it has reached this position.
  public let endPosition: UInt64
  public let committedAt: PostgresTimestamp
}

/// A table.
public struct FeedRelation: Sendable, Hashable {
  public struct Column: Sendable, Hashable {
    public let name: String
    public let type: PostgresType
    /// Part of what identifies a row in old tuples.
    public let isKey: Bool
  }

  public enum Identity: UInt8, Sendable {
    case primaryKey = 0x64, nothing = 0x6e, full = 0x66, index = 0x69
  }

  public let id: UInt32
  public let schema: String
  public let table: String
  public let identity: Identity
  public let columns: [Column]

  /// `catalogue.provider`.
  public var name: String { "\(schema).\(table)" }
}

/// A change to rows of one table, or to all of several.
public enum FeedChange: Sendable, Hashable {
  case insert(FeedRow)
  /// `old` is there when the identity changed (`.key`) or the table keeps all of it (`.full`).
  case update(old: FeedRow?, new: FeedRow)
  /// The identity of the row, or all of it.
  case delete(FeedRow)
  case truncate([FeedRelation])
}

/// A row of a change: bytes of the message it came in, read when asked for.
public struct FeedRow: Sendable, Hashable {
  public enum Content: Sendable, Hashable {
    /// Only the columns of the identity are there; the others are NULL.
    case key
    case full
  }

  enum Cell: Sendable, Hashable {
    case null
    /// A large value that was not changed, and so is not in the log (TOAST).
    case unchanged
    case text(Range<Int>)
    case binary(Range<Int>)
  }

  public let relation: FeedRelation
  public let content: Content
  let bytes: ArraySlice<UInt8>
  let cells: [Cell]

  /// The place of a column. O(columns): `FeedColumns` looks it up once.
  public func index(of column: String) -> Int? { relation.columns.firstIndex { $0.name == column } }

  public func isUnchanged(_ column: Int) -> Bool { cells[column] == .unchanged }

  /// A column's value; `unchanged` is what a large value was before, for columns that say so.
  public func value<Value: PostgresDecodable>(
    _ column: Int, unchanged: @autoclosure () -> Value?, as: Value.Type = Value.self
  ) throws(FeedError) -> Value {
    let about = relation.columns[column]
    do throws(CellError) {
      switch cells[column] {
      case .null: return try Value.decodeNull()
      case .unchanged:
        guard let value = unchanged() else { throw .malformed("was not sent, because it is large and unchanged") }
        return value
      case .binary(let range): return try PostgresBytes.decode(bytes[range], type: about.type)
      case .text(let range):
        // Types without a binary form come as text, and are read as such.
        return try PostgresBytes.decode(bytes[range], type: .text)
      }
    } catch {
      throw .value(relation: relation.name, column: about.name, type: about.type, reason: error)
    }
  }

  public func value<Value: PostgresDecodable>(_ column: Int, as: Value.Type = Value.self) throws(FeedError) -> Value {
    try value(column, unchanged: nil)
  }
}
