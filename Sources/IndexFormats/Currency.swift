/// A currency, and how many digits its minor unit has after the point.
///
/// The table is ISO 4217's and fixed, because amounts are kept in minor units: a wrong exponent would make every price wrong by a power
/// of ten, so a code that is not in it is refused, never guessed.
public struct Currency: Hashable, Sendable, CustomStringConvertible {
  public let code: String
  public let minorDigits: Int

  /// The first market's.
  public static let jordanianDinar = Currency(known: "JOD", minorDigits: 3)

  private init(known code: String, minorDigits: Int) {
    self.code = code
    self.minorDigits = minorDigits
  }

  public init(code: String) throws(FormatProblem) {
    guard let digits = Self.minorDigits[code] else {
      let meant = Self.minorDigits[code.uppercased()].map { _ in "; did you mean \(code.uppercased())?" } ?? ""
      throw FormatProblem("\(quoted(code)): must be the code of a currency in use, such as JOD, SAR or USD (ISO 4217)\(meant)")
    }
    self.init(known: code, minorDigits: digits)
  }

  public var description: String { code }

  private static let minorDigits: [String: Int] = {
    let codes: [(digits: Int, codes: String)] = [
      (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
      (3, "BHD IQD JOD KWD LYD OMR TND"),
      (4, "CLF UYW"),
      (
        2,
        """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC \
        CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW \
        KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP \
        PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN \
        UYU UZS VED VES WST XCD YER ZAR ZMW ZWG
        """
      ),
    ]
    var table: [String: Int] = [:]
    for (digits, codes) in codes {
      for code in codes.split(separator: " ") { table[String(code)] = digits }
    }
    return table
  }()
}

extension Currency {
  /// An amount written as a decimal, in minor units: "8.000" JOD is 8000, and so is "8". Digits that the currency does not have are
  /// refused, even zeros: they show that another currency was meant.
  public func minorUnits(_ text: String, atMost highest: Int64 = .max) throws(FormatProblem) -> Int64 {
    var amount: Int64 = 0
    var (digits, fraction) = (0, -1)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if fraction >= 0 { fraction += 1 }
        digits += 1
        guard fraction <= minorDigits else { throw tooPrecise(text) }
        amount = try Self.shifted(amount, adding: Int64(byte - UInt8(ascii: "0")), text)
      case UInt8(ascii: ".") where fraction < 0 && digits > 0: fraction = 0
      default: throw notDecimal(text)
      }
    }
    guard digits > 0, fraction != 0 else { throw notDecimal(text) }
    for _ in max(fraction, 0)..<minorDigits { amount = try Self.shifted(amount, adding: 0, text) }
    guard amount <= highest else { throw Self.tooLarge(text) }
    return amount
  }

  private static func shifted(_ amount: Int64, adding digit: Int64, _ text: String) throws(FormatProblem) -> Int64 {
    let (product, overflows) = amount.multipliedReportingOverflow(by: 10)
    let (sum, overflowsToo) = product.addingReportingOverflow(digit)
    guard !overflows, !overflowsToo else { throw tooLarge(text) }
    return sum
  }

  private static func tooLarge(_ text: String) -> FormatProblem { FormatProblem("\(quoted(text)): is more than any price") }

  private func tooPrecise(_ text: String) -> FormatProblem {
    minorDigits == 0
      ? FormatProblem("\(quoted(text)): \(code) has no digits after the point")
      : FormatProblem("\(quoted(text)): \(code) has at most \(minorDigits) digits after the point")
  }

  private func notDecimal(_ text: String) -> FormatProblem {
    FormatProblem(
      "\(quoted(text)): must be a decimal number such as \"\(minorDigits == 0 ? "8" : "8." + String(repeating: "0", count: minorDigits))\""
    )
  }
}
