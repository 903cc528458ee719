// WebAPI: what every route of the HTTP API has in common. A feature declares its routes, their parameters, bodies and answers once;
// from that declaration requests are read and refused, answers framed and described, and the OpenAPI document and /docs written.
// Around the handlers stand request ids, languages, CORS, permissions, rate limits, entity tags, metrics, traces and the access log.
public import HTTPServer
import Telemetry

/// All routes, compiled, behind an HTTP server.
public struct API: HTTPService {
  private let core: APICore
  private let handlers: [HTTPHandler]
  private let impatient: [ImpatientHandler?]
  private let refusing: HTTPHandler

  /// Checks and compiles the routes; throws everything that is wrong with them at once.
  public init(
    routes features: [Route], configuration: APIConfiguration, environment: APIEnvironment
  ) throws(APIDefinitionError) {
    let document = OpenAPIDocument(features, configuration)
    let all = features + DocumentationRoutes.routes(openAPI: document.bytes, title: configuration.title)
    var compiler = RouteCompiler(configuration, environment.metrics, routeCount: all.count)
    for route in all { compiler.add(route) }
    compiler.problems += configuration.cors.problems + document.problems
    guard compiler.problems.isEmpty else { throw APIDefinitionError(problems: compiler.problems) }
    let core = APICore(compiler, configuration, environment)
    self.core = core
    handlers = compiler.routes.map(core.handler)
    impatient = compiler.routes.map(core.handlerAtOnce)
    refusing = core.refusingHandler
    openAPI = document.bytes
  }

  /// The OpenAPI 3.1 document.
  public let openAPI: [UInt8]

  // MARK: HTTPService

  /// Decides with the head alone whether and by whom a request is answered, so that refused ones never send their bodies.
  public func handler(for request: HTTPRequest) -> HTTPHandler {
    let call = core.openCall(request)
    call.current = request
    // The call is the request's; the way back is only there while one of our functions runs, so that neither keeps the other alive.
    defer { call.current = nil }
    do {
      let route = try core.admit(call, request)
      if let impatient = impatient[route], impatient.isFor(request) { return impatient.handler }
      return handlers[route]
    } catch {
      call.refusal = error
      return refusing
    }
  }

  /// Fills the answer of a request that reached no handler, in the same envelope as all others.
  public func fail(_ failure: HTTPFailure, request: HTTPRequest?, response: HTTPResponse) {
    let call = (request?.storage as? Call) ?? core.openCall(request)
    call.current = request
    call.baseLogger.debug(
      "request failed below the API", ["status": .int(failure.status.code), "reason": .public(failure.reason)])
    let error = call.refusal ?? APIError(ErrorCode.of(failure.status), retryAfterSeconds: failure.retryAfterSeconds)
    core.writeFailure(error, call, response)
    core.close(consume call, response)
  }
}

/// What all calls share.
final class APICore: Sendable {
  let configuration: APIConfiguration
  let environment: APIEnvironment
  let router: Router
  let routes: [CompiledRoute]
  let limiter = RateLimiter()
  let pools: [CallPool]
  /// For what is asked of no route.
  let unroutedMetrics: RouteMetrics

  init(_ compiler: RouteCompiler, _ configuration: APIConfiguration, _ environment: APIEnvironment) {
    self.configuration = configuration
    self.environment = environment
    router = compiler.router
    routes = compiler.routes
    unroutedMetrics = compiler.unroutedMetrics
    pools = (0..<WebAPILimits.loops).map { _ in CallPool() }
  }
}

/// Turns routes into a router, noting what is wrong instead of stopping at the first.
struct RouteCompiler {
  private(set) var router = Router()
  private(set) var routes: [CompiledRoute] = []
  var problems: [String] = []
  let unroutedMetrics: RouteMetrics
  private let families: (MetricFamily<Histogram>, MetricFamily<Gauge>)
  private let limits: [RateLimitClass: RateLimit]
  private let bodyBytes: Int
  private var limitNames: [RateLimitClass] = []

  init(_ configuration: APIConfiguration, _ registry: MetricsRegistry, routeCount: Int) {
    families = RouteMetrics.families(in: registry, routes: routeCount)
    limits = configuration.rateLimits
    bodyBytes = configuration.bodyBytes
    unroutedMetrics = RouteMetrics(method: "other", route: "none", families)
  }

  mutating func add(_ route: Route) {
    let declaration = route.declaration
    let name = "\(declaration.method) \(declaration.path)"
    let template: PathTemplate
    do {
      template = try PathTemplate(declaration.path)
    } catch {
      problems.append("\(name): \(error.reason)")
      return
    }
    problems += CompiledRoute.problems(route, template)
    if declaration.rateLimit != .unlimited, limits[declaration.rateLimit] == nil {
      problems.append("\(name): the rate limit class \(declaration.rateLimit.name) has no limit")
    }
    guard router.add(declaration.method, template, route: routes.count) else {
      problems.append("\(name): another route has the same method and path")
      return
    }
    let metrics = RouteMetrics(method: "\(declaration.method)", route: declaration.path, families)
    routes.append(
      CompiledRoute(
        route, template: template, bodyLimit: declaration.bodyLimit ?? bodyBytes, rateLimit: limits[declaration.rateLimit],
        rateLimitIndex: index(declaration.rateLimit), metrics: metrics))
  }

  private mutating func index(_ limit: RateLimitClass) -> Int {
    if let index = limitNames.firstIndex(of: limit) { return index }
    limitNames.append(limit)
    return limitNames.count - 1
  }
}

/// Calls of one loop, waiting to be used again.
// @unchecked Sendable: the pool at an index is touched only on the loop of that index, which `take` checks.
final class CallPool: @unchecked Sendable {
  private var idle: [Call] = []

  func take() -> Call { idle.popLast() ?? Call() }

  /// Takes a call back unless somebody else still has it.
  func giveBack(_ call: consuming Call) {
    var call = call
    guard idle.count < WebAPILimits.idleCallsPerLoop, isKnownUniquelyReferenced(&call) else { return }
    call.reset()
    idle.append(call)
  }
}
