/// What went wrong between this process and PostgreSQL.
///
/// It never holds parameter values, rows or passwords: the server's `DETAIL` is dropped, and quoted input is cut out of
/// messages about bad values. So it may be logged; what a client of the API sees is decided elsewhere.
public struct PostgresError: Error, Sendable, Hashable {
  public enum Code: Sendable, Hashable {
    /// The server refused the statement; `sqlState` says why.
    case server
    /// The connection broke while the statement was under way: it may or may not have run.
    case connectionLost
    /// The connection broke while COMMIT was under way: the transaction is either wholly there or wholly gone.
    case commitUnknown
    /// The database cannot be reached; try again after so long.
    case unavailable(retryAfterMilliseconds: UInt64)
    /// Every connection is busy and the queue is full, or the wait in it was too long.
    case overloaded
    /// The statement ran into its deadline and was cancelled.
    case timeout
    /// The task was cancelled, and the statement with it.
    case cancelled
    /// COMMIT answered with ROLLBACK, because a statement had failed and the body ignored it.
    case transactionAborted
    /// A column cannot be read as the type asked for, or a row has other columns than expected.
    case decoding
    /// A parameter cannot be sent (such as a numeric that is not a number, or text with a zero byte).
    case encoding
    /// The connection string or the server's configuration is wrong; trying again cannot help until someone mends it.
    case configuration
    /// The pool or connection has been closed by this process.
    case closed
    /// The call is not allowed here, such as a COPY through `query`.
    case misuse
    /// Server and client disagree about the protocol; the connection is dropped.
    case protocolViolation
  }

  public let code: Code
  public let message: String
  public var sqlState: SQLState?
  /// Names of schema objects the server pointed at.
  public var constraint: String?
  public var table: String?
  public var column: String?
  public var hint: String?
  /// Only for scripts without parameters (migrations): what the server added, and where, as a 1-based character position.
  public var detail: String?
  public var position: Int?
  /// In a pipeline, which statement it was, counted from 0.
  public var statementIndex: Int?

  public init(_ code: Code, _ message: String, sqlState: SQLState? = nil) {
    self.code = code
    self.message = message
    self.sqlState = sqlState
  }

  /// Whether the same transaction, run again, may succeed: serialization failure or deadlock.
  public var isConflict: Bool { sqlState?.category == .conflict && (code == .server || code == .transactionAborted) }

  public func violates(_ constraint: String) -> Bool { self.constraint == constraint }

  /// A short, stable name for metrics.
  public var metricClass: String {
    switch code {
    case .server: sqlState?.category.rawValue ?? "other"
    case .connectionLost: "connection_lost"
    case .commitUnknown: "commit_unknown"
    case .unavailable: "unavailable"
    case .overloaded: "overloaded"
    case .timeout: "timeout"
    case .cancelled: "cancelled"
    case .transactionAborted: "transaction_aborted"
    case .decoding: "decoding"
    case .encoding: "encoding"
    case .configuration: "configuration"
    case .closed: "closed"
    case .misuse: "misuse"
    case .protocolViolation: "protocol"
    }
  }
}

extension PostgresError: CustomStringConvertible {
  public var description: String {
    var text = message
    if let sqlState { text += " (SQLSTATE \(sqlState))" }
    if let constraint { text += ", constraint \(constraint)" }
    if let statementIndex { text += ", statement \(statementIndex) of the pipeline" }
    return text
  }
}

extension PostgresError {
  /// The server's message without the input it quotes. Class 22 messages end in the offending value
  /// (`invalid input syntax for type integer: "…"`); elsewhere quotes hold names from the schema.
  static func redacted(_ message: String, state: SQLState?) -> String {
    guard state?.category == .data else { return message }
    var cut = message[...]
    if let quote = cut.firstIndex(of: "\"") { cut = cut[..<quote] }
    if let colon = cut.range(ofColonBeforeValue: ()) { cut = cut[..<colon] }
    while let last = cut.last, last == " " || last == ":" { cut = cut.dropLast() }
    return String(cut)
  }
}

extension Substring {
  fileprivate func range(ofColonBeforeValue: Void) -> Index? {
    indices.first { self[$0] == ":" && self[index(after: $0)...].first == " " }
  }
}
