import Foundation
import TextIndex

@testable import TextAnalysis

/// The repository's own dictionaries, and what the analysers make of texts with them.
enum Analysis {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("data/analysis")

  static let dictionaries: AnalysisDictionaries = {
    var dictionaries = AnalysisDictionaries()
    for file in AnalysisDictionaries.File.allCases {
      do {
        try dictionaries.add(file, [UInt8](Data(contentsOf: folder.appendingPathComponent(file.rawValue))))
      } catch {
        fatalError("data/analysis: \(error)")
      }
    }
    return dictionaries
  }()

  static let documents = BilingualAnalyzer(dictionaries)
  static let queries = documents.with(.query)
  static let typing = documents.with(.typing)
  static let bare = BilingualAnalyzer(AnalysisDictionaries())

  static func tokens(_ text: String, _ analyzer: BilingualAnalyzer = documents) -> TokenBuffer {
    var tokens = TokenBuffer()
    analyzer.analyze(text, into: &tokens)
    return tokens
  }

  /// The surfaces as written, one a word.
  static func words(_ text: String, _ analyzer: BilingualAnalyzer = documents) -> [String] {
    let tokens = tokens(text, analyzer)
    return (0..<tokens.count).map { Self.text(of: tokens.alternatives(of: $0).lowerBound, in: tokens) }
  }

  static func text(of alternative: Int, in tokens: TokenBuffer) -> String {
    String(decoding: tokens.key(of: alternative).dropFirst(), as: UTF8.self)
  }

  /// All terms of a text, as `kind:term`.
  static func terms(_ text: String, _ analyzer: BilingualAnalyzer = documents, _ kinds: [TermKind] = TermKind.allCases)
    -> [String]
  {
    let tokens = tokens(text, analyzer)
    return tokens.alternatives.indices.filter { kinds.contains(tokens.alternatives[$0].kind) }
      .map { "\(tokens.alternatives[$0].kind):\(self.text(of: $0, in: tokens))" }
  }

  /// The strongest way in which a query finds a document: every word of the query must, and the weakest of them says how. Nil: not at all.
  static func tier(_ query: String, _ document: String) -> TermKind? {
    let asked = tokens(query, queries)
    let held = tokens(document)
    let keys = Set(held.alternatives.indices.map { held.key(of: $0) })
    guard !asked.isEmpty else { return nil }
    var weakest = TermKind.surface
    for word in 0..<asked.count {
      let found = asked.alternatives(of: word).filter { keys.contains(asked.key(of: $0)) }
      guard let best = found.map({ asked.alternatives[$0].kind.rawValue }).min(), let kind = TermKind(rawValue: best) else {
        return nil
      }
      weakest = kind.rawValue > weakest.rawValue ? kind : weakest
    }
    return weakest
  }
}
