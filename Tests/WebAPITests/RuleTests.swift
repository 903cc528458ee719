import TestSupport
import Testing

@testable import WebAPI

private func read<R: ScalarRule>(_ rule: R, _ text: String) -> Result<R.Value, FieldProblem.Code> {
  Result { () throws(FieldProblem.Code) in try rule.read(text.utf8Span.span.bytes) }
}

extension Result {
  fileprivate var problem: Failure? {
    if case .failure(let failure) = self { failure } else { nil }
  }
  fileprivate var value: Success? {
    if case .success(let success) = self { success } else { nil }
  }
}

extension String {
  fileprivate func replacingCharacter(at place: Index, with byte: UInt8) -> [UInt8] {
    var bytes = Array(utf8)
    bytes[utf8.distance(from: startIndex, to: place)] = byte
    return bytes
  }
}

@Suite struct RuleTests {
  @Test func readsWholeNumbers() {
    let rule: IntegerRule = .integer()
    for (text, value) in [
      ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
    ] {
      #expect(read(rule, text).value == value, "\(text)")
    }
    for text in [
      "", "-", "+1", " 1", "1 ", "01", "-01", "00", "1.0", "1e3", "0x1", "１", "1_0", "--1", "1-", "٣",
      String(repeating: "1", count: 33),
    ] {
      #expect(read(rule, text).problem == .malformed, "\(text)")
    }
    for text in ["9223372036854775808", "-9223372036854775809", "99999999999999999999999999999999"] {
      #expect(read(rule, text).problem == .outOfRange, "\(text)")
    }
    #expect(read(IntegerRule(range: 1...100), "0").problem == .outOfRange)
    #expect(read(IntegerRule(range: 1...100), "101").problem == .outOfRange)
    #expect(read(IntegerRule(range: 1...100), "100").value == 100)
  }

  @Test func readsNumbers() {
    let rule: NumberRule = .number()
    for (text, value) in [
      ("0", 0.0), ("1.5", 1.5), ("-31.956578", -31.956578), ("1e3", 1000), ("1E-3", 0.001), ("0.1", 0.1),
      ("123456789012345678", 123_456_789_012_345_680), ("2.2250738585072014e-308", 2.2250738585072014e-308),
      ("0.000000000000000000000001", 1e-24), ("9007199254740993", 9_007_199_254_740_992),
    ] {
      #expect(read(rule, text).value == value, "\(text)")
    }
    for text in [
      "", ".", ".5", "5.", "1e", "1e+", "+1", "01", "0x1p3", "nan", "NaN", "inf", "Infinity", "-inf", "1,5", "1 ", "1e400", "-",
    ] {
      #expect(read(rule, text).problem == .malformed, "\(text)")
    }
    #expect(read(NumberRule.latitude, "90").value == 90)
    #expect(read(NumberRule.latitude, "90.0000001").problem == .outOfRange)
    #expect(read(NumberRule.longitude, "-180.5").problem == .outOfRange)
  }

  /// Short decimals take a path of their own; it must round as the standard library does.
  @Test func shortNumbersRoundAsLongOnesDo() {
    var random = SeededRandom()
    for _ in 0..<20_000 {
      let text = "\(Int.random(in: -99_999_999...99_999_999, using: &random)).\(Int.random(in: 0...9_999_999, using: &random))"
      let read = DecimalText.double(text.utf8Span.span.bytes)
      #expect(read == Double(text), "\(text)")
    }
  }

  @Test func readsAmounts() {
    let rule: DecimalRule = .decimal(places: 3, 0...10_000)
    #expect(read(rule, "8").value == 8000)
    #expect(read(rule, "8.000").value == 8000)
    #expect(read(rule, "0.001").value == 1)
    #expect(read(rule, "8.0005").problem == .malformed)
    #expect(read(rule, "10.001").problem == .outOfRange)
    #expect(read(rule, "-0.001").problem == .outOfRange)
    #expect(read(rule, "8.").problem == .malformed)
    #expect(rule.expectation.en == "a number from 0.000 to 10.000 with at most 3 decimal places")
  }

  @Test func readsChoicesAndFlags() {
    #expect(read(BooleanRule(), "true").value == true)
    #expect(read(BooleanRule(), "false").value == false)
    for text in ["TRUE", "1", "", "yes"] { #expect(read(BooleanRule(), text).problem == .malformed) }
    #expect(read(OneOfRule<Sort>.oneOf(Sort.self), "rating").value == .rating)
    #expect(read(OneOfRule<Sort>.oneOf(Sort.self), "Rating").problem == .notAllowed)
    #expect(OneOfRule<Sort>.oneOf(Sort.self).expectation.en == "one of distance, rating, price")
  }

  @Test func readsText() {
    let rule: StringRule = .text(2...4)
    #expect(read(rule, "قريب").value == "قريب")
    #expect(read(rule, "𝄞𝄞").value == "𝄞𝄞")
    #expect(read(rule, "ق").problem == .tooShort)
    #expect(read(rule, "قريبة").problem == .tooLong)
    #expect(read(rule, "a\u{0}b").problem == .notAllowed)
    #expect(read(rule, "a\nb").problem == .notAllowed)
    #expect(read(StringRule.text(1...9, lines: true), "a\nb").value == "a\nb")
    #expect(read(TokenRule.token(1...4), "a-_1").value == "a-_1")
    #expect(read(TokenRule.token(1...4), "a b").problem == .notAllowed)
    #expect(read(TokenRule.token(1...4), "").problem == .tooShort)
  }

  @Test func readsIdentifiers() {
    let text = "0190c7d2-7e1b-7c3a-9d5e-0f1a2b3c4d5e"
    #expect(read(IdentifierRule(), text).value == sampleID)
    #expect(read(IdentifierRule(), text.uppercased()).value == sampleID)
    #expect(sampleID.description == text)
    for bad in [
      "", "{\(text)}", text.dropLast().description, text + "0", text.replacing("-", with: "_"), text.replacing("c", with: "g"),
    ] {
      #expect(read(IdentifierRule(), bad).problem == .malformed, "\(bad)")
    }
    // Each byte at each place.
    for place in text.utf8.indices {
      for byte in UInt8.min ... .max {
        let character = String(UnicodeScalar(byte))
        let isRight = text[place] == "-" ? character == "-" : byte < 0x80 && Character(character).isHexDigit
        let changed = text.replacingCharacter(at: place, with: byte)
        let value = Identifier(changed.span.bytes)
        #expect((value != nil) == isRight, "\(byte) at \(place)")
        if isRight { #expect(value?.description == String(decoding: changed, as: UTF8.self).lowercased()) }
      }
    }
    let made = Identifier(unixMilliseconds: 0x0190_C7D2_7E1B, random: (.max, .max))
    #expect(made.description == "0190c7d2-7e1b-7fff-bfff-ffffffffffff")
    #expect(Identifier(unixMilliseconds: 0, random: (0, 0)).description == "00000000-0000-7000-8000-000000000000")
  }

  @Test func readsTimes() {
    let instant: InstantRule = .instant
    #expect(read(instant, "1970-01-01T00:00:00Z").value?.unixMicroseconds == 0)
    #expect(read(instant, "2026-11-21T10:30:00+03:00").value?.unixMicroseconds == 1_795_246_200_000_000)
    #expect(read(instant, "2026-11-21t07:30:00.5z").value?.unixMicroseconds == 1_795_246_200_500_000)
    // What could not be written again with four digits of year.
    for text in ["0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"] { #expect(read(instant, text).problem == .malformed) }
    #expect(read(instant, "1969-12-31T23:59:59.999999Z").value?.unixMicroseconds == -1)
    for bad in [
      "", "2026-11-21", "2026-11-21 10:30:00Z", "2026-11-21T10:30:00", "2026-11-21T10:30Z", "2026-02-29T00:00:00Z",
      "2026-11-31T00:00:00Z",
      "2026-13-01T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T10:60:00Z", "2026-11-21T10:30:60Z", "2026-11-21T10:30:00.Z",
      "2026-11-21T10:30:00.1234567Z", "2026-11-21T10:30:00+3:00", "2026-11-21T10:30:00+24:00", "2026-11-21T10:30:00ZZ",
      "0000-01-01T00:00:00Z",
      "+2026-11-21T10:30:00Z",
    ] {
      #expect(read(instant, bad).problem == .malformed, "\(bad)")
    }
    #expect(read(DateRule(), "2024-02-29").value == CalendarDate(year: 2024, month: 2, day: 29))
    #expect(read(DateRule(), "2100-02-29").problem == .malformed)
    #expect(jsonText(Instant(unixMicroseconds: 1_795_246_200_500_999)) == "\"2026-11-21T07:30:00.500Z\"")
    #expect(jsonText(Instant(unixMicroseconds: -1)) == "\"1969-12-31T23:59:59.999Z\"")
  }

  @Test func calendarGoesBothWays() {
    for days in stride(from: -719_162, through: 2_932_896, by: 101) {
      let date = CalendarDate(daysSince1970: days)
      #expect(date.daysSince1970 == days)
      #expect(CalendarDate(year: date.year, month: date.month, day: date.day) == date)
    }
    #expect(CalendarDate(daysSince1970: 0) == CalendarDate(year: 1970, month: 1, day: 1))
    #expect(CalendarDate(daysSince1970: 20_778) == CalendarDate(year: 2026, month: 11, day: 21))
  }

  @Test func namesWhatWasProbablyMeant() {
    let known = ["limit", "latitude", "longitude", "sort", "open"]
    #expect(NearestName.to("limt", among: known) == "limit")
    #expect(NearestName.to("lattitude", among: known) == "latitude")
    #expect(NearestName.to("Sort", among: known) == "sort")
    #expect(NearestName.to("opne", among: known) == "open")
    #expect(NearestName.to("radius", among: known) == nil)
    #expect(NearestName.to("", among: known) == nil)
    #expect(NearestName.editDistance("abcd", "acbd", limit: 3) == 1)
    #expect(NearestName.editDistance("kitten", "sitting", limit: 3) == 3)
  }
}
