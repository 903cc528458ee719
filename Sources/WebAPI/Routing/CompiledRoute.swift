import HTTPServer
import Telemetry

/// A route as it is served: its handler and its metrics, made once at start.
final class CompiledRoute: Sendable {
  let route: Route
  let template: PathTemplate
  let variableNames: [String]
  let bodyLimit: Int
  let rateLimit: RateLimit?
  let rateLimitIndex: Int
  let metrics: RouteMetrics
  /// `Deprecation`, `Sunset` and `Link`, ready to be sent.
  let deprecationLines: String
  let isStreamed: Bool

  init(
    _ route: Route, template: PathTemplate, bodyLimit: Int, rateLimit: RateLimit?, rateLimitIndex: Int, metrics: RouteMetrics
  ) {
    self.route = route
    self.template = template
    variableNames = template.variableNames
    self.bodyLimit = bodyLimit
    self.rateLimit = rateLimit
    self.rateLimitIndex = rateLimitIndex
    self.metrics = metrics
    deprecationLines = route.declaration.deprecation.map(CompiledRoute.lines) ?? ""
    isStreamed = route.success.contentType == "text/event-stream"
  }

  var declaration: RouteDeclaration { route.declaration }

  /// RFC 9745 and RFC 8594.
  private static func lines(_ deprecation: Deprecation) -> String {
    var lines = "Deprecation: @\(floorDivide(deprecation.since.unixMicroseconds, 1_000_000))\r\n"
    if let sunset = deprecation.sunset {
      lines += "Sunset: \(HTTPDate.text(secondsSince1970: floorDivide(sunset.unixMicroseconds, 1_000_000)))\r\n"
    }
    if let successor = deprecation.successor { lines += "Link: <\(successor)>; rel=\"successor-version\"\r\n" }
    return lines
  }

  /// Everything wrong with a route that can be known before it is asked.
  static func problems(_ route: Route, _ template: PathTemplate) -> [String] {
    let name = "\(route.declaration.method) \(route.declaration.path)"
    var problems: [String] = []
    let read = route.input.parameters.filter { $0.place == .path }.map(\.name)
    for variable in template.variableNames where !read.contains(variable) && !isWebSocket(route) {
      problems.append("\(name): {\(variable)} is not read by its input")
    }
    for parameter in read where !template.variableNames.contains(parameter) {
      problems.append("\(name): its input reads the path part \(parameter), which is not in the path")
    }
    if route.declaration.summary.isEmpty { problems.append("\(name): it has no summary") }
    if route.declaration.tags.isEmpty, !route.declaration.isHidden { problems.append("\(name): it has no tag") }
    if route.input.body != nil, [.get, .head, .delete].contains(route.declaration.method) {
      problems.append("\(name): that method has no body")
    }
    if case .named(let permission) = route.declaration.permission, permission.isEmpty {
      problems.append("\(name): its permission has no name")
    }
    if route.declaration.isIdempotent, route.declaration.method != .post {
      problems.append("\(name): only a POST takes an Idempotency-Key")
    }
    return problems
  }

  private static func isWebSocket(_ route: Route) -> Bool {
    if case .webSocket = route.kind { true } else { false }
  }
}

/// Latency by status class and what is under way, for one route.
struct RouteMetrics: Sendable {
  private let latencies: [Histogram]
  let inFlight: Gauge

  /// A route can be seen in five classes of status; routes are few and known, so their series are as well.
  static func families(in registry: MetricsRegistry, routes: Int) -> (MetricFamily<Histogram>, MetricFamily<Gauge>) {
    let series = (routes + 1) * 5
    let latency = registry.histogramFamily(
      "http_request_duration_seconds", help: "From the head of a request to its answer.", labels: ["method", "route", "status"],
      buckets: .latency, maximumSeries: series)
    let inFlight = registry.gaugeFamily(
      "http_requests_in_flight", help: "Requests being handled.", labels: ["method", "route"], maximumSeries: series)
    return (latency, inFlight)
  }

  init(method: String, route: String, _ families: (MetricFamily<Histogram>, MetricFamily<Gauge>)) {
    latencies = (1...5).map { families.0.with(method, route, "\($0)xx") }
    inFlight = families.1.with(method, route)
  }

  func observe(status: HTTPStatus, nanoseconds: UInt64) {
    latencies[Int(status.code) / 100 - 1].observe(nanoseconds: nanoseconds)
  }
}
