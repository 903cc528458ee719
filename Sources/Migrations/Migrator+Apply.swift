import PostgresClient

extension Migrator {
  func run(_ file: MigrationFile, _ checksum: String, on connection: PostgresConnection) async throws {
    if file.isTransactional {
      try await runInTransaction(file, checksum, on: connection)
    } else {
      try await runWithoutTransaction(file, checksum, on: connection)
    }
  }

  /// The record is part of the transaction: a kill at any moment leaves both or neither.
  private func runInTransaction(_ file: MigrationFile, _ checksum: String, on connection: PostgresConnection) async throws {
    do {
      try await connection.transaction { transaction in
        let started = ContinuousClock.now
        for statement in file.statements {
          do {
            try await transaction.script(statement.sql)
          } catch let error as PostgresError {
            throw failure(error, file, statement)
          }
        }
        let took = Int64((ContinuousClock.now - started) / .milliseconds(1))
        try await transaction.execute(
          MigrationStatements.record, Int32(file.version), file.name, checksum, took)
      }
    } catch let error as PostgresError {
      // COMMIT, where deferred constraints speak.
      throw failure(error, file, nil)
    }
  }

  /// Begun, then done, then recorded as done: what was interrupted is found unfinished and run again.
  private func runWithoutTransaction(_ file: MigrationFile, _ checksum: String, on connection: PostgresConnection) async throws {
    let started = ContinuousClock.now
    try await connection.execute(MigrationStatements.begin, Int32(file.version), file.name, checksum)
    for statement in file.statements {
      do {
        try await connection.script(statement.sql)
      } catch let error as PostgresError {
        throw failure(error, file, statement)
      }
    }
    try await refuseInvalidIndexes(file, on: connection)
    let took = Int64((ContinuousClock.now - started) / .milliseconds(1))
    try await connection.execute(MigrationStatements.finish, Int32(file.version), took)
  }

  /// A failed CREATE INDEX CONCURRENTLY leaves an index that exists, costs and answers nothing; `IF NOT EXISTS` then skips it.
  private func refuseInvalidIndexes(_ file: MigrationFile, on connection: PostgresConnection) async throws {
    let rows = try await connection.query(MigrationStatements.invalidIndexes)
    guard let index = try rows.first?[0, as: String.self] else { return }
    throw MigrationError(
      .failed, "the index \(index) is invalid, from an earlier attempt to make it",
      advice: "Drop it (DROP INDEX CONCURRENTLY \(index)) and run the migrations again.", file: file.fileName)
  }

  private func failure(_ error: PostgresError, _ file: MigrationFile, _ statement: SQLScript.Statement?) -> MigrationError {
    var line: Int?
    if let statement {
      line = statement.line + (error.position.map { SQLScript.line(ofCharacter: $0, in: statement.sql) - 1 } ?? 0)
    }
    let message = error.message + (error.detail.map { ": \($0)" } ?? "")
    return MigrationError(
      .failed, message, advice: advice(error, file), file: file.fileName, line: line, sqlState: error.sqlState)
  }

  private func advice(_ error: PostgresError, _ file: MigrationFile) -> String {
    if error.sqlState == .lockNotAvailable {
      return "A table was in use for more than \(statementLockTimeoutMilliseconds) ms; run it again at a quieter time."
    }
    let hint = error.hint.map { "The server suggests: \($0) " } ?? ""
    if error.code == .commitUnknown {
      return hint + "The connection broke at the very end; `status` tells whether it was applied."
    }
    return hint
      + (file.isTransactional
        ? "Nothing of this file was applied." : "What stands before that line was applied; it will be run again from its start.")
  }
}
