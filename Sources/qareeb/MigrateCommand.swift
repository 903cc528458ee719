import Configuration
import Terminal

/// What `qareeb migrate` is asked to do.
enum MigrationRequest: Sendable {
  case apply
  /// Only tell; exit code 2 when something is waiting.
  case status
}

/// `qareeb migrate`. Rules: works on the database that `serve` would use; the work itself is in `Migrate.swift`.
enum MigrateCommand {
  private static let status = Flag("status", "Only list what is applied and what is waiting.")

  static let command = Command(
    "migrate",
    summary: "bring the database's schema up to date",
    discussion: """
      Applies the numbered files of data/migrations in order, under a lock that keeps other processes waiting, and refuses to go on when a file that was applied has changed since.
      With --status nothing is changed, and the exit code tells whether something is waiting.
      """,
    options: [status],
    examples: [
      .init("qareeb migrate --status", "Is the schema up to date?"),
      .init("DATABASE_URL=postgresql://qareeb@db/qareeb qareeb migrate", "Before a new version is started."),
    ],
    exitCodes: [.failure, .differences, .unavailable, .configuration],
    action: { invocation, console in
      let settings = try SettingOptions.resolve(invocation).checkedForCommand()
      return try await runMigrations(invocation[status] ? .status : .apply, settings: settings, console: console)
    })
}
