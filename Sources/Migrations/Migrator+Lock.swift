import PostgresClient

extension Migrator {
  /// Takes the lock that only one migrator of a database can hold.
  ///
  /// By asking again and again, not by waiting inside PostgreSQL: a session that waits there keeps a snapshot, and CREATE
  /// INDEX CONCURRENTLY of the other migrator would wait for that snapshot, for ever.
  func lock(_ connection: PostgresConnection, _ onEvent: @Sendable (MigrationEvent) -> Void) async throws {
    let deadline = ContinuousClock.now.advanced(by: .seconds(lockWaitSeconds))
    var hasTold = false
    while true {
      let row = try await connection.query(MigrationStatements.tryLock, MigrationStatements.lockKey).only()
      if try row[0, as: Bool.self] { return }
      let holder = try await holder(connection)
      if !hasTold, let holder {
        hasTold = true
        onEvent(.waiting(holder: holder))
      }
      guard ContinuousClock.now < deadline else {
        throw MigrationError(
          .locked, "another migrator has held the lock for more than \(lockWaitSeconds) s: \(holder ?? "it has just gone")",
          advice: "Wait for it, or end its session with pg_terminate_backend.")
      }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  private func holder(_ connection: PostgresConnection) async throws -> String? {
    let rows = try await connection.query(MigrationStatements.lockHolder, MigrationStatements.lockKey)
    guard let row = rows.first else { return nil }
    let (process, application, seconds) = try row.decode(Int32.self, String.self, Int64.self)
    return "server process \(process) (\(application)), connected for \(seconds) s"
  }
}
