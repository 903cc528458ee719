/// The forms of one word that stand for it beside the word as it is written.
struct WordForms {
  private(set) var flags: Vocabulary.Flags
  /// Without what is written on to its front, and how much finding that counts.
  private(set) var bare: Word?
  private(set) var bareWeight: Float = 1
  /// Nil for names, whole words, stop words, numbers, and what is too short. Where it equals the word it is there all the same: `nail`
  /// must meet the `nail` of nails, and the two are terms of different kinds.
  private(set) var stem: Word?
  /// What phrases are looked up by: the stem, marked names being kept apart from stems that look like them (سيد of سيدات).
  private(set) var canonical: Word
  private var isName = false

  init(_ word: Word, _ script: Script, _ vocabulary: Vocabulary, _ english: EnglishStem) {
    flags = vocabulary.flags(of: word)
    canonical = word
    isName = flags.contains(.name)
    switch script {
    case .arabic: findArabicForms(word, vocabulary)
    case .latin: findLatinForms(word, vocabulary, english)
    case .number, .other: break
    }
    canonical = isName ? Word(name: bare ?? word) : stem ?? bare ?? word
  }

  private mutating func findArabicForms(_ word: Word, _ vocabulary: Vocabulary) {
    guard flags.isDisjoint(with: [.name, .whole, .stop]) else { return }
    splitFront(word, vocabulary)
    let base = bare ?? word
    let known = vocabulary.flags(of: base)
    isName = known.contains(.name)
    guard known.isDisjoint(with: [.name, .whole]) else { return }
    if base.arabicLetterCount >= 3 { stem = base.arabicPart(0..<ArabicStem.length(base)) }
  }

  private mutating func splitFront(_ word: Word, _ vocabulary: Vocabulary) {
    switch ArabicParticles.front(word) {
    case .none: break
    case .article: takeOff(2, word, FormWeight.withoutArticle)
    case .particleAndArticle(let letters): takeOff(letters, word, FormWeight.withoutParticle)
    case .particle:
      let rest = word.arabicPart(1..<word.arabicLetterCount)
      guard !flags.contains(.known), !vocabulary.flags(of: rest).isDisjoint(with: [.known, .name]) else { return }
      takeOff(1, word, FormWeight.withoutParticle)
    }
  }

  private mutating func takeOff(_ letters: Int, _ word: Word, _ weight: Float) {
    bare = word.arabicPart(letters..<word.arabicLetterCount)
    bareWeight = weight
  }

  private mutating func findLatinForms(_ word: Word, _ vocabulary: Vocabulary, _ english: EnglishStem) {
    guard flags.isDisjoint(with: [.name, .whole, .stop]) else { return }
    // The article is written on to names: alsweifieh, elabdali.
    if word.count >= 6, word[1] == UInt8(ascii: "l"), word[0] == UInt8(ascii: "a") || word[0] == UInt8(ascii: "e") {
      let rest = word.part(2..<word.count)
      if vocabulary.flags(of: rest).contains(.name) {
        bare = rest
        bareWeight = FormWeight.withoutArticle
        isName = true
        return
      }
    }
    stem = english.stem(word)
  }
}
