import Bytes
import TestSupport
import Testing

@testable import HTTPServer

/// Frames that are right, nearly right and damaged, cut anywhere, against an oracle that sees the whole input at once.
/// `FUZZ_ROUNDS` makes it longer, `TEST_SEED` repeats it.
@Suite struct WebSocketFuzzTests {
  private static let maximumMessageBytes = 300

  /// What an echoing server says to these pieces.
  typealias Server = ([ArraySlice<UInt8>]) -> [ServerFrame]

  static func converse(_ pieces: [ArraySlice<UInt8>]) -> [ServerFrame] {
    let codec = WebSocketCodec(maximumMessageBytes: maximumMessageBytes)
    var said: [UInt8] = []
    for piece in pieces where codec.end == nil {
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
    }
    return ServerFrame.parse(said)
  }

  // MARK: Inputs

  private static let texts: [[UInt8]] =
    ["", "a", "حلاق 💈", "\u{0}\u{7ff}\u{800}\u{ffff}\u{10000}\u{10ffff}"].map { Array($0.utf8) } + [
      [0xf0, 0x9f, 0x92], [0x80], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe0, 0x9f], [0xff],
    ]

  private static func payload(_ random: inout SeededRandom) -> [UInt8] {
    switch Int.random(in: 0..<8, using: &random) {
    case 0..<5: (0..<Int.random(in: 1...3, using: &random)).flatMap { _ in random.pick(texts.prefix(4)) }
    case 5: random.pick(texts)
    default:
      [UInt8](
        repeating: UInt8.random(in: 0...127, using: &random), count: random.pick([0, 1, 124, 125, 126, 127, 150, 299, 300, 301]))
    }
  }

  /// A message in one to four fragments, cut anywhere, with control frames between them.
  private static func message(_ random: inout SeededRandom) -> [ClientFrame] {
    let whole = payload(&random)
    let cuts = (0..<random.pick([0, 0, 1, 2, 3])).map { _ in Int.random(in: 0...whole.count, using: &random) }.sorted()
    let opcode: UInt8 = random.pick([1, 1, 2])
    var frames: [ClientFrame] = []
    for (number, (start, end)) in zip([0] + cuts, cuts + [whole.count]).enumerated() {
      frames.append(
        ClientFrame(opcode: number == 0 ? opcode : 0, payload: Array(whole[start..<end]), isFinal: number == cuts.count))
      if Int.random(in: 0..<4, using: &random) == 0 { frames.append(control(&random)) }
    }
    return frames
  }

  private static func control(_ random: inout SeededRandom) -> ClientFrame {
    switch Int.random(in: 0..<12, using: &random) {
    case 0..<5: ClientFrame(opcode: 9, payload: Array(payload(&random).prefix(125)))
    case 5..<8: ClientFrame(opcode: 10, payload: Array(payload(&random).prefix(125)))
    case 8: ClientFrame(opcode: 8)
    case 9: ClientFrame(opcode: 8, payload: Array(payload(&random).prefix(125)))
    default:
      .close(
        random.pick([999, 1000, 1000, 1000, 1001, 1004, 1005, 1006, 1011, 1012, 2999, 3000, 4999, 5000]), random.pick(texts))
    }
  }

  private static func spoil(_ frame: inout ClientFrame, _ random: inout SeededRandom) {
    switch Int.random(in: 0..<7, using: &random) {
    case 0: frame.isMasked = false
    case 1: frame.opcode = UInt8.random(in: 0...15, using: &random)
    case 2: frame.reservedBits = UInt8.random(in: 1...7, using: &random)
    case 3: frame.isFinal.toggle()
    case 4: frame.length = random.pick([.sixteenBits, .sixtyFourBits])
    case 5: frame.declaredCount = random.pick([0, 1, 125, 126, 300, 301, 65_535, 65_536, 1 << 62, 1 << 63, .max])
    default: frame.payload = payload(&random)
    }
  }

  private static func input(_ random: inout SeededRandom) -> [UInt8] {
    // Now and then more than wslay's own 4 kB.
    let count = Int.random(in: 0..<20, using: &random) == 0 ? 60 : Int.random(in: 1...4, using: &random)
    var frames = (0..<count).flatMap { _ in message(&random) }
    if Int.random(in: 0..<3, using: &random) == 0 {
      let place = Int.random(in: frames.indices, using: &random)
      spoil(&frames[place], &random)
    }
    var bytes = frames.flatMap(\.bytes)
    if Int.random(in: 0..<4, using: &random) == 0 { random.damage(&bytes, with: texts, atMost: 2) }
    return bytes
  }

  /// Cut into two at one place, into single bytes, into pieces of any size, or not at all.
  private static func pieces(_ bytes: [UInt8], _ random: inout SeededRandom) -> [[ArraySlice<UInt8>]] {
    let half = Int.random(in: 0...bytes.count, using: &random)
    var uneven: [ArraySlice<UInt8>] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...20, using: &random)
      uneven.append(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    return [[bytes[...]], [bytes[..<half], bytes[half...]], bytes.indices.map { bytes[$0...$0] }, uneven]
  }

  // MARK: The comparison

  /// Nothing, or how they differ.
  private static func difference(_ said: [ServerFrame], _ oracle: WebSocketOracle) -> String? {
    let pongs = said.filter { if case .pong = $0 { true } else { false } }
    var messages = said.filter { if case .pong = $0 { false } else { true } }
    var close: ServerFrame?
    if case .close? = messages.last { close = messages.removeLast() }
    guard messages == oracle.messages else { return "said \(messages), should \(oracle.messages)" }
    guard close == oracle.close || oracle.close == nil && close == oracle.lateFault else {
      return "closed with \(String(describing: close)), should \(String(describing: oracle.close))"
    }
    // A ping need not be answered when what came right behind it ends the connection.
    let mayBeFewer = close != nil
    guard pongs == oracle.pongs || mayBeFewer && oracle.pongs.starts(with: pongs) else {
      return "answered pings with \(pongs), should \(oracle.pongs)"
    }
    return nil
  }

  private static func check(_ round: Int, _ bytes: [UInt8], _ cuts: [[ArraySlice<UInt8>]], _ server: Server) throws
    -> WebSocketOracle
  {
    let oracle = WebSocketOracle(bytes, maximumMessageBytes: maximumMessageBytes)
    for pieces in cuts {
      if let difference = difference(server(pieces), oracle) {
        throw FuzzFailure(round: round, input: bytes, "in pieces of \(pieces.prefix(20).map(\.count)): \(difference)")
      }
    }
    return oracle
  }

  private static func run(_ rounds: Int, _ random: inout SeededRandom, server: Server = converse) throws -> [String: Int] {
    var seen: [String: Int] = [:]
    for round in 0..<rounds {
      let bytes = input(&random)
      let oracle = try check(round, bytes, pieces(bytes, &random), server)
      seen["messages", default: 0] += oracle.messages.count
      seen["pongs", default: 0] += oracle.pongs.count
      if case .close(let code, _)? = oracle.close { seen["\(code ?? 0)", default: 0] += 1 }
    }
    return seen
  }

  @Test func whateverComesIsUnderstoodAsItIsMeant() throws {
    var random = SeededRandom()
    let seen = try Self.run(FuzzRounds.count(default: 2_000), &random)
    for what in ["messages", "pongs", "0", "1000", "1002", "1007", "1009"] {
      #expect(seen[what, default: 0] > 0, "no \(what) in \(seen)")
    }
  }

  /// Every conversation of the table that is short enough, cut in two at every byte.
  @Test func noCutMatters() throws {
    var conversations = 0
    for conversation in WebSocketCase.all {
      let bytes = conversation.says.flatMap(\.bytes)
      guard bytes.count <= 150 else { continue }
      conversations += 1
      _ = try Self.check(0, bytes, (0...bytes.count).map { [bytes[..<$0], bytes[$0...]] }, Self.converse)
    }
    #expect(conversations > 50)
  }

  /// One rare thing wrong each: a wrong code, a Close without its reason, a pong lost, a text echoed as bytes.
  @Test(arguments: 0..<4) func aWrongServerIsNoticed(_ defect: Int) {
    var random = SeededRandom(seed: 1)
    #expect(throws: FuzzFailure.self) {
      _ = try Self.run(2_000, &random) { pieces in
        let said = Self.converse(pieces)
        switch defect {
        case 0: return said.map { $0 == .close(1009) ? .close(1002) : $0 }
        case 1: return said.map { if case .close(let code, _) = $0 { .close(code) } else { $0 } }
        case 2: return said.filter { if case .pong(let payload) = $0 { payload.count != 125 } else { true } }
        default: return said.map { $0 == .text("a") ? .binary([0x61]) : $0 }
        }
      }
    }
  }
}
