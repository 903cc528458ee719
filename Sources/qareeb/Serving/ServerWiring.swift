import Configuration
import EventLoops
import HTTPServer
public import PostgresClient
import Telemetry
public import WebAPI

extension ServerLimits {
  init(_ settings: Settings, loops: Int) {
    self.init()
    let limits = settings.limits
    headBytes = limits.headerBytes
    headerCount = limits.headerCount
    targetBytes = limits.targetBytes
    webSocketMessageBytes = limits.webSocketMessageBytes
    headSeconds = limits.headerTimeout.wholeSeconds
    bodySeconds = limits.bodyTimeout.wholeSeconds
    idleSeconds = limits.idleTimeout.wholeSeconds
    writeSeconds = limits.writeTimeout.wholeSeconds
    connectionsPerLoop = min(limits.connectionsPerLoop, max(1, limits.connections / loops))
    requestsPerConnection = limits.requestsPerConnection
    inFlightPerLoop = limits.requestsInFlight
  }
}

extension APIConfiguration {
  init(_ settings: Settings) {
    self.init(version: Version.current)
    cors = CORSPolicy(settings)
    bodyBytes = settings.limits.bodyBytes
    rateLimits[.standard] = RateLimit(requests: settings.limits.requestsPerMinute, seconds: 60)
    rateLimits[.search] = RateLimit(requests: settings.limits.searchesPerMinute, seconds: 60)
  }
}

extension CORSPolicy {
  init(_ settings: Settings) {
    self.init(allowedOrigins: Set(settings.cors.origins))
  }
}

/// The one place where the database's failures become answers: what a client can do something about keeps its meaning, the rest
/// is an internal error.
extension PostgresError: APIErrorConvertible {
  public var apiError: APIError {
    switch code {
    case .unavailable(let retryAfterMilliseconds):
      APIError(.unavailable, retryAfterSeconds: max(1, Int(retryAfterMilliseconds / 1_000)))
    case .overloaded, .timeout, .connectionLost, .commitUnknown, .closed:
      APIError(.unavailable, retryAfterSeconds: 1)
    case .server where sqlState?.category == .session || sqlState?.category == .resources:
      APIError(.unavailable, retryAfterSeconds: 1)
    default:
      APIError(isConflict ? .conflict : .internalError)
    }
  }
}

/// Gauges and counters over what loops and server count themselves.
func registerMetrics(of server: Server, _ group: EventLoopGroup, in registry: MetricsRegistry) {
  let loops = group.loops
  let counted = server.statistics
  func perLoop(_ value: @escaping @Sendable (ServerStatistics) -> Int) -> @Sendable () -> [MetricSample] {
    { counted.enumerated().map { MetricSample([String($0)], Double(value($1))) } }
  }
  func gauge(_ name: String, _ help: String, _ value: @escaping @Sendable (ServerStatistics) -> Int) {
    registry.gaugeCallback(name, help: help, labels: ["loop"], perLoop(value))
  }
  func counter(_ name: String, _ help: String, _ value: @escaping @Sendable (ServerStatistics) -> Int) {
    registry.counterCallback(name, help: help, labels: ["loop"], perLoop(value))
  }
  gauge("qareeb_http_connections", "Open connections.") { $0.open.current }
  gauge("qareeb_http_websockets", "Open WebSockets.") { $0.webSockets.current }
  gauge("qareeb_http_in_flight", "Requests that wait for something.") { $0.inFlight.current }
  counter("qareeb_http_accepted_total", "Connections accepted.") { $0.accepted.current }
  counter("qareeb_http_requests_total", "Requests that reached a handler.") { $0.requests.current }
  counter("qareeb_http_shed_total", "Requests and connections answered 503 for want of room.") { $0.shed.current }
  counter("qareeb_http_refused_total", "Requests that were no HTTP, too large or too late.") { $0.refused.current }
  counter("qareeb_http_stalled_total", "Connections cut because the peer took nothing.") { $0.stalled.current }
  counter("qareeb_http_sent_bytes_total", "Bytes of answers.") { $0.sentBytes.current }
  registry.counterCallback("qareeb_loop_busy_seconds_total", help: "Time loops worked.", labels: ["loop"]) {
    loops.map { MetricSample([String($0.index)], Double($0.statistics.busyNanoseconds) / 1e9) }
  }
  registry.gaugeCallback(
    "qareeb_loop_lag_seconds", help: "Longest turn since the last scrape: what a request may have waited.", labels: ["loop"]
  ) {
    loops.map { MetricSample([String($0.index)], Double($0.statistics.takeLongestTurnNanoseconds()) / 1e9) }
  }
}

extension Duration {
  /// Of settings that are whole seconds.
  fileprivate var wholeSeconds: Int { Int(components.seconds) }
}
