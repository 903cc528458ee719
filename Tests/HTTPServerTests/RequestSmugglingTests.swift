import Bytes
import EventLoops
import HTTPServer
import Synchronization
import TestSupport
import Testing

/// Every row of the tables, fed whole, cut in two at every place, and byte by byte: how a request is cut into reads must never
/// change what it is. A probe follows each: it is answered exactly where the connection lives on.
@Suite(.serialized) struct RequestSmugglingTests {
  static let tables: [(name: String, cases: [WireCase])] = [
    ("lengths", WireCase.lengths), ("codings", WireCase.codings), ("chunks", WireCase.chunks),
    ("framing in trailers", WireCase.framingTrailers), ("lines", WireCase.lines), ("bytes in names", WireCase.nameBytes),
    ("bytes in values", WireCase.valueBytes), ("request lines", WireCase.requestLines), ("hosts", WireCase.hosts),
    ("targets", WireCase.targets), ("bytes in targets", WireCase.targetBytes), ("connections", WireCase.connections),
    ("expectations", WireCase.expectations),
  ]

  /// Small, so that over-long is short.
  static let limits: ServerLimits = {
    var limits = ServerLimits()
    limits.headBytes = 512
    limits.headerCount = 20
    limits.targetBytes = 128
    limits.discardedBodyBytes = 16_384
    return limits
  }()

  @Test(arguments: tables.map(\.name))
  func table(_ name: String) async throws {
    let cases = try #require(Self.tables.first { $0.name == name }?.cases)
    let recorder = Recorder()
    try await withTestServer(recorder, limits: Self.limits, on: .unix) { server in
      for wireCase in cases { try Self.check(wireCase, server.address, recorder) }
    }
  }

  @Test func thereAreEnoughCases() {
    let names = Self.tables.flatMap(\.cases).map(\.name)
    #expect(names.count >= 250)
    #expect(Set(names).count == names.count, "every case has a name of its own")
  }

  private static func check(_ wireCase: WireCase, _ address: ListenAddress, _ recorder: Recorder) throws {
    let whole = try outcome(wireCase, [wireCase.bytes[...]], address, recorder)
    #expect(wireCase.allows(whole), "\(wireCase.testDescription): \(whole)")
    guard wireCase.allows(whole) else { return }
    for cut in cuts(wireCase.bytes.count) {
      let parts = try outcome(wireCase, [wireCase.bytes[..<cut], wireCase.bytes[cut...]], address, recorder)
      #expect(parts == whole, "\(wireCase.testDescription), cut at \(cut): \(parts) instead of \(whole)")
      if parts != whole { return }
    }
    let bytes = try outcome(wireCase, wireCase.bytes.indices.map { wireCase.bytes[$0...$0] }, address, recorder)
    #expect(bytes == whole, "\(wireCase.testDescription), byte by byte: \(bytes) instead of \(whole)")
  }

  /// Every place; of the few long ones, whose middle is one repeated letter, every place near the ends and some between.
  private static func cuts(_ count: Int) -> [Int] {
    (1..<count).filter { count <= 400 || $0 < 200 || count - $0 < 60 || $0 % 37 == 0 }
  }

  private static func outcome(
    _ wireCase: WireCase, _ pieces: [ArraySlice<UInt8>], _ address: ListenAddress, _ recorder: Recorder
  ) throws -> WireOutcome {
    let client = try RawHTTPClient(address, patience: .seconds(20))
    let probe = Array("GET /probe HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
    // The whole goes out with its probe in one piece; cut ones each for itself.
    let sent = pieces.count == 1 ? [(pieces[0] + probe)[...]] : pieces + [probe[...]]
    try client.sendSeparately(sent)
    var outcome = WireOutcome()
    defer { client.close() }
    while let answer = try answer(of: client, wireCase, &outcome) {
      if answer.value("x-probe") != nil {
        outcome.staysOpen = true
        break
      }
      #expect(!outcome.saidClose, "an answer behind one that said close")
      outcome.statuses.append(answer.status)
      outcome.saidClose = answer.saysClose
    }
    outcome.wasReset = client.ending == .reset
    outcome.seen = recorder.take()
    return outcome
  }

  /// The next answer; nil when the connection has ended, or hangs: the server waits for what will never come.
  private static func answer(
    of client: RawHTTPClient, _ wireCase: WireCase, _ outcome: inout WireOutcome
  ) throws -> RawAnswer? {
    do {
      return try client.readAny(isHead: wireCase.isHead(outcome.finalCount))
    } catch ClientSocketError.timedOut {
      outcome.hangs = true
      return nil
    }
  }
}

/// What became of the bytes, as the client and the service saw it.
struct WireOutcome: Equatable, CustomStringConvertible {
  var statuses: [Int] = []
  var seen: [String] = []
  var staysOpen = false
  var saidClose = false
  var wasReset = false
  var hangs = false

  var finalCount: Int { statuses.count { $0 >= 200 } }

  var description: String {
    "answers \(statuses), service saw \(seen), \(staysOpen ? "open" : hangs ? "hangs" : wasReset ? "reset" : "closed")"
      + (saidClose ? " after saying close" : "")
  }
}

extension WireCase {
  /// An answer to HEAD has no body to be read.
  func isHead(_ number: Int) -> Bool {
    number < sees.count && sees[number].hasPrefix("HEAD ")
  }

  func allows(_ outcome: WireOutcome) -> Bool {
    zip(outcome.statuses, answers).allSatisfy { $1.contains($0) } && outcome.statuses.count == answers.count
      && (outcome.seen == sees || mayGoUnseen && outcome.seen.isEmpty)
      && (staysOpen == nil || outcome.staysOpen == staysOpen) && !outcome.wasReset && !outcome.hangs
      // Who closes says so first (RFC 9112, 9.6).
      && outcome.staysOpen != outcome.saidClose
  }
}

/// Answers everything and remembers what it was asked.
final class Recorder: HTTPService {
  private let seen = Mutex<[String]>([])

  func handler(for request: HTTPRequest) -> HTTPHandler {
    .synchronous(bodyLimit: 64) { request, response in
      if request.path == "/probe" { return response.addHeader("X-Probe", "1") }
      let body = request.withBodyBytes { String(decoding: $0, as: UTF8.self) }
      self.seen.withLock { $0.append("\(request.method) \(request.target) \(body)") }
    }
  }

  func fail(_ failure: HTTPFailure, request: HTTPRequest?, response: HTTPResponse) {
    response.status = failure.status
    response.body.append(failure.reason)
  }

  /// What was seen since the last time.
  func take() -> [String] {
    seen.withLock { seen in
      defer { seen = [] }
      return seen
    }
  }
}
