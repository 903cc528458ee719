/// A file of SQL taken apart into its statements, as psql does: at semicolons outside of strings, comments, parentheses and
/// `BEGIN ATOMIC … END` bodies.
public struct SQLScript: Sendable {
  public struct Statement: Sendable, Hashable {
    /// Without the semicolon.
    public let sql: String
    /// The line of its first word, counted from 1.
    public let line: Int
    /// Its words outside of strings and comments, in lower case.
    public let words: [String]
  }

  public struct Unterminated: Error, Hashable, Sendable {
    public let line: Int
  }

  public let statements: [Statement]

  public init(_ text: String) throws(Unterminated) {
    let bytes = Array(text.utf8)
    var splitter = Splitter(bytes: bytes)
    for token in SQLTokens(bytes) { try splitter.take(token) }
    splitter.finish(at: bytes.count)
    statements = splitter.statements
  }

  /// The line, from 1, of a 1-based character position within `sql` (as the server counts, in code points).
  public static func line(ofCharacter position: Int, in sql: String) -> Int {
    1 + sql.unicodeScalars.prefix(max(0, position - 1)).count { $0 == "\n" }
  }
}

private struct Splitter {
  let bytes: [UInt8]
  var statements: [SQLScript.Statement] = []
  private var start: Int?
  private var end = 0
  private var words: [String] = []
  private var parentheses = 0
  /// Depth of BEGIN … END in a function body written in SQL itself.
  private var blocks = 0
  private var line = 1
  private var lineIsAt = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func take(_ token: SQLTokens.Token) throws(SQLScript.Unterminated) {
    switch token.kind {
    case .unterminated:
      throw SQLScript.Unterminated(line: line(at: token.range.lowerBound))
    case .symbol(UInt8(ascii: ";")) where parentheses <= 0 && blocks == 0:
      finish(at: token.range.lowerBound)
      return
    case .symbol(UInt8(ascii: "(")): parentheses += 1
    case .symbol(UInt8(ascii: ")")): parentheses -= 1
    case .word(let word):
      words.append(word)
      count(word)
    case .symbol, .opaque: break
    }
    if start == nil { start = token.range.lowerBound }
    end = token.range.upperBound
  }

  /// As psql: only CREATE FUNCTION and CREATE PROCEDURE have bodies, in which CASE has an END too.
  private mutating func count(_ word: String) {
    guard words.first == "create", words.prefix(4).contains(where: { $0 == "function" || $0 == "procedure" }) else { return }
    switch word {
    case "begin": blocks += 1
    case "case" where blocks > 0: blocks += 1
    case "end" where blocks > 0: blocks -= 1
    default: break
    }
  }

  mutating func finish(at limit: Int) {
    if let start {
      let sql = String(decoding: bytes[start..<min(end, limit)], as: UTF8.self)
      statements.append(SQLScript.Statement(sql: sql, line: line(at: start), words: words))
    }
    start = nil
    words = []
    parentheses = 0
    blocks = 0
  }

  /// Offsets are asked for in growing order, so the whole script is counted once.
  private mutating func line(at offset: Int) -> Int {
    if offset < lineIsAt { (line, lineIsAt) = (1, 0) }
    line += bytes[lineIsAt..<offset].count { $0 == 10 }
    lineIsAt = offset
    return line
  }
}
