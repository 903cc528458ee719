/// Where text goes: a terminal, a pipe, a file, or a test's memory.
public protocol ConsoleStream: Sendable {
  var isTerminal: Bool { get }
  /// Asked again before each live redraw, so that a resized window is noticed without a signal handler.
  func columns() -> Int?
  func write(_ text: String) throws(ConsoleWriteError)
}

/// A write that failed: the disk is full, or the reader of the pipe has gone.
public struct ConsoleWriteError: Error, Sendable, Equatable {
  public let errorNumber: Int32
  public let reason: String

  public init(errorNumber: Int32, reason: String) {
    self.errorNumber = errorNumber
    self.reason = reason
  }
}

/// What a stream can show.
public struct ConsoleTraits: Sendable, Equatable {
  /// The line can be redrawn in place.
  public let isInteractive: Bool
  public let hasColours: Bool
  public let hasUnicode: Bool

  public init(isInteractive: Bool, hasColours: Bool, hasUnicode: Bool) {
    self.isInteractive = isInteractive
    self.hasColours = hasColours
    self.hasUnicode = hasUnicode
  }

  /// Follows NO_COLOR (no-color.org), TERM=dumb and the locale's character set.
  public init(isTerminal: Bool, environment: [String: String]) {
    let term = environment["TERM"] ?? ""
    isInteractive = isTerminal && term != "dumb" && !term.isEmpty
    hasColours = isInteractive && (environment["NO_COLOR"] ?? "").isEmpty
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    let charset = locale.uppercased()
    hasUnicode = charset.contains("UTF-8") || charset.contains("UTF8")
  }
}

public enum TextStyle: String, Sendable {
  case bold = "1"
  case dim = "2"
  case red = "31"
  case green = "32"
  case yellow = "33"
  case cyan = "36"

  /// The text in this style, where there are colours.
  public func applied(to text: String, _ traits: ConsoleTraits) -> String {
    traits.hasColours && !text.isEmpty ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
  }
}
