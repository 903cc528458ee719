/// The forms of one word that stand for it beside the word as it is written.
struct WordForms {
  private(set) var flags: Vocabulary.Flags
  /// Without what is written on to its front, and how much finding that counts.
  private(set) var bare: Word?
  private(set) var bareWeight: Float = 1
  /// Whether the front only looks like an article: elshifa2 has one, almond does not, and no dictionary knows either.
  private(set) var hasGuessedArticle = false
  /// With the ending that others write for the same sound: فراشه for فراشا.
  private(set) var otherEnding: Word?
  /// Nil for names, whole words, stop words, numbers, and what is too short. Where it equals the word it is there all the same: `nail`
  /// must meet the `nail` of nails, and the two are terms of different kinds.
  private(set) var stem: Word?
  /// What phrases are looked up by: the stem, marked names being kept apart from stems that look like them (سيد of سيدات).
  private(set) var canonical: Word
  private(set) var isName = false
  /// A word of the dictionaries that this one is another spelling of.
  private var known: Word?

  init(_ word: Word, _ script: Script, _ vocabulary: Vocabulary, _ english: EnglishStem) {
    flags = vocabulary.flags(of: word)
    canonical = word
    isName = flags.contains(.name)
    switch script {
    case .arabic: findArabicForms(word, vocabulary)
    case .latin: findLatinForms(word, vocabulary, english)
    case .number, .other: break
    }
    if let known {
      canonical = WordForms(known, script, vocabulary, english).canonical
    } else {
      canonical = isName ? Word(name: bare ?? word) : stem ?? bare ?? word
    }
  }

  // MARK: Arabic

  private mutating func findArabicForms(_ word: Word, _ vocabulary: Vocabulary) {
    guard flags.isDisjoint(with: [.name, .whole, .stop]) else { return }
    splitFront(word, vocabulary)
    let base = bare ?? word
    let flags = vocabulary.flags(of: base)
    isName = flags.contains(.name)
    guard flags.isDisjoint(with: [.name, .whole]) else { return }
    if !flags.contains(.known) { respellArabicEnding(base, vocabulary) }
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

  /// A last ا, ة and ى sound alike, and are written for each other: سارا, سلما, رانية. Names are what the lexicon says; of other words
  /// only ا for ة is common enough to be taken for it.
  private mutating func respellArabicEnding(_ word: Word, _ vocabulary: Vocabulary) {
    typealias Letter = ArabicLetters
    let letters = word.arabicLetterCount
    guard letters >= 3 else { return }
    let last = word.arabicLetter(letters - 1)
    guard last == Letter.alef || last == Letter.ha else { return }
    for ending in [Letter.ha, Letter.ya, Letter.alef] where ending != last {
      var other = word.arabicPart(0..<letters - 1)
      other.append(arabic: ending)
      let isKnown = vocabulary.flags(of: other).contains(.name) && (ending != Letter.ya || last == Letter.alef)
      if isKnown, known == nil { known = other }
      if last == Letter.alef, ending == Letter.ha, letters >= 4 { otherEnding = other }
    }
  }

  // MARK: Latin

  private mutating func findLatinForms(_ word: Word, _ vocabulary: Vocabulary, _ english: EnglishStem) {
    guard flags.isDisjoint(with: [.name, .whole, .stop]) else { return }
    if !flags.contains(.known) { splitLatinArticle(word, vocabulary) }
    let base = bare ?? word
    if isName { return }
    if vocabulary.flags(of: base).isDisjoint(with: [.known, .name]) {
      respellDigits(base, vocabulary)
      if known == nil { respellLatinEnding(base, vocabulary) }
      if known != nil { hasGuessedArticle = false }
    }
    stem = english.stem(hasGuessedArticle ? word : base)
  }

  /// The article is written on to names and words: alsweifieh, elabdali, elfarasheh. At least four letters stay behind it, since what
  /// begins so may be whole (elite, alpha).
  private mutating func splitLatinArticle(_ word: Word, _ vocabulary: Vocabulary) {
    guard word.count >= 6, word[1] == UInt8(ascii: "l"), word[0] == UInt8(ascii: "a") || word[0] == UInt8(ascii: "e") else {
      return
    }
    let rest = word.part(2..<word.count)
    let flags = vocabulary.flags(of: rest)
    bare = rest
    bareWeight = FormWeight.withoutArticle
    isName = flags.contains(.name)
    hasGuessedArticle = flags.isDisjoint(with: [.name, .known])
  }

  /// The letters that Latin has for what Arabizi's digits stand for, in either reading: 7usam is Husam, 2asem is Qasem, 5lood Khlood.
  private mutating func respellDigits(_ word: Word, _ vocabulary: Vocabulary) {
    guard (0..<word.count).contains(where: { Self.isDigit(word[$0]) }) else { return }
    for isSecond in [false, true] where known == nil {
      var plain = Word()
      for index in 0..<word.count {
        guard Self.isDigit(word[index]) else {
          plain.append(word[index])
          continue
        }
        let letters = vocabulary.arabizi.letters[Int(word[index]) - 0x30]
        for letter in LatinLetters.spelling(ofArabic: isSecond && letters.second != 0 ? letters.second : letters.first).utf8 {
          plain.append(letter)
        }
      }
      if vocabulary.flags(of: plain).isDisjoint(with: [.known, .name]) {
        respellLatinEnding(plain, vocabulary)
      } else {
        known = plain
      }
    }
  }

  private static func isDigit(_ letter: UInt8) -> Bool { letter >= 0x30 && letter <= 0x39 }

  /// ة is a, ah, e or eh in Latin letters, and et or at before another noun: warde, Wardeh, Warda; 3eyadet.
  private mutating func respellLatinEnding(_ word: Word, _ vocabulary: Vocabulary) {
    let vowels: (UInt8, UInt8) = (UInt8(ascii: "a"), UInt8(ascii: "e"))
    let (h, t) = (UInt8(ascii: "h"), UInt8(ascii: "t"))
    var end = word.count
    if end > 0, word[end - 1] == h || word[end - 1] == t { end -= 1 }
    guard end >= 4, word[end - 1] == vowels.0 || word[end - 1] == vowels.1 else { return }
    for vowel in [vowels.0, vowels.1] {
      var other = word.part(0..<end - 1)
      other.append(vowel)
      for _ in 0..<2 {
        if other != word, !vocabulary.flags(of: other).isDisjoint(with: [.known, .name]) {
          known = other
          return
        }
        other.append(h)
      }
    }
  }
}
