import Synchronization

/// A statement a program runs again and again: a static value, prepared once on each connection and then found by its
/// number instead of its text.
///
/// ```swift
/// static let byID = PreparedQuery(reading: "SELECT name, price_minor FROM catalogue.service WHERE id = $1")
/// ```
public struct PreparedQuery: Sendable {
  public let sql: String
  /// Whether it only reads and is quick: then reads of one turn share a connection, one message and one answer. If a
  /// neighbour fails it is put again, so it must have no effects, in the functions it calls either.
  public let isSharedRead: Bool
  /// Nil for text that is met at run time.
  let number: Int?

  private static let counter = Atomic<Int>(0)

  /// Runs alone on its connection.
  public init(_ sql: String) {
    self.init(sql, isSharedRead: false, isNumbered: true)
  }

  /// A quick read without effects, which may share its connection with others. A statement that visibly writes or locks is
  /// refused here, as a mistake in the program.
  public init(reading sql: String) {
    if let objection = PreparedQuery.objection(toSharing: sql) {
      preconditionFailure("\(objection): \(sql)")
    }
    self.init(sql, isSharedRead: true, isNumbered: true)
  }

  /// Text made at run time: found by hashing it, and forgotten when it has not been used for long.
  public init(adHoc sql: String) {
    self.init(sql, isSharedRead: false, isNumbered: false)
  }

  private init(_ sql: String, isSharedRead: Bool, isNumbered: Bool) {
    self.sql = sql
    self.isSharedRead = isSharedRead
    number = isNumbered ? PreparedQuery.nextNumber() : nil
  }

  private static func nextNumber() -> Int? {
    let number = counter.wrappingAdd(1, ordering: .relaxed).oldValue
    return number < PostgresLimits.numberedStatements ? number : nil
  }

  /// Why a statement cannot be a shared read, as far as its words tell; nil if nothing speaks against it.
  static func objection(toSharing sql: String) -> String? {
    guard let script = try? SQLScript(sql), script.statements.count == 1, let statement = script.statements.first else {
      return "a shared read is exactly one statement"
    }
    guard let first = statement.words.first, ["select", "with", "values", "table"].contains(first) else {
      return "a shared read begins with SELECT, WITH, VALUES or TABLE"
    }
    let effects: Set = ["insert", "update", "delete", "merge", "into", "share", "nextval", "setval", "pg_sleep"]
    guard let word = statement.words.first(where: effects.contains) else { return nil }
    return "a shared read has no effects and takes no locks, but this one says \(word.uppercased())"
  }
}

extension PreparedQuery: ExpressibleByStringLiteral {
  /// For statements written where they are used; found by hashing the text.
  public init(stringLiteral sql: String) { self.init(adHoc: sql) }
}
