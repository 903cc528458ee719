// A result as libpq keeps it. Values are decoded from its memory where they lie; nothing is copied until then.
import CPQ
import Glibc

/// The rows of one statement, or how many it changed.
public final class Rows: @unchecked Sendable {
  // Sendable: a PGresult that libpq has handed out is never written again, reading it is a matter of memory accesses
  // only, and it is freed when the last reference goes.
  private let result: OpaquePointer
  public let count: Int
  public let columnCount: Int

  /// Takes the result over.
  init(taking result: OpaquePointer) {
    self.result = result
    count = Int(PQntuples(result))
    columnCount = Int(PQnfields(result))
  }

  deinit { PQclear(result) }

  /// Rows inserted, updated, deleted, selected or copied, as the server counted them.
  public var affectedCount: Int {
    guard let text = PQcmdTuples(result) else { return 0 }
    var value = 0
    var position = text
    while case let digit = UInt8(bitPattern: position.pointee), (48...57).contains(digit) {
      value = value * 10 + Int(digit - 48)
      position += 1
    }
    return value
  }

  /// The server's word for what it did, such as `INSERT 0 1`.
  public var commandTag: String { PQcmdStatus(result).map { String(cString: $0) } ?? "" }

  public func columnName(_ column: Int) -> String {
    precondition(column >= 0 && column < columnCount, "column outside the row")
    return PQfname(result, Int32(column)).map { String(cString: $0) } ?? "?column?"
  }

  public func columnType(_ column: Int) -> PostgresType {
    precondition(column >= 0 && column < columnCount, "column outside the row")
    return PostgresType(rawValue: PQftype(result, Int32(column)))
  }

  /// The first column of that name; O(columns). Ask once before a loop over many rows.
  public func columnIndex(_ name: String) -> Int? {
    name.withCString { wanted in
      (0..<columnCount).first { column in
        guard let name = PQfname(result, Int32(column)) else { return false }
        return strcmp(name, wanted) == 0
      }
    }
  }

  /// Decodes one value where it lies.
  func value<Value: PostgresDecodable>(row: Int, column: Int) throws(PostgresError) -> Value {
    guard column >= 0, column < columnCount else {
      throw PostgresError(.decoding, "column \(column) was asked for, the row has \(columnCount)")
    }
    do throws(CellError) {
      if PQgetisnull(result, Int32(row), Int32(column)) != 0 { return try Value.decodeNull() }
      guard PQfformat(result, Int32(column)) == 1, let start = PQgetvalue(result, Int32(row), Int32(column)) else {
        throw .malformed("was sent as text; values are read from binary results only")
      }
      return try Value.decode(
        PostgresCell(
          start: UnsafeRawPointer(start), count: Int(PQgetlength(result, Int32(row), Int32(column))),
          type: PostgresType(rawValue: PQftype(result, Int32(column)))))
    } catch {
      throw PostgresError(cell: error, column: columnName(column), type: columnType(column), wanted: Value.self)
    }
  }

  func isNull(row: Int, column: Int) -> Bool { PQgetisnull(result, Int32(row), Int32(column)) != 0 }
}

extension PostgresError {
  init(cell: CellError, column: String, type: PostgresType, wanted: Any.Type) {
    switch cell {
    case .wrongType: self.init(.decoding, "column \(column) is \(type) and cannot be read as \(wanted)")
    case .null: self.init(.decoding, "column \(column) (\(type)) is NULL and was read as \(wanted), which is not optional")
    case .malformed(let why): self.init(.decoding, "column \(column) (\(type)) cannot be read as \(wanted): it \(why)")
    }
    self.column = column
  }
}
