import Bytes
import JSON
import Testing

/// A value made at random, to be written, read and compared.
indirect enum Sample: Equatable, JSONWritable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([Sample])
  case object([(String, Sample)])

  static func == (left: Sample, right: Sample) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.double(let a), .double(let b)): a.bitPattern == b.bitPattern
    case (.string(let a), .string(let b)): Array(a.utf8) == Array(b.utf8)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a.count == b.count && zip(a, b).allSatisfy { $0.0 == $1.0 && $0.1 == $1.1 }
    default: false
    }
  }

  static func random(_ random: inout SeededGenerator, depth: Int = 0) -> Sample {
    switch Int.random(in: 0..<(depth < 6 ? 7 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .int(Int(truncatingIfNeeded: random.next() >> UInt64.random(in: 0..<64, using: &random)))
    case 3:
      let double = Double(bitPattern: random.next())
      return double.isFinite ? .double(double) : .double(0.5)
    case 4: return .string(text(&random))
    case 5: return .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in .random(&random, depth: depth + 1) })
    default:
      return .object(
        (0..<Int.random(in: 0..<5, using: &random)).map { (text(&random) + "\($0)", .random(&random, depth: depth + 1)) })
    }
  }

  static func text(_ random: inout SeededGenerator) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0..<24, using: &random) {
      let limit: UInt32 = [0x20, 0x80, 0x800, 0x110000][Int.random(in: 0..<4, using: &random)]
      text.unicodeScalars.append(Unicode.Scalar(UInt32.random(in: 0..<limit, using: &random)) ?? "\"")
    }
    return text
  }

  func writeJSON(to buffer: inout ByteBuffer) {
    switch self {
    case .null: buffer.element(nil as Int?)
    case .bool(let value): buffer.element(value)
    case .int(let value): buffer.element(value)
    case .double(let value): buffer.element(value)
    case .string(let value): buffer.element(value)
    case .array(let values):
      buffer.beginArray()
      for value in values { value.writeJSON(to: &buffer) }
      buffer.endArray()
    case .object(let members):
      buffer.beginObject()
      for (name, value) in members {
        buffer.key(escaped: name)
        value.writeJSON(to: &buffer)
      }
      buffer.endObject()
    }
  }

  init(_ value: JSONValue, like sample: Sample) {
    switch value.kind {
    case .null: self = .null
    case .bool: self = .bool(value.bool ?? false)
    case .number: if case .int = sample { self = .int(value.int ?? 0) } else { self = .double(value.double ?? 0) }
    case .string: self = .string(value.string ?? "")
    case .array:
      guard case .array(let samples) = sample, let array = value.array, array.count == samples.count else { self = .null; return }
      self = .array(zip(array, samples).map { Sample($0, like: $1) })
    case .object:
      guard case .object(let samples) = sample, let object = value.object, object.count == samples.count else {
        self = .null; return
      }
      self = .object(zip(object, samples).map { ($0.name, Sample($0.value, like: $1.1)) })
    }
  }
}

@Suite struct RoundTripTests {
  @Test func whatIsWrittenReadsBackTheSame() throws {
    let seed = FuzzSettings.seed
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    var reader = JSONReader()
    for round in 0..<FuzzSettings.rounds(default: 2000) {
      let sample = Sample.random(&random)
      var buffer = ByteBuffer()
      sample.writeJSON(to: &buffer)
      let value = try reader.read([UInt8](buffer)).root
      #expect(Sample(value, like: sample) == sample, "seed \(seed), round \(round)")
      var again = ByteBuffer()
      value.writeJSON(to: &again)
      #expect([UInt8](again) == [UInt8](buffer), "seed \(seed), round \(round)")
    }
  }

  @Test func doublesKeepEveryBit() throws {
    let seed = FuzzSettings.seed
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<FuzzSettings.rounds(default: 20_000) {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      var buffer = ByteBuffer()
      buffer.element(value)
      #expect(Double(String(buffer))?.bitPattern == value.bitPattern, "seed \(seed)")
      #expect(significantDigits(String(buffer)) == significantDigits(value.description), "seed \(seed)")
    }
  }

  private func significantDigits(_ text: String) -> String {
    let mantissa = text.prefix { $0 != "e" }.filter(\.isNumber)
    let digits = mantissa.drop { $0 == "0" }
    return String(digits.reversed().drop { $0 == "0" }.reversed())
  }
}
