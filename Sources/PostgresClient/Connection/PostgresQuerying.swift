/// What can be asked statements: the database, a connection, a transaction. Features take `some PostgresQuerying`, so that
/// the same SQL runs alone or inside a transaction.
public protocol PostgresQuerying: Sendable {
  /// Runs one statement. Throws `PostgresError`.
  func query<each Parameter: PostgresEncodable>(
    _ query: PreparedQuery, _ parameters: repeat each Parameter, timeoutMilliseconds: UInt64?
  ) async throws -> Rows

  /// Runs several statements in one round trip, as one transaction: if one fails, none happened and those behind it were
  /// not run; the error's `statementIndex` says which. Inside a transaction they are part of it.
  @discardableResult
  func pipeline(timeoutMilliseconds: UInt64?, _ build: @Sendable (inout PipelineBuilder) -> Void) async throws -> [Rows]
}

extension PostgresQuerying {
  public func query<each Parameter: PostgresEncodable>(
    _ query: PreparedQuery, _ parameters: repeat each Parameter
  ) async throws -> Rows {
    try await self.query(query, repeat each parameters, timeoutMilliseconds: nil)
  }

  /// Runs a statement for its effect; returns how many rows it touched.
  @discardableResult
  public func execute<each Parameter: PostgresEncodable>(
    _ query: PreparedQuery, _ parameters: repeat each Parameter
  ) async throws -> Int {
    try await self.query(query, repeat each parameters, timeoutMilliseconds: nil).affectedCount
  }

  @discardableResult
  public func pipeline(_ build: @Sendable (inout PipelineBuilder) -> Void) async throws -> [Rows] {
    try await pipeline(timeoutMilliseconds: nil, build)
  }
}

/// Collects the statements of one pipeline.
public struct PipelineBuilder: Sendable {
  struct Step: Sendable {
    let query: PreparedQuery
    let encode: @Sendable (inout ParameterWriter) -> Void
  }

  private(set) var steps: [Step] = []

  /// Adds a statement; returns its place in the results.
  @discardableResult
  public mutating func add<each Parameter: PostgresEncodable>(
    _ query: PreparedQuery, _ parameters: repeat each Parameter
  ) -> Int {
    steps.append(Step(query: query) { writer in repeat writer.add(each parameters) })
    return steps.count - 1
  }
}
