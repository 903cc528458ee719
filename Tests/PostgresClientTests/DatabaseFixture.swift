import Bytes
import EventLoops
import PostgresClient
import Synchronization
import Telemetry
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
  // A loaded machine must not look like an overloaded pool; tests of waiting set their own.
  configuration.acquireTimeoutMilliseconds = 120_000
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

extension MetricsRegistry {
  /// The page a scraper would get.
  var rendered: String {
    var buffer = ByteBuffer()
    render(into: &buffer)
    return String(buffer)
  }
}

/// Counts across tasks.
final class Tally: Sendable {
  private let count = Atomic<Int>(0)

  @discardableResult
  func add() -> Int { count.add(1, ordering: .relaxed).newValue }

  var value: Int { count.load(ordering: .relaxed) }
}

/// Keeps what happened, in order, across tasks.
final class Record<Element: Sendable>: Sendable {
  private let kept = Mutex<[Element]>([])

  func append(_ element: Element) { kept.withLock { $0.append(element) } }

  var elements: [Element] { kept.withLock { $0 } }
}
