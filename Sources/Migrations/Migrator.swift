// Migrations: numbered SQL files, applied in order, once, each wholly or not at all, whoever else tries at the same time.
public import PostgresClient

/// What a migrator tells while it works.
public enum MigrationEvent: Sendable, Hashable {
  /// Somebody else migrates; told once.
  case waiting(holder: String)
  case applying(version: Int, name: String)
  case applied(version: Int, name: String, durationMilliseconds: Int64)
}

/// Brings a database up to date with a folder of migrations.
public struct Migrator: Sendable {
  let database: Database
  let directory: MigrationDirectory
  /// A statement that waits for a lock makes everyone behind it wait too; rather fail and be run again.
  public var statementLockTimeoutMilliseconds: UInt64 = 10_000
  /// How long to wait for another migrator.
  public var lockWaitSeconds: Int64 = 600

  public init(database: Database, directory: String) {
    self.database = database
    self.directory = MigrationDirectory(path: directory)
  }

  /// What is applied, pending, changed. Changes nothing and waits for nobody.
  public func status() async throws -> MigrationPlan {
    let files = try directory.files()
    return try await explained {
      try await database.withDedicatedConnection { connection in
        try await plan(files, on: connection)
      }
    }
  }

  /// Applies what is pending; returns it. Throws before anything is run if files and database do not fit.
  @discardableResult
  public func migrate(_ onEvent: @escaping @Sendable (MigrationEvent) -> Void = { _ in }) async throws -> [MigrationFile] {
    let files = try directory.files()
    return try await explained {
      try await database.withDedicatedConnection { connection in
        try await connection.script(
          "SET statement_timeout = 0; SET lock_timeout = \(statementLockTimeoutMilliseconds); SET client_min_messages = warning")
        // Closing the connection gives the lock back, however this ends.
        try await lock(connection, onEvent)
        try await makeTable(connection)
        let plan = try await plan(files, on: connection)
        if let problem = plan.problem { throw problem }
        return try await apply(plan, on: connection, onEvent)
      }
    }
  }

  private func apply(
    _ plan: MigrationPlan, on connection: PostgresConnection, _ onEvent: @Sendable (MigrationEvent) -> Void
  ) async throws -> [MigrationFile] {
    var applied: [MigrationFile] = []
    for entry in plan.pending {
      guard let file = entry.file, let checksum = entry.checksum else { continue }
      onEvent(.applying(version: file.version, name: file.name))
      let started = ContinuousClock.now
      try await run(file, checksum, on: connection)
      let took = (ContinuousClock.now - started) / .milliseconds(1)
      onEvent(.applied(version: file.version, name: file.name, durationMilliseconds: Int64(took)))
      applied.append(file)
    }
    return applied
  }

  private func plan(_ files: [MigrationFile], on connection: PostgresConnection) async throws -> MigrationPlan {
    let checksums = try await connection.pipeline { pipeline in
      for file in files { pipeline.add(MigrationStatements.checksum, Array(file.sql.utf8)) }
    }
    let sums = try checksums.map { try $0.only()[0, as: String.self] }
    return try MigrationPlan(
      files: zip(files, sums).map { (file: $0, checksum: $1) }, applied: try await applied(on: connection))
  }

  private func applied(on connection: PostgresConnection) async throws -> [AppliedMigration] {
    guard try await connection.query(MigrationStatements.tableExists).only()[0, as: Bool.self] else { return [] }
    return try await connection.query(MigrationStatements.applied).map { row in
      var reader = row.reader
      return AppliedMigration(
        version: Int(try reader.next(Int32.self)), name: try reader.next(), checksum: try reader.next(),
        appliedAt: try reader.next(), durationMilliseconds: try reader.next())
    }
  }

  /// Not `IF NOT EXISTS` alone: that asks for the right to create even where nothing is to be created.
  private func makeTable(_ connection: PostgresConnection) async throws {
    guard try await !connection.query(MigrationStatements.tableExists).only()[0, as: Bool.self] else { return }
    try await connection.script(MigrationStatements.makeTable)
  }

  /// Errors of the database, outside of any file, in the same words as the others.
  private func explained<R>(_ body: () async throws -> R) async throws -> R {
    do {
      return try await body()
    } catch let error as PostgresError {
      throw MigrationError(
        .failed, error.message, advice: "No migration was running; the database said this.", sqlState: error.sqlState)
    }
  }
}
