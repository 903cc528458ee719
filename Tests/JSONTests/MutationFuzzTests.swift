import Bytes
import JSON
import Testing

/// Documents damaged at random: nothing may trap, and whatever is accepted must be one value that survives being written.
enum MutationFuzzer {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  static let documents: [[UInt8]] = [
    #"{"id":"0190c7d2-7e1b-7c3a-9d5e-0f1a2b3c4d5e","price":8.000,"tags":["a","ب","\u0041\n"],"open":true,"n":null}"#,
    #"[[1,-2,3.5e10,4E-3],{"a":{"b":{"c":[[],{},""]}}},"\uD834\uDD1E",18446744073709551615]"#,
    #"{"success":false,"error":{"code":"VALIDATION_ERROR","message":"قيمة غير صحيحة","details":[{"field":"x[0].y"}]}}"#,
    #"  -0.0  "#, #""""#, #"[]"#,
  ].map { Array($0.utf8) }

  /// Bytes the grammar gives a meaning to are worth more than others.
  static let meaningful = Array("{}[]\",:\\0123456789.-+eEtrufalsn \n\t/u".utf8) + [0x00, 0x7F, 0x80, 0xC2, 0xED, 0xF4, 0xFF]

  static func damaged(_ random: inout SeededGenerator) -> [UInt8] {
    var bytes = documents[Int.random(in: 0..<documents.count, using: &random)]
    for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes[place] = meaningful[Int.random(in: 0..<meaningful.count, using: &random)]
      case 2: bytes.remove(at: place)
      case 3: bytes.insert(meaningful[Int.random(in: 0..<meaningful.count, using: &random)], at: place)
      case 4: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...8, using: &random)))
      default:
        bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + Int.random(in: 1...40, using: &random))], at: place)
      }
    }
    return bytes
  }

  /// `canary` stands for a defect in the reader: it sees each accepted document and may damage what is compared.
  static func run(seed: UInt64, rounds: Int, canary: (inout [UInt8]) -> Void = { _ in }) throws -> (accepted: Int, refused: Int) {
    var random = SeededGenerator(seed: seed)
    var reader = JSONReader()
    var counts = (accepted: 0, refused: 0)
    for round in 0..<rounds {
      let text = damaged(&random)
      let value: JSONValue
      do {
        value = try reader.read(text).root
      } catch {
        guard error.byteOffset >= 0, error.byteOffset <= text.count, error.line >= 1, error.column >= 1, !error.reason.isEmpty
        else {
          throw Failure(description: "seed \(seed), round \(round): impossible place \(error)")
        }
        counts.refused += 1
        continue
      }
      visit(value)
      var written = ByteBuffer()
      value.writeJSON(to: &written)
      var copy = [UInt8](written)
      canary(&copy)
      var again = ByteBuffer()
      try? JSONDocument(copy).root.writeJSON(to: &again)
      guard [UInt8](again) == [UInt8](written) else {
        throw Failure(description: "seed \(seed), round \(round): \(String(decoding: text, as: UTF8.self)) changed when written")
      }
      counts.accepted += 1
    }
    return counts
  }

  /// Asks everything of everything.
  private static func visit(_ value: JSONValue) {
    _ = (value.bool, value.string, value.int, value.uint64, value.double, value.decimal(places: 3), value.numberText)
    _ = value.firstDuplicatePath()
    if let array = value.array {
      for element in array { visit(element) }
    }
    if let object = value.object {
      for member in object {
        _ = object[member.name]
        visit(member.value)
      }
    }
  }
}

@Suite struct MutationFuzzTests {
  @Test func survivesDamagedDocuments() throws {
    let seed = FuzzSettings.seed
    let counts = try MutationFuzzer.run(seed: seed, rounds: FuzzSettings.rounds(default: 20_000))
    print("seed \(seed): \(counts.accepted) accepted, \(counts.refused) refused")
    #expect(counts.accepted > 0 && counts.refused > 0, "seed \(seed): the damage is too strong or too weak to test anything")
  }

  /// The fuzzer must notice a reader that gets one rare thing wrong.
  @Test func noticesAPlantedFailure() {
    #expect(throws: MutationFuzzer.Failure.self) {
      _ = try MutationFuzzer.run(seed: 1, rounds: 20_000) { bytes in
        if let place = bytes.firstIndex(of: UInt8(ascii: "8")) { bytes[place] = UInt8(ascii: "9") }
      }
    }
  }
}
