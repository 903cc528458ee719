import Bytes
import JSON
import TestSupport
import Testing

@testable import WebAPI

/// Every typed reader on texts that are nearly right, against the standard library and regular expressions.
/// `FUZZ_ROUNDS` makes it longer, `TEST_SEED` repeats it.
@Suite struct TypedValueFuzzTests {
  /// What a reader makes of a text, in words that reader and oracle share.
  typealias Reading = @Sendable (String) -> String

  private static func reading<R: ScalarRule>(_ rule: R, _ show: @escaping @Sendable (R.Value) -> String) -> Reading {
    { text in
      do throws(FieldProblem.Code) {
        return show(try rule.read(text.utf8Span.span.bytes))
      } catch {
        return error.rawValue
      }
    }
  }

  private struct Subject: Sendable {
    let name: String
    let read: Reading
    let oracle: Reading
  }

  private static let subjects: [Subject] = [
    Subject(name: "integer", read: reading(.integer(-1_000...1_000_000)) { "\($0)" }, oracle: integer),
    Subject(name: "number", read: reading(NumberRule.latitude) { "\($0)" }, oracle: latitude),
    Subject(name: "decimal", read: reading(.decimal(places: 3, -5_000...1_000_000)) { "\($0)" }, oracle: dinars),
    Subject(name: "date", read: reading(.date) { "\($0.daysSince1970)" }) { day($0).map { "\($0)" } ?? "malformed" },
    Subject(name: "instant", read: reading(.instant) { "\($0.unixMicroseconds)" }, oracle: instant),
    Subject(name: "identifier", read: reading(.identifier) { "\($0)" }, oracle: identifier),
    Subject(name: "boolean", read: reading(.boolean) { "\($0)" }) { ["true", "false"].contains($0) ? $0 : "malformed" },
    Subject(name: "token", read: reading(.token(2...8)) { $0 }, oracle: token),
    Subject(name: "text", read: reading(.text(2...8)) { $0 }, oracle: text),
  ]

  // MARK: The oracles

  private static func integer(_ text: String) -> String {
    guard text.utf8.count <= 32, text.wholeMatch(of: /-?(?:0|[1-9][0-9]*)/) != nil else { return "malformed" }
    guard let value = Int(text), (-1_000...1_000_000).contains(value) else { return "out_of_range" }
    return "\(value)"
  }

  private static func isNumber(_ text: String) -> Bool {
    text.utf8.count <= 32 && text.wholeMatch(of: /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/) != nil
  }

  private static func latitude(_ text: String) -> String {
    guard isNumber(text), let value = Double(text), value.isFinite else { return "malformed" }
    return (-90...90).contains(value) ? "\(value)" : "out_of_range"
  }

  /// By moving the point in the text.
  private static func dinars(_ text: String) -> String {
    guard isNumber(text) else { return "malformed" }
    let sign = text.hasPrefix("-") ? "-" : ""
    let parts = text.drop { $0 == "-" }.lowercased().split(separator: "e")
    let sides = parts[0].split(separator: ".")
    let fraction = sides.count == 2 ? String(sides[1]) : ""
    let digits = String((sides[0] + fraction).drop { $0 == "0" })
    if digits.isEmpty { return "0" }
    // No text of 32 characters has an amount with so large an exponent.
    guard let exponent = parts.count == 2 ? Int(parts[1]) : 0, exponent.magnitude < 1_000 else { return "malformed" }
    let shift = exponent + 3 - fraction.count
    var whole = digits
    if shift >= 0 {
      whole += String(repeating: "0", count: shift)
    } else {
      guard whole.count > -shift, whole.suffix(-shift).allSatisfy({ $0 == "0" }) else { return "malformed" }
      whole = String(whole.dropLast(-shift))
    }
    guard let value = Int(sign + whole) else { return "malformed" }
    return (-5_000...1_000_000).contains(value) ? "\(value)" : "out_of_range"
  }

  /// By counting: leap years before, then months.
  private static func day(_ text: String, isValid: (Int, Int) -> Bool = { $0 <= $1 }) -> Int? {
    guard let match = text.wholeMatch(of: /([0-9]{4})-([0-9]{2})-([0-9]{2})/), let year = Int(match.1), let month = Int(match.2),
      let day = Int(match.3), year > 0, (1...12).contains(month), day > 0
    else { return nil }
    let isLeap = year.isMultiple(of: 4) && !year.isMultiple(of: 100) || year.isMultiple(of: 400)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard isValid(day, lengths[month - 1]) else { return nil }
    let before = year - 1
    return before * 365 + before / 4 - before / 100 + before / 400 + lengths.prefix(month - 1).reduce(0, +) + day - 1 - 719_162
  }

  /// What is read can also be written: in UTC its year still has four digits.
  private static let writable = -62_135_596_800_000_000..<253_402_300_800_000_000

  private static func instant(_ text: String) -> String {
    let form =
      /([^Tt]{10})[Tt]([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.([0-9]{1,6}))?(?:[Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))/
    guard let match = text.wholeMatch(of: form), let day = day(String(match.1)), let hour = Int(match.2),
      let minute = Int(match.3),
      let second = Int(match.4)
    else { return "malformed" }
    let fraction = match.5.map { String($0) } ?? ""
    let microseconds = Int(fraction + String(repeating: "0", count: 6 - fraction.count)) ?? 0
    var offset = 0
    if let sign = match.6, let hours = match.7.flatMap({ Int($0) }), let minutes = match.8.flatMap({ Int($0) }) {
      offset = (hours * 60 + minutes) * (sign == "-" ? -1 : 1)
    }
    let value = (((day * 24 + hour) * 60 + minute - offset) * 60 + second) * 1_000_000 + microseconds
    return writable.contains(value) ? "\(value)" : "malformed"
  }

  private static func identifier(_ text: String) -> String {
    let form = /[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}/
    return text.wholeMatch(of: form) == nil ? "malformed" : text.lowercased()
  }

  private static func token(_ text: String) -> String {
    guard text.wholeMatch(of: /[A-Za-z0-9._~:=-]*/) != nil else { return "not_allowed" }
    return text.utf8.count < 2 ? "too_short" : text.utf8.count > 8 ? "too_long" : text
  }

  private static func text(_ text: String) -> String {
    if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) { return "not_allowed" }
    let count = text.unicodeScalars.count
    return count < 2 ? "too_short" : count > 8 ? "too_long" : text
  }

  // MARK: The texts

  private static let values = [
    "0", "-0", "7", "-1000", "1000000", "1000001", "9223372036854775807", "-9223372036854775808", "18446744073709551616",
    "31.956",
    "-90", "90.0000001", "1e2", "1E-3", "0.1", "8.000", "1000.000", "0.0005", "2.5e3", "123456789012345678e-17", "1e400",
    "0e999999999",
    "2026-11-21", "2024-02-29", "1900-02-28", "0001-01-01", "9999-12-31", "2026-11-21T10:30:00+03:00", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.5-00:30", "0190c7d2-7e1b-7c3a-9d5e-0f1a2b3c4d5e", "true", "false",
    "shop:7_x",
    "حلاق", "",
  ].map { Array($0.utf8) }

  private static let pieces = [
    "0", "00", "1", "9", "-", "+", ".", "e", "E", "e-", ":", "T", "t", "Z", "z", "+23:59", "-23:59", "02-29", "02-30", "31", "60",
    "24",
    "0000", "9999", "0001", "x", "A", "٣", "é", "\u{0}", "\n", "\u{7f}", " ", "_", "~", "💈", "nan", "inf", "0x",
  ].map { Array($0.utf8) }

  private static func run(_ rounds: Int, _ subjects: [Subject], _ random: inout SeededRandom) throws -> [String: Int] {
    var accepted: [String: Int] = [:]
    for round in 0..<rounds {
      var bytes = random.pick(values)
      if Int.random(in: 0..<3, using: &random) > 0 { random.damage(&bytes, with: pieces, atMost: 3) }
      let text = String(decoding: bytes, as: UTF8.self)
      for subject in subjects {
        let (found, expected) = (subject.read(text), subject.oracle(text))
        guard found.utf8.elementsEqual(expected.utf8) else {
          throw FuzzFailure(round: round, input: text.utf8, "\(subject.name) is read as \(found), is \(expected)")
        }
        if FieldProblem.Code(rawValue: found) == nil { accepted[subject.name, default: 0] += 1 }
      }
    }
    return accepted
  }

  @Test func valuesAreReadAsTheyAreMeant() throws {
    var random = SeededRandom()
    let accepted = try Self.run(FuzzRounds.count(default: 2_000), Self.subjects, &random)
    for subject in Self.subjects {
      #expect(accepted[subject.name, default: 0] > 10, "\(subject.name): the damage is too strong to test anything")
    }
  }

  /// The standard library's own readers forgive what ours must not.
  @Test func aReaderThatForgivesIsNoticed() {
    let forgiving = Subject(
      name: "integer",
      read: { text in
        guard let value = Int(text) else { return "malformed" }
        return (-1_000...1_000_000).contains(value) ? "\(value)" : "out_of_range"
      }, oracle: Self.integer)
    let everyMonthHas31Days = Subject(
      name: "date", read: { text in Self.day(text) { day, _ in day <= 31 }.map { "\($0)" } ?? "malformed" },
      oracle: { Self.day($0).map { "\($0)" } ?? "malformed" })
    for subject in [forgiving, everyMonthHas31Days] {
      var random = SeededRandom(seed: 1)
      #expect(throws: FuzzFailure.self, "\(subject.name)") { _ = try Self.run(3_000, [subject], &random) }
    }
  }

  /// What was read and is written again is read as the same.
  @Test func timesSurviveBeingWritten() throws {
    var random = SeededRandom()
    for _ in 0..<FuzzRounds.count(default: 2_000) {
      let milliseconds = Int64.random(in: -62_135_596_800_000..<253_402_300_800_000, using: &random)
      let instant = Instant(unixMilliseconds: milliseconds)
      var written = ByteBuffer()
      instant.write(to: &written)
      let text = String(written)
      #expect(try InstantRule().read(text.utf8Span.span.bytes) == instant, "\(text)")
    }
  }
}
