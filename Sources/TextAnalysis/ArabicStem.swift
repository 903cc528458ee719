/// Light stemming of Arabic: endings only, and never so many letters that words of different roots meet.
///
/// After Larkey, Ballesteros and Connell ("Light stemming for Arabic information retrieval", 2007), with two guards of our own. At least
/// three letters stay, four where the ending also ends common words (زيتون is no plural of زيت). And nothing is taken off the front:
/// articles and particles are `ArabicParticles`' business, because ليد of وليد and رد of وردة come from there. Words of the name
/// lexicon never come here at all: سلمان stays apart from سلم.
///
/// جلسات, جلسة → جلس; حلاقين, حلاقة → حلاق; منزلية, منزلي → منزل; بشرتك, بشرتها, بشرة → بشر.
enum ArabicStem {
  /// How many letters stay.
  static func length(_ word: Word) -> Int {
    let letters = word.arabicLetterCount
    let withoutOwner = withoutOwner(word, letters)
    return withoutRelation(word, withoutNumber(word, withoutOwner))
  }

  /// "your", "her", "their".
  private static func withoutOwner(_ word: Word, _ end: Int) -> Int {
    typealias Letter = ArabicLetters
    guard end >= 6 || (end == 5 && word.ends(Letter.ta, Letter.kaf, before: end)) else { return end }
    if word.ends(Letter.ha, Letter.alef, before: end) || word.ends(Letter.ha, Letter.mim, before: end) {
      return end >= 6 && word.arabicLetter(end - 3) == Letter.ta ? end - 3 : end - 2
    }
    // تك: a noun that ends in ة, which is ت before an owner.
    return word.ends(Letter.ta, Letter.kaf, before: end) ? end - 2 : end
  }

  /// Duals and plurals.
  private static func withoutNumber(_ word: Word, _ end: Int) -> Int {
    typealias Letter = ArabicLetters
    if end >= 5, word.ends(Letter.alef, Letter.ta, before: end) { return end - 2 }
    guard end >= 6 else { return end }
    let isPlural =
      word.ends(Letter.waw, Letter.nun, before: end) || word.ends(Letter.ya, Letter.nun, before: end)
      || word.ends(Letter.alef, Letter.nun, before: end)
    return isPlural ? end - 2 : end
  }

  /// ية, ي, ة: "of", and the feminine.
  private static func withoutRelation(_ word: Word, _ end: Int) -> Int {
    typealias Letter = ArabicLetters
    if end >= 5, word.ends(Letter.ya, Letter.ha, before: end) { return end - 2 }
    guard end >= 4 else { return end }
    let last = word.arabicLetter(end - 1)
    return last == Letter.ya || last == Letter.ha ? end - 1 : end
  }
}

/// What is written on to the front of an Arabic word: the article, and the particles that are one letter.
enum ArabicParticles {
  /// What is in front, and how many letters it has.
  enum Front: Equatable {
    case none
    /// ال: الصويفية.
    case article
    /// وال, بال, كال, فال, لل: والتجميل, بالصويفية, للسيدات.
    case particleAndArticle(Int)
    /// و, ب, ل: taken off only before a word that the dictionaries know, because most words that begin so are whole (وليد, بسمة, لمى).
    case particle
  }

  /// At least three letters stay behind an article: الم (pain) and الف (thousand) are whole.
  static let fewestLetters = 3

  static func front(_ word: Word) -> Front {
    typealias Letter = ArabicLetters
    let letters = word.arabicLetterCount
    if word.begins(Letter.alef, Letter.lam) { return letters >= 2 + fewestLetters ? .article : .none }
    if letters >= 2 + fewestLetters, word.begins(Letter.lam, Letter.lam) { return .particleAndArticle(2) }
    guard letters >= 1 + fewestLetters else { return .none }
    let first = word.arabicLetter(0)
    let hasArticle = word.arabicLetter(1) == Letter.alef && word.arabicLetter(2) == Letter.lam
    switch first {
    case Letter.waw, Letter.ba, Letter.kaf, Letter.fa:
      if hasArticle, letters >= 3 + fewestLetters { return .particleAndArticle(3) }
      return first == Letter.waw || (first == Letter.ba && letters >= 2 + fewestLetters) ? .particle : .none
    case Letter.lam: return letters >= 2 + fewestLetters ? .particle : .none
    default: return .none
    }
  }
}
