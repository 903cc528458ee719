import Configuration
import Terminal

/// Serves until told to stop.
func runServer(settings: Settings) async throws -> ExitCode {
  throw CommandFailure(.software, "the platform is being wired; this build cannot serve yet")
}
