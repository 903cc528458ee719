/// Says how much of a client's bytes may go to wslay together: everything, but a Close as one piece of its own.
///
/// wslay takes the first two bytes of every piece of a Close for its code, so a reason in several pieces, which TCP may make of any,
/// is judged wrongly: good text is refused and broken text let through. Nothing is judged here; what is no frame is wslay's matter.
struct WebSocketCloseGathering {
  /// Of the frame that has begun, what is still to come.
  private var payloadLeft: UInt64 = 0

  /// How many bytes at the front may be handed on now. What is left must come again, with more behind it. O(frames).
  mutating func passable(_ bytes: UnsafeRawBufferPointer) -> Int {
    var place = 0
    while true {
      let taken = Int(min(payloadLeft, UInt64(bytes.count - place)))
      payloadLeft -= UInt64(taken)
      place += taken
      guard place < bytes.count, let head = Head(UnsafeRawBufferPointer(rebasing: bytes[place...])) else { return place }
      if head.isClose {
        if place > 0 { return place }
        let whole = head.byteCount + Int(head.payloadBytes)
        return bytes.count < whole ? 0 : whole
      }
      place += head.byteCount
      payloadLeft = head.payloadBytes
    }
  }

  /// RFC 6455, 5.2.
  private struct Head {
    private let firstBytes: (UInt8, UInt8)
    let byteCount: Int
    let payloadBytes: UInt64

    /// Nil while it is not whole.
    init?(_ bytes: UnsafeRawBufferPointer) {
      guard bytes.count >= 2 else { return nil }
      let short = bytes[1] & 0x7f
      let lengthBytes = short == 126 ? 2 : short == 127 ? 8 : 0
      byteCount = 2 + lengthBytes + (bytes[1] & 0x80 == 0 ? 0 : 4)
      guard bytes.count >= byteCount else { return nil }
      firstBytes = (bytes[0], bytes[1])
      payloadBytes = lengthBytes == 0 ? UInt64(short) : bytes[2..<2 + lengthBytes].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A final, masked Close of at most 125 bytes; others are refused for their heads alone, without waiting for more.
    var isClose: Bool {
      firstBytes.0 == 0x80 | WebSocketFrame.Opcode.close.rawValue && firstBytes.1 & 0x80 != 0 && firstBytes.1 & 0x7f <= 125
    }
  }
}
