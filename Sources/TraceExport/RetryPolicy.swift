/// How long to wait before a batch is sent again: doubling pauses with jitter, so that many servers do not come back at once.
public struct RetryPolicy: Sendable, Equatable {
  /// Sendings of one batch in all.
  public var attempts = 6
  public var firstPauseMilliseconds: UInt64 = 1_000
  public var longestPauseMilliseconds: UInt64 = 30_000
  /// A collector that asks for more patience than this loses the batch: the queue behind it is worth more.
  public var longestRetryAfterMilliseconds: UInt64 = 120_000

  public init() {}

  /// The pause after `failures` failed sendings (from one on), or `nil` to give up. `random` is in 0..<1.
  ///
  /// What the collector asks for is kept to; jitter then only adds.
  func pauseMilliseconds(afterFailures failures: Int, retryAfterMilliseconds: UInt64?, random: Double) -> UInt64? {
    guard failures < attempts else { return nil }
    if let asked = retryAfterMilliseconds {
      guard asked <= longestRetryAfterMilliseconds else { return nil }
      return asked + UInt64(Double(asked) * 0.1 * random)
    }
    let doubled = Double(firstPauseMilliseconds) * Double(sign: .plus, exponent: min(failures - 1, 32), significand: 1)
    let pause = min(doubled, Double(longestPauseMilliseconds))
    // Between half and the whole.
    return UInt64(pause * (0.5 + 0.5 * random))
  }
}

/// The `Retry-After` header: seconds, or a date (RFC 9110, 10.2.3 and 5.6.7).
enum RetryAfter {
  static func milliseconds(_ header: String, nowUnixSeconds: Int) -> UInt64? {
    if !header.isEmpty, header.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
      // More digits than a number holds is longer than anyone waits.
      guard let seconds = UInt64(header), seconds < UInt64.max / 1_000 else { return UInt64.max }
      return seconds * 1_000
    }
    guard let date = unixSeconds(header) else { return nil }
    return UInt64(max(0, date - nowUnixSeconds)) * 1_000
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// `Sun, 06 Nov 1994 08:49:37 GMT`; the two older forms are not sent by anything that speaks OTLP.
  private static func unixSeconds(_ text: String) -> Int? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT",
      let day = Int(parts[1]), (1...31).contains(day), let month = months.firstIndex(of: String(parts[2])),
      let year = Int(parts[3]), (1970...9999).contains(year)
    else { return nil }
    let time = parts[4].split(separator: ":").map { Int($0) ?? -1 }
    guard time.count == 3, (0...23).contains(time[0]), (0...59).contains(time[1]), (0...60).contains(time[2]) else { return nil }
    // Days from the civil date, after Howard Hinnant: years begin in March.
    let shiftedYear = month < 2 ? year - 1 : year
    let era = shiftedYear / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    return days * 86_400 + time[0] * 3_600 + time[1] * 60 + time[2]
  }
}
