import Bytes
public import HTTPServer

/// 128 bits that name one state of a resource.
public struct ContentHash: Equatable, Sendable {
  public let high: UInt64
  public let low: UInt64

  /// Two independent multiply-fold chains over the content. Not a signature: nobody gains by colliding his own answer with itself.
  /// Stable over processes and machines, so that any node can answer for any other.
  public init(of content: RawSpan) {
    var high: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(content.byteCount)
    var low: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    var index = 0
    while index < content.byteCount {
      let word = ContentHash.word(content, at: index)
      high = ContentHash.fold(high ^ word, 0xA076_1D64_78BD_642F)
      low = ContentHash.fold(low &+ word, 0xE703_7ED1_A0B4_28DB) ^ low
      index += 8
    }
    self.high = ContentHash.fold(high ^ low, 0x8EBC_6AF0_9C88_C6E3)
    self.low = ContentHash.fold(low ^ high, 0x5899_65CC_7537_4CC3) ^ high
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

  /// The tag that names this state in answers.
  ///
  /// Weak where the same state may be written in other bytes: an envelope holds the time and the request's id.
  public func entityTag(isWeak: Bool) -> EntityTag {
    var text = ByteBuffer()
    text.append(hex: high, width: 16)
    text.append(hex: low, width: 16)
    return EntityTag(String(text), isWeak: isWeak)
  }
}
