public import PostgresClient

/// Why migrations cannot be run, in words for whoever runs them.
public struct MigrationError: Error, Sendable, Hashable {
  public enum Code: String, Sendable {
    /// The folder or a file cannot be read.
    case unreadable
    /// A file's name or its directives are not as they must be.
    case badFile
    /// A file that was applied has been edited since.
    case changed
    /// A file that was applied is gone.
    case missing
    /// A new file has a number below one that was applied.
    case outOfOrder
    /// A statement failed.
    case failed
    /// Somebody else holds the lock for too long.
    case locked
  }

  public let code: Code
  public let message: String
  /// What to do about it.
  public let advice: String
  public var file: String?
  public var line: Int?
  public var sqlState: SQLState?

  public init(
    _ code: Code, _ message: String, advice: String, file: String? = nil, line: Int? = nil, sqlState: SQLState? = nil
  ) {
    self.code = code
    self.message = message
    self.advice = advice
    self.file = file
    self.line = line
    self.sqlState = sqlState
  }
}

extension MigrationError: CustomStringConvertible {
  public var description: String {
    let place = file.map { file in file + (line.map { ":\($0)" } ?? "") + ": " } ?? ""
    let state = sqlState.map { " (SQLSTATE \($0))" } ?? ""
    return "\(place)\(message)\(state). \(advice)"
  }
}
