import Columns
import Ranking
import TextIndex

/// What a query's words find, tier by tier, over all segments.
struct WordTerms: ~Copyable {
  /// For each alternative of each word and each segment a run of terms, those of stronger tiers first.
  private var runs = Room<WordRun>(capacity: 256)
  private var runCount = 0
  /// By word: how many providers have what its most frequent alternative looks for, by tier. A word is as rare as that.
  private var frequencies = Room<Int>(capacity: IndexLimits.words * tierCount)
  private static let tierCount = MatchTier.allCases.count
  private var frequency = 0
  /// A bit for each word that something was found for.
  private var found: UInt32 = 0
  private var typos = TypoScratch()
  private var union = Room<UInt64>(capacity: TextLimits.chunkWords)

  struct WordRun: BitwiseCopyable {
    let segment: UInt32
    let word: UInt16
    let tier: UInt16
    let lower: UInt32
    let upper: UInt32
    /// Of the tier, times that of the alternative.
    let weight: Float
  }

  mutating func begin(_ query: ProviderQuery) {
    (runCount, found) = (0, 0)
    for index in 0..<query.words.count * Self.tierCount { frequencies.base[index] = 0 }
  }

  /// Whether as many words are found by some tier that was added as a level wants: else nothing can match.
  func areFound(_ query: ProviderQuery, level: MatchTier) -> Bool {
    found.nonzeroBitCount >= query.words.count - (level == .partial ? 1 : 0)
  }

  /// Looks the words up by one more tier. False when the dictionaries have nothing for any of them.
  mutating func add(_ tier: MatchTier, _ query: ProviderQuery, _ snapshot: IndexSnapshot) -> Bool {
    // Finds nothing in a dictionary, but others who match.
    if tier == .partial { return true }
    let before = runCount
    for word in 0..<query.words.count {
      if tier == .typo {
        addTypos(word, query, snapshot)
      } else {
        for alternative in query.words.alternatives(of: word)
        where MatchTier(query.words.alternatives[alternative].kind) == tier {
          add(alternative, of: word, tier, query, snapshot)
        }
      }
    }
    return runCount > before
  }

  private mutating func add(
    _ alternative: Int, of word: Int, _ tier: MatchTier, _ query: ProviderQuery, _ snapshot: IndexSnapshot
  ) {
    let (kind, ownWeight) = (query.words.alternatives[alternative].kind, query.words.alternatives[alternative].weight)
    let weight = Float(query.rules.matching.weight(of: tier)) * ownWeight
    let isPrefix = kind == .surface && query.isPrefix(word)
    frequency = 0
    for (index, part) in snapshot.parts.enumerated() {
      let terms = part.segment.terms
      query.words.withKey(of: alternative) { key in
        if isPrefix {
          let prefix = terms.prefix(key)
          frequency += prefix.frequency
          add(prefix.terms, of: word, tier, segment: index, weight: Float(query.rules.matching.prefix) * ownWeight)
          // Those who have the whole word are among them; only a score tells them apart.
          guard query.rules.weights.text > 0 else { return }
        }
        guard let term = terms.term(key) else { return }
        if !isPrefix { frequency += terms.documentFrequency(term) }
        add(term..<term + 1, of: word, tier, segment: index, weight: weight)
      }
    }
    raiseFrequency(of: word, tier)
  }

  private mutating func add(_ terms: Range<UInt32>, of word: Int, _ tier: MatchTier, segment: Int, weight: Float) {
    guard !terms.isEmpty else { return }
    runs.grow(to: runCount + 1, keeping: runCount)
    runs.base[runCount] = WordRun(
      segment: UInt32(segment), word: UInt16(word), tier: UInt16(tier.rawValue), lower: terms.lowerBound,
      upper: terms.upperBound, weight: weight)
    runCount += 1
    found |= 1 << UInt32(word)
  }

  private mutating func raiseFrequency(of word: Int, _ tier: MatchTier) {
    let place = word * Self.tierCount + Int(tier.rawValue)
    frequencies.base[place] = max(frequencies.base[place], frequency)
  }

  // MARK: typos

  /// Terms a slip or two away from the word as it was written: one edit for 3 to 7 letters, two from 8; of a word that is still being
  /// typed, from the beginning of a term.
  private mutating func addTypos(_ word: Int, _ query: ProviderQuery, _ snapshot: IndexSnapshot) {
    for alternative in query.words.alternatives(of: word) where query.words.alternatives[alternative].kind == .surface {
      let letters = query.words.withKey(of: alternative) { key in key.dropFirst().count { $0 & 0xC0 != 0x80 } }
      guard let edits = TypoAllowance.edits(letters: letters) else { continue }
      // Most words of three letters are one edit from another: only what nobody has is taken for a slip.
      if letters == TypoAllowance.fewestLetters, isExactWord(word, query, snapshot) { continue }
      let weight = Float(query.rules.matching.typo) * query.words.alternatives[alternative].weight
      frequency = 0
      for (index, part) in snapshot.parts.enumerated() {
        query.words.withKey(of: alternative) { key in
          part.segment.terms.typos(of: key, edits: edits, asPrefix: query.isPrefix(word), into: &typos)
        }
        frequency += typos.frequency
        for place in typos.matches.indices where typos.matches[place].distance > 0 {
          let match = typos.matches[place]
          add(match.terms, of: word, .typo, segment: index, weight: match.distance > 1 ? weight * 0.5 : weight)
        }
      }
      raiseFrequency(of: word, .typo)
    }
  }

  /// Whether somebody who has not been removed has the word as it was written.
  private mutating func isExactWord(_ word: Int, _ query: ProviderQuery, _ snapshot: IndexSnapshot) -> Bool {
    for index in 0..<runCount {
      let run = runs.base[index]
      guard run.word == word, run.tier == MatchTier.exact.rawValue else { continue }
      if hasSomeone(run.lower..<run.upper, snapshot.parts[Int(run.segment)]) { return true }
    }
    return false
  }

  private func hasSomeone(_ terms: Range<UInt32>, _ part: IndexSnapshot.Part) -> Bool {
    let index = part.segment.terms
    guard let removed = part.removed else { return index.postings(of: terms) > 0 }
    for container in index.containers(of: terms) {
      union.base.update(repeating: 0, count: TextLimits.chunkWords)
      index.or(container: container, into: union.base)
      let first = index.chunk(ofContainer: container) * TextLimits.chunkWords
      for word in 0..<min(TextLimits.chunkWords, removed.count - first)
      where union.base[word] & ~removed[first + word] != 0 { return true }
    }
    return false
  }

  // MARK: reading

  /// Appends a word's runs in a segment, found by the level's tier or a stronger one, behind the first `start` of `room`.
  /// - Returns: where they end.
  func appendRuns(
    of word: Int, segment: Int, level: MatchTier, _ query: ProviderQuery, providers: Int, to room: inout Room<TermRun>,
    from start: Int
  ) -> Int {
    var end = start
    let rarity = query.rules.weights.text > 0 ? rarity(of: word, level: level, providers: providers) : 0
    for index in 0..<runCount {
      let run = runs.base[index]
      // Stronger tiers come first.
      if run.tier > level.rawValue { break }
      guard run.word == word, run.segment == segment else { continue }
      room.grow(to: end + 1, keeping: end)
      room.base[end] = TermRun(lower: run.lower, upper: run.upper, factor: run.weight * rarity / 255)
      end += 1
    }
    return end
  }

  /// One rarity for all that a word is found by: so a rare slip does not outrank the common word that was written.
  private func rarity(of word: Int, level: MatchTier, providers: Int) -> Float {
    let places = frequencies.base + word * Self.tierCount
    let frequency = (0...Int(level.rawValue)).reduce(0) { max($0, places[$1]) }
    return TermRarity.inverseDocumentFrequency(frequency, of: providers)
  }
}

/// How many slips a word may have.
enum TypoAllowance {
  static let fewestLetters = 3

  static func edits(letters: Int) -> Int? { letters < fewestLetters ? nil : letters < 8 ? 1 : 2 }
}

extension ProviderQuery {
  /// Whether the word may be the beginning of another.
  @inline(__always)
  func isPrefix(_ word: Int) -> Bool { lastWordIsPrefix && word == words.count - 1 }
}

extension MatchTier {
  /// The tier of what an analyser gives; filters are what they are.
  @inline(__always)
  init(_ kind: TermKind) {
    switch kind {
    case .stem: self = .stem
    case .synonym: self = .synonym
    case .phonetic: self = .phonetic
    case .surface, .category, .tag, .service: self = .exact
    }
  }
}
