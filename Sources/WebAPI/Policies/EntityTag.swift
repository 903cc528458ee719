import Bytes

/// A name for one state of a resource: 128 bits of its content.
struct EntityTag: Equatable {
  let high: UInt64
  let low: UInt64
  /// Weak where the same state may be written in other bytes: an envelope holds the time and the request's id.
  let isWeak: Bool

  /// Two independent multiply-fold chains over the content. Not a signature: nobody gains by colliding his own answer with itself.
  /// Stable over processes and machines, so that any node can answer for any other.
  init(of content: RawSpan, isWeak: Bool) {
    var high: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(content.byteCount)
    var low: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    var index = 0
    while index < content.byteCount {
      let word = EntityTag.word(content, at: index)
      high = EntityTag.fold(high ^ word, 0xA076_1D64_78BD_642F)
      low = EntityTag.fold(low &+ word, 0xE703_7ED1_A0B4_28DB) ^ low
      index += 8
    }
    self.high = EntityTag.fold(high ^ low, 0x8EBC_6AF0_9C88_C6E3)
    self.low = EntityTag.fold(low ^ high, 0x5899_65CC_7537_4CC3) ^ high
    self.isWeak = isWeak
  }

  private static func word(_ content: RawSpan, at index: Int) -> UInt64 {
    if index + 8 <= content.byteCount {
      return UInt64(littleEndian: content.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }
    var word: UInt64 = 0
    for offset in index..<content.byteCount { word |= UInt64(content.byte(offset)) << UInt64((offset - index) * 8) }
    return word
  }

  private static func fold(_ value: UInt64, _ factor: UInt64) -> UInt64 {
    let product = (value ^ factor.byteSwapped).multipliedFullWidth(by: factor)
    return product.high ^ product.low ^ value
  }

  func write(to buffer: inout ByteBuffer) {
    if isWeak { buffer.append("W/" as StaticString) }
    buffer.append(byte: UInt8(ascii: "\""))
    buffer.append(hex: high, width: 16)
    buffer.append(hex: low, width: 16)
    buffer.append(byte: UInt8(ascii: "\""))
  }

  /// Whether `If-None-Match` names this state or any; compared weakly, as RFC 9110, 13.1.2 asks.
  func matches(ifNoneMatch header: RawSpan) -> Bool {
    var text = ByteBuffer()
    write(to: &text)
    let own = String(text).drop { $0 == "W" || $0 == "/" }
    let range = header.trimmedRange(0..<header.byteCount)
    if header.extracting(range).equals("*") { return true }
    guard let listed = String(strict: header) else { return false }
    return listed.split(separator: ",").contains { part in
      let tag = part.drop { $0 == " " || $0 == "\t" }
      let opaque = tag.hasPrefix("W/") ? tag.dropFirst(2) : tag
      return opaque.prefix(own.count) == own && opaque.dropFirst(own.count).allSatisfy { $0 == " " || $0 == "\t" }
    }
  }
}
