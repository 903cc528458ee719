import Bytes
import TestSupport
import Testing

@testable import HTTPServer

/// The protocol without sockets: each conversation of the table, cut in every way that matters.
@Suite struct WebSocketCodecTests {
  /// Feeds the pieces and echoes messages as they come; stops where the connection would.
  private func converse(_ pieces: [ArraySlice<UInt8>], maximum: Int = WebSocketCase.maximumMessageBytes) -> [ServerFrame] {
    let codec = WebSocketCodec(maximumMessageBytes: maximum)
    var said: [UInt8] = []
    for piece in pieces {
      piece.withUnsafeBytes { codec.read($0) }
      for message in codec.messages {
        switch message {
        case .text(let text): said += WebSocketFrame.text(text).bytes
        case .binary(let bytes): said += WebSocketFrame.binary(bytes).bytes
        }
      }
      codec.messages = []
      codec.answerClose()
      said += [UInt8](codec.output)
      codec.output.removeAll()
      if codec.end != nil { break }
    }
    return ServerFrame.parse(said)
  }

  @Test(arguments: WebSocketCase.all) func byteByByte(_ conversation: WebSocketCase) {
    let bytes = conversation.says.flatMap(\.bytes)
    #expect(converse(bytes.indices.map { bytes[$0...$0] }) == conversation.hears)
  }

  @Test(arguments: WebSocketCase.all) func frameByFrame(_ conversation: WebSocketCase) {
    #expect(converse(conversation.says.map { $0.bytes[...] }) == conversation.hears)
  }

  @Test func thereAreEnoughConversations() {
    #expect(WebSocketCase.all.count >= 100)
    #expect(Set(WebSocketCase.all.map(\.name)).count == WebSocketCase.all.count)
  }

  /// Memory grows with what has arrived, not with what a header promises.
  @Test func aPromiseCostsNothing() {
    let codec = WebSocketCodec(maximumMessageBytes: 1 << 30)
    let head = ClientFrame(opcode: 2, payload: [1], declaredCount: 1 << 30).bytes
    head.withUnsafeBytes { codec.read($0) }
    #expect(codec.end == nil)
    #expect(codec.messages.isEmpty)
  }

  /// What must not depend on how the bytes were cut. A ping need not be answered when what came with it ends the connection; and of
  /// a Close that breaks two rules, by its code (1002) and its reason (1007), either may be named. The table has each alone.
  private func essence(_ frames: [ServerFrame]) -> [ServerFrame] {
    frames.compactMap { frame in
      switch frame {
      case .pong: nil
      case .close(1007, let reason): .close(1002, reason)
      default: frame
      }
    }
  }

  /// Random frames and random damage never crash, and after an end nothing more is said.
  @Test func damagedConversations() {
    var random = SeededRandom()
    for round in 0..<3_000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let payload = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        bytes +=
          ClientFrame(
            opcode: UInt8.random(in: 0...15, using: &random) & (Bool.random(using: &random) ? 0x3 : 0xf), payload: payload,
            isFinal: Bool.random(using: &random)
          ).bytes
      }
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
      }
      var pieces: [ArraySlice<UInt8>] = []
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Int.random(in: 1...64, using: &random)
        pieces.append(rest.prefix(count))
        rest = rest.dropFirst(count)
      }
      let inPieces = converse(pieces, maximum: 300)
      let closes = inPieces.filter { if case .close = $0 { true } else { false } }
      let isSound = closes.count <= 1 && (closes.isEmpty || inPieces.last == closes[0])
      #expect(isSound, "round \(round): \(inPieces)")
      let inOne = converse([bytes[...]], maximum: 300)
      #expect(essence(inPieces) == essence(inOne), "round \(round): pieces must not matter\n\(bytes)")
    }
  }
}
