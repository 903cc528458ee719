// The file's grammar: one `key = value` a line. `#` opens a comment at the start of a line or after white space. A value with
// a `#`, a quote or white space at its ends is put in double quotes, in which \" \\ \n and \t are understood.

/// What a configuration file says, with line numbers; and everything that is wrong with its form.
struct ConfigurationFile: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    let key: String
    let value: String
    let line: Int
  }
  struct BadLine: Error, Sendable, Equatable {
    let line: Int
    let reason: String
  }

  private(set) var entries: [Entry] = []
  private(set) var badLines: [BadLine] = []

  /// Reads everything it can, so that all problems are told at once.
  init(parsing bytes: [UInt8]) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      badLines.append(BadLine(line: 1, reason: "the file is not UTF-8 text"))
      return
    }
    let withoutMark = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    var firstLine: [String: Int] = [:]
    for (index, content) in withoutMark.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let number = index + 1
      do throws(BadLine) {
        guard let entry = try Self.entry(trimmed(content), line: number) else { continue }
        if let first = firstLine[entry.key] {
          throw BadLine(line: number, reason: "\(entry.key) was already set on line \(first)")
        }
        firstLine[entry.key] = number
        entries.append(entry)
      } catch {
        badLines.append(error)
      }
    }
  }

  private static func entry(_ content: String, line: Int) throws(BadLine) -> Entry? {
    guard let first = content.first, first != "#" else { return nil }
    if first == "[" {
      throw BadLine(line: line, reason: "there are no sections here; write the whole name, as in http.port = 8080")
    }
    guard let equals = content.firstIndex(of: "=") else {
      throw BadLine(line: line, reason: "expected key = value")
    }
    let key = trimmed(content[..<equals])
    guard !key.isEmpty, key.utf8.allSatisfy(isKeyByte) else {
      throw BadLine(line: line, reason: "a key is made of letters, digits, dots and underscores")
    }
    let value = trimmed(content[content.index(after: equals)...])
    return Entry(key: key, value: value.hasPrefix("\"") ? try unquoted(value, line: line) : uncommented(value), line: line)
  }

  private static func isKeyByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
    default: false
    }
  }

  private static func uncommented(_ value: String) -> String {
    var previous: Character = " "
    for index in value.indices {
      if value[index] == "#", previous.isWhitespace { return trimmed(value[..<index]) }
      previous = value[index]
    }
    return value
  }

  private static func unquoted(_ value: String, line: Int) throws(BadLine) -> String {
    var result = ""
    var rest = value.dropFirst()
    while let character = rest.popFirst() {
      switch character {
      case "\"":
        let after = trimmed(rest)
        guard after.isEmpty || after.hasPrefix("#") else {
          throw BadLine(line: line, reason: "there is text after the closing quote")
        }
        return result
      case "\\":
        guard let escape = rest.popFirst(), let meant = ["\"": "\"", "\\": "\\", "n": "\n", "t": "\t"][escape] else {
          throw BadLine(line: line, reason: #"only \" \\ \n and \t may follow a backslash in quotes"#)
        }
        result += meant
      default:
        result.append(character)
      }
    }
    throw BadLine(line: line, reason: "the quote is not closed")
  }
}
