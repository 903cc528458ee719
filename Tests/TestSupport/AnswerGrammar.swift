/// An HTTP/1.1 answer as it stood on the wire.
public struct RawAnswer: Sendable, Hashable {
  public struct Field: Sendable, Hashable {
    public let name: String
    public let value: String
  }

  /// How its end was found (RFC 9112, 6.3).
  public enum Framing: Sendable, Hashable {
    case noBody, length, chunked, untilClose
  }

  public let status: Int
  public let reason: String
  public let fields: [Field]
  public let framing: Framing
  public let body: [UInt8]
  /// The 1xx answers that came before it.
  public var interim: [Int] = []

  public func values(_ name: String) -> [String] {
    fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
  }

  public func value(_ name: String) -> String? { values(name).first }

  public var text: String { String(decoding: body, as: UTF8.self) }

  public var saysClose: Bool {
    values("connection").contains { $0.lowercased().split(separator: ",").contains { $0.trimmed == "close" } }
  }
}

/// Bytes that are no HTTP/1.1 answer, with the reason.
public struct MalformedAnswer: Error, CustomStringConvertible {
  public let reason: String
  public let bytes: [UInt8]

  public init(reason: String, bytes: [UInt8]) {
    self.reason = reason
    self.bytes = bytes
  }

  public var description: String {
    "\(reason): \(String(decoding: bytes.prefix(300), as: UTF8.self).debugDescription)"
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    let front = drop { $0 == " " || $0 == "\t" }
    return front.dropLast(front.reversed().prefix { $0 == " " || $0 == "\t" }.count)
  }
}

/// Reads answers by RFC 9110 and 9112 to the letter: a server's slip must fail a test, not be forgiven.
public enum AnswerGrammar {
  /// The first answer in `bytes` and how many bytes it takes; nil if it is not whole yet.
  ///
  /// `hasEnded` says that nothing follows: then a body delimited by the end is whole, and anything else cut short malformed.
  public static func read(
    _ bytes: ArraySlice<UInt8>, isHead: Bool, hasEnded: Bool
  ) throws -> (answer: RawAnswer, count: Int)? {
    guard let headEnd = try endOfHead(bytes) else {
      if hasEnded { throw MalformedAnswer(reason: "the connection ended within a head", bytes: Array(bytes)) }
      return nil
    }
    let lines = try self.lines(bytes[bytes.startIndex..<headEnd - 2])
    let (status, reason) = try statusLine(lines[0])
    let fields = try lines.dropFirst().map(field)
    let head = RawAnswer(status: status, reason: reason, fields: fields, framing: .noBody, body: [])
    let framing = try self.framing(head, isHead: isHead)
    guard let (body, end) = try self.body(bytes[headEnd...], framing, head, hasEnded: hasEnded) else { return nil }
    let answer = RawAnswer(status: status, reason: reason, fields: fields, framing: framing, body: body)
    return (answer, end - bytes.startIndex)
  }

  // MARK: Head

  private static func endOfHead(_ bytes: ArraySlice<UInt8>) throws -> Int? {
    var index = bytes.startIndex
    while index + 3 < bytes.endIndex {
      if bytes[index] == 13, bytes[index + 1] == 10, bytes[index + 2] == 13, bytes[index + 3] == 10 { return index + 4 }
      index += 1
    }
    // What cannot become a status line any more is not waited for.
    for (expected, byte) in zip("HTTP/1.1 ".utf8, bytes) where expected != byte {
      throw MalformedAnswer(reason: "no status line", bytes: Array(bytes))
    }
    return nil
  }

  private static func lines(_ head: ArraySlice<UInt8>) throws -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = head.startIndex
    var index = start
    while index < head.endIndex {
      switch head[index] {
      case 13:
        guard index + 1 < head.endIndex, head[index + 1] == 10 else {
          throw MalformedAnswer(reason: "bare CR in a head", bytes: Array(head))
        }
        lines.append(head[start..<index])
        index += 2
        start = index
      case 10: throw MalformedAnswer(reason: "bare LF in a head", bytes: Array(head))
      case 0..<0x20 where head[index] != 9, 0x7f:
        throw MalformedAnswer(reason: "control character in a head", bytes: Array(head))
      default: index += 1
      }
    }
    return lines
  }

  private static func statusLine(_ line: ArraySlice<UInt8>) throws -> (Int, String) {
    let text = String(decoding: line, as: UTF8.self)
    let code = line.dropFirst(9).prefix(3)
    guard text.hasPrefix("HTTP/1.1 "), code.count == 3, code.allSatisfy({ (0x30...0x39).contains($0) }),
      line.dropFirst(12).first == 0x20, let status = Int(String(decoding: code, as: UTF8.self)), (100...599).contains(status)
    else { throw MalformedAnswer(reason: "not a status line", bytes: Array(line)) }
    return (status, String(decoding: line.dropFirst(13), as: UTF8.self))
  }

  private static func field(_ line: ArraySlice<UInt8>) throws -> RawAnswer.Field {
    guard let colon = line.firstIndex(of: 0x3a), colon > line.startIndex, line[..<colon].allSatisfy(isTokenByte) else {
      throw MalformedAnswer(reason: "not a field line", bytes: Array(line))
    }
    let value = String(decoding: line[(colon + 1)...], as: UTF8.self)[...].trimmed
    return RawAnswer.Field(name: String(decoding: line[..<colon], as: UTF8.self), value: String(value))
  }

  /// RFC 9110, 5.6.2.
  static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  // MARK: Body

  private static func framing(_ head: RawAnswer, isHead: Bool) throws -> RawAnswer.Framing {
    func malformed(_ reason: String) -> MalformedAnswer {
      MalformedAnswer(reason: reason, bytes: Array("\(head)".utf8))
    }
    let lengths = head.values("content-length")
    let codings = head.values("transfer-encoding")
    if lengths.count > 1 { throw malformed("more than one Content-Length") }
    if let length = lengths.first, length.isEmpty || !length.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      throw malformed("Content-Length is no number")
    }
    if !codings.isEmpty, !lengths.isEmpty { throw malformed("Content-Length beside Transfer-Encoding") }
    if !codings.isEmpty, codings != ["chunked"] { throw malformed("a Transfer-Encoding other than chunked") }
    if head.status < 200 || head.status == 204, !codings.isEmpty || !lengths.isEmpty {
      throw malformed("a body announced by \(head.status)")  // RFC 9110, 8.6; RFC 9112, 6.1
    }
    if head.status >= 200, head.values("date").count != 1 { throw malformed("not exactly one Date") }  // RFC 9110, 6.6.1
    if isHead || head.status < 200 || head.status == 204 || head.status == 304 { return .noBody }
    if !codings.isEmpty { return .chunked }
    if !lengths.isEmpty { return .length }
    guard head.saysClose else { throw malformed("a body without end on a connection that stays open") }
    return .untilClose
  }

  private static func body(
    _ bytes: ArraySlice<UInt8>, _ framing: RawAnswer.Framing, _ head: RawAnswer, hasEnded: Bool
  ) throws -> (body: [UInt8], end: Int)? {
    let short = MalformedAnswer(reason: "the connection ended within a body", bytes: Array(bytes))
    switch framing {
    case .noBody: return ([], bytes.startIndex)
    case .untilClose: return hasEnded ? (Array(bytes), bytes.endIndex) : nil
    case .length:
      let count = head.value("content-length").flatMap { Int($0) } ?? 0
      if bytes.count >= count { return (Array(bytes.prefix(count)), bytes.startIndex + count) }
      if hasEnded { throw short }
      return nil
    case .chunked:
      if let whole = try chunks(bytes) { return whole }
      if hasEnded { throw short }
      return nil
    }
  }

  /// RFC 9112, 7.1, as this server writes it: lower-case sizes without extensions, no trailers.
  private static func chunks(_ bytes: ArraySlice<UInt8>) throws -> (body: [UInt8], end: Int)? {
    var body: [UInt8] = []
    var index = bytes.startIndex
    while true {
      guard let lineEnd = bytes[index...].firstIndex(of: 13) else {
        if bytes.endIndex - index > 16 { throw MalformedAnswer(reason: "no chunk size", bytes: Array(bytes[index...])) }
        return nil
      }
      guard lineEnd + 1 < bytes.endIndex else { return nil }
      let digits = String(decoding: bytes[index..<lineEnd], as: UTF8.self)
      guard bytes[lineEnd + 1] == 10, !digits.isEmpty, digits.utf8.allSatisfy({ $0.isLowerHexadecimal }),
        let size = Int(digits, radix: 16)
      else { throw MalformedAnswer(reason: "not a chunk size", bytes: Array(bytes[index...].prefix(32))) }
      let end = lineEnd + 2 + size + 2
      guard end <= bytes.endIndex else { return nil }
      body += bytes[(lineEnd + 2)..<(end - 2)]
      guard bytes[end - 2] == 13, bytes[end - 1] == 10 else {
        throw MalformedAnswer(reason: "a chunk does not end where it said", bytes: Array(bytes[index..<end].suffix(32)))
      }
      index = end
      if size == 0 { return (body, index) }
    }
  }
}

extension UInt8 {
  fileprivate var isLowerHexadecimal: Bool { (0x30...0x39).contains(self) || (0x61...0x66).contains(self) }
}
