/// What is left of a word when everything that Arabic, Latin and Arabizi spellings disagree about is taken off: its consonants, in classes.
///
/// Sweifieh, Suwayfiyah, الصويفية; 7ala2, Hallaq, حلاق; Mohammad, Muhamed, محمد. Vowels are dropped, because Arabic does not write short
/// ones and Latin writes them as it likes. That would make one of سارة, سير and sour, so short skeletons keep more:
///
/// - a vowel at the beginning is kept, without its colour: عمر is `amr`, مر is not;
/// - two consonants keep the colour of the vowel before the second, as far as it is written: نور, Noor `nUr`; زين, Zain `zIn`;
/// - one consonant keeps the colour of the last vowel: علي, Ali `alI`; with nothing beside it there is no skeleton.
///
/// Some letters are read in two ways: th is ث or ذ, 2 is ق or hamza, a last h is ح or ة. So there may be several skeletons of a word, and
/// two words meet in any of them.
///
/// A skeleton says which script its word was written in. Whoever asks in Arabic looks among Latin spellings only: within Arabic, letters
/// are not a matter of taste, and وليد (Waleed) is not ولد (a boy) although their consonants are the same.
struct SkeletonReader {
  /// A consonant, or what is between two.
  private struct Sound {
    /// Two readings; 0: not there in that reading.
    var first: UInt8
    var second: UInt8
    /// The colour of the last vowel before it: A, I, U, or 0.
    var vowel: UInt8
  }

  private static let none = Sound(first: 0, second: 0, vowel: 0)
  private var sounds = InlineArray<24, Sound>(repeating: none)
  private var count = 0
  private var vowel: UInt8 = 0
  private var beginsWithVowel = false
  /// Whether the last sound is an h that may be only the sign of the feminine.
  private var lastIsSilent = false
  private let isLatin: Bool

  /// The skeletons of a word, at most `AnalysisLimits.skeletons`, each with its script in front.
  static func read(_ word: Word, _ script: Script, _ arabizi: ArabiziDigits, _ take: (Word) -> Void) {
    guard script == .latin || script == .arabic else { return }
    var reader = SkeletonReader(isLatin: script == .latin)
    if script == .latin { reader.readLatin(word, arabizi) } else { reader.readArabic(word) }
    reader.finish(take)
  }

  private init(isLatin: Bool) { self.isLatin = isLatin }

  private mutating func add(_ first: Character8, _ second: Character8? = nil) {
    guard count < AnalysisLimits.consonants else { return }
    sounds[count] = Sound(first: first.byte, second: (second ?? first).byte, vowel: vowel)
    vowel = 0
    count += 1
  }

  private mutating func add(vowel colour: Character8) {
    if count == 0 { beginsWithVowel = true }
    vowel = colour.byte
  }

  // MARK: Arabic

  private mutating func readArabic(_ word: Word) {
    let letters = word.arabicLetterCount
    for index in 0..<letters {
      let letter = word.arabicLetter(index)
      if letter == ArabicLetters.ha, index == letters - 1, index > 0 {
        // ة was folded to ه: after a vowel it may be either.
        if vowel != 0 {
          add("h")
          lastIsSilent = true
        }
      } else {
        addArabic(letter, isFirst: index == 0)
      }
    }
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
      let next = index + 1 < word.count ? word[index + 1] : 0
      let isDoubled = letter == previous && !Self.isVowel(letter)
      previous = letter
      if isDoubled {
        index += 1
      } else if addPair(letter, next, isFirst: index == 0) {
        previous = 0
        index += 2
      } else {
        addLatin(letter, next, index, word, arabizi)
        index += 1
      }
    }
  }

  private static func isVowel(_ letter: UInt8) -> Bool {
    letter == 0x61 || letter == 0x65 || letter == 0x69 || letter == 0x6F || letter == 0x75 || letter == 0x79 || letter == 0x77
  }

  /// Two letters that are one sound.
  private mutating func addPair(_ letter: UInt8, _ next: UInt8, isFirst: Bool) -> Bool {
    if next == UInt8(ascii: "h") {
      switch letter {
      case UInt8(ascii: "s"), UInt8(ascii: "c"): add("S")
      case UInt8(ascii: "k"): add("x")
      case UInt8(ascii: "g"): add("G")
      case UInt8(ascii: "t"): add("t", "d")
      case UInt8(ascii: "d"): add("d", "z")
      case UInt8(ascii: "p"): add("f")
      default: return false
      }
      return true
    }
    if letter == UInt8(ascii: "c"), next == UInt8(ascii: "k") {
      add("k")
      return true
    }
    if letter == UInt8(ascii: "d"), next == UInt8(ascii: "j") {
      add("j")
      return true
    }
    return false
  }

  private mutating func addLatin(_ letter: UInt8, _ next: UInt8, _ index: Int, _ word: Word, _ arabizi: ArabiziDigits) {
    switch letter {
    case UInt8(ascii: "a"): add(vowel: "A")
    case UInt8(ascii: "e"), UInt8(ascii: "i"): add(vowel: "I")
    case UInt8(ascii: "o"), UInt8(ascii: "u"): add(vowel: "U")
    case UInt8(ascii: "w"): if index == 0 { add("w") } else { add(vowel: "U") }
    case UInt8(ascii: "y"): if index == 0 { add("y") } else { add(vowel: "I") }
    case UInt8(ascii: "h"):
      lastIsSilent = index == word.count - 1 && vowel != 0 && count > 0
      add("h")
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
    case UInt8(ascii: "s"): add("s")
    case UInt8(ascii: "t"): add("t")
    case UInt8(ascii: "z"): add("z")
    default: break
    }
  }

  private static func softens(_ next: UInt8) -> Bool {
    next == UInt8(ascii: "e") || next == UInt8(ascii: "i") || next == UInt8(ascii: "y")
  }

  private mutating func addDigit(_ digit: UInt8, _ arabizi: ArabiziDigits) {
    let (first, second) = arabizi.letters[Int(digit)]
    guard first != 0 else { return }
    let reading = Self.sound(first)
    guard second != 0 else {
      return reading == 0 ? add(vowel: "A") : add(Character8(reading))
    }
    let other = Self.sound(second)
    if reading == 0, other == 0 { add(vowel: "A") } else { add(Character8(reading), Character8(other)) }
  }

  /// The sound of one Arabic letter; 0 for vowels.
  private static func sound(_ letter: UInt8) -> UInt8 {
    var reader = SkeletonReader(isLatin: false)
    reader.addArabic(letter, isFirst: false)
    return reader.count > 0 ? reader.sounds[0].first : 0
  }

  // MARK: Results

  private func finish(_ take: (Word) -> Void) {
    var given = InlineArray<4, Word>(repeating: Word())
    var givenCount = 0
    func give(_ skeleton: Word?) {
      guard let skeleton, givenCount < AnalysisLimits.skeletons else { return }
      for index in 0..<givenCount where given[index] == skeleton { return }
      given[givenCount] = skeleton
      givenCount += 1
      take(skeleton)
    }
    let shorter = lastIsSilent ? count - 1 : count
    give(skeleton(count, isSecond: false, keepsColour: true))
    if lastIsSilent { give(skeleton(shorter, isSecond: false, keepsColour: true)) }
    give(skeleton(shorter, isSecond: true, keepsColour: true))
    // Latin writes the short vowels that Arabic leaves out: 7ob, حب.
    if isLatin { give(skeleton(shorter, isSecond: false, keepsColour: false)) }
    give(skeleton(count, isSecond: true, keepsColour: true))
  }

  private func skeleton(_ end: Int, isSecond: Bool, keepsColour: Bool) -> Word? {
    var skeleton = Word()
    skeleton.append(isLatin ? UInt8(ascii: "l") : UInt8(ascii: "a"))
    var consonants = 0
    for index in 0..<end where (isSecond ? sounds[index].second : sounds[index].first) != 0 { consonants += 1 }
    guard consonants > 0 else { return nil }
    if beginsWithVowel { skeleton.append(UInt8(ascii: "a")) }
    let wantsColour = keepsColour && consonants == 2 && !beginsWithVowel
    var written = 0
    for index in 0..<end {
      let sound = isSecond ? sounds[index].second : sounds[index].first
      guard sound != 0 else { continue }
      if wantsColour, written == 1, sounds[index].vowel != 0 { skeleton.append(sounds[index].vowel) }
      skeleton.append(sound)
      written += 1
    }
    if consonants == 1 {
      let last = end < count ? sounds[end].vowel : vowel
      if last != 0 { skeleton.append(last) }
    }
    return skeleton.count > 2 ? skeleton : nil
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
