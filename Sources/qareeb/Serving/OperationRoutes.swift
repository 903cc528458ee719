import HTTPServer
import JSON
import PostgresClient
import Synchronization
import Telemetry
import WebAPI

/// Whether this process should be sent requests.
final class Readiness: Sendable {
  private let database: Database
  private let isDraining = Atomic<Bool>(false)

  init(database: Database) {
    self.database = database
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
    return Health(status: "ready")
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

  static let schemaName = "Health"
  static let fields: [Field<Health>] = [Field("status", "live or ready.", example: "ready") { $0.status }]
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
    .about("503 while the database cannot be reached or the process is stopping; `error.details.check` names which.")
    .async { (_: Call) in try await readiness.check() },
    Route.get("/metrics", "Metrics for Prometheus", permission: .public, rate: .unlimited, tags: tags)
      .raw(contentType: MetricsRegistry.contentType) { _, response in metrics.render(into: &response.body) },
    Route.get("/api/v1/version", "What is running", permission: .public, tags: tags)
      .sync { (_: Call) in VersionAnswer() },
  ]
}
