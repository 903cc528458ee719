import Bytes
import JSON
import Terminal
import TextAnalysis
import TextIndex

/// `qareeb analyze`. Rules: reads the dictionaries, works on one text, changes nothing.
enum AnalyzeCommand {
  private enum Purpose: String, CaseIterable {
    case document, query, typing
  }

  private static let text = Argument<String>("TEXT", .text, "What to analyse; in quotes if it has spaces.")
  private static let purpose = Option<Purpose>(
    "as", .choice, placeholder: "PURPOSE",
    "Show what a document is indexed under, what a query looks for, or what a query that is being typed does; document without it."
  )
  private static let dictionaries = Option(
    "dictionaries", .folder, placeholder: "DIR", "Folder of dictionaries; \(AnalysisFolder.standardPath) without it.")
  private static let json = Flag("json", "Print one JSON object.")

  static let command = Command(
    "analyze",
    summary: "show what search makes of a text, stage by stage",
    discussion: """
      A row a word: as written, folded (one form for all that people type alike), what the dictionaries know about it, without article or particle, its stem, what it means, and the consonants that spellings in other scripts share.
      Two texts find each other where their rows share a term. The number behind a form says how sure it is among those of its kind; what the kinds count is said by ranking profiles. Dictionaries are described in data/analysis/README.md.
      """,
    options: [purpose, dictionaries, json],
    arguments: [text],
    examples: [
      .init("qareeb analyze \"صالون الصويفية\"", "What a provider of this name is indexed under."),
      .init("qareeb analyze --as query \"7ala2 abdoun\"", "What these words look for."),
      .init("qareeb analyze --json Waleed | jq '.words[].terms'", "Only the terms."),
    ],
    exitCodes: [.badData, .inputOutput],
    action: { invocation, console in
      guard let text = invocation[text] else { preconditionFailure("the parser lets no call without TEXT through") }
      let analyzer = BilingualAnalyzer(try AnalysisFolder.read(invocation[dictionaries]))
      let chosen: AnalysisPurpose =
        switch invocation[purpose] ?? .document {
        case .document: .document
        case .query: .query
        case .typing: .typing
        }
      let explanation = analyzer.with(chosen).explain(text)
      if invocation[json] {
        console.print(jsonText(explanation))
      } else {
        console.print(tableText(explanation, console))
      }
      return .ok
    })
}

private func tableText(_ explanation: TextExplanation, _ console: Console) -> String {
  guard !explanation.words.isEmpty else { return "There is no word in this text." }
  var table = Table([
    .init("WORD", style: .cyan), .init("FOLDED"), .init("SCRIPT"), .init("KNOWN AS"), .init("WITHOUT FRONT"), .init("STEM"),
    .init("MEANING", wrapsTo: 14), .init("SKELETON", wrapsTo: 12),
  ])
  for word in explanation.words {
    table.add([
      word.written, word.folded, word.script, (word.notes + (word.terms.isEmpty ? ["left out"] : [])).joined(separator: ", "),
      weighted(word, .surface, word.bare), weighted(word, .stem, word.stem), list(word, .synonym), list(word, .phonetic),
    ])
  }
  var lines = table.lines(columns: console.columns(of: .output), traits: console.traits(of: .output))
  if let cut = explanation.cutOffset { lines.append("The text is too long: it was read up to byte \(cut).") }
  return lines.joined(separator: "\n")
}

private func weighted(_ word: WordExplanation, _ kind: TermKind, _ text: String?) -> String {
  guard let text else { return "" }
  let weight = word.terms.first { $0.kind == kind && $0.text == text }?.weight
  return weight.map { "\(text) \($0)" } ?? text
}

private func list(_ word: WordExplanation, _ kind: TermKind) -> String {
  word.terms.filter { $0.kind == kind }.map { "\($0.text) \($0.weight)" }.joined(separator: ", ")
}

private func jsonText(_ explanation: TextExplanation) -> String {
  var buffer = ByteBuffer()
  buffer.beginObject()
  buffer.beginArray("words")
  for word in explanation.words {
    buffer.beginObject()
    buffer.member("written", word.written)
    buffer.member("start", word.source.lowerBound)
    buffer.member("end", word.source.upperBound)
    buffer.member("folded", word.folded)
    buffer.member("script", word.script)
    buffer.beginArray("known_as")
    for note in word.notes { buffer.element(note) }
    buffer.endArray()
    buffer.member("bare", word.bare)
    buffer.member("stem", word.stem)
    buffer.beginArray("terms")
    for term in word.terms {
      buffer.beginObject()
      buffer.member("kind", "\(term.kind)")
      buffer.member("text", term.text)
      buffer.member("weight", Double(term.weight))
      buffer.endObject()
    }
    buffer.endArray()
    buffer.endObject()
  }
  buffer.endArray()
  buffer.member("cut_at", explanation.cutOffset)
  buffer.endObject()
  return String(buffer)
}
