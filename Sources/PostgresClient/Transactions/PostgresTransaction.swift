import EventLoops

public enum IsolationLevel: Sendable, Hashable, CaseIterable {
  case readCommitted
  case repeatableRead
  case serializable
}

/// How often a transaction that lost against another one is run again. Its body must bear being run again.
public struct TransactionRetry: Sendable, Hashable {
  public var maximumAttempts: Int
  public var backOff: BackOff

  public init(maximumAttempts: Int, backOff: BackOff) {
    precondition(maximumAttempts > 0, "a transaction is tried at least once")
    self.maximumAttempts = maximumAttempts
    self.backOff = backOff
  }

  /// Conflicts are short: five attempts within about half a second.
  public static let onConflict = TransactionRetry(
    maximumAttempts: 5, backOff: BackOff(baseMilliseconds: 5, maximumMilliseconds: 250))
  public static let never = TransactionRetry(
    maximumAttempts: 1, backOff: BackOff(baseMilliseconds: 1, maximumMilliseconds: 1))
}

/// An open transaction, valid inside the body it is passed to.
public final class PostgresTransaction: PostgresQuerying, @unchecked Sendable {
  // Sendable: its state is touched on the connection's loop only; every function goes there first.
  private let connection: PostgresConnection
  private let depth: Int
  private var hasEnded = false
  /// The failure that doomed the transaction, if the body ignored one.
  private(set) var lastFailure: PostgresError?

  init(connection: PostgresConnection, depth: Int = 0) {
    self.connection = connection
    self.depth = depth
  }

  func end() { hasEnded = true }

  public func query<each Parameter: PostgresEncodable>(
    _ query: PreparedQuery, _ parameters: repeat each Parameter, timeoutMilliseconds: UInt64?
  ) async throws -> Rows {
    guard connection.loop.isCurrent else {
      return try await connection.loop.run {
        try await self.query(query, repeat each parameters, timeoutMilliseconds: timeoutMilliseconds)
      }
    }
    try requireOpen()
    do {
      return try await connection.query(query, repeat each parameters, timeoutMilliseconds: timeoutMilliseconds)
    } catch {
      throw noted(error)
    }
  }

  @discardableResult
  public func pipeline(
    timeoutMilliseconds: UInt64?, _ build: @Sendable (inout PipelineBuilder) -> Void
  ) async throws -> [Rows] {
    var builder = PipelineBuilder()
    build(&builder)
    let steps = builder.steps
    return try await onLoop { [self] in try await connection.run(steps, timeoutMilliseconds: timeoutMilliseconds) }
  }

  /// Runs `COPY … FROM STDIN` inside the transaction.
  @discardableResult
  public func copyIn(_ sql: String, _ body: @escaping @Sendable (CopyWriter) async throws -> Void) async throws -> Int {
    try await onLoop { [self] in try await connection.copyIn(sql, body) }
  }

  /// Runs `COPY … TO STDOUT` inside the transaction.
  @discardableResult
  public func copyOut<R: Sendable>(
    _ sql: String, _ body: @escaping @Sendable (CopyChunks) async throws -> R
  ) async throws -> R {
    try await onLoop { [self] in try await connection.copyOut(sql, body) }
  }

  /// Runs SQL as text inside the transaction; for migrations.
  public func script(_ sql: String, timeoutMilliseconds: UInt64? = nil) async throws {
    try await onLoop { [self] in try await connection.script(sql, timeoutMilliseconds: timeoutMilliseconds) }
  }

  /// A part that can fail by itself: if `body` throws, what it did is undone, and the transaction goes on.
  @discardableResult
  public func savepoint<R: Sendable>(
    _ body: @escaping @Sendable (PostgresTransaction) async throws -> R
  ) async throws -> R {
    try await onLoop { [self] in try await runSavepoint(body) }
  }

  private func runSavepoint<R: Sendable>(_ body: @Sendable (PostgresTransaction) async throws -> R) async throws -> R {
    let name = "level_\(depth + 1)"
    _ = try await connection.query(PreparedQuery(adHoc: "SAVEPOINT \(name)"), timeoutMilliseconds: nil)
    let inner = PostgresTransaction(connection: connection, depth: depth + 1)
    do {
      let result = try await body(inner)
      inner.end()
      _ = try await connection.query(PreparedQuery(adHoc: "RELEASE SAVEPOINT \(name)"), timeoutMilliseconds: nil)
      return result
    } catch {
      inner.end()
      // If the connection is gone, the transaction is too, and the first error tells.
      guard !connection.isClosed else { throw error }
      _ = try await connection.query(
        PreparedQuery(adHoc: "ROLLBACK TO SAVEPOINT \(name)"), role: .rollback, isShared: false,
        timeoutMilliseconds: PostgresLimits.rollbackMilliseconds)
      throw error
    }
  }

  private func onLoop<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
    try await connection.loop.run { [self] in
      try requireOpen()
      do {
        return try await body()
      } catch {
        throw noted(error)
      }
    }
  }

  private func requireOpen() throws {
    guard !hasEnded else { throw PostgresError(.misuse, "the transaction has ended") }
  }

  private func noted(_ error: any Error) -> any Error {
    if let error = error as? PostgresError { lastFailure = error }
    return error
  }
}
