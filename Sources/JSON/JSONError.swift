/// Why text is not an acceptable document, and where.
public struct JSONError: Error, Sendable, Equatable {
  public enum Code: String, Sendable {
    case empty, syntax, encoding, tooLong, tooDeep, duplicateName, outOfMemory
  }

  public let code: Code
  /// What is wrong, in plain English; it never repeats the text.
  public let reason: String
  /// Zero-based position in the text, in bytes.
  public let byteOffset: Int
  /// One-based line and column; columns count characters as an editor does.
  public let line: Int
  public let column: Int

  init(_ code: Code, _ reason: String, byteOffset: Int = 0, line: Int = 1, column: Int = 1) {
    self.code = code
    self.reason = reason
    self.byteOffset = byteOffset
    self.line = line
    self.column = column
  }
}

extension JSONError: CustomStringConvertible {
  public var description: String { "\(reason) at line \(line), column \(column) (byte \(byteOffset))" }
}
