/// The five characters PostgreSQL gives every error (its manual, appendix A).
public struct SQLState: Sendable, Hashable, CustomStringConvertible {
  /// Five ASCII bytes, first in the highest place.
  private let packed: UInt64

  /// Nil unless `text` is five capitals or digits.
  public init?(_ text: some StringProtocol) {
    var packed: UInt64 = 0
    var count = 0
    for byte in text.utf8 {
      guard SQLState.isAllowed(byte), count < 5 else { return nil }
      packed = packed << 8 | UInt64(byte)
      count += 1
    }
    guard count == 5 else { return nil }
    self.packed = packed
  }

  private init(known text: StaticString) {
    precondition(text.utf8CodeUnitCount == 5, "an SQLSTATE has five characters")
    packed = text.withUTF8Buffer { $0.reduce(0) { $0 << 8 | UInt64($1) } }
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  public var description: String {
    String(decoding: (0..<5).reversed().map { UInt8(truncatingIfNeeded: packed >> (8 * UInt64($0))) }, as: UTF8.self)
  }

  /// The first two characters, such as `23` for violated constraints.
  public var classCode: String { String(description.prefix(2)) }

  fileprivate func isOfClass(_ code: StaticString) -> Bool {
    packed >> 24 == code.withUTF8Buffer { UInt64($0[0]) << 8 | UInt64($0[1]) }
  }

  public static let notNullViolation = SQLState(known: "23502")
  public static let foreignKeyViolation = SQLState(known: "23503")
  public static let uniqueViolation = SQLState(known: "23505")
  public static let checkViolation = SQLState(known: "23514")
  public static let exclusionViolation = SQLState(known: "23P01")
  public static let noActiveTransaction = SQLState(known: "25P01")
  public static let inFailedTransaction = SQLState(known: "25P02")
  public static let invalidStatementName = SQLState(known: "26000")
  public static let invalidAuthorization = SQLState(known: "28000")
  public static let invalidPassword = SQLState(known: "28P01")
  public static let unknownDatabase = SQLState(known: "3D000")
  public static let serializationFailure = SQLState(known: "40001")
  public static let deadlockDetected = SQLState(known: "40P01")
  public static let undefinedTable = SQLState(known: "42P01")
  public static let undefinedObject = SQLState(known: "42704")
  public static let objectInUse = SQLState(known: "55006")
  public static let tooManyConnections = SQLState(known: "53300")
  public static let lockNotAvailable = SQLState(known: "55P03")
  public static let queryCanceled = SQLState(known: "57014")
  public static let adminShutdown = SQLState(known: "57P01")
  public static let crashShutdown = SQLState(known: "57P02")
  public static let cannotConnectNow = SQLState(known: "57P03")
  public static let databaseDropped = SQLState(known: "57P04")
  public static let idleSessionTimeout = SQLState(known: "57P05")
  public static let raisedException = SQLState(known: "P0001")
}

extension SQLState {
  /// What a caller can do about an error, coarser than the code.
  public enum Category: String, Sendable, CaseIterable {
    /// The transaction lost against another one; run it again (40001, 40P01).
    case conflict
    /// The data break a rule the database keeps (class 23).
    case constraint
    /// A value does not fit (class 22).
    case data
    /// The statement is wrong: syntax, unknown names, missing privileges (classes 42, 26, 0A …).
    case statement
    /// The server ended or refuses the session; another connection may work (class 08, 57P0x, 53300).
    case session
    /// The statement was cancelled (57014) or could not get a lock in time (55P03).
    case cancelled
    /// The server ran short of memory, disk or slots (class 53, 54).
    case resources
    /// The configuration names a wrong user, password or database; trying again cannot help (class 28, 3D000).
    case configuration
    /// Anything else, among it errors raised by functions (P0001).
    case other
  }

  public var category: Category {
    switch self {
    case .serializationFailure, .deadlockDetected: .conflict
    case .queryCanceled, .lockNotAvailable: .cancelled
    case .adminShutdown, .crashShutdown, .cannotConnectNow, .databaseDropped, .idleSessionTimeout, .tooManyConnections: .session
    case .unknownDatabase: .configuration
    default: categoryOfClass
    }
  }

  private var categoryOfClass: Category {
    if isOfClass("23") { return .constraint }
    if isOfClass("22") { return .data }
    if isOfClass("42") || isOfClass("26") || isOfClass("0A") || isOfClass("34") || isOfClass("25") { return .statement }
    if isOfClass("08") { return .session }
    if isOfClass("28") || isOfClass("3D") { return .configuration }
    if isOfClass("40") { return .conflict }
    if isOfClass("53") || isOfClass("54") { return .resources }
    return .other
  }

  /// Finds the code in a message libpq built with verbose errors, `… FATAL:  28P01: password …`: while connecting, libpq
  /// offers the message only.
  static func inVerboseMessage(_ message: String) -> (state: SQLState, rest: Substring)? {
    var rest = message[...]
    while let colon = rest.firstIndex(of: ":") {
      rest = rest[rest.index(after: colon)...]
      guard rest.hasPrefix("  ") else { continue }
      let candidate = rest.dropFirst(2)
      guard let state = SQLState(candidate.prefix(5)), candidate.dropFirst(5).hasPrefix(": ") else { continue }
      return (state, candidate.dropFirst(7))
    }
    return nil
  }
}
