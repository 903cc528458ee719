/// Load from wrk: as many requests as fit, on connections that stay open.
public struct Wrk {
  public var connections: Int
  public var threads = 2
  public var seconds: Int
  /// An answer that takes longer counts as an error.
  public var timeoutSeconds = 10
  /// A Lua file that varies the requests.
  public var script: String?

  public init(connections: Int, seconds: Int) {
    self.connections = connections
    self.seconds = seconds
  }

  public struct Result: Sendable, Hashable {
    public var requests: Int
    public var requestsPerSecond: Double
    public var p50Microseconds: Double
    public var p99Microseconds: Double
    /// Connections that could not be opened, broke, or were silent for too long.
    public var socketErrors = 0
    /// Answers that are neither 2xx nor 3xx.
    public var badAnswers = 0
    /// Of wrk itself.
    public var cpuSeconds = 0.0
  }

  /// Fails on any answer that is not 2xx or 3xx and on any broken connection: such a run measures something else.
  public func run(_ url: String) throws -> Result {
    let (result, text) = try load(url)
    guard result.socketErrors == 0, result.badAnswers == 0 else { throw BenchError("wrk met errors:\n\(text)") }
    return result
  }

  /// Where errors are part of what is measured.
  public func runCountingErrors(_ url: String) throws -> Result { try load(url).result }

  private func load(_ url: String) throws -> (result: Result, text: String) {
    var arguments = [
      "--latency", "-t\(min(threads, connections))", "-c\(connections)", "-d\(seconds)s", "--timeout", "\(timeoutSeconds)s",
    ]
    if let script { arguments += ["-s", script] }
    let command = try Command("wrk", arguments + [url]).succeed()
    var result = try Wrk.parse(command.output)
    result.cpuSeconds = command.cpuSeconds
    return (result, command.output)
  }

  static func parse(_ text: String) throws -> Result {
    var requests: Int?
    var rate: Double?
    var p50: Double?
    var p99: Double?
    var socketErrors = 0
    var badAnswers = 0
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      // "Socket errors: connect 0, read 3, write 0, timeout 0" and "Non-2xx or 3xx responses: 12"
      if line.contains("Socket errors") {
        socketErrors = line.split { !$0.isNumber }.compactMap { Int($0) }.reduce(0, +)
      } else if line.contains("Non-2xx") {
        badAnswers = words.last.flatMap { Int($0) } ?? 0
      }
      guard words.count >= 2 else { continue }
      switch words[0] {
      case "50%": p50 = microseconds(words[1])
      case "99%": p99 = microseconds(words[1])
      case "Requests/sec:": rate = Double(words[1])
      default: if words[1] == "requests", words.count > 2, words[2] == "in" { requests = Int(words[0]) }
      }
    }
    guard let requests, let rate, let p50, let p99, requests > 0 else { throw BenchError("wrk printed no result:\n\(text)") }
    return Result(
      requests: requests, requestsPerSecond: rate, p50Microseconds: p50, p99Microseconds: p99, socketErrors: socketErrors,
      badAnswers: badAnswers)
  }

  private static func microseconds(_ text: Substring) -> Double? {
    for (unit, factor) in [("us", 1.0), ("ms", 1_000.0), ("s", 1_000_000.0), ("m", 60_000_000.0)] where text.hasSuffix(unit) {
      return Double(text.dropLast(unit.count)).map { $0 * factor }
    }
    return nil
  }
}
