/// Why a dictionary is refused: which file, which line, what is wrong.
public struct DictionaryProblem: Error, Hashable, Sendable, CustomStringConvertible {
  public let file: String
  public let line: Int
  public let reason: String
  public var description: String { "\(file), line \(line): \(reason)" }
}

/// What a market knows about its words, read from the texts of `data/analysis/`; its README describes the formats.
public struct AnalysisDictionaries: Sendable {
  /// A file of the folder.
  public enum File: String, CaseIterable, Sendable {
    case synonyms = "synonyms.txt"
    case names = "names.txt"
    case places = "places.txt"
    case wholeWords = "whole-words.txt"
    case stopWords = "stop-words.txt"
    case arabizi = "arabizi.txt"
  }

  /// One meaning, or one name, and all the ways it is written.
  struct Group: Sendable, Equatable {
    let id: String
    let members: [String]
    /// Ids of meanings that this one is a kind of.
    var broader: [String] = []
  }

  private(set) var synonyms: [Group] = []
  private(set) var names: [Group] = []
  private(set) var places: [Group] = []
  private(set) var wholeWords: [String] = []
  private(set) var stopWords: [String] = []
  /// By dialect.
  private(set) var arabizi: [String: ArabiziDigits] = [:]

  /// Nothing is known: words are folded, stemmed and spelled out, and no name is guarded.
  public init() {}

  /// Takes over what the digits of Arabizi mean, and nothing else.
  mutating func keepArabizi(of other: AnalysisDictionaries) { arabizi = other.arabizi }

  /// Adds what a file says; a bad line is refused, and nothing of the file kept.
  public mutating func add(_ file: File, _ bytes: [UInt8]) throws(DictionaryProblem) {
    var reading = DictionaryLines(file: file.rawValue)
    let lines = try reading.lines(bytes)
    switch file {
    case .synonyms: synonyms += try Self.meanings(lines, &reading, known: synonyms)
    case .names: names += try Self.groups(lines, &reading, idIsArabic: true)
    case .places: places += try Self.groups(lines, &reading, idIsArabic: true)
    case .wholeWords: wholeWords += try Self.words(lines, &reading)
    case .stopWords: stopWords += try Self.words(lines, &reading)
    case .arabizi: arabizi = try Self.digits(lines, &reading)
    }
  }

  private static func groups(
    _ lines: [DictionaryLines.Line], _ reading: inout DictionaryLines, idIsArabic: Bool
  ) throws(DictionaryProblem) -> [Group] {
    var groups: [Group] = []
    var seen: [String: Int] = [:]
    for line in lines {
      guard let colon = line.text.firstIndex(of: ":") else {
        throw reading.problem(line, "must be \"id: member, member\"; there is no colon")
      }
      let id = reading.trimmed(line.text[..<colon])
      let members = line.text[line.text.index(after: colon)...].split(separator: ",", omittingEmptySubsequences: false)
        .map(reading.trimmed)
      if let reason = idIsArabic ? wrongName(id) : wrongIdentifier(id) { throw reading.problem(line, reason) }
      if let first = seen.updateValue(line.number, forKey: id) {
        throw reading.problem(line, "\"\(id)\" is in line \(first) already: put both lines into one")
      }
      for (index, member) in members.enumerated() {
        if let reason = wrongMember(member) { throw reading.problem(line, reason) }
        if members[..<index].contains(member) { throw reading.problem(line, "\"\(member)\" is there twice") }
      }
      groups.append(Group(id: id, members: members))
    }
    return groups
  }

  /// `id < broader, broader: member, …`, where everything broader is a meaning itself.
  private static func meanings(
    _ lines: [DictionaryLines.Line], _ reading: inout DictionaryLines, known: [Group]
  ) throws(DictionaryProblem) -> [Group] {
    var broader: [[String]] = []
    var plain: [DictionaryLines.Line] = []
    for line in lines {
      let colon = line.text.firstIndex(of: ":") ?? line.text.endIndex
      let head = line.text[..<colon].split(separator: "<", maxSplits: 1, omittingEmptySubsequences: false)
      broader.append(head.count < 2 ? [] : head[1].split(separator: ",", omittingEmptySubsequences: false).map(reading.trimmed))
      plain.append(DictionaryLines.Line(number: line.number, text: reading.trimmed(head[0]) + String(line.text[colon...])))
    }
    var groups = try groups(plain, &reading, idIsArabic: false)
    let ids = Set((known + groups).map(\.id))
    for (index, line) in plain.enumerated() {
      for id in broader[index] where !ids.contains(id) || id == groups[index].id {
        throw reading.problem(line, "\"\(id)\" behind < must be the id of another meaning")
      }
      groups[index].broader = broader[index]
    }
    return groups
  }

  private static func wrongIdentifier(_ id: String) -> String? {
    let isRight =
      !id.isEmpty && id.utf8.count <= 40
      && id.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    return isRight ? nil : "the id \"\(id)\" must be 1 to 40 letters a to z, digits and hyphens"
  }

  private static func wrongName(_ id: String) -> String? {
    let isArabic = id.unicodeScalars.allSatisfy { (0x621...0x64A).contains($0.value) || $0 == " " }
    return !id.isEmpty && isArabic && id.unicodeScalars.count <= 28
      ? nil : "\"\(id)\" must be the name in Arabic letters, without marks, at most 28 of them"
  }

  private static func wrongMember(_ member: String) -> String? {
    let words = member.split(separator: " ")
    if words.isEmpty { return "there is nothing between two commas, or behind the colon" }
    if words.count > AnalysisLimits.phraseWords {
      return "\"\(member)\" has \(words.count) words: must be at most \(AnalysisLimits.phraseWords)"
    }
    return words.allSatisfy { $0.contains { $0.isLetter || $0.isNumber } } ? nil : "\"\(member)\" has a word without a letter"
  }

  private static func words(_ lines: [DictionaryLines.Line], _ reading: inout DictionaryLines) throws(DictionaryProblem)
    -> [String]
  {
    var words: [String] = []
    for line in lines {
      for word in line.text.split(separator: " ") {
        guard word.allSatisfy({ $0.isLetter || $0.isNumber }) else {
          throw reading.problem(line, "\"\(word)\" is not a word: words are separated by spaces and consist of letters")
        }
        words.append(String(word))
      }
    }
    return words
  }

  /// `digit letter dialect dialect…`: the first letter of a digit for a dialect is its own, a second one an alternative.
  private static func digits(
    _ lines: [DictionaryLines.Line], _ reading: inout DictionaryLines
  ) throws(DictionaryProblem) -> [String: ArabiziDigits] {
    var dialects: [String: ArabiziDigits] = [:]
    for line in lines {
      let parts = line.text.split(separator: " ")
      guard parts.count >= 3, parts[0].count == 1, let digit = parts[0].first?.wholeNumberValue, parts[0].utf8.count == 1 else {
        throw reading.problem(line, "must be \"digit letter dialect…\"")
      }
      guard parts[1].unicodeScalars.count == 1, let scalar = parts[1].unicodeScalars.first, (0x621...0x64A).contains(scalar.value)
      else { throw reading.problem(line, "\"\(parts[1])\" must be one Arabic letter") }
      let letter = UInt8(scalar.value - 0x600)
      for dialect in parts[2...] {
        if let reason = wrongIdentifier(String(dialect)) { throw reading.problem(line, reason) }
        var digits = dialects[String(dialect)] ?? ArabiziDigits()
        let known = digits.letters[digit]
        guard known.second == 0 else { throw reading.problem(line, "\(digit) has two letters in \(dialect) already") }
        digits.letters[digit] = known.first == 0 ? (letter, 0) : (known.first, letter)
        dialects[String(dialect)] = digits
      }
    }
    return dialects
  }
}

/// The lines of a dictionary: UTF-8, `#` begins a comment, empty lines say nothing.
private struct DictionaryLines {
  struct Line {
    let number: Int
    let text: String
  }

  let file: String

  func lines(_ bytes: [UInt8]) throws(DictionaryProblem) -> [Line] {
    guard bytes.count <= AnalysisLimits.dictionaryBytes else {
      throw DictionaryProblem(file: file, line: 1, reason: "the file has more than \(AnalysisLimits.dictionaryBytes) bytes")
    }
    var lines: [Line] = []
    for (index, raw) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      guard let text = String(validating: raw, as: UTF8.self) else {
        throw DictionaryProblem(file: file, line: index + 1, reason: "is not UTF-8")
      }
      let said = trimmed(text.prefix { $0 != "#" })
      if !said.isEmpty { lines.append(Line(number: index + 1, text: said)) }
    }
    return lines
  }

  func problem(_ line: Line, _ reason: String) -> DictionaryProblem {
    DictionaryProblem(file: file, line: line.number, reason: reason)
  }

  /// Without white space at the ends, and single spaces inside.
  func trimmed(_ text: some StringProtocol) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
