/// Makes terms of text. Index building and queries use the same one, so that they meet.
public protocol TextAnalyzer: Sendable {
  /// Appends the tokens of `text`. Any text is right: empty, of any script, of any length.
  func analyze(_ text: String, into tokens: inout TokenBuffer)
}

/// The plainest analyser that serves every script: words are runs of letters, marks and numbers, in lower case.
///
/// Once the buffer is warm it allocates nothing: a scalar's lower case is a string of a few bytes, which Swift keeps in place.
public struct CaseFoldingSplitter: TextAnalyzer {
  public init() {}

  public func analyze(_ text: String, into tokens: inout TokenBuffer) {
    var position = tokens.tokens.last.map { Int($0.position) + 1 } ?? 0
    var offset = 0
    var inWord = false
    for scalar in text.unicodeScalars {
      if Self.isPartOfWord(scalar) {
        if !inWord {
          inWord = true
          tokens.beginToken(position: position, source: offset..<offset)
          tokens.beginAlternative(.surface)
          position += 1
        }
        Self.appendLowerCase(of: scalar, to: &tokens)
      } else if inWord {
        inWord = false
        tokens.endToken(sourceEnd: offset)
      }
      offset += UTF8.width(scalar)
    }
    if inWord { tokens.endToken(sourceEnd: offset) }
  }

  @inline(__always)
  private static func appendLowerCase(of scalar: Unicode.Scalar, to tokens: inout TokenBuffer) {
    switch scalar.value {
    case 0x41...0x5A: tokens.append(Unicode.Scalar(UInt8(scalar.value) | 0x20))
    case 0..<0x80, 0x600..<0x900: tokens.append(scalar)  // ASCII that is low already; Arabic, Syriac and their kin have no case
    default: for lower in scalar.properties.lowercaseMapping.unicodeScalars { tokens.append(lower) }
    }
  }

  @inline(__always)
  private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0..<0x80: false
    case 0x620...0x652, 0x660...0x669: true  // the Arabic letters, marks and digits, without looking them up
    default:
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark,
        .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
        true
      default: false
      }
    }
  }
}
