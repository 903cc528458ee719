import Testing

@testable import BenchKit

@Suite struct WrkTests {
  static let output = """
    Running 2s test @ http://127.0.0.1:18080/fixed
      2 threads and 64 connections
      Thread Stats   Avg      Stdev     Max   +/- Stdev
        Latency   501.22us  612.10us  15.01ms   93.42%
        Req/Sec    71.23k     4.12k   80.11k    70.00%
      Latency Distribution
         50%  377.00us
         75%  520.00us
         90%    0.92ms
         99%    3.10ms
      283461 requests in 2.10s, 452.31MB read
    Requests/sec: 134982.11
    Transfer/sec:    215.39MB
    """

  @Test func readsCountsAndLatencies() throws {
    let result = try Wrk.parse(WrkTests.output)
    #expect(result == Wrk.Result(requests: 283_461, requestsPerSecond: 134_982.11, p50Microseconds: 377, p99Microseconds: 3_100))
  }

  @Test func countsErrors() throws {
    let lines = "\n  Socket errors: connect 1, read 3, write 0, timeout 2\n  Non-2xx or 3xx responses: 12"
    let result = try Wrk.parse(WrkTests.output + lines)
    #expect(result.socketErrors == 6)
    #expect(result.badAnswers == 12)
  }

  @Test func refusesOutputWithoutResult() {
    #expect(throws: BenchError.self) { try Wrk.parse("unable to connect to 127.0.0.1:18080 Connection refused") }
  }
}

@Suite struct PgBenchTests {
  static let output = """
    transaction type: product.pgbench
    number of transactions actually processed: 120934
    number of failed transactions: 0 (0.000%)
    latency average = 0.396 ms
    initial connection time = 24.031 ms
    tps = 40405.512365 (without initial connection time)
    """

  @Test func readsCountAndRate() throws {
    let result = try PgBench.parse(PgBenchTests.output, cpuSeconds: 1.5)
    #expect(result == PgBench.Result(transactions: 120_934, transactionsPerSecond: 40_405.512365, cpuSeconds: 1.5))
  }

  @Test func refusesFailedTransactions() {
    let output = PgBenchTests.output.replacing("transactions: 0 (0.000%)", with: "transactions: 10 (0.008%)")
    #expect(throws: BenchError.self) { try PgBench.parse(output, cpuSeconds: 1) }
  }
}
