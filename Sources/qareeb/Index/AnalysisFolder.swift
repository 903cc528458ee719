import FoundationEssentials
import Terminal
import TextAnalysis
import TextIndex

/// How texts become words: `--analysis`.
enum AnalysisKind: String, CaseIterable {
  /// Arabic and English with everything that `data/analysis/` knows.
  case bilingual
  /// Lower case and splitting, nothing else: the line that everything else is compared with.
  case simple
}

/// The analysers of an index, one for what is indexed and one each for what is asked and what is being typed.
struct IndexAnalysis {
  let kind: AnalysisKind
  let documents: any TextAnalyzer
  let queries: any TextAnalyzer
  let typing: any TextAnalyzer

  init(_ kind: AnalysisKind, folder: String?) throws(CommandFailure) {
    self.kind = kind
    switch kind {
    case .simple:
      documents = CaseFoldingSplitter()
      (queries, typing) = (documents, documents)
    case .bilingual:
      let analyzer = BilingualAnalyzer(try AnalysisFolder.read(folder))
      (documents, queries, typing) = (analyzer, analyzer.with(.query), analyzer.with(.typing))
    }
  }
}

/// The dictionaries of a folder.
enum AnalysisFolder {
  static let standardPath = "data/analysis"

  /// Reads all of them; what is wrong is told for every file at once. Only the standard folder may be missing as a whole: text is then
  /// folded, stemmed and spelled out without knowing any word.
  static func read(_ chosenPath: String?) throws(CommandFailure) -> AnalysisDictionaries {
    let path = chosenPath ?? standardPath
    var dictionaries = AnalysisDictionaries()
    guard chosenPath != nil || FileManager.default.fileExists(atPath: path) else { return dictionaries }
    var problems: [String] = []
    for file in AnalysisDictionaries.File.allCases {
      guard let bytes = FileManager.default.contents(atPath: "\(path)/\(file.rawValue)") else {
        throw CommandFailure(
          .inputOutput, "cannot read \(withoutControls("\(path)/\(file.rawValue)"))",
          details: ["A folder of dictionaries has \(AnalysisDictionaries.File.allCases.map(\.rawValue).joined(separator: ", "))."]
        )
      }
      do throws(DictionaryProblem) {
        try dictionaries.add(file, [UInt8](bytes))
      } catch {
        problems.append(withoutControls("\(path)/\(error)"))
      }
    }
    guard problems.isEmpty else {
      throw CommandFailure(
        .badData, problems.count == 1 ? "a dictionary is wrong" : "\(problems.count) dictionaries are wrong", details: problems)
    }
    return dictionaries
  }
}
