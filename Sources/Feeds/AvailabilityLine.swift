public import WebAPI

/// Busy or free.
public enum Occupancy: String, CaseIterable, Sendable {
  case busy, free
}

/// One line of an availability feed: what a source says about one stretch of time of one calendar.
///
///     {"source":"acme","sequence":41,"staff_id":"0190…","from":"2026-11-21T10:00:00+03:00","to":"2026-11-21T11:00:00+03:00","status":"busy"}
public struct AvailabilityLine: BodyInput, Equatable {
  public let source: String
  public let sequence: Int
  public let providerID: Identifier?
  public let staffID: Identifier?
  public let from: Instant
  public let to: Instant
  public let status: Occupancy

  public static let schemaName = "AvailabilityLine"

  public init(_ object: inout ObjectReader) {
    source = object.required(
      "source", SourceNameRule(), about: "Who says it: a name of the sender's own, always the same.", exampleJSON: "\"acme\"")
    sequence = object.required(
      "sequence", .integer(0...FeedLimits.highestSequence),
      about: "The source's own number of the line, growing by one. A number that has been taken is passed over.",
      exampleJSON: "41")
    providerID = object.optional(
      "provider_id", .identifier, about: "The provider all of whose staff it is about; not needed beside `staff_id`.")
    staffID = object.optional("staff_id", .identifier, about: "The staff member it is about.")
    from = object.required("from", .instant, about: "When it begins.", exampleJSON: "\"2026-11-21T10:00:00+03:00\"")
    to = object.required("to", .instant, about: "When it has ended.", exampleJSON: "\"2026-11-21T11:00:00+03:00\"")
    status = object.required(
      "status", .oneOf(Occupancy.self),
      about: "`busy` takes the time; `free` gives back what the same source had taken from the same calendar.")
    object.check(
      providerID != nil || staffID != nil, "provider_id", Localized(en: "given, or staff_id", ar: "مذكورًا، أو staff_id"))
    object.check(from < to, "to", Localized(en: "after from", ar: "بعد from"))
    object.check(
      to.unixMicroseconds - from.unixMicroseconds <= Int64(FeedLimits.longestRangeDays) * 86_400_000_000, "to",
      Localized(
        en: "at most \(FeedLimits.longestRangeDays) days after from",
        ar: "بعد from بـ \(FeedLimits.longestRangeDays) يومًا على الأكثر"))
  }
}

/// Sources by name: lower case letters, digits and dots, dashes, underscores; as the database checks it.
public enum FeedSource {
  public static func isName(_ text: String) -> Bool {
    (1...63).contains(text.utf8.count)
      && text.utf8.enumerated().allSatisfy { index, byte in allows(byte, atStart: index == 0) }
  }

  private static func allows(_ byte: UInt8, atStart: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): !atStart
    default: false
    }
  }
}

struct SourceNameRule: ScalarRule {
  private let token = TokenRule.token(1...63)

  var schema: Schema { Schema(.string(.init(pattern: "^[a-z0-9][a-z0-9._-]{0,62}$"))) }
  var expectation: Localized {
    Localized(
      en: "1 to 63 of a-z 0-9 . _ - beginning with a letter or digit", ar: "من 1 إلى 63 من a-z و 0-9 و . _ - ويبدأ بحرف أو رقم")
  }
  var placeholder: String { "" }
  func jsonText(of value: String) -> String { token.jsonText(of: value) }

  func read(_ text: RawSpan) throws(FieldProblem.Code) -> String {
    let name = try token.read(text)
    guard FeedSource.isName(name) else { throw .notAllowed }
    return name
  }
}
