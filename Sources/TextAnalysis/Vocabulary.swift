/// What the dictionaries say, laid out for looking up: words with what is known of them, and phrases with what they mean.
///
/// Phrases are rows of canonical words (stems, where a word has one), so that `manicures` and الحلاقين find the entries `manicure` and حلاق.
/// Looking up allocates nothing.
// Sendable: nothing changes once `init` has returned.
final class Vocabulary: @unchecked Sendable {
  struct Flags: OptionSet, Sendable {
    let rawValue: UInt8
    /// A name of a person or a place: never stemmed, never taken for what it begins with.
    static let name = Flags(rawValue: 1)
    /// A word that only looks as if it had an article or a particle: البانيا.
    static let whole = Flags(rawValue: 2)
    static let stop = Flags(rawValue: 4)
    /// A word that occurs in the dictionaries: what is left when a particle is taken off must be one.
    static let known = Flags(rawValue: 8)
  }

  /// A meaning, or a name in all its spellings.
  struct Concept: Sendable {
    let key: Word
    let weight: Float
  }

  private var table = WordTable()
  private var flags: [Flags] = []
  /// From a node of the tree of phrases, by a word's number, to the next node.
  private var transitions: [UInt64: UInt32] = [:]
  private var conceptsOfNode: [[UInt32]] = [[]]
  private(set) var concepts: [Concept] = []
  /// By concept: what is said of it as well when it stands in a document.
  private var broader: [[UInt32]] = []
  /// رياض is a man and a city, and one spelling: one concept.
  private var conceptNumbers: [Word: UInt32] = [:]
  let arabizi: ArabiziDigits

  init(_ dictionaries: AnalysisDictionaries, dialect: String) {
    arabizi = dictionaries.arabizi[dialect] ?? ArabiziDigits()
    var folding = TextFolding()
    let english = EnglishStem()
    markWords(dictionaries, &folding)
    for group in dictionaries.synonyms {
      addConcept(Word(group.id), FormWeight.synonym, group.members, &folding, english)
    }
    addBroader(dictionaries)
    // "@" keeps names apart from meanings.
    for group in dictionaries.names + dictionaries.places {
      addConcept(Word("@" + group.id), FormWeight.name, [group.id] + group.members, &folding, english)
    }
  }

  // MARK: Looking up

  func flags(of word: Word) -> Flags { table.find(word).map { flags[Int($0)] } ?? [] }

  /// The number of a canonical word, if a phrase has it.
  func element(_ canonical: Word) -> UInt32? { table.find(canonical) }

  @inline(__always)
  func next(_ node: UInt32, _ element: UInt32) -> UInt32? { transitions[UInt64(node) << 32 | UInt64(element)] }

  @inline(__always)
  func forEachConcept(of node: UInt32, _ take: (UInt32) -> Void) {
    for index in conceptsOfNode[Int(node)].indices { take(conceptsOfNode[Int(node)][index]) }
  }

  @inline(__always)
  func forEachBroader(than concept: UInt32, _ take: (UInt32) -> Void) {
    guard Int(concept) < broader.count else { return }
    for index in broader[Int(concept)].indices { take(broader[Int(concept)][index]) }
  }

  // MARK: Building

  private func mark(_ word: Word, _ flag: Flags) {
    let number = Int(table.insert(word))
    if number == flags.count { flags.append([]) }
    flags[number].insert(flag)
  }

  /// First what is whole and who is named, because taking words apart asks for it; then what is known.
  private func markWords(_ dictionaries: AnalysisDictionaries, _ folding: inout TextFolding) {
    for word in dictionaries.wholeWords { for found in folding.words(of: word) { mark(found.word, .whole) } }
    for word in dictionaries.stopWords { for found in folding.words(of: word) { mark(found.word, .stop) } }
    for group in dictionaries.names {
      for member in [group.id] + group.members {
        let words = folding.words(of: member)
        if words.count == 1, let only = words.first { mark(only.word, [.name, .known]) }
      }
    }
    for group in dictionaries.places {
      for member in [group.id] + group.members {
        let words = folding.words(of: member)
        if words.count == 1, let only = words.first { mark(withoutArticle(only), [.name, .known]) }
      }
    }
    for group in dictionaries.synonyms {
      for member in group.members {
        for found in folding.words(of: member) { mark(withoutArticle(found), .known) }
      }
    }
  }

  private func withoutArticle(_ found: FoundWord) -> Word {
    guard found.script == .arabic, ArabicParticles.front(found.word) == .article,
      flags(of: found.word).isDisjoint(with: [.name, .whole])
    else { return found.word }
    return found.word.arabicPart(2..<found.word.arabicLetterCount)
  }

  private func addConcept(
    _ key: Word, _ weight: Float, _ members: [String], _ folding: inout TextFolding, _ english: EnglishStem
  ) {
    let concept = conceptNumbers[key] ?? UInt32(concepts.count)
    if concept == concepts.count {
      concepts.append(Concept(key: key, weight: weight))
      conceptNumbers[key] = concept
    }
    for member in members {
      var node: UInt32 = 0
      for found in folding.words(of: member) {
        let canonical = WordForms(found.word, found.script, self, english).canonical
        let element = table.insert(canonical)
        if Int(element) == flags.count { flags.append([]) }
        node = step(node, element)
      }
      if node != 0, !conceptsOfNode[Int(node)].contains(concept) { conceptsOfNode[Int(node)].append(concept) }
    }
  }

  /// Of every meaning, all that can be reached by going to a broader one.
  private func addBroader(_ dictionaries: AnalysisDictionaries) {
    broader = Array(repeating: [], count: concepts.count)
    let direct = dictionaries.synonyms.reduce(into: [String: [String]]()) { $0[$1.id] = $1.broader }
    for group in dictionaries.synonyms {
      guard let concept = conceptNumbers[Word(group.id)] else { continue }
      var (reached, left) = ([group.id], group.broader)
      while let next = left.popLast() {
        guard !reached.contains(next), let number = conceptNumbers[Word(next)] else { continue }
        reached.append(next)
        broader[Int(concept)].append(number)
        left += direct[next] ?? []
      }
    }
  }

  private func step(_ node: UInt32, _ element: UInt32) -> UInt32 {
    if let next = next(node, element) { return next }
    let new = UInt32(conceptsOfNode.count)
    conceptsOfNode.append([])
    transitions[UInt64(node) << 32 | UInt64(element)] = new
    return new
  }
}

/// Words by number, open addressing.
struct WordTable: Sendable {
  private var words: [Word] = []
  /// Number + 1; 0 when free. At most half are taken.
  private var slots: [UInt32] = Array(repeating: 0, count: 64)

  func find(_ word: Word) -> UInt32? {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: word.fingerprint >> 32) & mask
    while slots[slot] != 0 {
      let number = slots[slot] - 1
      if words[Int(number)] == word { return number }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// The word's number, which is new and one more than the last where the word is.
  mutating func insert(_ word: Word) -> UInt32 {
    if let number = find(word) { return number }
    words.append(word)
    if words.count * 2 > slots.count { grow() } else { place(UInt32(words.count - 1)) }
    return UInt32(words.count - 1)
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for number in words.indices { place(UInt32(number)) }
  }

  private mutating func place(_ number: UInt32) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: words[Int(number)].fingerprint >> 32) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = number + 1
  }
}
