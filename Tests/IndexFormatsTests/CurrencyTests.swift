import IndexFormats
import Testing

@Suite struct CurrencyTests {
  @Test(arguments: [
    ("JOD", 3), ("KWD", 3), ("BHD", 3), ("OMR", 3), ("SAR", 2), ("AED", 2), ("EGP", 2), ("QAR", 2), ("USD", 2), ("EUR", 2),
    ("JPY", 0),
    ("CLF", 4),
  ])
  func minorDigitsAreThoseOfTheStandard(_ code: String, _ digits: Int) throws {
    #expect(try Currency(code: code).minorDigits == digits)
  }

  @Test(arguments: ["", "jod", "JO", "JODD", "XXX", "د.أ"])
  func unknownCodesAreRefused(_ code: String) throws {
    let problem = #expect(throws: FormatProblem.self) { try Currency(code: code) }
    #expect(problem?.description.contains("(ISO 4217)") == true)
    #expect((problem?.description.hasSuffix("did you mean JOD?") == true) == (code == "jod"))
  }

  @Test(arguments: [
    ("JOD", "8.000", 8000), ("JOD", "8", 8000), ("JOD", "8.5", 8500), ("JOD", "0.001", 1), ("JOD", "0", 0), ("JOD", "007", 7000),
    ("SAR", "8.05", 805), ("JPY", "800", 800), ("JOD", "9007199254740.992", 9_007_199_254_740_992),
  ])
  func amountsAreExact(_ code: String, _ text: String, _ minorUnits: Int64) throws {
    #expect(try Currency(code: code).minorUnits(text) == minorUnits)
  }

  @Test(arguments: [
    ("JOD", "8.0000", "has at most 3 digits after the point"), ("SAR", "8.005", "has at most 2 digits after the point"),
    ("JPY", "8.0", "has no digits after the point"), ("JOD", "99999999999999999999", "is more than any price"),
    ("JOD", "9223372036854775.808", "is more than any price"),
  ])
  func whatDoesNotFitIsRefused(_ code: String, _ text: String, _ reason: String) throws {
    let problem = #expect(throws: FormatProblem.self) { try Currency(code: code).minorUnits(text) }
    #expect(problem?.description.hasSuffix(reason) == true, "\(String(describing: problem))")
  }

  @Test(arguments: ["", ".", "8.", ".5", "-8", "+8", "8,5", "8.5.0", "1e3", " 8", "8 ", "٨", "0x8", "NaN", "inf"])
  func whatIsNoDecimalIsRefused(_ text: String) {
    let problem = #expect(throws: FormatProblem.self) { try Currency.jordanianDinar.minorUnits(text) }
    #expect(problem?.description.contains("must be a decimal number such as \"8.000\"") == true)
  }
}
