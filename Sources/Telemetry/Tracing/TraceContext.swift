public import Bytes

/// A place in a trace, as it travels between processes: W3C Trace Context, level 1.
public struct TraceContext: Sendable, Hashable {
  public let traceID: TraceID
  public let spanID: SpanID
  public let isSampled: Bool
  /// What other tracing systems carry along: checked, possibly empty.
  public let traceState: String

  public init(traceID: TraceID, spanID: SpanID, isSampled: Bool, traceState: String = "") {
    self.traceID = traceID
    self.spanID = spanID
    self.isSampled = isSampled
    self.traceState = traceState
  }

  /// Reads the two headers. A bad `traceparent` is no context at all; a bad `tracestate` is dropped and the context kept, as the
  /// recommendation says. Several `tracestate` headers are passed joined by commas.
  public init?(traceparent: String, tracestate: String? = nil) {
    let bytes = Array(traceparent.utf8)
    guard bytes.count >= TraceContext.lengthOfVersion00,
      let version = TraceContext.hex(bytes, 0..<2), version != 0xFF,
      bytes[2] == UInt8(ascii: "-"), bytes[35] == UInt8(ascii: "-"), bytes[52] == UInt8(ascii: "-"),
      let high = TraceContext.hex(bytes, 3..<19), let low = TraceContext.hex(bytes, 19..<35),
      let traceID = TraceID(high: high, low: low),
      let parent = TraceContext.hex(bytes, 36..<52), let spanID = SpanID(parent),
      let flags = TraceContext.hex(bytes, 53..<55)
    else { return nil }
    if bytes.count > TraceContext.lengthOfVersion00 {
      // Only a future version may be longer, and only after another dash.
      guard version != 0, bytes[TraceContext.lengthOfVersion00] == UInt8(ascii: "-") else { return nil }
    }
    self.init(
      traceID: traceID, spanID: spanID, isSampled: flags & 1 == 1, traceState: tracestate.flatMap(TraceState.checked) ?? "")
  }

  /// The header to send: always version 00, with only the flag we know.
  public var traceparent: String {
    var buffer = ByteBuffer()
    writeTraceparent(into: &buffer)
    return String(buffer)
  }

  public func writeTraceparent(into buffer: inout ByteBuffer) {
    buffer.append("00-")
    traceID.write(into: &buffer)
    buffer.append("-")
    spanID.write(into: &buffer)
    buffer.append(isSampled ? "-01" : "-00")
  }

  private static let lengthOfVersion00 = 55

  /// Lower-case hexadecimal only: the recommendation refuses capitals.
  private static func hex(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64? {
    var value: UInt64 = 0
    for byte in bytes[range] {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return value
  }
}

/// The `tracestate` header's grammar.
enum TraceState {
  /// The list, normalized (no empty members, no spaces around commas) and within the size that must be carried on; `nil` when malformed.
  static func checked(_ header: String) -> String? {
    var members: [Substring] = []
    var keys: Set<Substring> = []
    for piece in header.split(separator: ",", omittingEmptySubsequences: false) {
      let member = trimmed(piece)
      if member.isEmpty { continue }
      guard let equals = member.firstIndex(of: "=") else { return nil }
      let key = member[..<equals]
      guard isKey(key), isValue(member[member.index(after: equals)...]), keys.insert(key).inserted else { return nil }
      members.append(member)
    }
    guard members.count <= TelemetryLimits.traceStateMembers else { return nil }
    return fitted(members).joined(separator: ",")
  }

  /// Over the limit, members over 128 characters go first, then the last ones: the first is the most recent.
  private static func fitted(_ members: [Substring]) -> [Substring] {
    func size(_ members: [Substring]) -> Int { members.reduce(-1) { $0 + 1 + $1.utf8.count } }
    var members = members
    while size(members) > TelemetryLimits.traceStateBytes, let long = members.lastIndex(where: { $0.utf8.count > 128 }) {
      members.remove(at: long)
    }
    while size(members) > TelemetryLimits.traceStateBytes { members.removeLast() }
    return members
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.utf8.first == 0x20 || text.utf8.first == 0x09 { text.removeFirst() }
    while text.utf8.last == 0x20 || text.utf8.last == 0x09 { text.removeLast() }
    return text
  }

  /// `lcalpha …` up to 256, or `tenant@system` up to 241 and 14.
  private static func isKey(_ key: Substring) -> Bool {
    let parts = key.split(separator: "@", omittingEmptySubsequences: false)
    switch parts.count {
    case 1: return isKeyPart(parts[0], limit: 256, digitFirst: false)
    case 2: return isKeyPart(parts[0], limit: 241, digitFirst: true) && isKeyPart(parts[1], limit: 14, digitFirst: false)
    default: return false
    }
  }

  private static func isKeyPart(_ part: Substring, limit: Int, digitFirst: Bool) -> Bool {
    guard let first = part.utf8.first, part.utf8.count <= limit else { return false }
    let isLetter = { (byte: UInt8) in byte >= 0x61 && byte <= 0x7A }
    let isDigit = { (byte: UInt8) in byte >= 0x30 && byte <= 0x39 }
    return (isLetter(first) || digitFirst && isDigit(first))
      && part.utf8.allSatisfy { isLetter($0) || isDigit($0) || "_-*/".utf8.contains($0) }
  }

  private static func isValue(_ value: Substring) -> Bool {
    value.utf8.count >= 1 && value.utf8.count <= 256
      && value.utf8.allSatisfy { $0 >= 0x20 && $0 <= 0x7E && $0 != UInt8(ascii: "=") }
  }
}
