import Bytes
import HTTPServer
import JSON
import TestSupport
import Testing

@testable import WebAPI

@Suite struct LanguageTests {
  @Test(arguments: [
    ("", Language.en), ("ar", .ar), ("en", .en), ("AR-jo", .ar), ("ar-JO,en;q=0.9", .ar), ("en;q=0.5,ar;q=0.6", .ar),
    ("fr,ar;q=0.1", .ar),
    ("fr", .en), ("*", .en), ("en;q=0,*", .ar), ("ar;q=0,*;q=0.1", .en), ("ar;q=0", .en), ("en,ar", .en), ("ar,en", .ar),
    ("en;q=1.000,ar;q=0.999", .en), ("ar;q=1.1,en;q=0.1", .en), ("ar;q=,en;q=0.1", .en), ("ar;x=1,en;q=0.1", .en),
    (" ar ; q=0.8 ", .ar),
    (",,;,ar", .ar), ("arabic", .en), ("ar-", .ar), ("de;q=1, en-GB;q=0.2, ar-SA;q=0.3", .ar), ("*;q=0.5, en;q=0.4", .ar),
    ("ar;q=0.5,ar-JO;q=0.9,en;q=0.7", .ar), ("ar;q=0.12345,en;q=0.1", .en),
  ])
  func choosesTheLanguage(_ header: String, _ expected: Language) {
    #expect(negotiated(header, .en) == expected)
  }

  @Test func fallsBackToTheStandard() {
    #expect(negotiated("fr", .ar) == .ar)
    #expect(negotiated("*", .ar) == .ar)
    let many = String(repeating: "fr,", count: 1000) + "ar"
    #expect(negotiated(many, .en) == .en)
  }
}

@Suite struct RequestIDTests {
  @Test func acceptsSaneNames() {
    for good in ["12345678", "0190c7d2-7e1b-7c3a-9d5e-0f1a2b3c4d5e", "a_b.c-d1", String(repeating: "a", count: 64)] {
      #expect(requestID(good)?.description == good)
    }
    for bad in [
      "", "1234567", String(repeating: "a", count: 65), "abc def gh", "abc\"defgh", "abcdefg\n", "abcdefgé", "${jndi:x}",
      "<script>",
    ] {
      #expect(requestID(bad) == nil, "\(bad)")
    }
  }
}

@Suite struct AddressTests {
  @Test func readsAddresses() {
    #expect(IPAddress("1.2.3.4") == IPAddress("::ffff:1.2.3.4"))
    #expect(IPAddress("1.2.3.4") == IPAddress("::ffff:102:304"))
    #expect(IPAddress("::1") == IPAddress("0:0:0:0:0:0:0:1"))
    #expect(IPAddress("[2001:db8::1]") == IPAddress("2001:DB8:0::0:1"))
    #expect(IPAddress("fe80::1%eth0") == IPAddress("fe80::1"))
    #expect(IPAddress("::") == IPAddress("0::0"))
    #expect(IPAddress("1::") != IPAddress("::1"))
    for bad in [
      "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", "a", ":", ":::", "1::2::3", "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9", "12345::", "g::",
      "::1.2.3", "1:2:3:4:5:6:7::8", "1:", ":1", "unix", "1.2.3.4%eth0",
    ] {
      #expect(IPAddress(bad) == nil, "\(bad)")
    }
  }

  @Test func matchesRanges() throws {
    let ten = try #require(AddressRange("10.0.0.0/8"))
    #expect(ten.contains(try #require(IPAddress("10.255.1.2"))))
    #expect(!ten.contains(try #require(IPAddress("11.0.0.1"))))
    #expect(!ten.contains(try #require(IPAddress("::a00:1"))))
    let all = try #require(AddressRange("0.0.0.0/0"))
    #expect(all.contains(try #require(IPAddress("9.9.9.9"))))
    #expect(!all.contains(try #require(IPAddress("2001:db8::1"))))
    let six = try #require(AddressRange("2001:db8::/33"))
    #expect(six.contains(try #require(IPAddress("2001:db8:7fff::1"))))
    #expect(!six.contains(try #require(IPAddress("2001:db8:8000::1"))))
    #expect(try #require(AddressRange("::1")).contains(try #require(IPAddress("::1"))))
    for bad in ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "::/129", "10/8"] { #expect(AddressRange(bad) == nil) }
  }

  @Test func believesOnlyTrustedProxies() throws {
    let ranges = try ["10.0.0.0/8", "127.0.0.1"].map { try #require(AddressRange($0)) }
    let proxies = TrustedProxies(ranges: ranges)
    func client(_ peer: String, _ forwarded: String...) -> IPAddress? { proxies.client(peer: peer) { forwarded } }
    #expect(client("8.8.8.8", "1.1.1.1") == IPAddress("8.8.8.8"))
    #expect(client("127.0.0.1") == IPAddress("127.0.0.1"))
    #expect(client("127.0.0.1", "1.1.1.1") == IPAddress("1.1.1.1"))
    #expect(client("127.0.0.1", "6.6.6.6, 1.1.1.1, 10.0.0.5") == IPAddress("1.1.1.1"))
    #expect(client("127.0.0.1", "6.6.6.6", "1.1.1.1") == IPAddress("1.1.1.1"))
    #expect(client("127.0.0.1", "10.1.1.1, 10.2.2.2") == IPAddress("10.1.1.1"))
    #expect(client("127.0.0.1", "6.6.6.6, garbage, 10.0.0.5") == IPAddress("10.0.0.5"))
    #expect(client("127.0.0.1", "1.1.1.1:4711") == IPAddress("1.1.1.1"))
    #expect(client("127.0.0.1", "[2001:db8::7]:4711") == IPAddress("2001:db8::7"))
    #expect(client("unix", "1.1.1.1") == IPAddress("1.1.1.1"))
    #expect(TrustedProxies(trustsUnixSocket: false).client(peer: "unix") { ["1.1.1.1"] } == nil)
  }
}

@Suite struct RateLimiterTests {
  /// A token bucket as it is usually drawn: tokens that drip in, in fractions.
  private struct NaiveBucket {
    var tokens: Double
    var updatedAt: UInt64

    mutating func take(_ limit: RateLimit, now: UInt64) -> Bool {
      let perNanosecond = 1 / Double(limit.nanosecondsPerRequest)
      tokens = min(Double(limit.requests), tokens + Double(now - updatedAt) * perNanosecond)
      updatedAt = now
      guard tokens >= 1 - 1e-6 else { return false }
      tokens -= 1
      return true
    }
  }

  @Test func isATokenBucket() {
    let seed = UInt64.random(in: 0..<UInt64(UInt32.max))
    print("seed \(seed)")
    var random = SeededRandom(seed: seed)
    let limit = RateLimit(requests: 10, seconds: 20)
    let limiter = RateLimiter(entries: 4096)
    var naive = NaiveBucket(tokens: 10, updatedAt: 1_000_000_000_000)
    var now: UInt64 = 1_000_000_000_000
    var refused = 0
    for round in 0..<5000 {
      // A request every 1.5 s where one in 2 s may pass: about a quarter is refused, whatever the seed.
      now += UInt64.random(in: 0..<30, using: &random) * 100_000_000
      let decision = limiter.take(42, limit, now: now)
      #expect(decision.isAllowed == naive.take(limit, now: now), "seed \(seed), round \(round)")
      if !decision.isAllowed {
        refused += 1
        #expect(decision.retryAfterSeconds >= 1 && decision.remaining == 0)
      }
    }
    #expect(refused > 100)
  }

  @Test func saysWhatIsLeft() {
    let limiter = RateLimiter(entries: 4096)
    let limit = RateLimit(requests: 3, seconds: 6)
    let start: UInt64 = 5_000_000_000
    #expect(
      limiter.take(1, limit, now: start) == .init(isAllowed: true, limit: 3, remaining: 2, resetSeconds: 2, retryAfterSeconds: 0))
    #expect(limiter.take(1, limit, now: start).remaining == 1)
    #expect(
      limiter.take(1, limit, now: start) == .init(isAllowed: true, limit: 3, remaining: 0, resetSeconds: 6, retryAfterSeconds: 0))
    #expect(
      limiter.take(1, limit, now: start) == .init(isAllowed: false, limit: 3, remaining: 0, resetSeconds: 6, retryAfterSeconds: 2)
    )
    #expect(limiter.take(2, limit, now: start).isAllowed)
    #expect(limiter.take(1, limit, now: start + 1_999_999_999).isAllowed == false)
    #expect(limiter.take(1, limit, now: start + 2_000_000_000).isAllowed)
  }

  @Test func forgetsTheIdleFirst() {
    let limiter = RateLimiter(entries: 512)
    let limit = RateLimit(requests: 2, seconds: 100)
    #expect(limiter.take(64, limit, now: 1).isAllowed)
    #expect(limiter.take(64, limit, now: 1).isAllowed)
    #expect(!limiter.take(64, limit, now: 1).isAllowed)
    // All of these fall into the set of the first.
    for other in 2..<200 as Range<UInt64> { #expect(limiter.take(other * 64, limit, now: 1).isAllowed) }
    #expect(!limiter.take(64, limit, now: 1).isAllowed)
  }
}

@Suite struct ContentHashTests {
  private func tag(_ text: String) -> String {
    ContentHash(of: text.utf8Span.span.bytes).entityTag(isWeak: false).description
  }

  @Test func differsForDifferentContent() {
    var seen: Set<String> = []
    var texts = [""]
    for length in 0..<64 {
      for letter in ["a", "b", "\u{0}"] { texts.append(String(repeating: letter, count: length) + "x") }
      texts.append(String(repeating: "a", count: length))
    }
    for text in Set(texts) { #expect(seen.insert(tag(text)).inserted, "\(text)") }
  }

  /// Tags outlive the process: caches hold them.
  @Test func staysTheSame() {
    #expect(tag("قريب") == "\"22114e21e25b4a5c55a127e3e8c5bd88\"")
  }
}

@Suite struct EnvelopeTests {
  private let meta = AnswerMeta(
    now: Instant(unixMicroseconds: 1_795_246_200_000_000), requestID: RequestID(sampleID), version: "1.2.3", nextCursor: "c")

  @Test func framesSuccess() {
    var buffer = ByteBuffer()
    Envelope.begin(&buffer)
    [1, 2].writeJSON(to: &buffer)
    Envelope.end(&buffer, meta, more: ByteBuffer())
    #expect(
      String(buffer)
        == #"{"success":true,"data":[1,2],"meta":{"timestamp":"2026-11-21T07:30:00.000Z","request_id":"0190c7d2-7e1b-7c3a-9d5e-0f1a2b3c4d5e","version":"1.2.3","next_cursor":"c"}}"#
    )
  }

  @Test func framesFailure() {
    var problems = FieldProblems()
    problems.append(FieldProblem("limit", .query, .outOfRange, expected: IntegerRule(range: 1...9).expectation, given: "\"77\""))
    var meta = meta
    meta.nextCursor = nil
    var buffer = ByteBuffer()
    Envelope.failure(&buffer, APIError(problems), .ar, meta)
    #expect(
      String(buffer)
        == #"{"success":false,"error":{"code":"VALIDATION_ERROR","message":"بعض الحقول غير صالحة.","details":{"fields":[{"field":"limit","in":"query","code":"out_of_range","message":"يجب أن يكون عددًا صحيحًا من 1 إلى 9","expected":"عددًا صحيحًا من 1 إلى 9","given":"\"77\""}]}},"meta":{"timestamp":"2026-11-21T07:30:00.000Z","request_id":"0190c7d2-7e1b-7c3a-9d5e-0f1a2b3c4d5e","version":"1.2.3"}}"#
    )
  }

  @Test func everyCodeSpeaksBothLanguages() {
    for code in ErrorCode.general {
      #expect(!code.message.en.isEmpty && !code.message.ar.isEmpty && code.message.en != code.message.ar)
      #expect(code.message.ar.unicodeScalars.contains { (0x600...0x6FF).contains($0.value) }, "\(code.name)")
    }
    #expect(Set(ErrorCode.general.map(\.name)).count == ErrorCode.general.count)
    #expect(ErrorCode.of(.badRequest) == .badRequest)
    #expect(ErrorCode.of(.contentTooLarge) == .tooLarge)
    #expect(ErrorCode.of(HTTPStatus(505)).name == "HTTP_VERSION_NOT_SUPPORTED")
    #expect(ErrorCode.of(HTTPStatus(417)).status.code == 417)
  }

  @Test func answersOmitAndNull() {
    let shop = Shop(id: sampleID, name: "ل", rating: nil, phone: nil, price: 8000)
    #expect(jsonText(shop) == #"{"id":"0190c7d2-7e1b-7c3a-9d5e-0f1a2b3c4d5e","name":"ل","rating":null,"price":8.000}"#)
  }

  @Test func knowsJSONTypes() {
    for good in [
      "application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;charset=UTF-8",
      "application/json;",
    ] {
      #expect(isJSON(good), "\(good)")
    }
    for bad in ["", "text/json", "application/jsonp", "application/json; charset=latin1", "application/x-www-form-urlencoded"] {
      #expect(!isJSON(bad), "\(bad)")
    }
  }

  @Test func originsAreCheckedAtStart() {
    #expect(CORSPolicy(allowedOrigins: ["https://a.example", "http://localhost:3000"]).problems.isEmpty)
    #expect(CORSPolicy(allowedOrigins: ["*"]).problems.isEmpty)
    #expect(CORSPolicy(allowedOrigins: ["*", "https://a.example"]).problems == ["“*” means all origins and stands alone"])
    #expect(
      CORSPolicy(allowedOrigins: ["*", "a.example", "https://a.example/", "https://*.example", "https://"]).problems.count == 5)
  }
}

// The expectation macro cannot carry a span, so texts are turned into spans here.

private func negotiated(_ header: String, _ standard: Language) -> Language {
  Language.negotiated(header.utf8Span.span.bytes, standard: standard)
}

private func requestID(_ text: String) -> RequestID? {
  RequestID(given: text.utf8Span.span.bytes)
}

private func isJSON(_ contentType: String) -> Bool {
  APICore.isJSON(contentType.utf8Span.span.bytes)
}
