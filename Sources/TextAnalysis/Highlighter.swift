public import TextIndex

/// Finds what of a shown text a query has found, so that it can be marked.
///
/// The text is analysed as it was for the index, so the same forms meet: حلاق marks كوافير رجالي, nail marks Nails, Waleed marks وليد. It
/// does not matter in which language text and query are.
public struct Highlighter: Sendable {
  private let analyzer: any TextAnalyzer

  /// - Parameter analyzer: the one the index was built with; of a `BilingualAnalyzer`, the one `with(.highlighting)`.
  public init(analyzer: any TextAnalyzer) { self.analyzer = analyzer }

  /// The parts of `text` that the words of a query have found: UTF-8 offsets, ascending, apart from each other, whole characters.
  ///
  /// - Parameters:
  ///   - words: the query, analysed.
  ///   - lastWordIsPrefix: whether the query's last word may be the beginning of one; the whole word is marked.
  public func ranges(in text: String, foundBy words: TokenBuffer, lastWordIsPrefix: Bool = false) -> [Range<Int>] {
    var tokens = TokenBuffer()
    analyzer.analyze(text, into: &tokens)
    let asked = Set(words.alternatives.indices.map { words.key(of: $0) })
    let beginnings = lastWordIsPrefix ? Self.beginnings(words) : []
    let found = (0..<tokens.count).filter { token in
      tokens.alternatives(of: token).contains { alternative in
        let key = tokens.key(of: alternative)
        return asked.contains(key) || beginnings.contains { key.starts(with: $0) }
      }
    }
    let ranges = found.map { Int(tokens.tokens[$0].sourceStart)..<Int(tokens.tokens[$0].sourceEnd) }
    return Self.wholeCharacters(ranges, in: text)
  }

  /// The surfaces of the last word.
  private static func beginnings(_ words: TokenBuffer) -> [[UInt8]] {
    guard words.count > 0 else { return [] }
    return words.alternatives(of: words.count - 1).filter { words.alternatives[$0].kind == .surface }.map { words.key(of: $0) }
  }

  /// Widens ranges to the characters that they touch, and joins those that then overlap. O(text + ranges · log text).
  private static func wholeCharacters(_ ranges: [Range<Int>], in text: String) -> [Range<Int>] {
    guard !ranges.isEmpty else { return [] }
    var edges = [0]
    for character in text { edges.append(edges[edges.count - 1] + character.utf8.count) }
    var whole: [Range<Int>] = []
    for range in ranges {
      let widened = edges[firstEdge(edges, above: range.lowerBound) - 1]..<edges[firstEdge(edges, above: range.upperBound - 1)]
      if let last = whole.last, widened.lowerBound < last.upperBound {
        whole[whole.count - 1] = last.lowerBound..<max(last.upperBound, widened.upperBound)
      } else {
        whole.append(widened)
      }
    }
    return whole
  }

  /// The place of the first edge above an offset inside the text.
  private static func firstEdge(_ edges: [Int], above offset: Int) -> Int {
    var (low, high) = (0, edges.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if edges[middle] > offset { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
