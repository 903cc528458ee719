/// RFC 6455's receiving side once more, from the whole input at once and without any thought for speed: what an echoing server must
/// have said after these bytes.
struct WebSocketOracle {
  var messages: [ServerFrame] = []
  var pongs: [ServerFrame] = []
  /// The Close that ended it.
  var close: ServerFrame?
  /// The input stops inside a head, or before the first byte of a payload: a fault of that head may be judged already or not yet.
  var lateFault: ServerFrame?

  private let maximumMessageBytes: Int
  /// The message that is arriving: its opcode and what has come of it.
  private var arriving: (opcode: UInt8, payload: [UInt8])?

  init(_ bytes: [UInt8], maximumMessageBytes: Int) {
    self.maximumMessageBytes = maximumMessageBytes
    var rest = bytes[...]
    while close == nil, let head = Head(rest) {
      let fault = fault(of: head)
      let payload = rest.dropFirst(head.byteCount).prefix(Int(clamping: head.payloadBytes))
      if !head.isWhole || payload.isEmpty && head.payloadBytes > 0 {
        lateFault = fault
        return
      }
      if let fault {
        close = fault
        return
      }
      let isWhole = payload.count == head.payloadBytes
      take(head, zip(payload, 0...).map { $0 ^ head.mask[$1 % 4] }, isWhole: isWhole)
      if !isWhole { return }
      rest = rest.dropFirst(head.byteCount + payload.count)
    }
  }

  struct Head {
    let isFinal: Bool
    let reservedBits: UInt8
    let opcode: UInt8
    let isMasked: Bool
    /// Of the seven bits: 126 and 127 say that more follow.
    let shortLength: UInt8
    var payloadBytes: UInt64 = 0
    var mask: [UInt8] = [0, 0, 0, 0]
    var byteCount: Int
    var isWhole = false

    init?(_ bytes: ArraySlice<UInt8>) {
      let bytes = Array(bytes.prefix(14))
      guard bytes.count >= 2 else { return nil }
      isFinal = bytes[0] & 0x80 != 0
      reservedBits = bytes[0] >> 4 & 7
      opcode = bytes[0] & 15
      isMasked = bytes[1] & 0x80 != 0
      shortLength = bytes[1] & 0x7f
      let lengthBytes = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0
      byteCount = 2 + lengthBytes + (isMasked ? 4 : 0)
      payloadBytes =
        lengthBytes == 0 ? UInt64(shortLength) : bytes.dropFirst(2).prefix(lengthBytes).reduce(0) { $0 << 8 | UInt64($1) }
      isWhole = bytes.count >= byteCount
      if isWhole, isMasked { mask = Array(bytes[(byteCount - 4)..<byteCount]) }
    }

    var isControl: Bool { opcode >= 8 }
  }

  private func fault(of head: Head) -> ServerFrame? {
    let known: Set<UInt8> = [0, 1, 2, 8, 9, 10]
    if head.reservedBits != 0 || !known.contains(head.opcode) || !head.isMasked { return .close(1002) }
    if head.isControl {
      if !head.isFinal || head.shortLength > 125 { return .close(1002) }
      return head.opcode == 8 && head.payloadBytes == 1 ? .close(1002) : nil
    }
    if head.isWhole {
      // The shortest form, and no more than 63 bits.
      if head.shortLength == 126, head.payloadBytes < 126 { return .close(1002) }
      if head.shortLength == 127, head.payloadBytes < 65_536 || head.payloadBytes >> 63 == 1 { return .close(1002) }
    }
    if (head.opcode == 0) != (arriving != nil) { return .close(1002) }
    let before = arriving?.payload.count ?? 0
    return head.payloadBytes > UInt64(maximumMessageBytes - before) ? .close(1009) : nil
  }

  private mutating func take(_ head: Head, _ payload: [UInt8], isWhole: Bool) {
    switch head.opcode {
    case 8:
      if isWhole { takeClose(payload) }
    case 9:
      if isWhole { pongs.append(.pong(payload)) }
    case 10:
      break
    default:
      let opcode = arriving?.opcode ?? head.opcode
      let whole = (arriving?.payload ?? []) + payload
      arriving = (opcode, whole)
      let isEnd = isWhole && head.isFinal
      if opcode == 1, !Self.isText(whole, mayGoOn: !isEnd) {
        close = .close(1007)
      } else if isEnd {
        messages.append(opcode == 1 ? .text(String(decoding: whole, as: UTF8.self)) : .binary(whole))
        arriving = nil
      }
    }
  }

  private mutating func takeClose(_ payload: [UInt8]) {
    if payload.isEmpty {
      close = .close(nil)
      return
    }
    let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
    let reason = Array(payload.dropFirst(2))
    // Where both are wrong the RFC leaves the choice.
    guard Self.isText(reason, mayGoOn: false) else {
      close = .close(1007)
      return
    }
    switch code {
    case 1000...1003, 1007...1011, 3000...4999: close = .close(code, String(decoding: reason, as: UTF8.self))
    default: close = .close(1002)
    }
  }

  /// Whether this is UTF-8, or, if it may go on, can become UTF-8 with more bytes: every continuation that could repair it is tried.
  private static func isText(_ bytes: [UInt8], mayGoOn: Bool) -> Bool {
    if String(validating: bytes, as: UTF8.self) != nil { return true }
    guard mayGoOn else { return false }
    let edges: [UInt8] = [0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf]
    return edges.contains { first in
      [[first], [first, 0x80], [first, 0x80, 0x80]].contains { String(validating: bytes + $0, as: UTF8.self) != nil }
    }
  }
}
