public import TextIndex

/// What became of one word, stage by stage: for analysts.
public struct WordExplanation: Sendable {
  public struct Term: Sendable, Equatable {
    public let kind: TermKind
    public let text: String
    public let weight: Float
  }

  /// As it stands in the text, and where, in UTF-8 bytes.
  public let written: String
  public let source: Range<Int>
  public let folded: String
  /// latin, arabic, number, other.
  public let script: String
  /// What the dictionaries say of it: name, whole, stop.
  public let notes: [String]
  /// Without article or particle.
  public let bare: String?
  public let stem: String?
  /// Everything it is indexed under or looked for by, strongest first; nothing for what a query leaves out.
  public let terms: [Term]
}

/// What became of a text.
public struct TextExplanation: Sendable {
  public let words: [WordExplanation]
  /// Where reading stopped because the text was too long.
  public let cutOffset: Int?
}

extension BilingualAnalyzer {
  /// Analyses a text and keeps every stage. Slow: for one text at a time.
  public func explain(_ text: String) -> TextExplanation {
    var tokens = TokenBuffer()
    analyze(text, into: &tokens)
    let bytes = Array(text.utf8)
    let words = explainWords(text).map { found, forms in
      WordExplanation(
        written: String(decoding: bytes[found.start..<found.end], as: UTF8.self), source: found.start..<found.end,
        folded: found.word.text, script: "\(found.script)", notes: Self.notes(forms.flags), bare: forms.bare?.text,
        stem: forms.stem?.text, terms: Self.terms(of: found, in: tokens))
    }
    return TextExplanation(words: words, cutOffset: tokens.cutOffset)
  }

  private static func notes(_ flags: Vocabulary.Flags) -> [String] {
    [(Vocabulary.Flags.name, "name"), (.whole, "whole word"), (.stop, "stop word")].filter { flags.contains($0.0) }.map(\.1)
  }

  private static func terms(of found: FoundWord, in tokens: TokenBuffer) -> [WordExplanation.Term] {
    let isSame = { (token: TokenBuffer.Token) in
      Int(token.sourceStart) == found.start && Int(token.sourceEnd) == found.end
    }
    return tokens.tokens.indices.filter { isSame(tokens.tokens[$0]) }.flatMap { token in
      tokens.alternatives(of: token).map { alternative in
        WordExplanation.Term(
          kind: tokens.alternatives[alternative].kind,
          text: String(decoding: tokens.key(of: alternative).dropFirst(), as: UTF8.self),
          weight: tokens.alternatives[alternative].weight)
      }
    }
  }
}
