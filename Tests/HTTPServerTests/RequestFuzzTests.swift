import Bytes
import EventLoops
import Foundation
import HTTPServer
import TestSupport
import Testing

/// Valid pipelines, damaged at random, against a real server.
///
/// The oracle: every answer is well formed, there are no more answers than requests could be read from the bytes, the service was
/// not called for more than were answered, and the server lives. `FUZZ_ROUNDS` makes it longer, `TEST_SEED` repeats it.
@Suite struct RequestFuzzTests {
  private static let rounds = ProcessInfo.processInfo.environment["FUZZ_ROUNDS"].flatMap { Int($0) } ?? 1_500

  struct Violation: Error, CustomStringConvertible {
    let round: Int
    let reason: String
    let bytes: [UInt8]

    var description: String { "round \(round): \(reason)\n\(String(decoding: bytes, as: UTF8.self).debugDescription)" }
  }

  @Test func noDamageConfusesTheServer() async throws {
    var random = SeededRandom()
    for transport in TestServer.Transport.allCases {
      try await Self.run(Self.rounds, FuzzedService(), on: transport, &random)
    }
  }

  /// A server that answers wrongly must be noticed, or the test above proves nothing.
  @Test(arguments: [
    "X-Colonless\r\n", "X: a\nY: b\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n", "\r\nunframed",
    "X: y\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nDate: x\r\n",
  ])
  func theOracleNoticesABrokenServer(_ lines: String) async throws {
    var random = SeededRandom(seed: 1)
    await #expect(throws: Violation.self) {
      try await Self.run(50, FuzzedService(brokenLines: lines), on: .unix, &random)
    }
  }

  @Test func theOracleCountsAnswers() {
    let bytes = Array("GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.0\r\n\r\n".utf8)
    #expect(Self.mostAnswers(bytes) == 3)
    #expect(Self.mostAnswers([]) == 1)
  }

  private static func run(
    _ rounds: Int, _ service: FuzzedService, on transport: TestServer.Transport, _ random: inout SeededRandom
  ) async throws {
    var limits = ServerLimits()
    (limits.headBytes, limits.headerCount, limits.targetBytes) = (2_048, 20, 256)
    let server = try await TestServer(service, limits: limits, on: transport)
    var result: Result<Void, any Error> = .success(())
    do {
      for round in 0..<rounds {
        let bytes = RequestDamage.pipeline(&random)
        let cuts = (0..<Int.random(in: 0...3, using: &random)).map { _ in Int.random(in: 0...bytes.count, using: &random) }
        try await offThePool { try check(round, bytes, cuts.sorted(), server, service) }
      }
    } catch {
      result = .failure(error)
    }
    await server.stop()
    try result.get()
  }

  private static func check(
    _ round: Int, _ bytes: [UInt8], _ cuts: [Int], _ server: TestServer, _ service: FuzzedService
  ) throws {
    func violation(_ reason: String) -> Violation { Violation(round: round, reason: reason, bytes: bytes) }
    let client = try server.connect()
    var start = 0
    for cut in cuts + [bytes.count] {
      try client.sendWhileOpen(Array(bytes[start..<cut]))
      start = cut
    }
    client.finishSending()
    let answers: [RawAnswer]
    do {
      answers = try client.readAnswersUntilEnd().filter { $0.status >= 200 }
    } catch {
      throw violation("\(error)")
    }
    let most = mostAnswers(bytes)
    if answers.count > most { throw violation("\(answers.count) answers where \(most) could be") }
    if let close = answers.firstIndex(where: \.saysClose), close != answers.count - 1 { throw violation("answers behind close") }
    let served = service.answered.take()
    if answers.count(where: { $0.status == 200 }) != served {
      throw violation("served \(served), answers \(answers.map(\.status))")
    }
    do {
      let probe = try server.connect().exchange("GET /probe HTTP/1.1\r\nHost: h\r\n\r\n")
      if probe.status != 200 { throw violation("a valid request is answered \(probe.status)") }
    } catch let error as MalformedAnswer {
      throw violation("a valid request is answered wrongly: \(error)")
    } catch let error as ClientSocketError {
      throw violation("a valid request is not answered any more: \(error)")
    }
    _ = service.answered.take()
  }

  /// Every request names its version before the end of its first line; one refusal may follow.
  static func mostAnswers(_ bytes: [UInt8]) -> Int {
    let name = Array("HTTP/1.".utf8)
    return 1 + bytes.indices.count { bytes[$0...].starts(with: name) }
  }
}

/// Answers everything; counts; breaks its answers where asked to.
final class FuzzedService: HTTPService {
  let answered = Counter()
  private let brokenLines: String?

  init(brokenLines: String? = nil) { self.brokenLines = brokenLines }

  func handler(for request: HTTPRequest) -> HTTPHandler {
    switch request.path.utf8.count % 3 {
    case 0: .synchronous(bodyLimit: 500) { [self] request, response in answer(request, response) }
    case 1:
      .asynchronous(bodyLimit: 500) { [self] request, response in
        await Task.yield()
        answer(request, response)
      }
    default:
      .streaming(bodyLimit: 500) { [self] request, response in
        do {
          if let body = request.bodyStream { for try await _ in body {} }
          answer(request, response)
        } catch {
          response.status = .badRequest
        }
      }
    }
  }

  private func answer(_ request: HTTPRequest, _ response: HTTPResponse) {
    answered.add()
    if let brokenLines {
      var lines = ByteBuffer()
      lines.append(brokenLines)
      response.addHeaderLines(lines)
    }
    response.body.append("answer")
  }

  func fail(_ failure: HTTPFailure, request: HTTPRequest?, response: HTTPResponse) {
    response.status = failure.status
    response.body.append(failure.reason)
  }
}
