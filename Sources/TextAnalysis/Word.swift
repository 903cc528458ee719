import TextIndex

/// A folded word in place: UTF-8 of at most `TextLimits.termBytes`, without memory of its own, so that words are cut up and compared
/// without allocating. What does not fit is cut before the first character that does not, and so is all after it.
struct Word: Sendable {
  /// Eight bytes each, the first in the lowest place; what is beyond the word is zero, so that words are equal where these are.
  private(set) var blocks = InlineArray<8, UInt64>(repeating: 0)
  private var length: UInt8 = 0
  private var isCut = false

  init() {}

  var count: Int { Int(length) }
  var isEmpty: Bool { length == 0 }

  @inline(__always)
  subscript(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: blocks[index >> 3] >> UInt64((index & 7) * 8)) }

  /// Takes bytes off the end; the caller keeps characters whole.
  mutating func removeLast() {
    length -= 1
    blocks[Int(length) >> 3] &= ~(0xFF << UInt64((Int(length) & 7) * 8))
  }

  @inline(__always)
  private mutating func put(_ byte: UInt8) {
    blocks[Int(length) >> 3] |= UInt64(byte) << UInt64((Int(length) & 7) * 8)
    length += 1
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    guard !isCut, length < UInt8(TextLimits.termBytes) else { return isCut = true }
    put(byte)
  }

  @inline(__always)
  mutating func append(_ first: UInt8, _ second: UInt8) {
    guard !isCut, Int(length) + 2 <= TextLimits.termBytes else { return isCut = true }
    put(first)
    put(second)
  }

  mutating func append(_ scalar: Unicode.Scalar) {
    guard !isCut, Int(length) + UTF8.width(scalar) <= TextLimits.termBytes else { return isCut = true }
    UTF8.encode(scalar).map { for byte in $0 { put(byte) } }
  }

  mutating func replaceFirst(_ byte: UInt8) { blocks[0] = blocks[0] & ~0xFF | UInt64(byte) }

  /// A part of the word, by its bytes.
  func part(_ range: Range<Int>) -> Word {
    var part = Word()
    for index in range { part.append(self[index]) }
    return part
  }
}

extension Word: Hashable {
  @inline(__always)
  static func == (a: Word, b: Word) -> Bool {
    guard a.length == b.length else { return false }
    for block in 0..<(a.count + 7) >> 3 where a.blocks[block] != b.blocks[block] { return false }
    return true
  }

  func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }

  /// Each block is stirred in by a multiplication that its high half comes back from (wyhash's step); the high bits are the best.
  @inline(__always)
  var fingerprint: UInt64 {
    var hash = UInt64(length) &* 0x9E37_79B9_7F4A_7C15
    for block in 0..<(count + 7) >> 3 {
      let (high, low) = (hash ^ blocks[block]).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
      hash = high ^ low ^ 0x8EBC_6AF0_9C88_C6E3
    }
    return hash &* 0x9E37_79B9_7F4A_7C15
  }
}

extension Word {
  init(_ text: some StringProtocol) {
    self.init()
    for scalar in text.unicodeScalars { append(scalar) }
  }

  /// A name as an entry of its own: the byte in front occurs in no word.
  init(name: Word) {
    self.init()
    append(1)
    for index in 0..<name.count { append(name[index]) }
  }

  var text: String { String(decoding: (0..<count).lazy.map { self[$0] }, as: UTF8.self) }
}

/// Which alphabet a word is written in, as far as it makes a difference here.
enum Script: UInt8, Sendable {
  /// Digits alone.
  case number
  case latin
  case arabic
  case other
}
