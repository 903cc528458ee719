/// Load from pgbench: one prepared statement after another on each connection, what libpq in C makes of the same query.
public struct PgBench {
  public var connections: Int
  public var seconds: Int
  let connectionString: String
  let script: String

  /// `script` is a file in pgbench's own language.
  public init(connectionString: String, script: String, connections: Int, seconds: Int) {
    self.connectionString = connectionString
    self.script = script
    self.connections = connections
    self.seconds = seconds
  }

  public struct Result: Sendable, Hashable {
    public var transactions: Int
    public var transactionsPerSecond: Double
    /// Of pgbench itself.
    public var cpuSeconds: Double
  }

  /// Debian's command in PATH is a wrapper in another language, whose start would count.
  private static let program = "/usr/lib/postgresql/15/bin/pgbench"

  public func run() throws -> Result {
    let arguments = [
      "--no-vacuum", "--protocol=prepared", "--client=\(connections)", "--jobs=2", "--time=\(seconds)", "--file=\(script)",
      connectionString,
    ]
    let result = try Command(PgBench.program, arguments).succeed()
    return try PgBench.parse(result.output, cpuSeconds: result.cpuSeconds)
  }

  static func parse(_ text: String, cpuSeconds: Double) throws -> Result {
    var transactions: Int?
    var rate: Double?
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if line.hasPrefix("number of transactions actually processed:") { transactions = words.last.flatMap { Int($0) } }
      if line.hasPrefix("number of failed transactions:"), !line.contains(": 0 ") { throw BenchError("pgbench failed:\n\(text)") }
      if line.hasPrefix("tps = "), words.count > 2 { rate = Double(words[2]) }
    }
    guard let transactions, let rate, transactions > 0 else { throw BenchError("pgbench printed no result:\n\(text)") }
    return Result(transactions: transactions, transactionsPerSecond: rate, cpuSeconds: cpuSeconds)
  }
}
