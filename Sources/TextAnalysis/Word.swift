import TextIndex

/// A folded word in place: UTF-8 of at most `TextLimits.termBytes`, without memory of its own, so that words are cut up and compared
/// without allocating. What does not fit is cut before the first character that does not, and so is all after it.
struct Word: Sendable {
  private(set) var bytes = InlineArray<64, UInt8>(repeating: 0)
  private var length: UInt8 = 0
  private var isCut = false

  init() {}

  var count: Int { Int(length) }
  var isEmpty: Bool { length == 0 }

  subscript(_ index: Int) -> UInt8 { bytes[index] }

  mutating func removeAll() {
    length = 0
    isCut = false
  }

  /// Takes bytes off the end; the caller keeps characters whole.
  mutating func removeLast(_ count: Int = 1) { length -= UInt8(count) }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    guard !isCut, length < UInt8(TextLimits.termBytes) else { return isCut = true }
    bytes[Int(length)] = byte
    length += 1
  }

  @inline(__always)
  mutating func append(_ first: UInt8, _ second: UInt8) {
    guard !isCut, Int(length) + 2 <= TextLimits.termBytes else { return isCut = true }
    bytes[Int(length)] = first
    bytes[Int(length) + 1] = second
    length += 2
  }

  mutating func append(_ scalar: Unicode.Scalar) {
    guard !isCut, Int(length) + UTF8.width(scalar) <= TextLimits.termBytes else { return isCut = true }
    UTF8.encode(scalar).map { for byte in $0 { append(byte) } }
  }

  mutating func replaceFirst(_ byte: UInt8) { bytes[0] = byte }

  /// A part of the word, by its bytes.
  func part(_ range: Range<Int>) -> Word {
    var part = Word()
    for index in range { part.append(bytes[index]) }
    return part
  }
}

extension Word: Hashable {
  static func == (a: Word, b: Word) -> Bool {
    guard a.length == b.length else { return false }
    for index in 0..<a.count where a.bytes[index] != b.bytes[index] { return false }
    return true
  }

  func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }

  /// FNV-1a, finished by a multiplication so that the low bits depend on all of the word.
  var fingerprint: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for index in 0..<count { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01b3 }
    return (hash ^ hash >> 32) &* 0x9E37_79B9_7F4A_7C15
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
    for index in 0..<name.count { append(name.bytes[index]) }
  }

  var text: String { String(decoding: (0..<count).lazy.map { bytes[$0] }, as: UTF8.self) }
}

/// Which alphabet a word is written in, as far as it makes a difference here.
enum Script: UInt8, Sendable {
  /// Digits alone.
  case number
  case latin
  case arabic
  case other
}
