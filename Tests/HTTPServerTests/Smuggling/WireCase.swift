import Testing

/// One row of the tables of hostile and unusual requests: bytes, and what RFC 9110 and 9112 let a server make of them.
struct WireCase: Sendable, CustomTestStringConvertible {
  let name: String
  /// Where it is written: `9112 6.3` is section 6.3 of RFC 9112.
  let rule: String
  let bytes: [UInt8]
  /// One set of allowed statuses for each answer, interim ones included.
  let answers: [Set<Int>]
  /// What the service may see, as `METHOD target body`, in order.
  let sees: [String]
  /// Whether the connection takes a further request afterwards; nil where both are right.
  let staysOpen: Bool?
  let mayGoUnseen: Bool

  var testDescription: String { "\(name) (RFC \(rule))" }

  private init(
    _ name: String, _ rule: String, _ bytes: [UInt8], answers: [Set<Int>], sees: [String], staysOpen: Bool?,
    mayGoUnseen: Bool = false
  ) {
    (self.name, self.rule, self.bytes) = (name, rule, bytes)
    (self.answers, self.sees, self.staysOpen) = (answers, sees, staysOpen)
    self.mayGoUnseen = mayGoUnseen
  }

  /// Refused, unseen by the service; whatever follows is not looked at.
  static func refused(_ name: String, _ rule: String, _ text: String, _ statuses: Int...) -> WireCase {
    let statuses = statuses.isEmpty ? [400] : statuses
    return WireCase(name, rule, Array(text.utf8), answers: [Set(statuses)], sees: [], staysOpen: false)
  }

  static func refused(_ name: String, _ rule: String, raw bytes: [UInt8], _ statuses: Int...) -> WireCase {
    let statuses = statuses.isEmpty ? [400] : statuses
    return WireCase(name, rule, bytes, answers: [Set(statuses)], sees: [], staysOpen: false)
  }

  /// Answered, and the connection goes on.
  static func answered(
    _ name: String, _ rule: String, _ text: String, sees: String..., continues: Bool = false
  ) -> WireCase {
    let answers = (continues ? [[100]] : []) + sees.map { _ in [200] as Set<Int> }
    return WireCase(name, rule, Array(text.utf8), answers: answers, sees: sees, staysOpen: true)
  }

  /// Answered, and then the connection ends.
  static func last(_ name: String, _ rule: String, _ text: String, sees: String...) -> WireCase {
    WireCase(name, rule, Array(text.utf8), answers: sees.map { _ in [200] }, sees: sees, staysOpen: false)
  }

  /// May be answered or refused, but means nothing else.
  static func harmless(_ name: String, _ rule: String, _ text: String, sees: String) -> WireCase {
    WireCase(name, rule, Array(text.utf8), answers: [[200, 400]], sees: [sees], staysOpen: nil, mayGoUnseen: true)
  }

  /// The first requests are answered, then something is refused.
  static func partly(_ name: String, _ rule: String, _ text: String, sees: String..., then statuses: Int...) -> WireCase {
    let refusal = Set(statuses.isEmpty ? [400] : statuses)
    let answers = sees.map { _ in [200] as Set<Int> } + [refusal]
    return WireCase(name, rule, Array(text.utf8), answers: answers, sees: sees, staysOpen: false)
  }
}

/// The usual beginnings, so that a row shows only what is odd about it.
enum Wire {
  static let get = "GET / HTTP/1.1\r\nHost: h\r\n"
  static let post = "POST / HTTP/1.1\r\nHost: h\r\n"
  static let chunked = post + "Transfer-Encoding: chunked\r\n\r\n"
  static let end = "\r\n"

  /// A body of `abc` under these length fields.
  static func length(_ fields: String) -> String { post + fields + "\r\n\r\nabc" }

  /// The chunked body `abc` under these coding fields.
  static func coding(_ fields: String) -> String { post + fields + "\r\n\r\n3\r\nabc\r\n0\r\n\r\n" }

  /// A request without a body and with this line among its fields.
  static func field(_ line: String) -> String { get + line + "\r\n\r\n" }

  static func requestLine(_ line: String) -> String { line + "\r\nHost: h\r\n\r\n" }

  static func host(_ line: String) -> String { "GET / HTTP/1.1\r\n" + line + "\r\n\r\n" }

  static func target(_ target: String, method: String = "GET") -> String { requestLine("\(method) \(target) HTTP/1.1") }

  /// Text with one raw byte in it.
  static func raw(_ before: String, _ byte: UInt8, _ after: String) -> [UInt8] {
    Array(before.utf8) + [byte] + Array(after.utf8)
  }
}
