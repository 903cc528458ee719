// BenchKit is what the benchmarks share: servers started and ended by process id, their CPU time and memory, load from wrk,
// interleaved rounds, medians with their spread, and results as tables, JSON and charts.

/// Why a benchmark has no result. Its text is for whoever started it.
public struct BenchError: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
