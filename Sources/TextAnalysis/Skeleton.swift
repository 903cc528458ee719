/// What is left of a word when everything that Arabic, Latin and Arabizi spellings disagree about is taken off: its consonants, in classes.
///
/// Sweifieh, Suwayfiyah, الصويفية; 7ala2, Hallaq, حلاق; Mohammad, Muhamed, محمد. Vowels are dropped, because Arabic does not write short
/// ones and Latin writes them as it likes. That would make one of سارة, سير and sour, so short skeletons keep more:
///
/// - a vowel at the beginning is kept, without its colour: عمر is `amr`, مر is not;
/// - two consonants keep the colour of the vowel before the second, as far as it is written: نور, Noor `nUr`; زين, Zain `zIn`;
/// - one consonant keeps the colour of the last vowel: علي, Ali `alI`; with nothing beside it there is no skeleton.
///
/// Some letters are read in two ways: th is ث or ذ, 2 is ق or hamza, و is w or a vowel, a last h is ح or ة. So there may be several
/// skeletons of a word, and two words meet in any of them.
///
/// A skeleton says which script its word was written in. Whoever asks in Arabic looks among Latin spellings only: within Arabic, letters
/// are not a matter of taste, and وليد (Waleed) is not ولد (a boy) although their consonants are the same.
struct SkeletonReader {
  /// A consonant, or what is between two.
  private struct Sound {
    /// Two readings; 0: no consonant in that reading.
    var first: UInt8
    var second: UInt8
    /// The colour of the last vowel before it: A, I, U, or 0.
    var vowel: UInt8
    /// Whether that vowel is long: then Arabic writes it.
    var isLong: Bool
    /// The vowel that it is where it is no consonant; 0: silent.
    var otherwise: UInt8
  }

  private static let none = Sound(first: 0, second: 0, vowel: 0, isLong: false, otherwise: 0)
  private var sounds = InlineArray<24, Sound>(repeating: none)
  private var count = 0
  private var vowel: UInt8 = 0
  /// Letters since the last consonant.
  private var vowelLetters = 0
  private var beginsWithVowel = false
  private let isLatin: Bool
  private let isName: Bool

  /// The skeletons of a word, at most `AnalysisLimits.skeletons`, each with its script in front.
  ///
  /// - Parameter isName: names are written as they are spoken: the rules of English do not hold.
  static func read(_ word: Word, _ script: Script, isName: Bool, _ arabizi: ArabiziDigits, _ take: (Word) -> Void) {
    guard script == .latin || script == .arabic else { return }
    var reader = SkeletonReader(isLatin: script == .latin, isName: isName)
    if script == .latin { reader.readLatin(word, arabizi) } else { reader.readArabic(word) }
    reader.finish(take)
  }

  private init(isLatin: Bool, isName: Bool) {
    self.isLatin = isLatin
    self.isName = isName
  }

  private mutating func add(_ reading: Character8) { add(reading.byte, reading.byte) }
  private mutating func add(_ first: Character8, _ second: Character8) { add(first.byte, second.byte) }

  /// A sound that in one reading is none: a vowel, or silent.
  private mutating func add(_ first: UInt8, _ second: UInt8, otherwise: UInt8 = 0) {
    guard count < AnalysisLimits.consonants else { return }
    sounds[count] = Sound(first: first, second: second, vowel: vowel, isLong: vowelLetters > 1, otherwise: otherwise)
    (vowel, vowelLetters) = (0, 0)
    count += 1
  }

  /// - Parameter letters: a vowel of two is long; so is one that stands for a letter of Arabic.
  private mutating func add(vowel colour: Character8, letters: Int = 1) {
    if count == 0 { beginsWithVowel = true }
    vowel = colour.byte
    vowelLetters += letters
  }

  // MARK: Arabic

  private mutating func readArabic(_ word: Word) {
    let letters = word.arabicLetterCount
    for index in 0..<letters {
      let letter = word.arabicLetter(index)
      let next = index + 1 < letters ? word.arabicLetter(index + 1) : 0
      switch letter {
      case ArabicLetters.ha where index == letters - 1 && index > 0:
        // ة was folded to ه: after a vowel it may be either, and no word of two letters ends in ة.
        if letters == 2 { add("h") } else if vowel != 0 { add(Character8("h").byte, 0) }
      case ArabicLetters.waw where index > 0: addWaw(next, isBeforeLast: index == letters - 2)
      // تش is the ch of other languages.
      case ArabicLetters.ta where next == 0x34: add(Character8("t").byte, 0)
      default: addArabic(letter, isFirst: index == 0)
      }
    }
  }

  /// و before a vowel is a consonant (روان), and else it is rarely one (عوض).
  private mutating func addWaw(_ next: UInt8, isBeforeLast: Bool) {
    let (w, u): (Character8, Character8) = ("w", "U")
    let isBeforeVowel = next == ArabicLetters.alef || next == ArabicLetters.ya || (next == ArabicLetters.ha && isBeforeLast)
    if isBeforeVowel { add(w.byte, 0, otherwise: u.byte) } else { add(0, w.byte, otherwise: u.byte) }
  }

  private mutating func addArabic(_ letter: UInt8, isFirst: Bool) {
    switch letter {
    case 0x27, 0x39, 0x21: add(vowel: "A")
    case 0x48: if isFirst { add("w") } else { add(vowel: "U") }
    case 0x4A: if isFirst { add("y") } else { add(vowel: "I") }
    case 0x28, 0x7E: add("b")
    case 0x2A, 0x37: add("t")
    case 0x2B: add("t", "s")
    case 0x2C: add("j")
    case 0x2D, 0x47: add("h")
    case 0x2E: add("x")
    case 0x2F, 0x36: add("d")
    case 0x30: add("d", "z")
    case 0x31: add("r")
    case 0x32, 0x98: add("z")
    case 0x33, 0x35: add("s")
    case 0x34, 0x86: add("S")
    case 0x38: add("z", "d")
    case 0x3A: add("G")
    case 0x41, 0xA4: add("f")
    case 0x42, 0x43: add("k")
    case 0x44: add("l")
    case 0x45: add("m")
    case 0x46: add("n")
    default: break
    }
  }

  // MARK: Latin and Arabizi

  private mutating func readLatin(_ word: Word, _ arabizi: ArabiziDigits) {
    var index = 0
    var previous: UInt8 = 0
    while index < word.count {
      let letter = word[index]
      let isDoubled = letter == previous && !Self.isVowel(letter)
      previous = letter
      if isDoubled {
        index += 1
      } else if addPair(word, index) {
        previous = 0
        index += 2
      } else {
        addLatin(word, index, arabizi)
        index += 1
      }
    }
  }

  private static func isVowel(_ letter: UInt8) -> Bool {
    letter == 0x61 || letter == 0x65 || letter == 0x69 || letter == 0x6F || letter == 0x75 || letter == 0x79 || letter == 0x77
  }

  /// Two letters that are one sound.
  private mutating func addPair(_ word: Word, _ index: Int) -> Bool {
    let (letter, next) = (word[index], Self.letter(word, index + 1))
    if next == UInt8(ascii: "h") {
      switch letter {
      case UInt8(ascii: "s"), UInt8(ascii: "c"): add("S")
      case UInt8(ascii: "k"): add("x")
      case UInt8(ascii: "g"): addGH(word, index)
      case UInt8(ascii: "t"): add("t", "d")
      case UInt8(ascii: "d"): add("d", "z")
      case UInt8(ascii: "p"): add("f")
      case UInt8(ascii: "w") where index == 0: add("w")
      default: return false
      }
      return true
    }
    switch (letter, next) {
    case (UInt8(ascii: "c"), UInt8(ascii: "k")): add("k")
    case (UInt8(ascii: "d"), UInt8(ascii: "j")): add("j")
    // scissors, but not scrub
    case (UInt8(ascii: "s"), UInt8(ascii: "c")) where Self.softens(Self.letter(word, index + 2)): add("s")
    // clean, sea
    case (UInt8(ascii: "e"), UInt8(ascii: "a")) where !isName: add(vowel: "I", letters: 2)
    // lotion
    case (UInt8(ascii: "t"), UInt8(ascii: "i")) where !isName && index > 0 && Self.letter(word, index + 2) == UInt8(ascii: "o"):
      add("S")
    default: return false
    }
    return true
  }

  /// The gh of light is silent; that of ghazal and tabligh is not.
  private mutating func addGH(_ word: Word, _ index: Int) {
    let mayBeSilent =
      !isName && index > 0 && word[index - 1] == UInt8(ascii: "i") && Self.letter(word, index + 2) == UInt8(ascii: "t")
    let gh: Character8 = "G"
    add(gh.byte, mayBeSilent ? 0 : gh.byte)
  }

  private static func letter(_ word: Word, _ index: Int) -> UInt8 { index >= 0 && index < word.count ? word[index] : 0 }

  private mutating func addLatin(_ word: Word, _ index: Int, _ arabizi: ArabiziDigits) {
    let (letter, next) = (word[index], Self.letter(word, index + 1))
    let isLast = index == word.count - 1
    switch letter {
    case UInt8(ascii: "a"): add(vowel: "A")
    case UInt8(ascii: "e"), UInt8(ascii: "i"): add(vowel: "I")
    case UInt8(ascii: "o"), UInt8(ascii: "u"): add(vowel: "U")
    case UInt8(ascii: "w"): if index == 0 || Self.isSpoken(next) { add("w") } else { add(vowel: "U") }
    case UInt8(ascii: "y"): if index == 0 { add("y") } else { add(vowel: "I") }
    case UInt8(ascii: "h"): if isLast, vowel != 0, count > 0 { add(letter, 0) } else { add("h") }
    // et is ة before another noun
    case UInt8(ascii: "t"):
      if isLast, vowel != 0, vowel != Self.u, vowelLetters == 1, count > 1 { add(letter, 0) } else { add("t") }
    case UInt8(ascii: "s"): if mayBeZ(word, index) { add("s", "z") } else { add("s") }
    case UInt8(ascii: "b"), UInt8(ascii: "p"): add("b")
    case UInt8(ascii: "f"), UInt8(ascii: "v"): add("f")
    case UInt8(ascii: "g"): add("j", "G")
    case UInt8(ascii: "k"), UInt8(ascii: "q"): add("k")
    case UInt8(ascii: "c"): if Self.softens(next) { add("s") } else { add("k") }
    case UInt8(ascii: "x"):
      add("k")
      add("s")
    case 0x30...0x39: addDigit(letter - 0x30, arabizi)
    case UInt8(ascii: "d"): add("d")
    case UInt8(ascii: "j"): add("j")
    case UInt8(ascii: "l"): add("l")
    case UInt8(ascii: "m"): add("m")
    case UInt8(ascii: "n"): add("n")
    case UInt8(ascii: "r"): add("r")
    case UInt8(ascii: "z"): add("z")
    default: break
    }
  }

  private static let u = UInt8(ascii: "U")

  private static func softens(_ next: UInt8) -> Bool {
    next == UInt8(ascii: "e") || next == UInt8(ascii: "i") || next == UInt8(ascii: "y")
  }

  /// a, e, i, o, u.
  private static func isSpoken(_ letter: UInt8) -> Bool {
    isVowel(letter) && letter != UInt8(ascii: "w") && letter != UInt8(ascii: "y")
  }

  /// Whether English speaks an s as z: between vowels (oasis, music), and at the end behind a sound with voice (nails, maids, roses).
  private func mayBeZ(_ word: Word, _ index: Int) -> Bool {
    guard !isName, index > 0 else { return false }
    let (before, after) = (word[index - 1], Self.letter(word, index + 1))
    if after != 0 { return Self.isVowel(before) && Self.isVowel(after) }
    switch before {
    case UInt8(ascii: "b"), UInt8(ascii: "d"), UInt8(ascii: "g"), UInt8(ascii: "l"), UInt8(ascii: "m"), UInt8(ascii: "n"),
      UInt8(ascii: "r"), UInt8(ascii: "v"), UInt8(ascii: "w"), UInt8(ascii: "e"):
      return true
    default: return false
    }
  }

  private mutating func addDigit(_ digit: UInt8, _ arabizi: ArabiziDigits) {
    let (first, second) = arabizi.letters[Int(digit)]
    guard first != 0 else { return }
    let reading = Self.sound(first)
    let other = second == 0 ? reading : Self.sound(second)
    let a: Character8 = "A"
    // Its letter is written in Arabic.
    if reading == 0, other == 0 { add(vowel: a, letters: 2) } else { add(reading, other, otherwise: a.byte) }
  }

  /// The sound of one Arabic letter; 0 for vowels.
  private static func sound(_ letter: UInt8) -> UInt8 {
    var reader = SkeletonReader(isLatin: false, isName: false)
    reader.addArabic(letter, isFirst: false)
    return reader.count > 0 ? reader.sounds[0].first : 0
  }

  // MARK: Results

  /// All sounds read in their first way; then one of them in its second, the last ones first, since endings are the least sure; then all.
  private func finish(_ take: (Word) -> Void) {
    var given = InlineArray<6, Word>(repeating: Word())
    var givenCount = 0
    func give(_ skeleton: Word?) {
      guard let skeleton, givenCount < AnalysisLimits.skeletons else { return }
      for index in 0..<givenCount where given[index] == skeleton { return }
      given[givenCount] = skeleton
      givenCount += 1
      take(skeleton)
    }
    give(skeleton(second: 0))
    // Latin writes the short vowels that Arabic leaves out: 7ob, حب.
    if isLatin { give(skeleton(second: 0, keepsShortColour: false)) }
    var ambiguous: UInt32 = 0
    for index in 0..<count where sounds[index].first != sounds[index].second { ambiguous |= 1 << UInt32(index) }
    var left = ambiguous
    while left != 0 {
      let last: UInt32 = 1 << UInt32(31 - left.leadingZeroBitCount)
      left &= ~last
      give(skeleton(second: last))
      if isLatin, last == 1 << UInt32(max(count, 1) - 1) { give(skeleton(second: last, keepsShortColour: false)) }
    }
    give(skeleton(second: ambiguous))
  }

  /// - Parameter second: a bit for each sound that is read in its second way.
  private func skeleton(second: UInt32, keepsShortColour: Bool = true) -> Word? {
    var (consonants, begins) = (0, beginsWithVowel)
    for index in 0..<count {
      if reading(index, second) != 0 { consonants += 1 } else if index == 0, sounds[0].otherwise != 0 { begins = true }
    }
    guard consonants > 0 else { return nil }
    var skeleton = Word()
    skeleton.append(isLatin ? UInt8(ascii: "l") : UInt8(ascii: "a"))
    if begins { skeleton.append(UInt8(ascii: "a")) }
    var (written, colour, isLong) = (0, UInt8(0), false)
    for index in 0..<count {
      let (sound, own) = (reading(index, second), sounds[index])
      if own.vowel != 0 { (colour, isLong) = (own.vowel, isLong || own.isLong) }
      guard sound != 0 else {
        if own.otherwise != 0 { (colour, isLong) = (own.otherwise, true) }
        continue
      }
      if consonants == 2, written == 1, !begins, colour != 0, keepsShortColour || isLong { skeleton.append(colour) }
      skeleton.append(sound)
      (written, colour, isLong) = (written + 1, 0, false)
    }
    if vowel != 0 { colour = vowel }
    if consonants == 1, colour != 0 { skeleton.append(colour) }
    return skeleton.count > 2 ? skeleton : nil
  }

  @inline(__always)
  private func reading(_ index: Int, _ second: UInt32) -> UInt8 {
    second >> UInt32(index) & 1 == 1 ? sounds[index].second : sounds[index].first
  }
}

/// An ASCII letter in place of a `Character`, which has no room for being compared quickly.
private struct Character8: ExpressibleByUnicodeScalarLiteral {
  let byte: UInt8
  init(_ byte: UInt8) { self.byte = byte }
  init(unicodeScalarLiteral scalar: Unicode.Scalar) { byte = UInt8(truncatingIfNeeded: scalar.value) }
}

/// Which Arabic letters the digits of Arabizi stand for: the dialect's own reading, and one that others mean.
struct ArabiziDigits: Sendable, Equatable {
  /// By digit; letters as in `ArabicLetters`, 0 for none.
  var letters: [(first: UInt8, second: UInt8)] = Array(repeating: (0, 0), count: 10)

  static func == (a: ArabiziDigits, b: ArabiziDigits) -> Bool {
    zip(a.letters, b.letters).allSatisfy { $0.first == $1.first && $0.second == $1.second }
  }
}
