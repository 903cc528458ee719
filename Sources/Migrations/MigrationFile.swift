public import PostgresClient

/// One numbered file of SQL.
public struct MigrationFile: Sendable {
  public let version: Int
  /// The part between the number and `.sql`.
  public let name: String
  public let fileName: String
  public let sql: String
  /// Whether all of it happens or nothing; `-- qareeb: no-transaction` at the top turns it off, for statements that
  /// PostgreSQL refuses in a transaction (CREATE INDEX CONCURRENTLY). Such a file is run again from its start if it was
  /// interrupted, so its statements must bear that.
  public let isTransactional: Bool
  public let statements: [SQLScript.Statement]

  /// Checks everything that can be known without a database.
  public init(fileName: String, sql: String) throws(MigrationError) {
    (version, name) = try MigrationFile.parts(ofName: fileName)
    self.fileName = fileName
    self.sql = sql
    isTransactional = try MigrationFile.isTransactional(sql, fileName: fileName)
    do throws(SQLScript.Unterminated) {
      statements = try SQLScript(sql).statements
    } catch {
      throw MigrationError(
        .badFile, "a string, quoted name, dollar quote or comment has no end", advice: "Close it.", file: fileName,
        line: error.line)
    }
    if isTransactional { try refuseTransactionControl() }
  }

  /// `0001-foundations.sql`: digits, a hyphen, lower-case words.
  static func parts(ofName fileName: String) throws(MigrationError) -> (version: Int, name: String) {
    let bad = MigrationError(
      .badFile, "the name of a migration is a number of four digits, a hyphen and a name in lower case",
      advice: "Rename it, such as 0042-add-ratings.sql.", file: fileName)
    guard fileName.hasSuffix(".sql") else { throw bad }
    let stem = fileName.dropLast(4)
    guard let hyphen = stem.firstIndex(of: "-") else { throw bad }
    let digits = stem[..<hyphen]
    let name = stem[stem.index(after: hyphen)...]
    guard digits.utf8.count == 4, digits.utf8.allSatisfy({ (48...57).contains($0) }), let version = Int(digits), version > 0,
      !name.isEmpty, name.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95 })
    else { throw bad }
    return (version, String(name))
  }

  private static let directive = "-- qareeb:"

  /// Directives stand in the comment at the top.
  private static func isTransactional(_ sql: String, fileName: String) throws(MigrationError) -> Bool {
    var isTransactional = true
    for (index, line) in sql.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard line.hasPrefix("--") || line.allSatisfy(\.isWhitespace) else { break }
      guard line.hasPrefix(directive) else { continue }
      switch line.dropFirst(directive.count).filter({ !$0.isWhitespace }) {
      case "no-transaction": isTransactional = false
      default:
        throw MigrationError(
          .badFile, "the directive is not known: \(line)", advice: "The only one is '\(directive) no-transaction'.",
          file: fileName, line: index + 1)
      }
    }
    return isTransactional
  }

  private func refuseTransactionControl() throws(MigrationError) {
    let control: Set = ["begin", "start", "commit", "end", "rollback", "abort"]
    for statement in statements {
      guard let first = statement.words.first, control.contains(first) else { continue }
      throw MigrationError(
        .badFile, "\(first.uppercased()) in a migration, which runs in a transaction of its own",
        advice: "Remove it, or put '\(MigrationFile.directive) no-transaction' at the top.", file: fileName,
        line: statement.line)
    }
  }
}
