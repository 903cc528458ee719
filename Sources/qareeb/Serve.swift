import Catalogue
import Configuration
import DemoMarkets
import EmbeddedPostgres
import EventLoops
import Migrations
import PostgresClient
import Terminal

/// Serves until told to stop.
func runServer(settings: Settings, console: Console) async throws -> ExitCode {
  let application: Application
  do {
    application = try await Application.start(settings)
  } catch {
    throw startFailure(error)
  }
  console.print(whereToLook(application.addresses, settings), to: .error)
  await application.runUntilStopped()
  return .ok
}

/// What a person reads when it is up.
private func whereToLook(_ addresses: [ListenAddress], _ settings: Settings) -> String {
  var lines: [String] = []
  for address in addresses {
    guard case .tcp(let host, let port) = address else {
      lines.append("Also listening on \(address).")
      continue
    }
    let isLocal = ["127.0.0.1", "::1", "localhost", "0.0.0.0", "::"].contains(host)
    let base = "http://\(isLocal ? "localhost" : host):\(port)"
    lines += [
      "Qareeb is serving on \(base)",
      "  \(base)/                the first screen",
      "  \(base)/docs            every route, its parameters and answers",
      "  \(base)/health/ready    whether it should get requests",
      "  \(base)/metrics         for Prometheus",
      "  curl '\(base)/api/v1/search/providers?lat=31.9539&lon=35.9106&q=barber&limit=3'",
    ]
  }
  return (lines + ["Ctrl-C stops it; the data stays in \(settings.data.directory)/."]).joined(separator: "\n")
}

/// Errors of the parts as failures of a command: what could not be had, why, and with which exit code.
func startFailure(_ error: any Error) -> any Error {
  switch error {
  case let error as ClusterError:
    CommandFailure(.unavailable, "the private PostgreSQL cluster cannot be used", details: ["\(error)"])
  case let error as PostgresError where error.code == .configuration:
    CommandFailure(.configuration, "database.url (DATABASE_URL) is wrong", details: ["\(error)"])
  case let error as PostgresError:
    CommandFailure(.unavailable, "the database cannot be used", details: ["\(error)"])
  case let error as MigrationError:
    CommandFailure(.failure, "the database's schema cannot be brought up to date", details: ["\(error)"])
  case let error as DemoMarketError:
    CommandFailure(.failure, "the demo market cannot be loaded", details: ["\(error)"])
  case let error as LoopError where error.name == "EADDRINUSE":
    CommandFailure(
      .unavailable, "\(error.action): the address is in use",
      details: [
        error.action.contains("unix:")
          ? "Another process serves there. Choose another path, or end that process."
          : "Another process serves there. Choose another port: PORT=8081, or --port 8081."
      ])
  case let error as LoopError:
    CommandFailure(.inputOutput, "\(error)")
  default:
    error
  }
}
