import Columns
import Geometry
import Ranking
import SpatialIndex
import TextIndex

/// A query's words, filters and lists as each segment knows them, in memory that is kept.
struct ResolvedTerms: ~Copyable {
  /// What the words find, segment by segment: for each alternative of each word a run of terms.
  private var wordRuns = Room<WordRun>(capacity: 256)
  private var wordRunCount = 0
  /// Providers that have an alternative, over all segments.
  private var frequencies = Room<Int>(capacity: 64)

  // Of the segment in hand.
  private var runs = Room<TermRun>(capacity: 256)
  private var runCount = 0
  private var groupStarts = Room<UInt32>(capacity: 64)
  private var groupCount = 0
  private var wordCount = 0
  private var lists = Room<UInt32>(capacity: 64)
  private var listStarts = Room<UInt32>(capacity: 8)
  private var listCount = 0
  private var sorter = Frontier()
  private var typos = TypoScratch()

  struct WordRun: BitwiseCopyable {
    let segment: UInt32
    let word: UInt32
    let alternative: UInt32
    let lower: UInt32
    let upper: UInt32
    let weight: Float
  }

  /// Looks the words up in all segments. False when one of them is nowhere: nothing can match.
  mutating func resolve(_ query: ProviderQuery, _ snapshot: IndexSnapshot) -> Bool {
    wordRunCount = 0
    frequencies.grow(to: query.words.alternatives.count, keeping: 0)
    for alternative in 0..<query.words.alternatives.count { frequencies.base[alternative] = 0 }
    for word in 0..<query.words.count {
      let before = wordRunCount
      for (index, part) in snapshot.parts.enumerated() { lookUp(word, query, segment: index, part.segment.terms) }
      if wordRunCount == before, query.allowsTypos {
        for (index, part) in snapshot.parts.enumerated() { lookUpTypos(word, query, segment: index, part.segment.terms) }
      }
      guard wordRunCount > before else { return false }
    }
    return true
  }

  private mutating func lookUp(_ word: Int, _ query: ProviderQuery, segment: Int, _ terms: TermIndex) {
    let isPrefix = query.lastWordIsPrefix && word == query.words.count - 1
    for alternative in query.words.alternatives(of: word) {
      let weight = query.words.alternatives[alternative].weight
      let kind = query.words.alternatives[alternative].kind
      let match: (terms: Range<UInt32>, frequency: Int) = query.words.withKey(of: alternative) { key in
        if isPrefix, kind == .surface {
          let prefix = terms.prefix(key)
          return (prefix.terms, prefix.frequency)
        }
        return terms.term(key).map { ($0..<$0 + 1, terms.documentFrequency($0)) } ?? (0..<0, 0)
      }
      guard !match.terms.isEmpty else { continue }
      frequencies.base[alternative] += match.frequency
      append(
        WordRun(
          segment: UInt32(segment), word: UInt32(word), alternative: UInt32(alternative), lower: match.terms.lowerBound,
          upper: match.terms.upperBound, weight: weight))
    }
  }

  private mutating func append(_ run: WordRun) {
    wordRuns.grow(to: wordRunCount + 1, keeping: wordRunCount)
    wordRuns.base[wordRunCount] = run
    wordRunCount += 1
  }

  /// Terms a slip or two away from the word as it was written: one edit for 3 to 7 letters, two from 8.
  private mutating func lookUpTypos(_ word: Int, _ query: ProviderQuery, segment: Int, _ terms: TermIndex) {
    for alternative in query.words.alternatives(of: word) where query.words.alternatives[alternative].kind == .surface {
      query.words.withKey(of: alternative) { key in
        let letters = key.dropFirst().count { $0 & 0xC0 != 0x80 }
        guard letters >= 3 else { return }
        terms.typos(of: key, edits: letters >= 8 ? 2 : 1, into: &typos)
      }
      for found in typos.matches {
        frequencies.base[alternative] += terms.documentFrequency(found.term)
        append(
          WordRun(
            segment: UInt32(segment), word: UInt32(word), alternative: UInt32(alternative), lower: found.term,
            upper: found.term + 1, weight: found.distance > 1 ? 0.25 : 0.5))
      }
    }
  }

  /// Lays out the groups and lists of one segment. False when one is empty: nobody there can match.
  mutating func prepare(_ query: ProviderQuery, _ snapshot: IndexSnapshot, segment: Int) -> Bool {
    (runCount, groupCount, listCount) = (0, 0, 0)
    let part = snapshot.parts[segment].segment
    groupStarts.grow(to: query.words.count + query.tags.count + 3, keeping: 0)
    groupStarts.base[0] = 0
    for word in 0..<query.words.count {
      for index in 0..<wordRunCount {
        let run = wordRuns.base[index]
        guard run.word == word, run.segment == segment else { continue }
        add(TermRun(lower: run.lower, upper: run.upper, factor: factor(run, query, snapshot)))
      }
      guard endGroup() else { return false }
    }
    wordCount = groupCount
    if !query.categories.isEmpty {
      for category in query.categories { addName(.category, category, part.terms) }
      guard endGroup() else { return false }
    }
    for tag in query.tags {
      addName(.tag, tag, part.terms)
      guard endGroup() else { return false }
    }
    return prepareLists(query, part)
  }

  private func factor(_ run: WordRun, _ query: ProviderQuery, _ snapshot: IndexSnapshot) -> Float {
    guard query.rules.weights.text > 0 else { return 0 }
    let all = snapshot.parts.reduce(0) { $0 + $1.segment.count }
    let rarity = TermRarity.inverseDocumentFrequency(frequencies.base[Int(run.alternative)], of: all)
    return run.weight * rarity / 255
  }

  private mutating func addName(_ kind: TermKind, _ name: String, _ terms: TermIndex) {
    // Nobody has a longer one, and cut it might be another's.
    guard name.utf8.count <= IndexLimits.nameBytes, let term = terms.term(kind, name) else { return }
    add(TermRun(lower: term, upper: term + 1, factor: 0))
  }

  private mutating func add(_ run: TermRun) {
    runs.grow(to: runCount + 1, keeping: runCount)
    runs.base[runCount] = run
    runCount += 1
  }

  private mutating func endGroup() -> Bool {
    guard runCount > Int(groupStarts.base[groupCount]) else { return false }
    groupCount += 1
    groupStarts.base[groupCount] = UInt32(runCount)
    return true
  }

  private mutating func prepareLists(_ query: ProviderQuery, _ segment: Segment) -> Bool {
    listStarts.base[0] = 0
    if let ids = query.ids {
      for id in ids { if let number = segment.number(of: id) { sorter.push(UInt64(number)) } }
      guard endList() else { return false }
    }
    if query.servesCentre {
      segment.areas.forEachOwner(servingPointAt: query.circle.centre) { sorter.push(UInt64($0)) }
      guard endList() else { return false }
    }
    return true
  }

  /// Takes the numbers out of the heap, greatest first, so the list is filled from its end; repeats are dropped.
  private mutating func endList() -> Bool {
    let start = Int(listStarts.base[listCount])
    lists.grow(to: start + sorter.count, keeping: start)
    var end = start
    while let number = sorter.pop() {
      guard end == start || lists.base[end - 1] != UInt32(number) else { continue }
      lists.base[end] = UInt32(number)
      end += 1
    }
    var (low, high) = (start, end - 1)
    while low < high {
      (lists.base[low], lists.base[high]) = (lists.base[high], lists.base[low])
      (low, high) = (low + 1, high - 1)
    }
    listCount += 1
    listStarts.base[listCount] = UInt32(end)
    return end > start
  }

  /// What was prepared, as the search reads it. Valid until the next `prepare`.
  func sources(_ part: IndexSnapshot.Part) -> MaskSources {
    MaskSources(
      terms: part.segment.terms, runs: runs.base, groupStarts: groupStarts.base, groupCount: groupCount, wordCount: wordCount,
      lists: lists.base, listStarts: listStarts.base, listCount: listCount, removed: part.removed?.base, count: part.segment.count
    )
  }
}
