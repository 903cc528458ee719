/// The plainest analyser that serves every script: words are runs of letters, marks and numbers, in lower case.
///
/// Once the buffer is warm it allocates nothing: a word is put together on the stack, and a scalar's lower case is a string of a
/// few bytes, which Swift keeps in place.
public struct CaseFoldingSplitter: TextAnalyzer {
  public init() {}

  public func analyze(_ text: String, into tokens: inout TokenBuffer) {
    let position = tokens.tokens.last.map { Int($0.position) + 1 } ?? 0
    var text = text
    text.withUTF8 { bytes in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: TextLimits.termBytes) { room in
        var splitting = Splitting(text: bytes, word: Word(room: room), position: position)
        splitting.run(into: &tokens)
      }
    }
  }
}

/// One pass over a text that is well-formed UTF-8, as every `String` is.
private struct Splitting {
  let text: UnsafeBufferPointer<UInt8>
  var word: Word
  var position: Int

  mutating func run(into tokens: inout TokenBuffer) {
    var at = 0
    while at < text.count {
      let start = at
      while at < text.count, let next = takeCharacter(at) { at = next }
      if at > start {
        tokens.beginToken(position: position, source: start..<at)
        tokens.beginAlternative(.surface)
        tokens.append(wholeScalars: word.bytes)
        word.clear()
        position += 1
      } else {
        at += characterLength(text[at])
      }
    }
  }

  /// Where the next character begins, after taking the one at `at` into the word; nil where it is no part of a word.
  @inline(__always)
  private mutating func takeCharacter(_ at: Int) -> Int? {
    let lead = text[at]
    switch lead {
    case 0x61...0x7A, 0x30...0x39:
      word.append(lead)
      return at + 1
    case 0x41...0x5A:
      word.append(lead | 0x20)
      return at + 1
    case 0..<0x80: return nil
    case 0xD8...0xD9 where Self.isArabic(lead, text[at + 1]):
      word.append(lead, text[at + 1])
      return at + 2
    default: return takeByProperties(at)
    }
  }

  /// The Arabic letters, marks and digits from U+0620 to U+0669, which have no case, without looking them up.
  @inline(__always)
  private static func isArabic(_ lead: UInt8, _ next: UInt8) -> Bool {
    lead == 0xD8 ? next >= 0xA0 : next <= 0x92 || (0xA0...0xA9).contains(next)
  }

  private mutating func takeByProperties(_ at: Int) -> Int? {
    let end = min(at + characterLength(text[at]), text.count)
    // The payload of the lead byte, then six bits of each that follows.
    let payload = text[at] & (0x7F >> UInt8(end - at))
    let value = text[at + 1..<end].reduce(UInt32(payload)) { $0 << 6 | UInt32($1 & 0x3F) }
    guard let scalar = Unicode.Scalar(value), scalar.isPartOfWord else { return nil }
    for lower in scalar.properties.lowercaseMapping.unicodeScalars { word.append(lower) }
    return end
  }

  @inline(__always)
  private func characterLength(_ lead: UInt8) -> Int { lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4 }
}

/// A word being put together; what does not fit is cut, and so is all after it.
private struct Word {
  let room: UnsafeMutableBufferPointer<UInt8>
  private var count = 0
  private var isCut = false

  init(room: UnsafeMutableBufferPointer<UInt8>) { self.room = room }

  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: room[..<count]) }

  mutating func clear() { (count, isCut) = (0, false) }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    guard !isCut, count < room.count else { return isCut = true }
    room[count] = byte
    count += 1
  }

  @inline(__always)
  mutating func append(_ first: UInt8, _ second: UInt8) {
    guard !isCut, count + 2 <= room.count else { return isCut = true }
    room[count] = first
    room[count + 1] = second
    count += 2
  }

  mutating func append(_ scalar: Unicode.Scalar) {
    guard !isCut, count + UTF8.width(scalar) <= room.count else { return isCut = true }
    UTF8.encode(scalar).map {
      for byte in $0 {
        room[count] = byte
        count += 1
      }
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isPartOfWord: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark,
      .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }
}
