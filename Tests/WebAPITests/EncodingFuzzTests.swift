import TestSupport
import Testing

@testable import WebAPI

/// Queries and path parts damaged at random, against a decoder that is written to be plain instead of fast.
/// `FUZZ_ROUNDS` makes it longer, `TEST_SEED` repeats it.
@Suite struct EncodingFuzzTests {
  /// What a query says: names and values as bytes, because texts of different bytes can be equal.
  enum Meaning: Equatable {
    case pairs([[[UInt8]]])
    case refused(QueryText.Failure)
  }

  // MARK: The oracle

  private static func decoded(_ text: ArraySlice<UInt8>, plusIsSpace: Bool) -> [UInt8]? {
    let pieces = text.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false)
    var bytes = pieces[0].map { plusIsSpace && $0 == UInt8(ascii: "+") ? 0x20 : $0 }
    for piece in pieces.dropFirst() {
      let digits = piece.prefix(2)
      guard digits.count == 2, digits.allSatisfy(Array("0123456789abcdefABCDEF".utf8).contains),
        let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(byte)
      bytes += piece.dropFirst(2).map { plusIsSpace && $0 == UInt8(ascii: "+") ? 0x20 : $0 }
    }
    return String(validating: bytes, as: UTF8.self) == nil ? nil : bytes
  }

  private static func meaning(_ query: [UInt8]) -> Meaning {
    if query.count > 8_192 { return .refused(.tooLong) }
    var pairs: [[[UInt8]]] = []
    for (number, pair) in query.split(separator: UInt8(ascii: "&")).enumerated() {
      if number == 64 { return .refused(.tooMany) }
      var sides = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      if sides.count == 1 { sides.append([]) }
      let texts = sides.compactMap { decoded($0, plusIsSpace: true) }
      if texts.count < 2 { return .refused(.malformed(number)) }
      pairs.append(texts)
    }
    return .pairs(pairs)
  }

  // MARK: The reader

  private static func read(_ query: [UInt8]) -> Meaning {
    var text = QueryText()
    do {
      try text.load(query.span.bytes)
    } catch {
      return .refused(error)
    }
    return .pairs(text.pairs.map { [Array(text.bytes[$0.name]), Array(text.bytes[$0.value])] })
  }

  private static let queries = [
    "limit=5&latitude=31.95&sort=rating&open=true&q=%D9%82%D8%B1%D9%8A%D8%A8+1%2B1&category=a&category=b", "a=1&b=2&c", "=", "",
    "q=حلاق&q=%f0%9f%92%88", String(repeating: "a=1&", count: 70), "q=" + String(repeating: "x", count: 8_190),
  ].map { Array($0.utf8) }

  private static let pieces =
    [
      "%", "%4", "%41", "%2f", "%2F", "%2B", "%26", "%3D", "%00", "%C0%80", "%ED%A0%80", "%F4%90%80%80", "%D9", "%82", "%g0",
      "%+1", "%-1", "%0x", "+", "&", "=", "&&", "==", "#", "?", ";", "limit=5", "é", "💈",
    ].map { Array($0.utf8) } + [[0xff], [0xc0, 0x80], [0xd9], [0x00]]

  private static func run(
    _ rounds: Int, _ random: inout SeededRandom, read: ([UInt8]) -> Meaning = read
  ) throws -> (understood: Int, refused: Int) {
    var counts = (understood: 0, refused: 0)
    for round in 0..<rounds {
      var query = random.pick(queries)
      random.damage(&query, with: pieces, atMost: 6)
      let expected = meaning(query)
      let found = read(query)
      guard found == expected else { throw FuzzFailure(round: round, input: query, "read as \(found), is \(expected)") }
      if case .pairs = expected { counts.understood += 1 } else { counts.refused += 1 }
    }
    return counts
  }

  @Test func queriesAreDecodedAsTheyAreMeant() throws {
    var random = SeededRandom()
    let counts = try Self.run(FuzzRounds.count(default: 4_000), &random)
    #expect(counts.understood > 100 && counts.refused > 100, "the damage is too strong or too weak to test anything")
  }

  /// One rare thing wrong each: a plus that stays, a digit too few, an overlong form that passes.
  @Test(arguments: 0..<3) func aWrongReaderIsNoticed(_ defect: Int) {
    var random = SeededRandom(seed: 1)
    #expect(throws: FuzzFailure.self) {
      try Self.run(4_000, &random) { query in
        switch (defect, Self.read(query)) {
        case (0, .pairs(let pairs)): .pairs(pairs.map { $0.map { $0.map { $0 == 0x20 ? UInt8(ascii: "+") : $0 } } })
        case (1, .refused(.malformed)) where query.last == UInt8(ascii: "%"): .pairs([])
        case (2, .refused(.malformed)) where query.starts(with: [0xc0, 0x80]) || query.contains(0xc0): .pairs([])
        case (_, let meaning): meaning
        }
      }
    }
  }

  // MARK: Paths

  @Test func pathPartsAreDecodedAsTheyAreMeant() throws {
    struct Input: RouteInput {
      let part: String
      init(_ p: inout ParameterReader) { part = p.path("part", .text(0...10_000)) }
    }
    var random = SeededRandom()
    var counts = (understood: 0, refused: 0)
    for round in 0..<FuzzRounds.count(default: 2_000) {
      var path = Array("%D8%B9%D9%85%D9%91%D8%A7%D9%86+a%2Fb".utf8)
      random.damage(&path, with: Self.pieces, atMost: 4)
      let source = ParameterSource()
      source.loadPath(path.span.bytes, captures: [0..<path.count], names: ["part"])
      let expected = Self.decoded(path[...], plusIsSpace: false).flatMap { bytes in
        bytes.contains { $0 < 0x20 || $0 == 0x7f } ? nil : bytes
      }
      let found = try? source.read(Input.self, description: InputDescription.of(Input.self))
      guard found.map({ Array($0.part.utf8) }) == expected else {
        throw FuzzFailure(round: round, input: path, "read as \(String(describing: found)), is \(String(describing: expected))")
      }
      if expected == nil { counts.refused += 1 } else { counts.understood += 1 }
    }
    #expect(counts.understood > 100 && counts.refused > 100)
  }
}
