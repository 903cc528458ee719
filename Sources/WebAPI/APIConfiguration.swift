public import Telemetry

/// How an API is set up; everything that differs between a laptop, a test and production.
public struct APIConfiguration: Sendable {
  public var title = "Qareeb"
  /// The build's version, in `meta.version` and the OpenAPI document.
  public var version: String
  /// Where the service can be reached, for the OpenAPI document.
  public var serverURL = "/"
  public var standardLanguage = Language.en
  public var cors = CORSPolicy.none
  public var trustedProxies = TrustedProxies()
  public var rateLimits = RateLimit.standard
  /// A longer body is answered 413, where the route says nothing else.
  public var bodyBytes = WebAPILimits.bodyBytes
  /// Of the requests answered as expected, one in so many is logged; failures of ours always are.
  public var accessLogOneIn = 1

  public init(version: String) { self.version = version }
}

/// What an API needs from outside: clocks, chance, and where to report.
public struct APIEnvironment: Sendable {
  public var clock: TelemetryClock
  public var random: @Sendable () -> UInt64
  public var logger: Logger
  public var metrics: MetricsRegistry
  public var tracer: Tracer
  public var authenticator: any Authenticator

  public init(
    clock: TelemetryClock = .system, random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) },
    logger: Logger = .disabled, metrics: MetricsRegistry = MetricsRegistry(), tracer: Tracer = .disabled,
    authenticator: any Authenticator = AnonymousAuthenticator()
  ) {
    self.clock = clock
    self.random = random
    self.logger = logger
    self.metrics = metrics
    self.tracer = tracer
    self.authenticator = authenticator
  }
}

/// What is wrong with the routes or the configuration; an API with any of it does not start.
public struct APIDefinitionError: Error, CustomStringConvertible, Equatable {
  public let problems: [String]
  public var description: String { "the API cannot start:\n" + problems.map { "- \($0)" }.joined(separator: "\n") }
}
