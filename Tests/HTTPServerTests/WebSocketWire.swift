import Testing

@testable import HTTPServer

/// A frame as a client may or may not send it.
struct ClientFrame {
  enum Length { case shortest, sixteenBits, sixtyFourBits }

  var opcode: UInt8
  var payload: [UInt8] = []
  var isFinal = true
  var reservedBits: UInt8 = 0
  var isMasked = true
  var length = Length.shortest
  /// What the header says, where it is not the payload's length.
  var declaredCount: UInt64?

  static func text(_ text: String, isFinal: Bool = true) -> ClientFrame {
    ClientFrame(opcode: 1, payload: Array(text.utf8), isFinal: isFinal)
  }

  static func close(_ code: UInt16, _ reason: [UInt8] = []) -> ClientFrame {
    ClientFrame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xff)] + reason)
  }

  var bytes: [UInt8] {
    let count = declaredCount ?? UInt64(payload.count)
    var bytes = [(isFinal ? 0x80 : 0) | reservedBits << 4 | opcode]
    let mask: UInt8 = isMasked ? 0x80 : 0
    switch length {
    case .shortest where count <= 125:
      bytes.append(mask | UInt8(count))
    case .shortest where count <= 0xffff, .sixteenBits:
      bytes += [mask | 126, UInt8(count >> 8 & 0xff), UInt8(count & 0xff)]
    default:
      bytes.append(mask | 127)
      for shift in stride(from: UInt64(56), through: 0, by: -8) { bytes.append(UInt8(count >> shift & 0xff)) }
    }
    guard isMasked else { return bytes + payload }
    let key: [UInt8] = [0x37, 0xfa, 0x21, 0x3d]
    return bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
  }
}

/// A frame as the server sent it.
enum ServerFrame: Equatable {
  case text(String)
  case binary([UInt8])
  case pong([UInt8])
  case ping([UInt8])
  case close(UInt16?, String = "")
  case other([UInt8])

  /// Reads as many whole frames as there are; a rest that is none comes last, as `other`.
  static func parse(_ bytes: [UInt8]) -> [ServerFrame] {
    var frames: [ServerFrame] = []
    var rest = bytes[...]
    while let (frame, count) = first(rest) {
      frames.append(frame)
      rest = rest.dropFirst(count)
    }
    return rest.isEmpty ? frames : frames + [.other(Array(rest))]
  }

  static func first(_ bytes: ArraySlice<UInt8>) -> (ServerFrame, Int)? {
    let bytes = Array(bytes)
    guard bytes.count >= 2 else { return nil }
    var head = 2
    var count = Int(bytes[1])
    if count == 126 {
      guard bytes.count >= 4 else { return nil }
      count = Int(bytes[2]) << 8 | Int(bytes[3])
      head = 4
    } else if count == 127 {
      guard bytes.count >= 10 else { return nil }
      count = bytes[2..<10].reduce(0) { $0 << 8 | Int($1) }
      head = 10
    }
    guard bytes.count >= head + count else { return nil }
    let payload = Array(bytes[head..<head + count])
    let frame: ServerFrame =
      switch bytes[0] {
      case 0x81: .text(String(decoding: payload, as: UTF8.self))
      case 0x82: .binary(payload)
      case 0x88:
        payload.count < 2
          ? .close(nil)
          : .close(UInt16(payload[0]) << 8 | UInt16(payload[1]), String(decoding: payload[2...], as: UTF8.self))
      case 0x89: .ping(payload)
      case 0x8a: .pong(payload)
      default: .other(Array(bytes[..<(head + count)]))
      }
    return (frame, head + count)
  }
}

/// One conversation: what the client says, and what an echoing server must say.
struct WebSocketCase: CustomTestStringConvertible {
  let name: String
  let says: [ClientFrame]
  let hears: [ServerFrame]

  var testDescription: String { name }

  init(_ name: String, _ says: [ClientFrame], _ hears: [ServerFrame]) {
    self.name = name
    self.says = says
    self.hears = hears
  }

  /// The messages and Closes of every conversation are bounded by this.
  static let maximumMessageBytes = 100_000

  static let all = messages + controls + brokenFrames + brokenText + closes + limits

  /// An orderly end, to be appended: that it is answered shows that the connection had lived on.
  private static let bye = ClientFrame.close(1000)
  private static let byeHeard = ServerFrame.close(1000)

  private static let messages: [WebSocketCase] =
    [0, 1, 125, 126, 127, 128, 65_535, 65_536, 65_537].flatMap { count in
      [
        WebSocketCase(
          "text of \(count)", [.text(String(repeating: "a", count: count)), bye],
          [.text(String(repeating: "a", count: count)), byeHeard]),
        WebSocketCase(
          "binary of \(count)", [ClientFrame(opcode: 2, payload: [UInt8](repeating: 0xfe, count: count)), bye],
          [.binary([UInt8](repeating: 0xfe, count: count)), byeHeard]),
      ]
    } + [
      WebSocketCase(
        "two fragments", [.text("Hel", isFinal: false), ClientFrame(opcode: 0, payload: Array("lo".utf8)), bye],
        [.text("Hello"), byeHeard]),
      WebSocketCase(
        "empty fragments",
        [.text("", isFinal: false), ClientFrame(opcode: 0, isFinal: false), ClientFrame(opcode: 0), bye], [.text(""), byeHeard]),
      WebSocketCase(
        "only the middle fragment has content",
        [
          ClientFrame(opcode: 2, isFinal: false), ClientFrame(opcode: 0, payload: [7], isFinal: false), ClientFrame(opcode: 0),
          bye,
        ], [.binary([7]), byeHeard]),
      WebSocketCase(
        "a ping between fragments",
        [
          .text("a", isFinal: false), ClientFrame(opcode: 9, payload: [1]), ClientFrame(opcode: 0, payload: Array("b".utf8)), bye,
        ], [.pong([1]), .text("ab"), byeHeard]),
      WebSocketCase(
        "a pong nobody asked for between fragments",
        [.text("a", isFinal: false), ClientFrame(opcode: 10), ClientFrame(opcode: 0, payload: Array("b".utf8)), bye],
        [.text("ab"), byeHeard]),
      WebSocketCase(
        "a character split over fragments",
        [
          ClientFrame(opcode: 1, payload: [0xf0, 0x9f], isFinal: false), ClientFrame(opcode: 9),
          ClientFrame(opcode: 0, payload: [0x92], isFinal: false), ClientFrame(opcode: 0, payload: [0x88]), bye,
        ], [.pong([]), .text("💈"), byeHeard]),
      WebSocketCase("Arabic", [.text("حلاق"), bye], [.text("حلاق"), byeHeard]),
      WebSocketCase(
        "noncharacters and NUL", [.text("\u{0}\u{fffe}\u{10ffff}"), bye], [.text("\u{0}\u{fffe}\u{10ffff}"), byeHeard]),
      WebSocketCase(
        "messages in order", [.text("1"), .text("2"), .text("3"), bye], [.text("1"), .text("2"), .text("3"), byeHeard]),
    ]

  private static let controls: [WebSocketCase] = [
    WebSocketCase("an empty ping", [ClientFrame(opcode: 9), bye], [.pong([]), byeHeard]),
    WebSocketCase(
      "the longest ping", [ClientFrame(opcode: 9, payload: [UInt8](0..<125)), bye], [.pong([UInt8](0..<125)), byeHeard]),
    WebSocketCase(
      "ten pings", (0..<10).map { ClientFrame(opcode: 9, payload: [$0]) } + [bye], (0..<10).map { .pong([$0]) } + [byeHeard]),
    WebSocketCase("a pong nobody asked for", [ClientFrame(opcode: 10, payload: [1, 2]), bye], [byeHeard]),
    WebSocketCase("a ping of 126", [ClientFrame(opcode: 9, payload: [UInt8](repeating: 1, count: 126))], [.close(1002)]),
    WebSocketCase("a pong of 126", [ClientFrame(opcode: 10, payload: [UInt8](repeating: 1, count: 126))], [.close(1002)]),
    WebSocketCase("a close of 126", [.close(1000, [UInt8](repeating: 0x61, count: 124))], [.close(1002)]),
    WebSocketCase("a fragmented ping", [ClientFrame(opcode: 9, isFinal: false), ClientFrame(opcode: 0)], [.close(1002)]),
    WebSocketCase("a fragmented pong", [ClientFrame(opcode: 10, isFinal: false), ClientFrame(opcode: 0)], [.close(1002)]),
    WebSocketCase("a fragmented close", [ClientFrame(opcode: 8, isFinal: false), ClientFrame(opcode: 0)], [.close(1002)]),
  ]

  private static let brokenFrames: [WebSocketCase] =
    ([3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8]).map { opcode in
      WebSocketCase("reserved opcode \(opcode)", [ClientFrame(opcode: opcode, payload: [1])], [.close(1002)])
    }
    + ([1, 2, 4, 7] as [UInt8]).flatMap { bits in
      [
        WebSocketCase(
          "reserved bits \(bits) in a text", [ClientFrame(opcode: 1, payload: [0x61], reservedBits: bits)], [.close(1002)]),
        WebSocketCase("reserved bits \(bits) in a ping", [ClientFrame(opcode: 9, reservedBits: bits)], [.close(1002)]),
      ]
    }
    + ([1, 2, 9, 10] as [UInt8]).map { opcode in
      WebSocketCase(
        "opcode \(opcode) without a mask", [ClientFrame(opcode: opcode, payload: [0x61], isMasked: false)], [.close(1002)])
    } + [
      WebSocketCase("a close without a mask", [ClientFrame(opcode: 8, payload: [3, 232], isMasked: false)], [.close(1002)]),
      WebSocketCase("a continuation of nothing", [ClientFrame(opcode: 0, payload: [1])], [.close(1002)]),
      WebSocketCase(
        "a first fragment that is a continuation", [ClientFrame(opcode: 0, payload: [1], isFinal: false)], [.close(1002)]),
      WebSocketCase(
        "a continuation after the last", [.text("a"), ClientFrame(opcode: 0, payload: [1])], [.text("a"), .close(1002)]),
      WebSocketCase("a text among fragments", [.text("a", isFinal: false), .text("b")], [.close(1002)]),
      WebSocketCase(
        "a binary among fragments", [.text("a", isFinal: false), ClientFrame(opcode: 2, payload: [1])], [.close(1002)]),
      WebSocketCase("125 in 16 bits", [ClientFrame(opcode: 2, payload: [1, 2], length: .sixteenBits)], [.close(1002)]),
      WebSocketCase("125 in 64 bits", [ClientFrame(opcode: 2, payload: [1, 2], length: .sixtyFourBits)], [.close(1002)]),
      WebSocketCase(
        "65,535 in 64 bits", [ClientFrame(opcode: 2, payload: [UInt8](repeating: 0, count: 65_535), length: .sixtyFourBits)],
        [.close(1002)]),
      WebSocketCase(
        "a length with its highest bit set",
        [ClientFrame(opcode: 2, payload: [1], length: .sixtyFourBits, declaredCount: 1 << 63)], [.close(1002)]),
    ]

  private static let brokenText: [WebSocketCase] =
    [
      ("a lone continuation byte", [0x80]), ("a byte that never occurs", [0xff]), ("an overlong slash", [0xc0, 0xaf]),
      ("an overlong NUL", [0xe0, 0x80, 0x80]), ("a surrogate", [0xed, 0xa0, 0x80]), ("above U+10FFFF", [0xf4, 0x90, 0x80, 0x80]),
      ("cut inside a character", [0x61, 0xf0, 0x9f, 0x92]), ("a five-byte form", [0xf8, 0x88, 0x80, 0x80, 0x80]),
      ("a good beginning", Array("κόσμε".utf8) + [0xed, 0xa0, 0x80] + Array("edited".utf8)),
    ].map { (name: String, payload: [UInt8]) in
      WebSocketCase("text with \(name)", [ClientFrame(opcode: 1, payload: payload)], [.close(1007)])
    } + [
      WebSocketCase(
        "text broken across fragments",
        [ClientFrame(opcode: 1, payload: [0xce], isFinal: false), ClientFrame(opcode: 0, payload: [0x61])], [.close(1007)]),
      WebSocketCase(
        "text cut in its last fragment",
        [ClientFrame(opcode: 1, payload: [0xce], isFinal: false), ClientFrame(opcode: 0)], [.close(1007)]),
      WebSocketCase(
        "broken text is refused before its last fragment", [ClientFrame(opcode: 1, payload: [0xff], isFinal: false)],
        [.close(1007)]),
      WebSocketCase(
        "binary may be any bytes", [ClientFrame(opcode: 2, payload: [0xff, 0xc0]), bye], [.binary([0xff, 0xc0]), byeHeard]),
    ]

  private static let closes: [WebSocketCase] =
    ([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999] as [UInt16]).map { code in
      WebSocketCase("close \(code) is answered", [.close(code)], [.close(code)])
    }
    + ([0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] as [UInt16]).map { code in
      WebSocketCase("close \(code) is no code", [.close(code)], [.close(1002)])
    } + [
      WebSocketCase("close without a code", [ClientFrame(opcode: 8)], [.close(nil)]),
      WebSocketCase("close with half a code", [ClientFrame(opcode: 8, payload: [3])], [.close(1002)]),
      WebSocketCase("close with a reason", [.close(1000, Array("enough".utf8))], [.close(1000, "enough")]),
      WebSocketCase(
        "close with the longest reason", [.close(1000, [UInt8](repeating: 0x61, count: 123))],
        [.close(1000, String(repeating: "a", count: 123))]),
      WebSocketCase("close with a reason in Arabic", [.close(1000, Array("شكرا 💈".utf8))], [.close(1000, "شكرا 💈")]),
      WebSocketCase("close with a reason that is no text", [.close(1000, [0xce, 0xba, 0xff])], [.close(1007)]),
      WebSocketCase("nothing counts after a close", [bye, .text("late"), ClientFrame(opcode: 9)], [byeHeard]),
      WebSocketCase("a close among fragments", [.text("a", isFinal: false), bye], [byeHeard]),
    ]

  private static let limits: [WebSocketCase] = [
    WebSocketCase(
      "the longest message", [ClientFrame(opcode: 2, payload: [UInt8](repeating: 1, count: maximumMessageBytes)), bye],
      [.binary([UInt8](repeating: 1, count: maximumMessageBytes)), byeHeard]),
    WebSocketCase(
      "one byte too many, told by the header",
      [ClientFrame(opcode: 2, payload: [1], declaredCount: UInt64(maximumMessageBytes) + 1)], [.close(1009)]),
    WebSocketCase(
      "the largest length there is", [ClientFrame(opcode: 2, payload: [1], declaredCount: UInt64(Int64.max))], [.close(1009)]),
    WebSocketCase(
      "fragments that add up",
      [
        ClientFrame(opcode: 2, payload: [UInt8](repeating: 1, count: maximumMessageBytes), isFinal: false),
        ClientFrame(opcode: 0, payload: [1]),
      ], [.close(1009)]),
    WebSocketCase(
      "a limit of one message, not of all",
      (0..<3).map { _ in ClientFrame(opcode: 2, payload: [UInt8](repeating: 2, count: 60_000)) } + [bye],
      (0..<3).map { _ in .binary([UInt8](repeating: 2, count: 60_000)) } + [byeHeard]),
  ]
}
