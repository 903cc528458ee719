import EventLoops

extension PostgresConnection {
  /// Runs `body` in a transaction: COMMIT when it returns, ROLLBACK when it throws.
  ///
  /// When the connection breaks during COMMIT the error is `.commitUnknown`: the transaction is wholly there or wholly gone,
  /// and only reading tells which. Such a transaction is never run again by itself.
  @discardableResult
  public func transaction<R: Sendable>(
    isolation: IsolationLevel = .readCommitted, readOnly: Bool = false,
    _ body: @escaping @Sendable (PostgresTransaction) async throws -> R
  ) async throws -> R {
    guard loop.isCurrent else {
      return try await loop.run { try await self.transaction(isolation: isolation, readOnly: readOnly, body) }
    }
    try requirePipeline()
    guard pendingBegin == nil, transactionStatus != .open, transactionStatus != .failed else {
      throw PostgresError(.misuse, "a transaction is open on this connection; use savepoint")
    }
    // Sent with the first statement: a transaction of one statement takes two round trips, not three.
    pendingBegin = TransactionStatements.begin(isolation, readOnly: readOnly)
    let transaction = PostgresTransaction(connection: self)
    let result: R
    do {
      result = try await body(transaction)
      transaction.end()
    } catch {
      transaction.end()
      await rollBack()
      throw error
    }
    try await commit(transaction)
    return result
  }

  private func commit(_ transaction: PostgresTransaction) async throws {
    if pendingBegin != nil {
      // Nothing was asked of the server.
      pendingBegin = nil
      return
    }
    let answer = try await query(
      TransactionStatements.commit, role: .commit, isShared: false, timeoutMilliseconds: nil)
    guard answer.commandTag == "ROLLBACK" else { return }
    var error = PostgresError(
      .transactionAborted, "the transaction was rolled back because a statement in it had failed",
      sqlState: transaction.lastFailure?.sqlState)
    error.constraint = transaction.lastFailure?.constraint
    throw error
  }

  /// Ends whatever transaction is open. A connection that cannot do that is of no more use.
  func rollBack() async {
    pendingBegin = nil
    guard !isClosed, transactionStatus != .idle else { return }
    do {
      _ = try await query(
        TransactionStatements.rollback, role: .rollback, isShared: false,
        timeoutMilliseconds: PostgresLimits.rollbackMilliseconds)
    } catch {
      close(PostgresError(.connectionLost, "a transaction could not be rolled back: \(error)"))
    }
  }
}

enum TransactionStatements {
  static let commit = PreparedQuery("COMMIT")
  static let rollback = PreparedQuery("ROLLBACK")

  static func begin(_ isolation: IsolationLevel, readOnly: Bool) -> PreparedQuery {
    switch (isolation, readOnly) {
    case (.readCommitted, false): readCommitted
    case (.readCommitted, true): readCommittedReadOnly
    case (.repeatableRead, false): repeatableRead
    case (.repeatableRead, true): repeatableReadReadOnly
    case (.serializable, false): serializable
    case (.serializable, true): serializableReadOnly
    }
  }

  private static let readCommitted = PreparedQuery("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
  private static let readCommittedReadOnly = PreparedQuery("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY")
  private static let repeatableRead = PreparedQuery("BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE")
  private static let repeatableReadReadOnly = PreparedQuery("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
  private static let serializable = PreparedQuery("BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE")
  private static let serializableReadOnly = PreparedQuery("BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY")
}
