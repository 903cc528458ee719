/// Makes terms of text. Index building and queries use the same one, so that they meet.
public protocol TextAnalyzer: Sendable {
  /// Appends the tokens of `text`. Any text is right: empty, of any script, of any length.
  func analyze(_ text: String, into tokens: inout TokenBuffer)
}
