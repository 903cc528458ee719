import Columns

/// Why an index could not be verified, made or published. What is wrong with the database is a `PostgresError`.
public enum IndexOperationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// There is no index file, and nobody who would write one.
  case noIndex(path: String)
  case unusable(path: String, reason: String)
  /// The file system refused.
  case file(reason: String)
  /// A node follows the log and has not saved its index in time.
  case nodeIsSilent(seconds: Int)
  /// The file cannot be brought forward.
  case slotGone(path: String, slot: String)
  case busy(path: String)
  /// What was made before has not been taken up.
  case isWaiting(path: String)
  case nothingToReturnTo(path: String)
  case checkFailed([String])
  /// The node looked at it and went on with what it had.
  case refused
  case notTakenUp(seconds: Int)

  public var description: String {
    switch self {
    case .noIndex(let path): "there is no index in \(path), and no node that serves one"
    case .unusable(let path, let reason): "\(path) cannot be used: \(reason)"
    case .file(let reason): reason
    case .nodeIsSilent(let seconds): "the node has not saved its index within \(seconds) s, although somebody follows its slot"
    case .slotGone(let path, let slot): "\(path) cannot be brought forward: its replication slot \(slot) is gone or lost"
    case .busy(let path): "somebody else makes an index there just now: \(path) is locked"
    case .isWaiting(let path): "\(path) has been published and waits to be taken up"
    case .nothingToReturnTo(let path): "there is no earlier index to return to: \(path) is not there"
    case .checkFailed(let reasons): "the index that was made is not right: \(reasons.joined(separator: "; "))"
    case .refused: "the node would not take the index up; its log says why"
    case .notTakenUp(let seconds): "the node has not taken the index up within \(seconds) s"
    }
  }
}

/// Failures of files in the words of operations.
func explainingFiles<R>(_ path: String, _ body: () async throws -> R) async throws -> R {
  do {
    return try await body()
  } catch let error as StateFileError {
    if case .system = error { throw IndexOperationError.file(reason: error.description) }
    throw IndexOperationError.unusable(path: path, reason: error.description)
  } catch let error as ColumnFileError {
    throw IndexOperationError.unusable(path: path, reason: error.description)
  }
}
