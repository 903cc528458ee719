/// A decimal number of any size, kept exactly as its text (`numeric`); `1.50` keeps its two decimals.
public struct PostgresNumeric: Sendable, Hashable, CustomStringConvertible {
  /// Canonical: no plus sign, no needless zeros in front, one digit at least before the point.
  public let text: String

  /// The server's own bounds on digits before and behind the point.
  static let maximumIntegerDigits = 131_072
  static let maximumDecimals = 16_383

  /// Digits with an optional sign and point, or `NaN`, `Infinity`, `-Infinity`; nil for anything else.
  public init?(_ text: String) {
    if PostgresNumeric.specials[text] != nil {
      self.text = text
      return
    }
    var digits = text[...]
    let isNegative = digits.first == "-"
    if isNegative || digits.first == "+" { digits = digits.dropFirst() }
    let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let whole = parts[0].drop { $0 == "0" }
    let decimals = parts.count > 1 ? parts[1] : ""
    guard !parts[0].isEmpty || !decimals.isEmpty, (whole + decimals).utf8.allSatisfy({ (48...57).contains($0) }),
      whole.utf8.count <= PostgresNumeric.maximumIntegerDigits, decimals.utf8.count <= PostgresNumeric.maximumDecimals
    else { return nil }
    let isZero = whole.isEmpty && decimals.allSatisfy { $0 == "0" }
    self.text =
      (isNegative && !isZero ? "-" : "") + (whole.isEmpty ? "0" : whole) + (decimals.isEmpty ? "" : "." + decimals)
  }

  public init(_ value: Int64) { text = String(value) }

  private init(canonical text: String) { self.text = text }

  public var description: String { text }

  private static let specials: [String: UInt16] = ["NaN": 0xc000, "Infinity": 0xd000, "-Infinity": 0xf000]
}

/// On the wire: number of digits, weight of the first, sign, decimals shown; then digits to the base 10,000.
extension PostgresNumeric: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .numeric }

  public func encode(into writer: inout ParameterWriter) {
    if let sign = PostgresNumeric.specials[text] { return writer.append(numericSign: sign, weight: 0, scale: 0, digits: []) }
    let isNegative = text.hasPrefix("-")
    let parts = text.dropFirst(isNegative ? 1 : 0).split(separator: ".", maxSplits: 1)
    let whole = Array(parts[0].utf8)
    let decimals = parts.count > 1 ? Array(parts[1].utf8) : []
    // Groups of four, counted from the point in both directions.
    let padded =
      [UInt8](repeating: 48, count: (4 - whole.count % 4) % 4) + whole + decimals
      + [UInt8](repeating: 48, count: (4 - decimals.count % 4) % 4)
    var digits = stride(from: 0, to: padded.count, by: 4).map { start in
      padded[start..<start + 4].reduce(0 as Int16) { $0 * 10 + Int16($1 - 48) }
    }
    var weight = (whole.count + 3) / 4 - 1
    while digits.first == 0 {
      digits.removeFirst()
      weight -= 1
    }
    while digits.last == 0 { digits.removeLast() }
    writer.append(
      numericSign: isNegative ? 0x4000 : 0, weight: digits.isEmpty ? 0 : weight, scale: decimals.count, digits: digits)
  }

  public static func decode(_ cell: PostgresCell) throws(CellError) -> PostgresNumeric {
    guard cell.type == .numeric else { throw .wrongType }
    let count = Int(try cell.integer(at: 0, as: Int16.self))
    let weight = Int(try cell.integer(at: 2, as: Int16.self))
    let sign = try cell.integer(at: 4, as: UInt16.self)
    let scale = Int(try cell.integer(at: 6, as: Int16.self))
    if let special = specials.first(where: { $0.value == sign }) { return PostgresNumeric(canonical: special.key) }
    guard count >= 0, scale >= 0, cell.count == 8 + 2 * count, sign == 0 || sign == 0x4000 else {
      throw .malformed("is not a numeric")
    }
    var text = sign == 0 ? "" : "-"
    for place in stride(from: max(weight, 0), through: 0, by: -1) {
      let group = try digit(at: weight - place, of: count, in: cell)
      text += text.isEmpty || text == "-" ? (group == 0 && place > 0 ? "" : String(group)) : padded(group)
    }
    guard scale > 0 else { return PostgresNumeric(canonical: text) }
    var decimals = ""
    for place in 1...(scale + 3) / 4 { decimals += padded(try digit(at: weight + place, of: count, in: cell)) }
    return PostgresNumeric(canonical: text + "." + decimals.prefix(scale))
  }

  /// Digits that are not sent are zeros, on both sides.
  private static func digit(at index: Int, of count: Int, in cell: PostgresCell) throws(CellError) -> Int16 {
    guard index >= 0, index < count else { return 0 }
    let digit: Int16 = try cell.integer(at: 8 + 2 * index)
    guard (0...9_999).contains(digit) else { throw .malformed("is not a numeric") }
    return digit
  }

  private static func padded(_ group: Int16) -> String {
    let digits = String(group)
    return String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }
}

extension ParameterWriter {
  fileprivate mutating func append(numericSign sign: UInt16, weight: Int, scale: Int, digits: [Int16]) {
    append(integer: Int16(digits.count))
    append(integer: Int16(weight))
    append(integer: sign)
    append(integer: Int16(scale))
    for digit in digits { append(integer: digit) }
  }
}
