public import Bytes
public import JSON
import WebAPI

/// A place in the database's write-ahead log, as PostgreSQL writes it: `16/B374D848`.
public struct FeedPosition: Hashable, Comparable, Sendable {
  public let value: UInt64

  public init(_ value: UInt64) { self.value = value }

  /// Two hexadecimal numbers of at most eight digits and a slash; nothing else.
  public init?(_ text: some StringProtocol) {
    let halves = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard halves.count == 2, let high = Self.half(halves[0]), let low = Self.half(halves[1]) else { return nil }
    value = UInt64(high) << 32 | UInt64(low)
  }

  private static func half(_ digits: some Collection<UInt8>) -> UInt32? {
    guard (1...8).contains(digits.count) else { return nil }
    var half: UInt32 = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): half = half << 4 | UInt32(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): half = half << 4 | UInt32(digit - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): half = half << 4 | UInt32(digit - UInt8(ascii: "A") + 10)
      default: return nil
      }
    }
    return half
  }

  public static func < (one: FeedPosition, other: FeedPosition) -> Bool { one.value < other.value }
}

extension FeedPosition: CustomStringConvertible {
  public var description: String {
    String(value >> 32, radix: 16, uppercase: true) + "/" + String(value & 0xFFFF_FFFF, radix: 16, uppercase: true)
  }
}

extension FeedPosition: JSONWritable {
  public func writeJSON(to buffer: inout ByteBuffer) {
    buffer.append(byte: UInt8(ascii: "\""))
    Self.append(value >> 32, to: &buffer)
    buffer.append(byte: UInt8(ascii: "/"))
    Self.append(value & 0xFFFF_FFFF, to: &buffer)
    buffer.append(byte: UInt8(ascii: "\""))
  }

  private static func append(_ half: UInt64, to buffer: inout ByteBuffer) {
    var shift: UInt64 = 28
    while shift > 0, half >> shift == 0 { shift -= 4 }
    while true {
      let digit = UInt8(half >> shift & 15)
      buffer.append(byte: digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10)
      if shift == 0 { return }
      shift -= 4
    }
  }
}

/// A position as a parameter.
struct FeedPositionRule: TextRule {
  static let pattern = "^[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}$"
  var schema: Schema { Schema(.string(Schema.StringShape(pattern: Self.pattern))) }
  var expectation: Localized {
    Localized(en: "a position such as 16/B374D848", ar: "موضعًا مثل 16/B374D848")
  }
  var placeholder: FeedPosition { FeedPosition(0) }
  func jsonText(of value: FeedPosition) -> String { "\"\(value)\"" }
  func value(of text: String) -> FeedPosition? { FeedPosition(text) }
}

/// A rule for values that are short texts with a grammar of their own.
protocol TextRule: ScalarRule {
  func value(of text: String) -> Value?
}

extension TextRule {
  func read(_ text: RawSpan) throws(FieldProblem.Code) -> Value {
    guard let value = value(of: try StringRule.oneLine.read(text)) else { throw .malformed }
    return value
  }
}

extension StringRule {
  fileprivate static let oneLine: StringRule = .text(0...500)
}
