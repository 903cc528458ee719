import EventLoops
import PostgresClient
import TestSupport

/// Loops and a database for one test, closed whatever happens.
func withDatabase<R: Sendable>(
  loops: Int = 1, on testDatabase: TestDatabase? = nil, random: @escaping RandomSource = systemRandomSource,
  configure: (inout DatabaseConfiguration) -> Void = { _ in }, _ body: @escaping @Sendable (Database) async throws -> R
) async throws -> R {
  let home: TestDatabase
  if let testDatabase { home = testDatabase } else { home = try await sharedDatabase.value }
  var configuration = try DatabaseConfiguration(connectionString: home.connectionString)
  configuration.maximumConnectionsPerLoop = 4
  configure(&configuration)
  let group = try EventLoopGroup(count: loops)
  let database = try Database(group: group, configuration: configuration, random: random)
  let result: Result<R, any Error>
  do {
    result = .success(try await body(database))
  } catch {
    result = .failure(error)
  }
  await database.close()
  await group.shutdown()
  return try result.get()
}

/// One connection for one test, on a loop of its own.
func withConnection<R: Sendable>(
  options: ConnectionOptions = ConnectionOptions(), _ body: @escaping @Sendable (PostgresConnection) async throws -> R
) async throws -> R {
  let home = try await sharedDatabase.value
  let group = try EventLoopGroup(count: 1)
  let connection = try await PostgresConnection.connect(
    try ConnectionTarget(home.connectionString), on: group.loops[0], options: options)
  let result: Result<R, any Error>
  do {
    result = .success(try await group.loops[0].run { try await body(connection) })
  } catch {
    result = .failure(error)
  }
  await connection.close()
  await group.shutdown()
  return try result.get()
}

/// For tests that leave nothing behind, or only tables named after themselves.
let sharedDatabase = Task { try await TestDatabase.make() }

/// The error of a call that must fail.
func failure(_ body: () async throws -> some Any) async -> PostgresError? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error as? PostgresError
  }
}
