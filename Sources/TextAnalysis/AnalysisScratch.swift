import Synchronization
import TextIndex

/// One form of a word, ready to be given.
struct WordForm {
  var text = Word()
  var kind = TermKind.surface
  var weight: Float = 1
}

/// What is known of a word by itself, whatever stands beside it.
struct WordAnalysis {
  var word = Word()
  var script = Script.number
  var isStopWord = false
  var isName = false
  /// How often the place was filled, so that who remembers it knows whether it still holds the same word; 0: never.
  var generation: UInt32 = 0
  /// The word's number among those of phrases.
  var element: UInt32?
  /// Of its forms, which are surfaces, stem, skeletons in this order.
  var skeletonsStart = 0
  var formCount = 0
}

/// The concepts that a word has from the phrases it stands in.
struct WordConcepts {
  private(set) var ids = InlineArray<8, UInt32>(repeating: 0)
  private(set) var count = 0

  mutating func add(_ concept: UInt32) {
    guard count < AnalysisLimits.concepts else { return }
    for index in 0..<count where ids[index] == concept { return }
    ids[count] = concept
    count += 1
  }
}

/// Room for one analysis: the reader, Snowball's stemmer, and the words seen lately. A value, so that its parts are reached without asking
/// each time whether someone else does.
///
/// The cache is what makes index building cheap: names and services of a market repeat a few thousand words.
struct AnalysisRoom {
  /// A word of the text: where its analysis is, and what phrases need of it.
  struct Place {
    let slot: Int
    let generation: UInt32
    let element: UInt32?
    let isStopWord: Bool
    var concepts = WordConcepts()
  }

  var folding = TextFolding()
  private let english = EnglishStem()
  private(set) var cache: [WordAnalysis] = Array(repeating: WordAnalysis(), count: 1 << cacheBits)
  /// The forms of the word in each slot, `AnalysisLimits.forms` places a slot.
  private(set) var forms: [WordForm] = Array(repeating: WordForm(), count: AnalysisLimits.forms << cacheBits)
  private(set) var places: [Place] = []

  /// 2,048 words of some 800 bytes: under two megabytes a thread, and nine in ten words of a market's texts.
  private static let cacheBits = 11

  /// Analyses the words that `folding` has found.
  ///
  /// مني is "from me" and منى, علي is "on" and Ali: a name is a stop word only behind another one (قريب مني).
  mutating func analyzeWords(_ vocabulary: Vocabulary) {
    places.removeAll(keepingCapacity: places.capacity <= AnalysisLimits.keptWords)
    var followsStopWord = false
    for index in folding.words.indices {
      let slot = slot(index, vocabulary)
      let isStopWord = cache[slot].isStopWord
      places.append(
        Place(
          slot: slot, generation: cache[slot].generation, element: cache[slot].element,
          isStopWord: isStopWord && (!cache[slot].isName || followsStopWord)))
      followsStopWord = isStopWord
    }
  }

  /// Where a word's analysis is in `cache`; made anew where another word of the text has taken its place.
  @inline(__always)
  mutating func slot(ofWord index: Int, _ vocabulary: Vocabulary) -> Int {
    let place = places[index].slot
    return cache[place].generation == places[index].generation ? place : slot(index, vocabulary)
  }

  func explain(_ index: Int, _ vocabulary: Vocabulary) -> WordForms {
    WordForms(folding.words[index].word, folding.words[index].script, vocabulary, english)
  }

  /// The place of a word in the cache, where it then is.
  private mutating func slot(_ index: Int, _ vocabulary: Vocabulary) -> Int {
    let slot = Int(truncatingIfNeeded: folding.words[index].word.fingerprint >> (64 - UInt64(Self.cacheBits)))
    let isThere =
      cache[slot].generation > 0 && cache[slot].script == folding.words[index].script
      && cache[slot].word == folding.words[index].word
    if !isThere { fill(slot, index, vocabulary) }
    return slot
  }

  private mutating func fill(_ slot: Int, _ index: Int, _ vocabulary: Vocabulary) {
    let (word, script) = (folding.words[index].word, folding.words[index].script)
    let known = explain(index, vocabulary)
    cache[slot].word = word
    cache[slot].script = script
    cache[slot].generation = max(1, cache[slot].generation &+ 1)
    cache[slot].element = vocabulary.element(known.canonical)
    cache[slot].isStopWord = known.flags.contains(.stop)
    cache[slot].isName = known.flags.contains(.name)
    cache[slot].formCount = 0
    add(word, .surface, FormWeight.surface, slot)
    if let bare = known.bare { add(bare, .surface, known.bareWeight, slot) }
    if let other = known.otherEnding { add(other, .surface, FormWeight.otherEnding, slot) }
    if let stem = known.stem { add(stem, .stem, FormWeight.stem, slot) }
    let start = cache[slot].formCount
    cache[slot].skeletonsStart = start
    guard !cache[slot].isStopWord || cache[slot].isName else { return }
    let isName = known.isName
    func addSkeletons(of word: Word, first: Float) {
      SkeletonReader.read(word, script, isName: isName, vocabulary.arabizi) { skeleton in
        add(skeleton, .phonetic, cache[slot].formCount == start ? first : FormWeight.otherPhonetic, slot)
      }
    }
    if let bare = known.bare {
      addSkeletons(of: bare, first: known.hasGuessedArticle ? FormWeight.otherPhonetic : FormWeight.phonetic)
    }
    if known.bare == nil || known.hasGuessedArticle { addSkeletons(of: word, first: FormWeight.phonetic) }
  }

  private mutating func add(_ text: Word, _ kind: TermKind, _ weight: Float, _ slot: Int) {
    let count = cache[slot].formCount
    guard count < AnalysisLimits.forms else { return }
    forms[slot * AnalysisLimits.forms + count] = WordForm(text: text, kind: kind, weight: weight)
    cache[slot].formCount = count + 1
  }

  /// Gives the words of every phrase in the text its meanings: all of its words, or only the first.
  /// - Parameter isAsked: whether the text is a query; if not, its words also mean what is broader than they are.
  mutating func matchPhrases(_ vocabulary: Vocabulary, onEveryWord: Bool, isAsked: Bool) {
    for first in places.indices {
      var node: UInt32 = 0
      for last in first..<min(first + AnalysisLimits.phraseWords, places.count) {
        guard let element = places[last].element, let next = vocabulary.next(node, element) else { break }
        node = next
        vocabulary.forEachConcept(of: node) { concept in
          for word in first...(onEveryWord ? last : first) {
            places[word].concepts.add(concept)
            if !isAsked { vocabulary.forEachBroader(than: concept) { places[word].concepts.add($0) } }
          }
        }
      }
    }
  }
}

/// The room of one analysis at a time.
// Sendable: a scratch is in `ScratchPool.idle`, where nobody uses it, or taken out of there by exactly one call of `withRoom`; the pool's
// lock orders one use before the next.
final class AnalysisScratch: @unchecked Sendable {
  var room = AnalysisRoom()
}

/// Scratches that are not in use: as many as there ever were analyses at the same time.
final class ScratchPool: Sendable {
  private let idle = Mutex<[AnalysisScratch]>([])

  func withRoom<Result>(_ body: (inout AnalysisRoom) -> Result) -> Result {
    let scratch = idle.withLock { $0.popLast() } ?? AnalysisScratch()
    defer { idle.withLock { $0.append(scratch) } }
    return body(&scratch.room)
  }
}
