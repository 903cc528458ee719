/// One row of a result. It keeps the whole result alive.
public struct Row: Sendable {
  let rows: Rows
  let index: Int

  /// The value of a named column; O(columns) to find it.
  public subscript<Value: PostgresDecodable>(_ column: String, as type: Value.Type = Value.self) -> Value {
    get throws(PostgresError) {
      guard let index = rows.columnIndex(column) else {
        throw PostgresError(.decoding, "there is no column \(column); the row has \(columnNames.joined(separator: ", "))")
      }
      return try rows.value(row: self.index, column: index)
    }
  }

  /// The value of a column by its place, from 0.
  public subscript<Value: PostgresDecodable>(_ column: Int, as type: Value.Type = Value.self) -> Value {
    get throws(PostgresError) { try rows.value(row: index, column: column) }
  }

  /// All columns in order: `let (id, name) = try row.decode(PostgresUUID.self, String.self)`.
  public func decode<each Value: PostgresDecodable>(
    _ types: repeat (each Value).Type
  ) throws(PostgresError) -> (repeat each Value) {
    var wanted = 0
    for _ in repeat (each types) { wanted += 1 }
    guard wanted == rows.columnCount else {
      throw PostgresError(.decoding, "the row has \(rows.columnCount) columns, \(wanted) were asked for")
    }
    var reader = RowReader(row: self)
    return try (repeat reader.next((each types)))
  }

  public func isNull(_ column: Int) -> Bool {
    precondition(column >= 0 && column < rows.columnCount, "column outside the row")
    return rows.isNull(row: index, column: column)
  }

  public var columnNames: [String] { (0..<rows.columnCount).map(rows.columnName) }

  /// Reads column after column, for initialisers.
  public var reader: RowReader { RowReader(row: self) }
}

/// Takes the columns of a row in order.
public struct RowReader {
  private let row: Row
  private var column = 0

  init(row: Row) { self.row = row }

  public mutating func next<Value: PostgresDecodable>(_ type: Value.Type = Value.self) throws(PostgresError) -> Value {
    defer { column += 1 }
    return try row[column, as: type]
  }
}

/// A value made from a row.
public protocol PostgresRowDecodable {
  init(row: Row) throws
}

extension Rows: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { count }

  public subscript(_ position: Int) -> Row {
    precondition(position >= 0 && position < count, "row outside the result")
    return Row(rows: self, index: position)
  }

  public func decode<Value: PostgresRowDecodable>(as type: Value.Type = Value.self) throws -> [Value] {
    try map { try Value(row: $0) }
  }

  /// Every row as a tuple.
  public func decode<each Value: PostgresDecodable>(_ types: repeat (each Value).Type) throws -> [(repeat each Value)] {
    try map { try $0.decode(repeat each types) }
  }

  /// The only row; an error when there are none or several.
  public func only() throws(PostgresError) -> Row {
    guard count == 1 else { throw PostgresError(.decoding, "one row was expected, there are \(count)") }
    return self[0]
  }
}
