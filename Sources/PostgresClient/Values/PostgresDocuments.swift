/// A JSON document as its text (`jsonb`; also read from `json`). It is not checked here: the server does.
public struct PostgresJSON: Sendable, Hashable, PostgresEncodable, PostgresDecodable {
  public let text: String

  public init(_ text: String) { self.text = text }

  public static var postgresType: PostgresType { .jsonb }

  /// The binary form of jsonb is a version, 1, and the text.
  public func encode(into writer: inout ParameterWriter) {
    writer.append(integer: 1 as UInt8)
    writer.append(text: text)
  }

  public static func decode(_ cell: PostgresCell) throws(CellError) -> PostgresJSON {
    if cell.type == .json { return PostgresJSON(try cell.text()) }
    guard cell.type == .jsonb else { throw .wrongType }
    guard try cell.integer(at: 0, as: UInt8.self) == 1 else { throw .malformed("is jsonb of an unknown version") }
    return PostgresJSON(try cell.text(from: 1))
  }
}

/// A span of time (`tstzrange`). A bound that is nil reaches without end.
public struct PostgresTimestampRange: Sendable, Hashable, PostgresEncodable, PostgresDecodable {
  public var lower: PostgresTimestamp?
  public var upper: PostgresTimestamp?
  public var includesLower: Bool
  public var includesUpper: Bool
  public var isEmpty: Bool

  /// From `lower`, included, up to but not including `upper`.
  public init(from lower: PostgresTimestamp?, until upper: PostgresTimestamp?) {
    self.init(lower: lower, includesLower: lower != nil, upper: upper, includesUpper: false)
  }

  public init(lower: PostgresTimestamp?, includesLower: Bool, upper: PostgresTimestamp?, includesUpper: Bool) {
    self.lower = lower
    self.upper = upper
    self.includesLower = includesLower
    self.includesUpper = includesUpper
    isEmpty = false
  }

  public static let empty = {
    var range = PostgresTimestampRange(lower: nil, includesLower: false, upper: nil, includesUpper: false)
    range.isEmpty = true
    return range
  }()

  public static var postgresType: PostgresType { .tstzrange }

  /// `range_send`'s flags.
  private struct Flags: OptionSet {
    let rawValue: UInt8
    static let empty = Flags(rawValue: 0x01)
    static let includesLower = Flags(rawValue: 0x02)
    static let includesUpper = Flags(rawValue: 0x04)
    static let noLower = Flags(rawValue: 0x08)
    static let noUpper = Flags(rawValue: 0x10)
  }

  public func encode(into writer: inout ParameterWriter) {
    var flags: Flags = []
    if isEmpty { flags.insert(.empty) }
    if lower == nil { flags.insert(.noLower) } else if includesLower { flags.insert(.includesLower) }
    if upper == nil { flags.insert(.noUpper) } else if includesUpper { flags.insert(.includesUpper) }
    writer.append(integer: isEmpty ? Flags.empty.rawValue : flags.rawValue)
    guard !isEmpty else { return }
    if let lower { writer.append(element: lower) }
    if let upper { writer.append(element: upper) }
  }

  public static func decode(_ cell: PostgresCell) throws(CellError) -> PostgresTimestampRange {
    guard cell.type == .tstzrange else { throw .wrongType }
    let flags = Flags(rawValue: try cell.integer(at: 0))
    if flags.contains(.empty) { return .empty }
    var offset = 1
    func bound() throws(CellError) -> PostgresTimestamp {
      guard try cell.integer(at: offset, as: Int32.self) == 8 else { throw .malformed("has a bound of the wrong size") }
      defer { offset += 12 }
      return PostgresTimestamp(wire: try cell.integer(at: offset + 4))
    }
    let lower = flags.contains(.noLower) ? nil : try bound()
    let upper = flags.contains(.noUpper) ? nil : try bound()
    return PostgresTimestampRange(
      lower: lower, includesLower: flags.contains(.includesLower), upper: upper, includesUpper: flags.contains(.includesUpper))
  }
}
