/// Bounds of the analysis, each with its reason.
public enum AnalysisLimits {
  /// UTF-16 units that are normalised as one character with its marks. Unicode's Stream-Safe Text Format (UAX #15) allows 30 marks; no
  /// language needs as many, and what is longer is normalised in pieces.
  static let clusterUnits = 128
  /// What such a character may become: one of the longest, U+FDFA, becomes eighteen.
  static let foldedUnits = clusterUnits * 18
  /// Words of a phrase in the dictionaries: "hair removal by laser for men".
  static let phraseWords = 6
  /// Concepts that one word may stand for. Words of more are so general that they say nothing.
  static let concepts = 8
  /// Consonants of a word's skeleton; the longest Arabic words have ten.
  static let consonants = 24
  /// Skeletons of a word: its letters, one or all of them read in their second way, without a short vowel.
  static let skeletons = 6
  /// Forms of a word by itself: three surfaces, a stem, the skeletons, some of what is left without a guessed article.
  static let forms = 4 + skeletons + 2
  /// Words of a text whose room is kept for the next one: most texts have fewer, and a page now and then must not be remembered.
  static let keptWords = 4_096
  /// A dictionary is written by people.
  public static let dictionaryBytes = 16 << 20
}

/// How sure it is that a form is the word, against other forms of its kind. What the kinds are worth beside each other is the ranking
/// profile's to say.
enum FormWeight {
  static let surface: Float = 1
  /// الصويفية found as صويفية: the same word to everyone who writes it.
  static let withoutArticle: Float = 0.95
  /// "and", "with", "for" written on to the word.
  static let withoutParticle: Float = 0.85
  /// فراشا for فراشة: many write what they hear.
  static let otherEnding: Float = 0.85
  static let stem: Float = 1
  /// The same name in another script: Waleed, وليد.
  static let name: Float = 1
  /// Something of the same meaning, which is rarely quite the same.
  static let synonym: Float = 0.9
  static let phonetic: Float = 1
  /// A skeleton of the second readings: th as ذ, 2 as hamza.
  static let otherPhonetic: Float = 0.9
}
