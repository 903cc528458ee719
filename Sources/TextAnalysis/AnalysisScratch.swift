import Synchronization

/// What is known of a word by itself, whatever stands beside it.
struct WordAnalysis {
  var word = Word()
  var script = Script.number
  var isFilled = false
  var forms: WordForms?
  /// The word's number among those of phrases.
  var element: UInt32?
  var skeletons = InlineArray<4, Word>(repeating: Word())
  var skeletonCount = 0
}

/// The concepts that a word has from the phrases it stands in.
struct WordConcepts {
  private(set) var ids = InlineArray<6, UInt32>(repeating: 0)
  private(set) var count = 0

  mutating func add(_ concept: UInt32) {
    guard count < AnalysisLimits.concepts else { return }
    for index in 0..<count where ids[index] == concept { return }
    ids[count] = concept
    count += 1
  }
}

/// Room and handles for one analysis at a time: the reader, Snowball's stemmer, and the words seen lately.
///
/// The cache is what makes index building cheap: names and services of a market repeat a few thousand words.
// Sendable: a scratch is in `ScratchPool.idle`, where nobody uses it, or taken out of there by exactly one call of `withScratch`; the
// pool's lock orders one use before the next.
final class AnalysisScratch: @unchecked Sendable {
  let folding = TextFolding()
  private let english = EnglishStem()
  private var cache: [WordAnalysis] = Array(repeating: WordAnalysis(), count: 1 << cacheBits)
  var concepts: [WordConcepts] = []
  /// Places in `cache`, a word of the text each.
  private(set) var places: [Int] = []

  /// 2,048 words of some 600 bytes: a megabyte a thread, and nine in ten words of a market's texts.
  private static let cacheBits = 11

  /// Analyses the words that `folding` has found.
  func analyzeWords(_ vocabulary: Vocabulary) {
    places.removeAll(keepingCapacity: places.capacity <= AnalysisLimits.keptWords)
    concepts.removeAll(keepingCapacity: concepts.capacity <= AnalysisLimits.keptWords)
    for index in folding.words.indices {
      places.append(place(index, vocabulary))
      concepts.append(WordConcepts())
    }
  }

  /// The place of a word's analysis, which is valid until the next call. Two words of a text may want the same place.
  func place(_ index: Int, _ vocabulary: Vocabulary) -> Int {
    let place = Int(truncatingIfNeeded: folding.words[index].word.fingerprint >> (64 - UInt64(Self.cacheBits)))
    let isThere =
      cache[place].isFilled && cache[place].script == folding.words[index].script
      && cache[place].word == folding.words[index].word
    if !isThere { fill(place, folding.words[index].word, folding.words[index].script, vocabulary) }
    return place
  }

  subscript(_ place: Int) -> WordAnalysis {
    _read { yield cache[place] }
  }

  private func fill(_ place: Int, _ word: Word, _ script: Script, _ vocabulary: Vocabulary) {
    let forms = WordForms(word, script, vocabulary, english)
    cache[place].word = word
    cache[place].script = script
    cache[place].isFilled = true
    cache[place].element = vocabulary.element(forms.canonical)
    cache[place].skeletonCount = 0
    if !forms.flags.contains(.stop) {
      SkeletonReader.read(forms.bare ?? word, script, vocabulary.arabizi) { skeleton in
        cache[place].skeletons[cache[place].skeletonCount] = skeleton
        cache[place].skeletonCount += 1
      }
    }
    cache[place].forms = forms
  }

  /// Gives the words of every phrase in the text its meanings: all of its words, or only the first.
  func matchPhrases(_ vocabulary: Vocabulary, onEveryWord: Bool) {
    for first in places.indices {
      var node: UInt32 = 0
      for last in first..<min(first + AnalysisLimits.phraseWords, places.count) {
        guard let element = elements(last, vocabulary), let next = vocabulary.next(node, element) else { break }
        node = next
        vocabulary.forEachConcept(of: node) { concept in
          for word in first...(onEveryWord ? last : first) { concepts[word].add(concept) }
        }
      }
    }
  }

  private func elements(_ index: Int, _ vocabulary: Vocabulary) -> UInt32? { cache[place(index, vocabulary)].element }
}

/// Scratches that are not in use: as many as there ever were analyses at the same time.
final class ScratchPool: Sendable {
  private let idle = Mutex<[AnalysisScratch]>([])

  func withScratch<Result>(_ body: (AnalysisScratch) -> Result) -> Result {
    let scratch = idle.withLock { $0.popLast() } ?? AnalysisScratch()
    defer { idle.withLock { $0.append(scratch) } }
    return body(scratch)
  }
}
