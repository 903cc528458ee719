public import JSON

/// Whole numbers, exactly.
public struct IntegerRule: ScalarRule {
  public let range: ClosedRange<Int>

  public var schema: Schema {
    Schema(
      .integer(
        minimum: range.lowerBound == .min ? nil : range.lowerBound, maximum: range.upperBound == .max ? nil : range.upperBound))
  }

  public var expectation: Localized {
    if range == .min ... .max { return Localized(en: "a whole number", ar: "عددًا صحيحًا") }
    if range.upperBound == .max {
      return Localized(en: "a whole number, \(range.lowerBound) or more", ar: "عددًا صحيحًا لا يقل عن \(range.lowerBound)")
    }
    return Localized(
      en: "a whole number from \(range.lowerBound) to \(range.upperBound)",
      ar: "عددًا صحيحًا من \(range.lowerBound) إلى \(range.upperBound)")
  }

  public var placeholder: Int { range.lowerBound }
  public func jsonText(of value: Int) -> String { String(value) }

  public func read(_ text: RawSpan) throws(FieldProblem.Code) -> Int {
    guard text.byteCount <= WebAPILimits.numberBytes else { throw .malformed }
    var index = 0
    let isNegative = text.byteCount > 0 && text.byte(0) == UInt8(ascii: "-")
    if isNegative { index = 1 }
    guard index < text.byteCount else { throw .malformed }
    // As in JSON, a number has one spelling: no plus sign, no leading zeros.
    if text.byte(index) == UInt8(ascii: "0"), index + 1 < text.byteCount { throw .malformed }
    var magnitude: UInt64 = 0
    var isTooLarge = false
    while index < text.byteCount {
      let digit = text.byte(index) &- UInt8(ascii: "0")
      guard digit <= 9 else { throw .malformed }
      let (tenfold, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tenfold.addingReportingOverflow(UInt64(digit))
      isTooLarge = isTooLarge || overflow || carry
      magnitude = sum
      index += 1
    }
    guard !isTooLarge, magnitude <= UInt64(Int.max) + (isNegative ? 1 : 0) else { throw .outOfRange }
    return try check(isNegative ? Int(truncatingIfNeeded: 0 &- magnitude) : Int(magnitude))
  }

  public func read(_ json: JSONValue, in body: BodyReading) throws(FieldProblem.Code) -> Int {
    guard json.kind == .number else { throw .malformed }
    if let value = json.int { return try check(value) }
    // A whole number of more than 64 bits is out of range, a fraction is no whole number at all.
    guard let approximate = json.double, approximate.magnitude >= 9.2e18 else { throw .malformed }
    throw .outOfRange
  }

  private func check(_ value: Int) throws(FieldProblem.Code) -> Int {
    guard range.contains(value) else { throw .outOfRange }
    return value
  }
}

/// Finite numbers with a fraction.
public struct NumberRule: ScalarRule {
  public let range: ClosedRange<Double>
  let name: Localized

  public var schema: Schema {
    Schema(
      .number(
        minimum: range.lowerBound == -.greatestFiniteMagnitude ? nil : range.lowerBound,
        maximum: range.upperBound == .greatestFiniteMagnitude ? nil : range.upperBound))
  }

  public var expectation: Localized {
    if range == -.greatestFiniteMagnitude ... .greatestFiniteMagnitude { return name }
    let low = NumberRule.text(range.lowerBound)
    let high = NumberRule.text(range.upperBound)
    return Localized(en: "\(name.en) from \(low) to \(high)", ar: "\(name.ar) من \(low) إلى \(high)")
  }

  public var placeholder: Double { range.lowerBound }
  public func jsonText(of value: Double) -> String { WebAPI.jsonText(value) }

  private static func text(_ value: Double) -> String {
    Int(exactly: value).map { String($0) } ?? value.description
  }

  public func read(_ text: RawSpan) throws(FieldProblem.Code) -> Double {
    guard text.byteCount <= WebAPILimits.numberBytes, DecimalText.isNumber(text), let value = DecimalText.double(text) else {
      throw .malformed
    }
    return try check(value)
  }

  public func read(_ json: JSONValue, in body: BodyReading) throws(FieldProblem.Code) -> Double {
    guard json.kind == .number else { throw .malformed }
    guard let value = json.double else { throw .outOfRange }
    return try check(value)
  }

  private func check(_ value: Double) throws(FieldProblem.Code) -> Double {
    guard range.contains(value) else { throw .outOfRange }
    return value
  }
}

/// Amounts with a fixed number of places, as a whole number of the smallest unit: never through a double.
public struct DecimalRule: ScalarRule {
  public let places: Int
  /// In the smallest unit.
  public let range: ClosedRange<Int>

  public var schema: Schema {
    Schema(.number(minimum: Double(text(range.lowerBound)), maximum: Double(text(range.upperBound))))
  }

  public var expectation: Localized {
    Localized(
      en: "a number from \(text(range.lowerBound)) to \(text(range.upperBound)) with at most \(places) decimal places",
      ar: "عددًا من \(text(range.lowerBound)) إلى \(text(range.upperBound)) بحد أقصى \(places) منازل عشرية")
  }

  public var placeholder: Int { range.lowerBound }
  public func jsonText(of value: Int) -> String { text(value) }

  private func text(_ value: Int) -> String { DecimalText.fixed(value, places: places) }

  public func read(_ text: RawSpan) throws(FieldProblem.Code) -> Int {
    guard text.byteCount <= WebAPILimits.numberBytes, DecimalText.isNumber(text) else { throw .malformed }
    guard let value = JSONNumberText.decimal(text, places: places) else { throw .malformed }
    guard range.contains(value) else { throw .outOfRange }
    return value
  }

  public func read(_ json: JSONValue, in body: BodyReading) throws(FieldProblem.Code) -> Int {
    guard json.kind == .number, let value = json.decimal(places: places) else { throw .malformed }
    guard range.contains(value) else { throw .outOfRange }
    return value
  }
}

public struct BooleanRule: ScalarRule {
  public var schema: Schema { .boolean }
  public var expectation: Localized { Localized(en: "true or false", ar: "true أو false") }
  public var placeholder: Bool { false }
  public func jsonText(of value: Bool) -> String { value ? "true" : "false" }

  public func read(_ text: RawSpan) throws(FieldProblem.Code) -> Bool {
    if text.equals("true") { return true }
    if text.equals("false") { return false }
    throw .malformed
  }

  public func read(_ json: JSONValue, in body: BodyReading) throws(FieldProblem.Code) -> Bool {
    guard let value = json.bool else { throw .malformed }
    return value
  }
}

extension Rule where Self == IntegerRule {
  public static func integer(_ range: ClosedRange<Int> = .min ... .max) -> IntegerRule { IntegerRule(range: range) }
  public static func integer(_ range: PartialRangeFrom<Int>) -> IntegerRule { IntegerRule(range: range.lowerBound ... .max) }
}

extension Rule where Self == NumberRule {
  public static func number(
    _ range: ClosedRange<Double> = -.greatestFiniteMagnitude ... .greatestFiniteMagnitude
  ) -> NumberRule {
    NumberRule(range: range, name: Localized(en: "a number", ar: "عددًا"))
  }

  /// Degrees, WGS 84.
  public static var latitude: NumberRule {
    NumberRule(range: -90...90, name: Localized(en: "a latitude", ar: "خط عرض"))
  }

  /// Degrees, WGS 84.
  public static var longitude: NumberRule {
    NumberRule(range: -180...180, name: Localized(en: "a longitude", ar: "خط طول"))
  }
}

extension Rule where Self == DecimalRule {
  /// `range` is in the smallest unit: `.decimal(places: 3, 0...1_000_000)` is 0 to 1,000 dinars.
  public static func decimal(places: Int, _ range: ClosedRange<Int>) -> DecimalRule {
    DecimalRule(places: places, range: range)
  }
}

extension Rule where Self == BooleanRule {
  public static var boolean: BooleanRule { BooleanRule() }
}
