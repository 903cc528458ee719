/// Writes messages of pgoutput, as a server would.
struct MessageBytes {
  private(set) var bytes: [UInt8]

  init(_ kind: Unicode.Scalar) { bytes = [UInt8(ascii: kind)] }

  func add(_ value: some FixedWidthInteger) -> MessageBytes {
    var copy = self
    withUnsafeBytes(of: value.bigEndian) { copy.bytes.append(contentsOf: $0) }
    return copy
  }

  func add(text: String) -> MessageBytes {
    var copy = self
    copy.bytes += Array(text.utf8) + [0]
    return copy
  }

  func letter(_ letter: Unicode.Scalar) -> MessageBytes { add(UInt8(ascii: letter)) }

  /// Nil is NULL; "…" with a mark is text; bytes are binary.
  func row(_ cells: [Cell]) -> MessageBytes {
    cells.reduce(add(UInt16(cells.count))) { message, cell in
      switch cell {
      case .null: return message.letter("n")
      case .unchanged: return message.letter("u")
      case .text(let text): return message.letter("t").add(UInt32(text.utf8.count)).raw(Array(text.utf8))
      case .binary(let bytes): return message.letter("b").add(UInt32(bytes.count)).raw(bytes)
      }
    }
  }

  enum Cell { case null, unchanged, text(String), binary([UInt8]) }

  private func raw(_ more: [UInt8]) -> MessageBytes {
    var copy = self
    copy.bytes += more
    return copy
  }

  /// Table 7, `shop.item`: id int4 (its key), name text, price int8.
  static let relation = MessageBytes("R").add(UInt32(7)).add(text: "shop").add(text: "item").letter("d").add(UInt16(3))
    .add(UInt8(1)).add(text: "id").add(UInt32(23)).add(Int32(-1))
    .add(UInt8(0)).add(text: "name").add(UInt32(25)).add(Int32(-1))
    .add(UInt8(0)).add(text: "price").add(UInt32(20)).add(Int32(-1)).bytes

  static let begin = MessageBytes("B").add(UInt64(100)).add(Int64(1_000_000)).add(UInt32(42)).bytes
  static let commit = MessageBytes("C").add(UInt8(0)).add(UInt64(100)).add(UInt64(148)).add(Int64(1_000_000)).bytes
  static let insert = MessageBytes("I").add(UInt32(7)).letter("N")
    .row([.binary([0, 0, 0, 5]), .text("شاي"), .null]).bytes
  static let update = MessageBytes("U").add(UInt32(7)).letter("K").row([.binary([0, 0, 0, 5]), .null, .null]).letter("N")
    .row([.binary([0, 0, 0, 6]), .unchanged, .binary([0, 0, 0, 0, 0, 0, 1, 0])]).bytes
  static let delete = MessageBytes("D").add(UInt32(7)).letter("K").row([.binary([0, 0, 0, 6]), .null, .null]).bytes
  static let truncate = MessageBytes("T").add(UInt32(1)).add(UInt8(1)).add(UInt32(7)).bytes
  static let origin = MessageBytes("O").add(UInt64(1)).add(text: "elsewhere").bytes

  static let all = [relation, begin, insert, update, delete, truncate, origin, commit]
}
