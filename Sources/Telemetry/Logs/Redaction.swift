/// The net below the types: catches a secret that was declared public by mistake, by the name beside it or by its shape.
///
/// It errs on the side of silence: `token_count` is redacted too. Flags are kept: that a token is valid is no secret.
public enum Redaction {
  static let marker = "[redacted]"

  /// Whole words of a field's name (split at `_`, `-`, `.` and camel humps) that mark a secret or a personal datum.
  private static let words: Set<String> = [
    "password", "passwords", "passwd", "pwd", "pass", "passphrase", "passcode", "secret", "secrets", "token", "tokens", "jwt",
    "bearer", "auth", "authorization", "authentication", "cookie", "cookies", "otp", "totp", "pin", "cvv", "cvc", "card", "cards",
    "pan", "iban", "bic", "phone", "phones", "mobile", "msisdn", "email", "emails", "mail", "credential", "credentials", "ssn",
    "birthday", "birthdate", "dob", "latitude", "longitude", "lat", "lon", "lng",
  ]

  /// Runs of letters that mark one wherever they stand in the name with its separators taken out.
  private static let fragments = [
    "password", "passwd", "passphrase", "secret", "apikey", "privatekey", "accesskey", "signingkey", "encryptionkey",
    "accesstoken", "refreshtoken", "authtoken", "sessionid", "sessiontoken", "authorization", "cookie", "creditcard",
    "cardnumber", "phonenumber", "emailaddress", "homeaddress", "nationalid", "bankaccount", "accountnumber",
  ]

  /// Whether a field of this name must not show its value.
  public static func looksSecret(_ name: some StringProtocol) -> Bool {
    let parts = wordsOf(name)
    if parts.contains(where: words.contains) { return true }
    let joined = parts.joined()
    return joined == "email" || fragments.contains { contains(joined, $0) }
  }

  static func checked(_ field: LogFields.Field) -> LogValue {
    switch field.value {
    case .flag, .null, .redactedMarker, .personalMarker: field.value
    case .text, .integer, .unsigned, .number: looksSecret(field.name) ? .redactedMarker : field.value
    }
  }

  /// Free text without the passwords of addresses (`scheme://user:password@host`), without the values of `secret=…`, `"token": …`
  /// and `Authorization: Bearer …`.
  public static func scrubbed(_ text: String) -> String {
    // Nothing below can match without one of these two; most messages end here.
    guard text.utf8.contains(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "=") }) else { return text }
    return TextScrubber(text).result()
  }

  private static func wordsOf(_ name: some StringProtocol) -> [String] {
    var parts: [String] = []
    var part = ""
    var previousIsLower = false
    for byte in name.utf8 {
      let isUpper = byte >= 0x41 && byte <= 0x5A
      let isLower = byte >= 0x61 && byte <= 0x7A
      let isDigit = byte >= 0x30 && byte <= 0x39
      if !part.isEmpty, !(isUpper || isLower || isDigit) || (isUpper && previousIsLower) {
        parts.append(part)
        part = ""
      }
      if isUpper || isLower || isDigit { part.unicodeScalars.append(Unicode.Scalar(isUpper ? byte | 0x20 : byte)) }
      previousIsLower = isLower
    }
    if !part.isEmpty { parts.append(part) }
    return parts
  }

  private static func contains(_ text: String, _ fragment: String) -> Bool {
    var rest = text.utf8[...]
    while rest.count >= fragment.utf8.count {
      if rest.starts(with: fragment.utf8) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}

/// One pass over a text that leaves out what looks like a secret. Linear in the text.
private struct TextScrubber {
  private let bytes: [UInt8]
  private var output: [UInt8] = []

  init(_ text: String) {
    bytes = Array(text.utf8)
    output.reserveCapacity(bytes.count)
  }

  consuming func result() -> String {
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: ":"), let userInfo = userInfo(after: position) {
        output.append(contentsOf: "://".utf8)
        output.append(contentsOf: bytes[userInfo.user])
        output.append(contentsOf: ":\(Redaction.marker)@".utf8)
        position = userInfo.end
      } else if byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":"), nameEndsSecret(at: position) {
        position = skipValue(from: position)
      } else {
        output.append(byte)
        position += 1
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// For `://user:password@` at `colon`: the user, and where the host begins.
  private func userInfo(after colon: Int) -> (user: Range<Int>, end: Int)? {
    let start = colon + 3
    guard start < bytes.count, bytes[colon + 1] == UInt8(ascii: "/"), bytes[colon + 2] == UInt8(ascii: "/") else { return nil }
    var separator: Int?
    var at: Int?
    for position in start..<bytes.count {
      let byte = bytes[position]
      if byte <= 0x20 || byte == UInt8(ascii: "\"") { break }
      // A path begins: after a host, or after a port. Else it is a slash inside a password.
      if byte == UInt8(ascii: "/"), separator.map({ at == nil && isPort($0 + 1..<position) }) ?? true { break }
      if byte == UInt8(ascii: ":") && separator == nil { separator = position }
      // The last @ before a space: a password may hold an unescaped one.
      if byte == UInt8(ascii: "@") { at = position }
    }
    guard let separator, let at, at > separator else { return nil }
    return (start..<separator, at + 1)
  }

  private func isPort(_ range: Range<Int>) -> Bool {
    (1...5).contains(range.count) && bytes[range].allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }

  /// Whether the name that ends before `position` looks secret; a closing quote may stand between.
  private func nameEndsSecret(at position: Int) -> Bool {
    var end = position
    while end > 0, bytes[end - 1] == UInt8(ascii: "\"") || bytes[end - 1] == 0x20 { end -= 1 }
    var start = end
    while start > 0, end - start < 64, isNameByte(bytes[start - 1]) { start -= 1 }
    return start < end && Redaction.looksSecret(String(decoding: bytes[start..<end], as: UTF8.self))
  }

  private func isNameByte(_ byte: UInt8) -> Bool {
    byte >= 0x61 && byte <= 0x7A || byte >= 0x41 && byte <= 0x5A || byte >= 0x30 && byte <= 0x39 || byte == 0x5F || byte == 0x2D
      || byte == 0x2E
  }

  /// Writes the separator and a marker, returns where the value ends: at its closing quote, or before a space or a delimiter.
  private mutating func skipValue(from separator: Int) -> Int {
    output.append(bytes[separator])
    var position = separator + 1
    while position < bytes.count, bytes[position] == 0x20 {
      output.append(0x20)
      position += 1
    }
    guard position < bytes.count else { return position }
    output.append(contentsOf: Redaction.marker.utf8)

    let quote = bytes[position]
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      position += 1
      while position < bytes.count, bytes[position] != quote { position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1 }
      return min(position + 1, bytes.count)
    }
    let firstWord = position
    position = endOfWord(position)
    // `Authorization: Bearer abc`: the scheme is no secret, what follows it is.
    let scheme = String(decoding: bytes[firstWord..<position], as: UTF8.self).lowercased()
    if ["bearer", "basic", "digest", "token", "apikey"].contains(scheme), position < bytes.count, bytes[position] == 0x20 {
      position = endOfWord(position + 1)
    }
    return position
  }

  private func endOfWord(_ start: Int) -> Int {
    var position = start
    while position < bytes.count {
      switch bytes[position] {
      case 0...0x20, UInt8(ascii: "&"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "}"), UInt8(ascii: ")"):
        return position
      default: position += 1
      }
    }
    return position
  }
}
