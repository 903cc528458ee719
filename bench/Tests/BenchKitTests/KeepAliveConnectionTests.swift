import Testing

@testable import BenchKit

@Suite struct KeepAliveConnectionTests {
  private func head(_ lines: String...) -> KeepAliveConnection.Head? {
    KeepAliveConnection.Head(ArraySlice((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
  }

  @Test func readsStatusAndLength() {
    let read = head("HTTP/1.1 503 Service Unavailable", "Content-Type: application/json", "content-length: 120")
    #expect(read?.status == 503)
    #expect(read?.bodyBytes == 120)
  }

  @Test func refusesWhatItCannotFrame() {
    #expect(head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked") == nil)
    #expect(head("HTTP/1.1 200 OK", "Content-Length: many") == nil)
    #expect(head("SSH-2.0-OpenSSH") == nil)
  }

  @Test func latenciesAreRanks() {
    let latencies = Latencies((1...1_000).map(Double.init).shuffled())
    #expect(latencies.samples == 1_000)
    #expect(latencies.p50 == 501)
    #expect(latencies.p99 == 991)
    #expect(latencies.maximum == 1_000)
    #expect(Latencies([7]).p99 == 7)
  }
}
