/// One thing sent to the server whose answer comes in its turn. Touched only on its connection's loop.
final class Command: @unchecked Sendable {
  // Sendable: it is handed to a cancellation handler, which only passes it back to the loop.

  enum Role {
    case statement
    /// COMMIT: if the connection breaks now, nobody knows.
    case commit
    /// ROLLBACK: let finish, like COMMIT.
    case rollback
    case prepare
    case deallocate
    case sync
  }

  /// The end of a transaction is not stopped because its task is: half-way there is nothing to gain from stopping it, and
  /// everything from knowing.
  var isCancellable: Bool { role != .commit && role != .rollback }

  enum StopReason {
    case timeout
    case cancelled
  }

  let role: Role
  /// A read that shares its connection with others and is put again if they spoil it.
  let isShared: Bool
  var entry: StatementCache.Entry?
  var continuation: UnsafeContinuation<Rows, any Error>?
  /// For a pipeline: who collects the answers instead.
  var onAnswer: ((Result<Rows, any Error>) -> Void)?
  var deadlineMilliseconds = UInt64.max
  var stopReason: StopReason?
  var answer: Rows?
  var failure: PostgresError?
  /// The server skipped it because an earlier one of its group failed.
  var wasSkipped = false
  var hasAnswer: Bool { answer != nil || failure != nil || wasSkipped }

  init(_ role: Role, isShared: Bool = false) {
    self.role = role
    self.isShared = isShared
  }

  func finish(_ result: Result<Rows, any Error>) {
    if let continuation {
      self.continuation = nil
      continuation.resume(with: result)
    } else if let onAnswer {
      self.onAnswer = nil
      onAnswer(result)
    }
  }
}

/// A shared read was spoilt by a neighbour or by a lost connection; it has no effects, so the pool puts it again.
struct SharedReadSpoilt: Error {
  /// What to tell the caller when it has been put often enough.
  let reason: PostgresError
}
