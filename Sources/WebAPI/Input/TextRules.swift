import JSON

/// Text for people: any characters but control characters, so many of them (counted as Unicode scalars, as JSON Schema does).
public struct StringRule: ScalarRule {
  public let length: ClosedRange<Int>
  public let allowsLines: Bool
  public let isSecret: Bool

  static let singleLinePattern = "^[^\\u0000-\\u001F\\u007F]*$"
  static let manyLinesPattern = "^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F]*$"

  public var schema: Schema {
    var schema = Schema(
      .string(
        Schema.StringShape(
          format: isSecret ? "password" : nil,
          pattern: allowsLines ? StringRule.manyLinesPattern : StringRule.singleLinePattern, length: length)))
    schema.isWriteOnly = isSecret
    return schema
  }

  public var expectation: Localized {
    Localized(
      en: "text of \(length.lowerBound) to \(length.upperBound) characters, without control characters",
      ar: "نصًا من \(length.lowerBound) إلى \(length.upperBound) حرفًا دون رموز تحكم")
  }

  public var placeholder: String { "" }
  public func jsonText(of value: String) -> String { WebAPI.jsonText(value) }

  public func read(_ text: RawSpan) throws(FieldProblem.Code) -> String {
    var scalars = 0
    for index in 0..<text.byteCount {
      let byte = text.byte(index)
      if byte & 0xC0 != 0x80 { scalars += 1 }
      if byte < 0x20 || byte == 0x7F {
        guard allowsLines, byte == 0x0A || byte == 0x0D || byte == 0x09 else { throw .notAllowed }
      }
    }
    guard scalars >= length.lowerBound else { throw .tooShort }
    guard scalars <= length.upperBound else { throw .tooLong }
    guard let value = String(strict: text) else { throw .malformed }
    return value
  }
}

/// Text for machines: letters, digits and a few marks.
public struct TokenRule: ScalarRule {
  public let length: ClosedRange<Int>

  public var schema: Schema {
    Schema(.string(Schema.StringShape(pattern: "^[A-Za-z0-9._~:=-]*$", length: length)))
  }

  public var expectation: Localized {
    Localized(
      en: "\(length.lowerBound) to \(length.upperBound) letters, digits or . _ ~ : = -",
      ar: "من \(length.lowerBound) إلى \(length.upperBound) من الأحرف اللاتينية والأرقام و . _ ~ : = -")
  }

  public var placeholder: String { "" }
  public func jsonText(of value: String) -> String { WebAPI.jsonText(value) }

  public func read(_ text: RawSpan) throws(FieldProblem.Code) -> String {
    for index in 0..<text.byteCount where !TokenRule.allows(text.byte(index)) { throw .notAllowed }
    guard text.byteCount >= length.lowerBound else { throw .tooShort }
    guard text.byteCount <= length.upperBound else { throw .tooLong }
    return String(ascii: text)
  }

  static func allows(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "-"): true
    default: false
    }
  }
}

/// One of an enumeration's raw values.
public struct OneOfRule<Choice: CaseIterable & RawRepresentable<String> & Sendable>: ScalarRule {
  init() { precondition(!Choice.allCases.isEmpty, "a choice needs something to choose from") }

  private var names: [String] { Choice.allCases.map(\.rawValue) }

  public var schema: Schema { Schema(.oneOf(names)) }

  public var expectation: Localized {
    Localized(en: "one of \(names.joined(separator: ", "))", ar: "واحدًا من: \(names.joined(separator: "، "))")
  }

  public var placeholder: Choice { Choice.allCases[Choice.allCases.startIndex] }
  public func jsonText(of value: Choice) -> String { WebAPI.jsonText(value.rawValue) }

  public func read(_ text: RawSpan) throws(FieldProblem.Code) -> Choice {
    for choice in Choice.allCases where text.equals(choice.rawValue) { return choice }
    throw .notAllowed
  }
}

public struct IdentifierRule: ScalarRule {
  public var schema: Schema { Identifier.schema }
  public var expectation: Localized {
    Localized(en: "a UUID such as 0190c7d2-7e1b-7c3a-9d5e-0f1a2b3c4d5e", ar: "معرّف UUID مثل 0190c7d2-7e1b-7c3a-9d5e-0f1a2b3c4d5e")
  }
  public var placeholder: Identifier { Identifier(high: 0, low: 0) }
  public func jsonText(of value: Identifier) -> String { WebAPI.jsonText(value) }

  public func read(_ text: RawSpan) throws(FieldProblem.Code) -> Identifier {
    guard let value = Identifier(text) else { throw .malformed }
    return value
  }
}

/// A day, `2026-11-21`.
public struct DateRule: ScalarRule {
  public var schema: Schema { CalendarDate.schema }
  public var expectation: Localized { Localized(en: "a date such as 2026-11-21", ar: "تاريخًا مثل 2026-11-21") }
  public var placeholder: CalendarDate { CalendarDate(daysSince1970: 0) }
  public func jsonText(of value: CalendarDate) -> String { WebAPI.jsonText(value) }

  public func read(_ text: RawSpan) throws(FieldProblem.Code) -> CalendarDate {
    var scanner = TimeScanner(position: 0)
    guard let date = scanner.date(text), scanner.position == text.byteCount else { throw .malformed }
    return date
  }
}

/// A point in time with its offset from UTC, `2026-11-21T10:30:00+03:00` (RFC 3339).
public struct InstantRule: ScalarRule {
  public var schema: Schema { Instant.schema }
  public var expectation: Localized {
    Localized(en: "a time such as 2026-11-21T10:30:00+03:00", ar: "وقتًا مثل 2026-11-21T10:30:00+03:00")
  }
  public var placeholder: Instant { Instant(unixMicroseconds: 0) }
  public func jsonText(of value: Instant) -> String { WebAPI.jsonText(value) }

  public func read(_ text: RawSpan) throws(FieldProblem.Code) -> Instant {
    var scanner = TimeScanner(position: 0)
    guard let value = scanner.instant(text), scanner.position == text.byteCount else { throw .malformed }
    return value
  }
}

extension Rule where Self == StringRule {
  public static func text(_ length: ClosedRange<Int>, lines: Bool = false) -> StringRule {
    StringRule(length: length, allowsLines: lines, isSecret: false)
  }

  /// A password or code: never repeated in answers.
  public static func secret(_ length: ClosedRange<Int>) -> StringRule {
    StringRule(length: length, allowsLines: false, isSecret: true)
  }
}

extension Rule where Self == TokenRule {
  public static func token(_ length: ClosedRange<Int>) -> TokenRule { TokenRule(length: length) }
}

extension Rule where Self == IdentifierRule {
  public static var identifier: IdentifierRule { IdentifierRule() }
}

extension Rule where Self == DateRule {
  public static var date: DateRule { DateRule() }
}

extension Rule where Self == InstantRule {
  public static var instant: InstantRule { InstantRule() }
}

extension Rule {
  public static func oneOf<Choice>(_ choice: Choice.Type) -> OneOfRule<Choice> where Self == OneOfRule<Choice> { OneOfRule() }
}

/// Several of an enumeration's raw values, separated by commas: `facets=category,price`. In a body, an array of them.
public struct ChoicesRule<Choice: CaseIterable & RawRepresentable<String> & Sendable>: ScalarRule where Choice: Equatable {
  private var names: [String] { Choice.allCases.map(\.rawValue) }

  public var schema: Schema {
    let one = "(\(names.joined(separator: "|")))"
    return Schema(.string(Schema.StringShape(pattern: "^\(one)(,\(one))*$")))
  }

  public var expectation: Localized {
    Localized(
      en: "some of \(names.joined(separator: ", ")), separated by commas",
      ar: "بعضًا من: \(names.joined(separator: "، ")) تفصلها فواصل"
    )
  }

  public var placeholder: [Choice] { [] }
  public func jsonText(of value: [Choice]) -> String { WebAPI.jsonText(value.map(\.rawValue).joined(separator: ",")) }

  public func read(_ text: RawSpan) throws(FieldProblem.Code) -> [Choice] {
    var choices: [Choice] = []
    var start = 0
    repeat {
      let end = text.firstOffset(of: UInt8(ascii: ","), from: start) ?? text.byteCount
      let name = text.extracting(start..<end)
      guard let choice = Choice.allCases.first(where: { name.equals($0.rawValue) }) else { throw .notAllowed }
      if !choices.contains(choice) { choices.append(choice) }
      start = end + 1
    } while start <= text.byteCount
    return choices
  }
}

extension Rule {
  public static func choices<Choice>(_ choice: Choice.Type) -> ChoicesRule<Choice> where Self == ChoicesRule<Choice> {
    ChoicesRule()
  }
}
