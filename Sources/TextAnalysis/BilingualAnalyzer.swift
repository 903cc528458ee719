// TextAnalysis: makes terms of texts in Arabic, English and the scripts between. Bytes of dictionaries and texts in, tokens out; files
// belong to the caller. ICU folds what tables do not, Snowball stems English, everything that knows Arabic is ours
// (docs/decisions/0010-name-safe-arabic.md says why).
public import TextIndex

/// What a text is analysed for. The terms are the same; which of them are given is not.
public enum AnalysisPurpose: Sendable, CaseIterable {
  /// To be indexed: every word with all its terms.
  case document
  /// To be searched for: stop words are left out unless there is nothing else, phrases count for each of their words, and skeletons are
  /// looked for in the scripts where they mean something. The text is read up to `TextLimits.queryBytes` and `queryWords`.
  case query
  /// As a query that is being typed: the last word may be a beginning, so it is kept even if it looks like a stop word.
  case typing
  /// To be highlighted: as a document, but phrases mark each of their words.
  case highlighting

  var isQuery: Bool { self == .query || self == .typing }
}

/// Finds the words of a text and every form by which each may be found.
///
/// A word has, in this order: its surface, folded; its surface without article or particle; its stem; what it means, or whom it names;
/// its skeletons. A weight says how sure a form is among those of its kind (`FormWeight`).
///
/// It may be used by many threads at once, and allocates nothing once as many have used it and their buffers are warm.
public struct BilingualAnalyzer: TextAnalyzer {
  public let purpose: AnalysisPurpose
  private let vocabulary: SharedVocabulary
  private let pool = ScratchPool()

  /// Shared by the analysers for all purposes.
  private final class SharedVocabulary: Sendable {
    let value: Vocabulary
    init(_ value: Vocabulary) { self.value = value }
  }

  /// The dialect whose Arabizi digits are read as meant first.
  public static let standardDialect = "levantine"

  public init(
    _ dictionaries: AnalysisDictionaries, purpose: AnalysisPurpose = .document, dialect: String = Self.standardDialect
  ) {
    self.purpose = purpose
    vocabulary = SharedVocabulary(Vocabulary(dictionaries, dialect: dialect))
  }

  private init(_ other: BilingualAnalyzer, _ purpose: AnalysisPurpose) {
    self.purpose = purpose
    vocabulary = other.vocabulary
  }

  /// The same analyser for another purpose. O(1).
  public func with(_ purpose: AnalysisPurpose) -> BilingualAnalyzer { BilingualAnalyzer(self, purpose) }

  public func analyze(_ text: String, into tokens: inout TokenBuffer) {
    pool.withScratch { scratch in
      let endsInWord = read(text, scratch, &tokens)
      emit(scratch, endsInWord: endsInWord, into: &tokens)
    }
  }

  /// Folds and analyses; true where the text ends in a word.
  private func read(_ text: String, _ scratch: AnalysisScratch, _ tokens: inout TokenBuffer) -> Bool {
    let length = scratch.folding.fold(text, atMost: purpose.isQuery ? TextLimits.queryBytes : .max)
    if length.isCut { tokens.markCut(at: length.bytes) }
    scratch.analyzeWords(vocabulary.value)
    scratch.matchPhrases(vocabulary.value, onEveryWord: purpose != .document)
    return scratch.folding.words.last.map { $0.end == length.bytes } ?? false
  }

  private func emit(_ scratch: AnalysisScratch, endsInWord: Bool, into tokens: inout TokenBuffer) {
    let position = tokens.tokens.last.map { Int($0.position) + 1 } ?? 0
    let words = scratch.folding.words.count
    let leavesStopWordsOut = purpose.isQuery && (0..<words).contains { !isStopWord($0, scratch) }
    var taken = 0
    for index in 0..<words {
      let mayBeBeginning = purpose == .typing && endsInWord && index == words - 1
      if leavesStopWordsOut, !mayBeBeginning, isStopWord(index, scratch) { continue }
      if purpose.isQuery, taken == TextLimits.queryWords {
        tokens.markCut(at: scratch.folding.words[index].start)
        return
      }
      taken += 1
      let found = scratch.folding.words[index]
      tokens.beginToken(position: position + index, source: found.start..<found.end)
      emit(scratch[scratch.place(index, vocabulary.value)], scratch.concepts[index], into: &tokens)
    }
  }

  /// The words with the forms that the dictionaries and stemmers give them.
  func explainWords(_ text: String) -> [(FoundWord, WordForms)] {
    pool.withScratch { scratch in
      var tokens = TokenBuffer()
      _ = read(text, scratch, &tokens)
      return scratch.folding.words.indices.compactMap { index in
        scratch[scratch.place(index, vocabulary.value)].forms.map { (scratch.folding.words[index], $0) }
      }
    }
  }

  private func isStopWord(_ index: Int, _ scratch: AnalysisScratch) -> Bool {
    scratch[scratch.place(index, vocabulary.value)].forms?.flags.contains(.stop) ?? false
  }

  private func emit(_ analysis: borrowing WordAnalysis, _ concepts: WordConcepts, into tokens: inout TokenBuffer) {
    tokens.add(.surface, FormWeight.surface, analysis.word)
    if let bare = analysis.forms?.bare { tokens.add(.surface, analysis.forms?.bareWeight ?? 1, bare) }
    if let stem = analysis.forms?.stem { tokens.add(.stem, FormWeight.stem, stem) }
    for index in 0..<concepts.count {
      let concept = vocabulary.value.concepts[Int(concepts.ids[index])]
      tokens.add(.synonym, concept.weight, concept.key)
    }
    for index in 0..<analysis.skeletonCount {
      let weight = index == 0 ? FormWeight.phonetic : FormWeight.otherPhonetic
      addSkeleton(analysis.skeletons[index], weight, analysis.script, into: &tokens)
    }
  }

  /// A document's skeleton says its script. A query in Arabic asks for Latin ones; one in Latin for both, because Latin spellings of a
  /// name differ among themselves as well.
  private func addSkeleton(_ skeleton: Word, _ weight: Float, _ script: Script, into tokens: inout TokenBuffer) {
    guard purpose.isQuery else { return tokens.add(.phonetic, weight, skeleton) }
    tokens.add(.phonetic, weight, skeleton.withScript(.latin))
    if script == .latin { tokens.add(.phonetic, weight, skeleton.withScript(.arabic)) }
  }
}

extension TokenBuffer {
  @inline(__always)
  fileprivate mutating func add(_ kind: TermKind, _ weight: Float, _ word: Word) {
    addAlternative(kind, weight: weight, utf8: word.bytes.span.extracting(0..<word.count))
  }
}

extension Word {
  /// A skeleton under the mark of another script.
  fileprivate func withScript(_ script: Script) -> Word {
    var other = self
    other.replaceFirst(script == .latin ? UInt8(ascii: "l") : UInt8(ascii: "a"))
    return other
  }
}
