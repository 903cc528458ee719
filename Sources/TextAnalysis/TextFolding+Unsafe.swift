// The border to ICU, and the walk over a text's bytes, which is why it is marked unsafe.
import CICU
import TextIndex

/// Reads a text and finds its folded words.
///
/// ASCII and the letters of Arabic are folded by a table, byte for byte; whatever else there is goes to ICU, a character with its marks at
/// a time, so that every word knows where it stood. Canonically equal texts give equal words, and folding folded words changes nothing.
///
/// A value that one analysis at a time has to itself. ICU's normalisers are immutable and shared by all threads (unorm2.h).
struct TextFolding {
  private let casefold: OpaquePointer
  private let decomposition: OpaquePointer
  private var cluster: [UInt16] = []
  private var folded: [UInt16]
  private var decomposed: [UInt16]
  private(set) var words: [FoundWord] = []
  private var draft = WordDraft()

  init() {
    guard let casefold = qareeb_icu_nfkc_casefold(), let decomposition = qareeb_icu_nfd() else {
      preconditionFailure("ICU has no normalization data: the installation of libicu is broken")
    }
    self.casefold = casefold
    self.decomposition = decomposition
    cluster.reserveCapacity(AnalysisLimits.clusterUnits + 2)
    folded = Array(repeating: 0, count: AnalysisLimits.foldedUnits)
    decomposed = Array(repeating: 0, count: 32)
  }

  /// Finds the words; they stay in `words` until the next call. Bytes must be those of a `String`: well-formed UTF-8.
  mutating func fold(_ text: UnsafeBufferPointer<UInt8>) {
    words.removeAll(keepingCapacity: words.capacity <= AnalysisLimits.keptWords)
    draft.begin(at: 0)
    var at = 0
    while at < text.count {
      let lead = text[at]
      if lead < 0x80 {
        takeASCII(lead, at)
        at += 1
      } else if lead <= 0xD9, lead >= 0xD8, takeArabic((lead - 0xD8) << 6 | text[at + 1] & 0x3F, at) {
        at += 2
      } else {
        at = takeCluster(text, at)
      }
    }
    finishWord()
  }

  /// Finds the words of a text, or of its beginning; says how much was read.
  mutating func fold(_ text: String, atMost maximumBytes: Int) -> (bytes: Int, isCut: Bool) {
    var text = text
    return text.withUTF8 { bytes in
      guard bytes.count > maximumBytes else {
        fold(bytes)
        return (bytes.count, false)
      }
      var end = maximumBytes
      while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
      fold(UnsafeBufferPointer(rebasing: bytes[..<end]))
      return (end, true)
    }
  }

  /// The words of a short text, as an array: for dictionaries.
  mutating func words(of text: String) -> [FoundWord] {
    _ = fold(text, atMost: .max)
    return words
  }

  private mutating func finishWord() {
    guard !draft.isEmpty else { return }
    words.append(draft.finish())
    draft.begin(at: 0)
  }

  @inline(__always)
  private mutating func takeASCII(_ byte: UInt8, _ at: Int) {
    switch byte {
    case 0x61...0x7A: takeLatin(byte, at, at + 1)
    case 0x41...0x5A: takeLatin(byte | 0x20, at, at + 1)
    case 0x30...0x39: takeDigit(byte - 0x30, at, at + 1)
    case 0x27, 0x60: takeApostrophe()
    default: finishWord()
    }
  }

  /// False where the table does not know the character.
  @inline(__always)
  private mutating func takeArabic(_ value: UInt8, _ at: Int) -> Bool {
    switch ArabicLetters.fold(value) {
    case .letter(let letter):
      start(.arabic, 0, at)
      draft.takeArabic(letter, end: at + 2)
    case .digit(let digit): takeDigit(digit, at, at + 2)
    // After letters of a script that keeps its marks they are kept too: ICU knows in which order.
    case .mark where draft.leavesMarksOut, .invisible: draft.passOver(end: at + 2)
    case .tatweel: takeTatweel(at + 2)
    case .separator: finishWord()
    case .mark, .unknown: return false
    }
    return true
  }

  @inline(__always)
  private mutating func start(_ script: Script, _ code: Int32, _ at: Int) {
    if !draft.continues(script, code: code) { finishWord() }
    if draft.isEmpty { draft.begin(at: at) }
  }

  @inline(__always)
  private mutating func takeLatin(_ letter: UInt8, _ at: Int, _ end: Int) {
    start(.latin, 0, at)
    draft.takeLatin(letter, end: end)
  }

  private mutating func takeDigit(_ digit: UInt8, _ at: Int, _ end: Int) {
    start(.number, 0, at)
    draft.takeDigit(digit, end: end)
  }

  private mutating func takeApostrophe() { if !draft.takeApostrophe() { finishWord() } }

  /// ـ only inside Arabic; elsewhere it stands between words.
  private mutating func takeTatweel(_ end: Int) {
    if draft.script == .arabic { draft.passOver(end: end) } else { finishWord() }
  }

  // MARK: Through ICU

  /// Takes a character with all that is normalised together with it; returns where the next one begins.
  private mutating func takeCluster(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    var at = start
    let first = Self.scalar(text, &at)
    if LatinLetters.isApostrophe(first) {
      takeApostrophe()
      return at
    }
    // Letters raised beside a name are not a part of it.
    if first == 0x2122 || first == 0x2120 {
      finishWord()
      return at
    }
    cluster.removeAll(keepingCapacity: true)
    append(first)
    while at < text.count, text[at] >= 0x80, cluster.count < AnalysisLimits.clusterUnits {
      var next = at
      let scalar = Self.scalar(text, &next)
      if scalar != Self.iotaBelow, qareeb_icu_has_boundary_before(casefold, scalar) { break }
      append(scalar)
      at = next
    }
    takeNormalized(start, at)
    return at
  }

  private mutating func append(_ scalar: UInt32) {
    if scalar <= 0xFFFF {
      cluster.append(UInt16(scalar))
    } else {
      cluster.append(UInt16(0xD7C0 + scalar >> 10))
      cluster.append(UInt16(0xDC00 | scalar & 0x3FF))
    }
  }

  @inline(__always)
  private static func scalar(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int) -> UInt32 {
    let lead = text[at]
    let length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    let end = min(at + length, text.count)
    var value = UInt32(lead) & (length == 1 ? 0x7F : 0x7F >> UInt32(length))
    for index in at + 1..<max(end, at + 1) { value = value << 6 | UInt32(text[index] & 0x3F) }
    at = end
    return value
  }

  /// A mark that folds to a letter, and so must be in its canonical place before: marks behind it would go over to that letter.
  private static let iotaBelow: UInt32 = 0x345

  /// Puts marks around an iota below, and around the Greek letters that have one, in their canonical order.
  private mutating func orderMarks() {
    guard cluster.count > 1, cluster.contains(where: { $0 == Self.iotaBelow || (0x1F80...0x1FFC).contains($0) }) else { return }
    let count = qareeb_icu_normalize(decomposition, cluster, Int32(cluster.count), &folded, Int32(folded.count))
    guard count > 0 else { return }
    cluster.removeAll(keepingCapacity: true)
    cluster.append(contentsOf: folded[..<Int(count)])
  }

  private mutating func takeNormalized(_ start: Int, _ end: Int) {
    orderMarks()
    let count = qareeb_icu_normalize(casefold, cluster, Int32(cluster.count), &folded, Int32(folded.count))
    guard count > 0 else {
      // Nothing is left of invisible characters; the word goes on behind them.
      draft.passOver(end: end)
      return
    }
    var index = 0
    while index < Int(count) { take(Self.scalar(folded, &index), start, end) }
  }

  private static func scalar(_ units: [UInt16], _ index: inout Int) -> UInt32 {
    let unit = UInt32(units[index])
    index += 1
    guard unit & 0xFC00 == 0xD800, index < units.count else { return unit }
    let low = UInt32(units[index])
    index += 1
    return (unit - 0xD7C0) << 10 | low & 0x3FF
  }

  /// A folded character, which may be one of several that a character became.
  private mutating func take(_ value: UInt32, _ at: Int, _ end: Int) {
    if value < 0x80 { return takeFoldedASCII(UInt8(value), at, end) }
    if LatinLetters.isApostrophe(value) { return takeApostrophe() }
    let digit = qareeb_icu_digit(value)
    if digit >= 0 { return takeDigit(UInt8(digit), at, end) }
    switch UInt32(qareeb_icu_category(value)) {
    case U_NON_SPACING_MARK.rawValue, U_ENCLOSING_MARK.rawValue, U_COMBINING_SPACING_MARK.rawValue: takeMark(value, end)
    case U_UPPERCASE_LETTER.rawValue...U_OTHER_LETTER.rawValue: takeLetter(value, at, end)
    case U_LETTER_NUMBER.rawValue, U_OTHER_NUMBER.rawValue: takeOther(value, at, end)
    default: finishWord()
    }
  }

  private mutating func takeFoldedASCII(_ byte: UInt8, _ at: Int, _ end: Int) {
    switch byte {
    case 0x61...0x7A: takeLatin(byte, at, end)
    case 0x30...0x39: takeDigit(byte - 0x30, at, end)
    case 0x27, 0x60: takeApostrophe()
    default: finishWord()
    }
  }

  private mutating func takeMark(_ value: UInt32, _ end: Int) {
    guard !draft.isEmpty, !draft.leavesMarksOut, let scalar = Unicode.Scalar(value) else { return draft.passOver(end: end) }
    draft.take(scalar, .number, code: 0, end: end)
  }

  private mutating func takeLetter(_ value: UInt32, _ at: Int, _ end: Int) {
    let script = qareeb_icu_script(value)
    guard
      script == USCRIPT_LATIN.rawValue || script == USCRIPT_ARABIC.rawValue || script == USCRIPT_GREEK.rawValue
        || script == USCRIPT_HEBREW.rawValue
    else {
      return value == 0x640 ? takeTatweel(end) : takeOther(value, at, end)
    }
    let count = qareeb_icu_decompose(decomposition, value, &decomposed, Int32(decomposed.count))
    guard count > 0 else { return takeBase(value, script, at, end) }
    var index = 0
    while index < Int(count) {
      let part = Self.scalar(decomposed, &index)
      let category = UInt32(qareeb_icu_category(part))
      if category >= U_UPPERCASE_LETTER.rawValue, category <= U_OTHER_LETTER.rawValue { takeBase(part, script, at, end) }
    }
    draft.passOver(end: end)
  }

  /// A letter without marks, of a script whose marks are left out.
  private mutating func takeBase(_ value: UInt32, _ script: Int32, _ at: Int, _ end: Int) {
    if value < 0x80 { return takeFoldedASCII(UInt8(value), at, end) }
    if script == USCRIPT_LATIN.rawValue, let plain = LatinLetters.plain(value) {
      takeLatin(plain.first, at, end)
      if plain.second != 0 { takeLatin(plain.second, at, end) }
    } else if script == USCRIPT_ARABIC.rawValue {
      let letter = ArabicLetters.foldForeign(value)
      if letter < 0x680, case .letter(let folded) = ArabicLetters.fold(UInt8(letter - 0x600)) {
        start(.arabic, 0, at)
        draft.takeArabic(folded, end: end)
      } else {
        takeScalar(letter, .arabic, 0, at, end)
      }
    } else {
      takeScalar(value, script == USCRIPT_LATIN.rawValue ? .latin : .other, script, at, end)
    }
  }

  /// A letter or a number that is kept as it is.
  private mutating func takeOther(_ value: UInt32, _ at: Int, _ end: Int) {
    let script = qareeb_icu_script(value)
    // What all scripts share goes with the word it stands in.
    let isShared = script == USCRIPT_COMMON.rawValue || script == USCRIPT_INHERITED.rawValue
    takeScalar(value, isShared && !draft.isEmpty && draft.script != .number ? draft.script : .other, script, at, end)
    // Chinese is written without spaces: each character is found by itself.
    if script == USCRIPT_HAN.rawValue { finishWord() }
  }

  private mutating func takeScalar(_ value: UInt32, _ script: Script, _ code: Int32, _ at: Int, _ end: Int) {
    guard let scalar = Unicode.Scalar(value) else { return }
    if code == USCRIPT_HAN.rawValue { finishWord() }
    start(script, code, at)
    draft.take(scalar, script, code: code, end: end)
  }
}
