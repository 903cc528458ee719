import Testing

@testable import TraceExport

@Suite struct RetryPolicyTests {
  @Test func pausesDoubleUpToABound() {
    let policy = RetryPolicy()
    let pauses = (1...6).map { policy.pauseMilliseconds(afterFailures: $0, retryAfterMilliseconds: nil, random: 1) }
    #expect(pauses == [1_000, 2_000, 4_000, 8_000, 16_000, nil])
    var patient = RetryPolicy()
    patient.attempts = .max
    #expect(patient.pauseMilliseconds(afterFailures: 6, retryAfterMilliseconds: nil, random: 1) == 30_000)
    #expect(patient.pauseMilliseconds(afterFailures: 1_000_000, retryAfterMilliseconds: nil, random: 1) == 30_000)
  }

  @Test func jitterIsBetweenHalfAndTheWhole() {
    let policy = RetryPolicy()
    for random in stride(from: 0.0, to: 1.0, by: 0.05) {
      let pause = policy.pauseMilliseconds(afterFailures: 3, retryAfterMilliseconds: nil, random: random) ?? 0
      #expect((2_000...4_000).contains(pause))
    }
    #expect(policy.pauseMilliseconds(afterFailures: 3, retryAfterMilliseconds: nil, random: 0) == 2_000)
  }

  @Test func whatTheCollectorAsksForIsKept() {
    let policy = RetryPolicy()
    #expect(policy.pauseMilliseconds(afterFailures: 1, retryAfterMilliseconds: 7_000, random: 0) == 7_000)
    #expect(policy.pauseMilliseconds(afterFailures: 1, retryAfterMilliseconds: 7_000, random: 0.5) == 7_350)
    #expect(policy.pauseMilliseconds(afterFailures: 1, retryAfterMilliseconds: 120_000, random: 0) == 120_000)
    #expect(policy.pauseMilliseconds(afterFailures: 1, retryAfterMilliseconds: 120_001, random: 0) == nil)
    #expect(policy.pauseMilliseconds(afterFailures: 6, retryAfterMilliseconds: 1, random: 0) == nil)
  }

  @Test(
    arguments: [
      ("0", 0), ("120", 120_000), ("99999999999999999999", UInt64.max), ("18446744073709551615", UInt64.max),
      ("Sun, 06 Nov 1994 08:49:37 GMT", 37_000), ("Sun, 06 Nov 1994 08:48:00 GMT", 0),
      ("Mon, 07 Nov 1994 08:49:00 GMT", 86_400_000),
      ("", nil), ("-1", nil), ("1.5", nil), ("soon", nil), ("Sun, 06 Nov 1994 08:49:37", nil),
      ("Sun, 06 Foo 1994 08:49:37 GMT", nil),
      ("Sun, 06 Nov 1994 25:49:37 GMT", nil), ("Sunday, 06-Nov-94 08:49:37 GMT", nil),
    ] as [(String, UInt64?)])
  func readsRetryAfter(header: String, expected: UInt64?) {
    // Sun, 06 Nov 1994 08:49:00 GMT.
    #expect(RetryAfter.milliseconds(header, nowUnixSeconds: 784_111_740) == expected)
  }

  @Test(arguments: [
    ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
    ("Thu, 31 Dec 2026 00:00:00 GMT", 1_798_675_200),
    ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
  ])
  func readsDates(header: String, unixSeconds: UInt64) {
    #expect(RetryAfter.milliseconds(header, nowUnixSeconds: 0) == unixSeconds * 1_000)
  }
}
