/// Rows of `COPY … (FORMAT binary)`: a signature, then each row as a field count and fields with their lengths (PostgreSQL
/// manual, COPY, "Binary Format"). Pure; reused between chunks.
public struct BinaryCopyEncoder: ~Copyable {
  private var writer = ParameterWriter()
  private var hasBegun = false

  public init() {}

  public var byteCount: Int { writer.byteCount }

  public mutating func add<each Value: PostgresEncodable>(_ values: repeat each Value) {
    begin()
    var count: Int16 = 0
    for _ in repeat (each values) { count += 1 }
    writer.append(integer: count)
    repeat writer.append(element: each values)
  }

  /// The bytes so far, which are forgotten.
  public mutating func take() -> [UInt8] {
    begin()
    let bytes = writer.withBytes { [UInt8]($0) }
    writer.reset()
    return bytes
  }

  /// The bytes so far and the end.
  public mutating func finish() -> [UInt8] {
    begin()
    writer.append(integer: -1 as Int16)
    return take()
  }

  private mutating func begin() {
    guard !hasBegun else { return }
    hasBegun = true
    writer.append(bytes: BinaryCopy.signature)
    // No flags, no extension of the header.
    writer.append(integer: 0 as Int32)
    writer.append(integer: 0 as Int32)
  }
}

enum BinaryCopy {
  static let signature: [UInt8] = Array("PGCOPY\n".utf8) + [0xff, 0x0d, 0x0a, 0x00]
}

/// Takes rows out of chunks of `COPY … TO STDOUT (FORMAT binary)`, however they are cut.
public struct BinaryCopyDecoder {
  private var pending: [UInt8] = []
  private var hasBegun = false
  public private(set) var hasEnded = false

  public init() {}

  /// The complete rows of everything fed so far; each field is its binary form, or nil for NULL.
  public mutating func rows(in chunk: [UInt8]) throws(PostgresError) -> [[[UInt8]?]] {
    pending.append(contentsOf: chunk)
    var position = 0
    if !hasBegun {
      guard pending.count >= 19 else { return [] }
      guard Array(pending[..<11]) == BinaryCopy.signature else {
        throw PostgresError(.decoding, "this is no binary COPY")
      }
      let headerExtension = Int(integer(Int32.self, at: 15))
      guard headerExtension >= 0 else { throw PostgresError(.decoding, "the head of the binary COPY is damaged") }
      guard pending.count >= 19 + headerExtension else { return [] }
      position = 19 + headerExtension
      hasBegun = true
    }
    var rows: [[[UInt8]?]] = []
    while !hasEnded, let (row, end) = try nextRow(from: position) {
      if let row { rows.append(row) } else { hasEnded = true }
      position = end
    }
    pending.removeFirst(position)
    return rows
  }

  /// A row and where it ends; nil instead of a row at the trailer; nothing when it is not complete yet.
  private func nextRow(from start: Int) throws(PostgresError) -> (row: [[UInt8]?]?, end: Int)? {
    guard start + 2 <= pending.count else { return nil }
    let count = Int(integer(Int16.self, at: start))
    if count == -1 { return (nil, start + 2) }
    guard count >= 0 else { throw PostgresError(.decoding, "a row of the binary COPY is damaged") }
    var row: [[UInt8]?] = []
    var position = start + 2
    for _ in 0..<count {
      guard position + 4 <= pending.count else { return nil }
      let length = Int(integer(Int32.self, at: position))
      position += 4
      guard length >= -1 else { throw PostgresError(.decoding, "a field of the binary COPY is damaged") }
      if length == -1 {
        row.append(nil)
        continue
      }
      guard position + length <= pending.count else { return nil }
      row.append(Array(pending[position..<position + length]))
      position += length
    }
    return (row, position)
  }

  private func integer<T: FixedWidthInteger>(_ type: T.Type, at offset: Int) -> T {
    pending[offset..<offset + MemoryLayout<T>.size].reduce(0) { $0 << 8 | T(truncatingIfNeeded: $1) }
  }
}

/// Rows of `COPY`'s text format: tabs between fields, `\N` for NULL, backslash escapes. Pure.
public enum TextCopy {
  public static func line(_ fields: [String?]) -> String {
    fields.map { $0.map(escaped) ?? "\\N" }.joined(separator: "\t") + "\n"
  }

  private static func escaped(_ field: String) -> String {
    var text = ""
    for scalar in field.unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\"
      case "\t": text += "\\t"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// The fields of one line, without its newline.
  public static func fields(of line: some StringProtocol) -> [String?] {
    line.unicodeScalars.split(separator: "\t", omittingEmptySubsequences: false).map { field in
      field.elementsEqual("\\N".unicodeScalars) ? nil : unescaped(field)
    }
  }

  private static func unescaped(_ field: some Sequence<Unicode.Scalar>) -> String {
    var text = ""
    var isEscaped = false
    for scalar in field {
      guard isEscaped else {
        if scalar == "\\" { isEscaped = true } else { text.unicodeScalars.append(scalar) }
        continue
      }
      isEscaped = false
      switch scalar {
      case "t": text += "\t"
      case "n": text += "\n"
      case "r": text += "\r"
      case "b": text += "\u{8}"
      case "f": text += "\u{c}"
      case "v": text += "\u{b}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
