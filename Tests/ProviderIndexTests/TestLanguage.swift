import TextIndex

/// A small language with everything that tells the tiers apart: endings, articles, words that mean the same, two scripts.
enum TestLanguage {
  static let words = [
    "salon", "salons", "saloon", "nails", "nail", "حلاق", "barber", "barbers", "صالون", "spa", "spo", "sport", "salt", "دعاء",
    "laser",
    "lazer", "ليزر", "gold", "الذهب", "ذهب", "beautification", "beautifications",
  ]

  static func stem(_ word: String) -> String {
    let word = word.hasPrefix("ال") && word.count > 3 ? String(word.dropFirst(2)) : word
    return word.hasSuffix("s") && word.count > 3 ? String(word.dropLast()) : word
  }

  /// What a word may mean, and how surely.
  static func meanings(_ word: String) -> [(name: String, weight: Float)] {
    switch word {
    case "barber", "barbers", "حلاق": [("BARBER", 1)]
    case "salon", "salons", "صالون": [("PARLOUR", 1)]
    case "spa": [("PARLOUR", 0.6), ("BATH", 1)]
    case "laser", "ليزر": [("LASER", 1)]
    default: []
    }
  }

  /// What is left of a word in any script without its vowels; empty when that is nothing.
  static func skeleton(_ word: String) -> String {
    String(word.compactMap { sounds[$0] ?? ($0.isASCII && $0.isLetter && !"aeiou".contains($0) ? $0 : nil) })
  }

  private static let sounds: [Character: Character] = [
    "ص": "s", "س": "s", "ز": "s", "ذ": "s", "z": "s", "ل": "l", "ن": "n", "ر": "r", "ب": "b", "ح": "h", "ه": "h", "ق": "k",
    "د": "d",
  ]

  /// A word with a slip of the finger in it.
  static func slip(_ word: String, using random: inout some RandomNumberGenerator) -> String {
    var letters = Array(word)
    let place = Int.random(in: 0..<letters.count, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: letters.remove(at: place)
    case 1: letters.insert("x", at: place)
    case 2: letters[place] = "x"
    default: if place > 0 { letters.swapAt(place, place - 1) }
    }
    return letters.isEmpty ? word : String(letters)
  }
}

/// Gives each word's alternatives of every kind.
struct TieredAnalyzer: TextAnalyzer {
  func analyze(_ text: String, into tokens: inout TokenBuffer) {
    var words = TokenBuffer()
    CaseFoldingSplitter().analyze(text, into: &words)
    let first = tokens.tokens.last.map { Int($0.position) + 1 } ?? 0
    for (index, token) in words.tokens.enumerated() {
      let word = words.alternatives(of: index).first.map { String(decoding: words.key(of: $0).dropFirst(), as: UTF8.self) } ?? ""
      tokens.beginToken(position: first + Int(token.position), source: Int(token.sourceStart)..<Int(token.sourceEnd))
      tokens.addAlternative(.surface, word)
      tokens.addAlternative(.stem, weight: 0.9, TestLanguage.stem(word))
      for meaning in TestLanguage.meanings(word) { tokens.addAlternative(.synonym, weight: meaning.weight, meaning.name) }
      let skeleton = TestLanguage.skeleton(word)
      if !skeleton.isEmpty { tokens.addAlternative(.phonetic, weight: 0.8, skeleton) }
    }
  }
}

/// Edits between words: insertion, deletion, replacement, transposition of neighbours.
enum EditTable {
  /// From `word` to each beginning of `other`, the empty one first.
  static func distances(_ word: String, toBeginningsOf other: String) -> [Int] {
    let (word, other) = (Array(word.unicodeScalars), Array(other.unicodeScalars))
    var rows = [Array(0...other.count)]
    for row in 1..<word.count + 1 {
      var next = [row]
      for column in 1..<other.count + 1 {
        var least = min(
          rows[row - 1][column] + 1, next[column - 1] + 1,
          rows[row - 1][column - 1] + (word[row - 1] == other[column - 1] ? 0 : 1))
        if row > 1, column > 1, word[row - 1] == other[column - 2], word[row - 2] == other[column - 1] {
          least = min(least, rows[row - 2][column - 2] + 1)
        }
        next.append(least)
      }
      rows.append(next)
    }
    return rows[word.count]
  }
}
