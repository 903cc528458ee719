// Values in binary form that came by another way than a result: a field of a COPY, a column of a replicated row.

/// One value's bytes, decoded like a result's column.
public enum PostgresBytes {
  /// `bytes` is PostgreSQL's binary form of `type`.
  public static func decode<Value: PostgresDecodable>(
    _ bytes: ArraySlice<UInt8>, type: PostgresType, as: Value.Type = Value.self
  ) throws(CellError) -> Value {
    let result = bytes.withUnsafeBytes { memory -> Result<Value, CellError> in
      // An empty slice has no address; the cell's bounds keep anyone from reading there.
      let start = memory.baseAddress ?? UnsafeRawPointer(bitPattern: 1)
      guard let start else { return .failure(.malformed("has no bytes")) }
      return Result { () throws(CellError) in
        try Value.decode(PostgresCell(start: start, count: memory.count, type: type))
      }
    }
    return try result.get()
  }
}
