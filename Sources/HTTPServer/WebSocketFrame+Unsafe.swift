import Bytes

/// A message framed once, to be sent to many: every socket writes the same bytes, and none copies them while its client keeps up.
public struct WebSocketFrame: Sendable {
  let bytes: [UInt8]

  public static func text(_ text: String) -> WebSocketFrame {
    var text = text
    return text.withUTF8 { WebSocketFrame(.text, UnsafeRawBufferPointer($0)) }
  }

  public static func binary(_ bytes: [UInt8]) -> WebSocketFrame {
    bytes.withUnsafeBytes { WebSocketFrame(.binary, $0) }
  }

  private init(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer) {
    var frame = ByteBuffer(capacity: payload.count + WebSocketFrame.maximumHeadBytes)
    WebSocketFrame.append(opcode, payload, to: &frame)
    bytes = [UInt8](frame)
  }

  enum Opcode: UInt8 {
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
  }

  static let maximumHeadBytes = 10
  static let ping: [UInt8] = [0x80 | Opcode.ping.rawValue, 0]

  /// One unfragmented frame of a server's, which is not masked (RFC 6455, 5.2).
  static func append(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer, to output: inout ByteBuffer) {
    output.append(byte: 0x80 | opcode.rawValue)
    switch payload.count {
    case ...125:
      output.append(byte: UInt8(payload.count))
    case ...0xffff:
      output.append(byte: 126)
      output.append(byte: UInt8(payload.count >> 8))
      output.append(byte: UInt8(payload.count & 0xff))
    default:
      output.append(byte: 127)
      for shift in stride(from: 56, through: 0, by: -8) {
        output.append(byte: UInt8(truncatingIfNeeded: payload.count >> shift))
      }
    }
    output.append(contentsOf: payload)
  }

  /// A Close, empty for `none`; a reason that does not fit in a control frame is cut between characters.
  static func appendClose(_ code: WebSocketCloseCode, _ reason: String, to output: inout ByteBuffer) {
    if code == .none { return append(.close, UnsafeRawBufferPointer(start: nil, count: 0), to: &output) }
    var payload = [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xff)]
    for character in reason {
      guard payload.count + character.utf8.count <= 125 else { break }
      payload.append(contentsOf: character.utf8)
    }
    payload.withUnsafeBytes { append(.close, $0, to: &output) }
  }
}
