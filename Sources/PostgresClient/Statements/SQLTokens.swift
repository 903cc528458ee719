/// The lexical skin of SQL: where words, symbols, strings and comments begin and end (PostgreSQL manual 4.1). Enough to
/// split a script and to see which words a statement uses; it is no parser. Pure; O(bytes).
struct SQLTokens: Sequence, IteratorProtocol {
  enum Kind: Hashable {
    /// An unquoted word, in lower case: a key word or a name.
    case word(String)
    case symbol(UInt8)
    /// A string, quoted name, number or dollar-quoted body: opaque.
    case opaque
    /// A string, quoted name, body or comment without an end.
    case unterminated
  }

  struct Token {
    let kind: Kind
    let range: Range<Int>
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func next() -> Token? {
    let start: Int
    switch skipBlanksAndComments() {
    case .end: return nil
    case .unterminated(let comment):
      position = bytes.count
      return Token(kind: .unterminated, range: comment..<bytes.count)
    case .token: start = position
    }
    let kind = take()
    return Token(kind: kind, range: start..<position)
  }

  private func peek(_ ahead: Int = 0) -> UInt8? {
    position + ahead < bytes.count ? bytes[position + ahead] : nil
  }

  // MARK: Blanks

  private enum Skipped { case token, end, unterminated(Int) }

  private mutating func skipBlanksAndComments() -> Skipped {
    while let byte = peek() {
      switch (byte, peek(1)) {
      case (UInt8(ascii: " "), _), (9...13, _): position += 1
      case (UInt8(ascii: "-"), UInt8(ascii: "-")):
        while let byte = peek(), byte != 10 { position += 1 }
      case (UInt8(ascii: "/"), UInt8(ascii: "*")):
        let start = position
        guard skipBlockComment() else { return .unterminated(start) }
      default: return .token
      }
    }
    return .end
  }

  /// Block comments nest.
  private mutating func skipBlockComment() -> Bool {
    var depth = 0
    while let byte = peek() {
      switch (byte, peek(1)) {
      case (UInt8(ascii: "/"), UInt8(ascii: "*")):
        depth += 1
        position += 2
      case (UInt8(ascii: "*"), UInt8(ascii: "/")):
        depth -= 1
        position += 2
        if depth == 0 { return true }
      default: position += 1
      }
    }
    return false
  }

  // MARK: Tokens

  private mutating func take() -> Kind {
    let byte = bytes[position]
    switch byte {
    case UInt8(ascii: "'"): return takeQuoted(UInt8(ascii: "'"), escapes: false)
    case UInt8(ascii: "\""): return takeQuoted(UInt8(ascii: "\""), escapes: false)
    case UInt8(ascii: "$"): return takeDollarQuoted()
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      while let byte = peek(), SQLTokens.isWordByte(byte) || byte == UInt8(ascii: ".") { position += 1 }
      return .opaque
    case _ where SQLTokens.startsWord(byte): return takeWord()
    default:
      position += 1
      return .symbol(byte)
    }
  }

  private mutating func takeQuoted(_ quote: UInt8, escapes: Bool) -> Kind {
    position += 1
    while let byte = peek() {
      if escapes, byte == UInt8(ascii: "\\") {
        position += 2
      } else if byte != quote {
        position += 1
      } else if peek(1) == quote {
        position += 2
      } else {
        position += 1
        return .opaque
      }
    }
    position = bytes.count
    return .unterminated
  }

  /// `$1` is a parameter; `$tag$ … $tag$` is a string without any escapes.
  private mutating func takeDollarQuoted() -> Kind {
    var end = position + 1
    while end < bytes.count, SQLTokens.isWordByte(bytes[end]), bytes[end] != UInt8(ascii: "$") { end += 1 }
    let isParameter = position + 1 < bytes.count && (48...57).contains(bytes[position + 1])
    guard !isParameter, end < bytes.count, bytes[end] == UInt8(ascii: "$") else {
      position = Swift.max(end, position + 1)
      return .opaque
    }
    let tag = bytes[position...end]
    var search = end + 1
    while search + tag.count <= bytes.count {
      if bytes[search] == UInt8(ascii: "$"), bytes[search..<search + tag.count] == tag {
        position = search + tag.count
        return .opaque
      }
      search += 1
    }
    position = bytes.count
    return .unterminated
  }

  private mutating func takeWord() -> Kind {
    let start = position
    while let byte = peek(), SQLTokens.isWordByte(byte) { position += 1 }
    let word = String(decoding: bytes[start..<position], as: UTF8.self).lowercased()
    // E'…' knows backslashes; B'', X'', N'' and U&'' do not.
    if peek() == UInt8(ascii: "'"), word == "e" { return takeQuoted(UInt8(ascii: "'"), escapes: true) }
    return .word(word)
  }

  private static func startsWord(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (65...90).contains(byte) || byte == UInt8(ascii: "_") || byte >= 128
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    startsWord(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "$")
  }
}
