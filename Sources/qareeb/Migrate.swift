import Configuration
import Terminal

/// Does what was asked and prints what was done.
func runMigrations(_ request: MigrationRequest, settings: Settings, console: Console) async throws -> ExitCode {
  throw CommandFailure(.software, "the platform is being wired; this build cannot migrate yet")
}
