/// A word of a text, folded, with where it stood.
struct FoundWord {
  var word = Word()
  var script = Script.number
  /// UTF-8 bytes of the text, marks and invisible characters inside the word included.
  var start = 0
  var end = 0
}

/// A word being put together. Its rules are small steps on a value; `TextFolding` feeds it characters.
struct WordDraft {
  private(set) var found = FoundWord()
  /// Letters that do not have two bytes: the rules for Arabic do not apply.
  private var isIrregular = false
  /// ICU's codes of two more scripts whose accents and points few people type.
  private static let greek: Int32 = 14
  private static let hebrew: Int32 = 19
  /// ICU's script code of `.other`.
  private var otherScript: Int32 = 0
  /// An apostrophe has been read, and no letter since.
  private var hasApostrophe = false
  /// The length of the word at its last apostrophe that a letter followed; 0 for none.
  private var lengthAtApostrophe = 0

  var isEmpty: Bool { found.word.isEmpty }
  /// Marks on letters of these scripts are left out; other scripts write what is said with them.
  var leavesMarksOut: Bool { found.script != .other || otherScript == Self.greek || otherScript == Self.hebrew }
  var script: Script { found.script }

  mutating func begin(at start: Int) { self = WordDraft(start: start) }

  init() {}
  private init(start: Int) { found.start = start }

  /// Whether a letter goes on in this word: a change of script begins a new one. Digits go with any script but Arabic.
  func continues(_ script: Script, code: Int32) -> Bool {
    if isEmpty { return true }
    // Only Latin, and Arabizi's digits, have an apostrophe inside.
    if hasApostrophe, script != .latin, script != .number { return false }
    switch (found.script, script) {
    case (.number, .arabic): return false
    case (.number, _): return true
    case (.arabic, .number): return false
    case (_, .number): return true
    case (.other, .other): return code == otherScript
    default: return found.script == script
    }
  }

  private mutating func enter(_ script: Script, code: Int32) {
    guard found.script == .number, script != .number else { return }
    found.script = script
    otherScript = code
  }

  mutating func takeDigit(_ digit: UInt8, end: Int) {
    hasApostrophe = false
    found.word.append(UInt8(ascii: "0") + digit)
    found.end = end
  }

  @inline(__always)
  mutating func takeLatin(_ letter: UInt8, end: Int) {
    enter(.latin, code: 0)
    settleApostrophe()
    found.word.append(letter)
    found.end = end
  }

  @inline(__always)
  mutating func takeArabic(_ letter: UInt8, end: Int) {
    enter(.arabic, code: 0)
    found.word.append(0xD8 | letter >> 6, 0x80 | letter & 0x3F)
    found.end = end
  }

  mutating func take(_ scalar: Unicode.Scalar, _ script: Script, code: Int32, end: Int) {
    enter(script, code: code)
    hasApostrophe = false
    isIrregular = isIrregular || scalar.value < 0x600 || scalar.value > 0x6FF
    found.word.append(scalar)
    found.end = end
  }

  /// A character of the word that is not kept.
  mutating func passOver(end: Int) { if !isEmpty { found.end = end } }

  /// Whether the word may go on behind an apostrophe.
  mutating func takeApostrophe() -> Bool {
    guard !isEmpty, found.script == .latin || found.script == .number, !hasApostrophe else { return false }
    hasApostrophe = true
    return true
  }

  private mutating func settleApostrophe() {
    guard hasApostrophe else { return }
    hasApostrophe = false
    if let last = lastByte, let (first, second) = LatinLetters.dotted(last) {
      found.word.removeLast()
      found.word.append(first, second)
    } else {
      lengthAtApostrophe = found.word.count
    }
  }

  private var lastByte: UInt8? { isEmpty ? nil : found.word[found.word.count - 1] }

  /// The word, without a possessive 's: barber's, Sara’s.
  mutating func finish() -> FoundWord {
    if found.script == .latin, lengthAtApostrophe >= 2, found.word.count == lengthAtApostrophe + 1,
      lastByte == UInt8(ascii: "s")
    {
      found.word.removeLast()
    }
    if found.script == .arabic, isIrregular { found.script = .other }
    return found
  }
}
