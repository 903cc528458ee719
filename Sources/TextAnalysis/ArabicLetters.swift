/// The letters of Arabic as bytes after 0xD8 or 0xD9: folding, and taking words apart by letters.
///
/// A folded Arabic word is a row of two-byte characters from U+0621 to U+064A and, rarely, letters of other languages, which have two
/// bytes too. A letter is written here as its scalar's value less U+0600.
enum ArabicLetters {
  /// What one character of U+0600…U+067F is to a reader who folds.
  enum Folded: Equatable {
    case letter(UInt8)
    case digit(UInt8)
    /// Tashkeel, and marks of recitation: dropped.
    case mark
    /// ـ, which only makes a word longer.
    case tatweel
    /// U+061C: says how to show a text, not what it says.
    case invisible
    case separator
    /// For Unicode's own tables.
    case unknown
  }

  /// أإآٱ→ا, ؤ→و, ئى→ي, ة→ه, Arabic-Indic digits→ASCII, tashkeel and tatweel off.
  @inline(__always)
  static func fold(_ value: UInt8) -> Folded {
    switch value {
    case 0x22, 0x23, 0x25, 0x71: .letter(alef)
    case 0x24: .letter(waw)
    case 0x26, 0x49: .letter(ya)
    case 0x29: .letter(ha)
    case 0x21, 0x27, 0x28, 0x2A...0x3A, 0x41...0x48, 0x4A: .letter(value)
    case 0x4B...0x5F, 0x10...0x1A, 0x70: .mark
    case 0x60...0x69: .digit(value - 0x60)
    case 0x40: .tatweel
    case 0x1C: .invisible
    case 0x0C, 0x1B, 0x1E, 0x1F, 0x6A...0x6D: .separator
    default: .unknown
    }
  }

  /// Letters that keyboards of other languages put in an Arabic word: Persian and Urdu kaf, gaf, ye, he.
  static func foldForeign(_ scalar: UInt32) -> UInt32 {
    switch scalar {
    case 0x671, 0x672, 0x673: 0x627
    case 0x6A9, 0x6AA, 0x6AB, 0x6AC, 0x6AF: 0x643
    case 0x6CC, 0x6CD, 0x6CE, 0x6D0, 0x6D2: 0x64A
    case 0x6BE, 0x6C1, 0x6C3, 0x6D5: 0x647
    case 0x6C6, 0x6C7, 0x6C8, 0x6CB: 0x648
    default: scalar
    }
  }

  static let hamza: UInt8 = 0x21
  static let alef: UInt8 = 0x27
  static let ba: UInt8 = 0x28
  static let ta: UInt8 = 0x2A
  static let tha: UInt8 = 0x2B
  static let fa: UInt8 = 0x41
  static let kaf: UInt8 = 0x43
  static let lam: UInt8 = 0x44
  static let mim: UInt8 = 0x45
  static let nun: UInt8 = 0x46
  static let ha: UInt8 = 0x47
  static let waw: UInt8 = 0x48
  static let ya: UInt8 = 0x4A
}

extension Word {
  var arabicLetterCount: Int { count / 2 }

  /// The letter at a place, less U+0600; 0 for letters beyond U+06FF and what is no letter of Arabic.
  @inline(__always)
  func arabicLetter(_ index: Int) -> UInt8 {
    let lead = self[index * 2]
    guard lead >= 0xD8, lead <= 0xDB else { return 0 }
    return (lead - 0xD8) << 6 | self[index * 2 + 1] & 0x3F
  }

  mutating func append(arabic letter: UInt8) { append(0xD8 | letter >> 6, 0x80 | letter & 0x3F) }

  /// Whether the word begins with two letters.
  @inline(__always)
  func begins(_ first: UInt8, _ second: UInt8) -> Bool {
    count >= 4 && arabicLetter(0) == first && arabicLetter(1) == second
  }

  /// Whether two letters stand before the `end`th.
  @inline(__always)
  func ends(_ first: UInt8, _ second: UInt8, before end: Int) -> Bool {
    end >= 2 && arabicLetter(end - 2) == first && arabicLetter(end - 1) == second
  }

  func arabicPart(_ range: Range<Int>) -> Word { part(range.lowerBound * 2..<range.upperBound * 2) }
}
