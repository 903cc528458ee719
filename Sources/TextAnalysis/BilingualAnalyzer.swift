// TextAnalysis: makes terms of texts in Arabic, English and the scripts between. Bytes of dictionaries and texts in, tokens out; files
// belong to the caller. ICU folds what tables do not, Snowball stems English, everything that knows Arabic is ours
// (docs/decisions/0010-name-safe-arabic.md says why).
public import TextIndex

/// What a text is analysed for. The terms are the same; which of them are given is not.
public enum AnalysisPurpose: Sendable, CaseIterable {
  /// To be indexed: every word with all its terms, and with the broader meanings (a barber's is a salon).
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
  private let vocabulary: Vocabulary
  private let pool = ScratchPool()

  /// The dialect whose Arabizi digits are read as meant first.
  public static let standardDialect = "levantine"

  public init(
    _ dictionaries: AnalysisDictionaries, purpose: AnalysisPurpose = .document, dialect: String = Self.standardDialect
  ) {
    self.purpose = purpose
    vocabulary = Vocabulary(dictionaries, dialect: dialect)
  }

  private init(_ other: BilingualAnalyzer, _ purpose: AnalysisPurpose) {
    self.purpose = purpose
    vocabulary = other.vocabulary
  }

  /// The same analyser for another purpose. O(1).
  public func with(_ purpose: AnalysisPurpose) -> BilingualAnalyzer { BilingualAnalyzer(self, purpose) }

  public func analyze(_ text: String, into tokens: inout TokenBuffer) {
    pool.withRoom { room in
      let endsInWord = read(text, &room, &tokens)
      emit(&room, endsInWord: endsInWord, into: &tokens)
    }
  }

  /// Folds and analyses; true where the text ends in a word.
  private func read(_ text: String, _ room: inout AnalysisRoom, _ tokens: inout TokenBuffer) -> Bool {
    let length = room.folding.fold(text, atMost: purpose.isQuery ? TextLimits.queryBytes : .max)
    if length.isCut { tokens.markCut(at: length.bytes) }
    room.analyzeWords(vocabulary)
    room.matchPhrases(vocabulary, onEveryWord: purpose != .document, isAsked: purpose.isQuery)
    return room.folding.words.last.map { $0.end == length.bytes } ?? false
  }

  private func emit(_ room: inout AnalysisRoom, endsInWord: Bool, into tokens: inout TokenBuffer) {
    let position = tokens.tokens.last.map { Int($0.position) + 1 } ?? 0
    let words = room.places.count
    let leavesStopWordsOut = purpose.isQuery && room.places.contains { !$0.isStopWord }
    var taken = 0
    for index in 0..<words {
      let mayBeBeginning = purpose == .typing && endsInWord && index == words - 1
      if leavesStopWordsOut, !mayBeBeginning, room.places[index].isStopWord { continue }
      if purpose.isQuery, taken == TextLimits.queryWords { return tokens.markCut(at: room.folding.words[index].start) }
      taken += 1
      tokens.beginToken(position: position + index, source: room.folding.words[index].start..<room.folding.words[index].end)
      emit(index, &room, into: &tokens)
    }
  }

  /// The words with the forms that the dictionaries and stemmers give them.
  func explainWords(_ text: String) -> [(FoundWord, WordForms)] {
    pool.withRoom { room in
      var tokens = TokenBuffer()
      _ = read(text, &room, &tokens)
      return room.folding.words.indices.map { (room.folding.words[$0], room.explain($0, vocabulary)) }
    }
  }

  /// The forms of one word, read where they are: a word's analysis is too large to be handed round.
  private func emit(_ word: Int, _ room: inout AnalysisRoom, into tokens: inout TokenBuffer) {
    let slot = room.slot(ofWord: word, vocabulary)
    let first = slot * AnalysisLimits.forms
    let (skeletons, end) = (first + room.cache[slot].skeletonsStart, first + room.cache[slot].formCount)
    for form in first..<skeletons { tokens.add(room.forms[form].kind, room.forms[form].weight, room.forms[form].text) }
    for index in 0..<room.places[word].concepts.count {
      let concept = Int(room.places[word].concepts.ids[index])
      tokens.add(.synonym, vocabulary.concepts[concept].weight, vocabulary.concepts[concept].key)
    }
    let script = room.cache[slot].script
    for form in skeletons..<end { addSkeleton(room.forms[form].text, room.forms[form].weight, script, into: &tokens) }
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
    addAlternative(kind, weight: weight, utf8: word.blocks.span.bytes.extracting(0..<word.count))
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
