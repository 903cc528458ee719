import HTTPServer
import IndexKeeper
import JSON
import PostgresClient
import Synchronization
import Telemetry
import WebAPI

/// Whether this process should be sent requests.
final class Readiness: Sendable {
  private let database: Database
  private let index: LiveIndex
  private let isDraining = Atomic<Bool>(false)

  init(database: Database, index: LiveIndex) {
    self.database = database
    self.index = index
  }

  func startDraining() { isDraining.store(true, ordering: .relaxed) }

  /// Asks the database; throws 503 with the name of what is missing.
  func check() async throws -> Health {
    if isDraining.load(ordering: .relaxed) { throw Readiness.unavailable("draining", "this process is stopping") }
    do {
      _ = try await database.query(Readiness.ping, timeoutMilliseconds: 1_000)
    } catch let error as PostgresError {
      throw Readiness.unavailable("database", error.metricClass)
    }
    let index = index.status
    // An index that is behind is better than none: it is served, and its age told.
    guard index.isReady else { throw Readiness.unavailable("index", index.phase.name) }
    return Health(
      status: "ready", index: index.phase.name, indexAgeMilliseconds: index.ageMilliseconds.map { Int(clamping: $0) },
      indexLagBytes: Int(clamping: index.lagBytes))
  }

  private static let ping = PreparedQuery("SELECT 1")

  private static func unavailable(_ check: String, _ reason: String) -> APIError {
    APIError(.unavailable, retryAfterSeconds: 1) { details in
      details.member("check", check)
      details.member("reason", reason)
    }
  }
}

struct Health: FieldAnswer {
  let status: String
  var index: String?
  var indexAgeMilliseconds: Int?
  var indexLagBytes: Int?

  static let schemaName = "Health"
  static let fields: [Field<Health>] = [
    Field("status", "live or ready.", example: "ready") { $0.status },
    .ifPresent("index", "following, or why it does not: hydrating, failing.", example: "following") { $0.index },
    .ifPresent("index_age_ms", "How old the state is that searches see.", example: 12) { $0.indexAgeMilliseconds },
    .ifPresent("index_lag_bytes", "Bytes of the database's log not handled yet.", example: 0) { $0.indexLagBytes },
  ]
}

struct VersionAnswer: FieldAnswer {
  static let schemaName = "Version"
  static let fields: [Field<VersionAnswer>] = [
    Field("version", "The build's version.", example: "\(Version.current)") { _ in Version.current }
  ]
}

/// What operators and their tools ask for.
func operationRoutes(_ readiness: Readiness, _ metrics: MetricsRegistry) -> [Route] {
  let tags = ["Operation"]
  return [
    Route.get("/health/live", "Whether the process runs", permission: .public, rate: .unlimited, tags: tags)
      .sync { (_: Call) in Health(status: "live") },
    Route.get(
      "/health/ready", "Whether the process should get requests", permission: .public, rate: .unlimited, tags: tags,
      errors: [.unavailable]
    )
    .about(
      "503 while the database cannot be reached, there is no index yet or the process is stopping; `error.details.check` names which."
    )
    .async { (_: Call) in try await readiness.check() },
    Route.get("/metrics", "Metrics for Prometheus", permission: .public, rate: .unlimited, tags: tags)
      .raw(contentType: MetricsRegistry.contentType) { _, response in metrics.render(into: &response.body) },
    Route.get("/api/v1/version", "What is running", permission: .public, tags: tags)
      .sync { (_: Call) in VersionAnswer() },
  ]
}
