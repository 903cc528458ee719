/// A route's path: fixed parts, variable ones (`{id}`) and, at the end only, the rest (`{path...}`).
struct PathTemplate: Sendable, Equatable {
  enum Part: Sendable, Equatable {
    case fixed(String)
    case variable(String)
    case rest(String)
  }

  let text: String
  let parts: [Part]

  struct Problem: Error, Equatable {
    let reason: String
  }

  init(_ text: String) throws(Problem) {
    guard text.hasPrefix("/") else { throw Problem(reason: "a path begins with a slash") }
    guard text == "/" || !text.hasSuffix("/") else { throw Problem(reason: "a path does not end with a slash") }
    var parts: [Part] = []
    let segments = text == "/" ? [] : text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard segments.count <= WebAPILimits.pathSegments else {
      throw Problem(reason: "a path has at most \(WebAPILimits.pathSegments) parts")
    }
    for (index, segment) in segments.enumerated() {
      let part = try PathTemplate.part(segment)
      if case .rest = part, index + 1 < segments.count { throw Problem(reason: "“\(segment)” can only be the last part") }
      parts.append(part)
    }
    self.text = text
    self.parts = parts
    let names = variableNames
    guard Set(names).count == names.count else { throw Problem(reason: "a name stands twice in it") }
  }

  private static func part(_ segment: String) throws(Problem) -> Part {
    if segment.hasPrefix("{"), segment.hasSuffix("}") {
      let name = segment.dropFirst().dropLast()
      let isRest = name.hasSuffix("...")
      let plain = String(isRest ? name.dropLast(3) : name)
      guard !plain.isEmpty,
        plain.utf8.allSatisfy({ $0 == UInt8(ascii: "_") || (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) })
      else { throw Problem(reason: "“\(segment)” is not named in snake_case") }
      return isRest ? .rest(plain) : .variable(plain)
    }
    let isPlain = segment.utf8.allSatisfy { byte in
      TokenRule.allows(byte) && byte != UInt8(ascii: ":") && byte != UInt8(ascii: "=")
    }
    guard !segment.isEmpty, isPlain else {
      throw Problem(reason: "“\(segment)” has other characters than letters, digits and ._~-")
    }
    return .fixed(segment)
  }

  var variableNames: [String] {
    parts.compactMap { part in
      switch part {
      case .fixed: nil
      case .variable(let name), .rest(let name): name
      }
    }
  }

  /// As OpenAPI writes it.
  var openAPIText: String { text.replacing("...}", with: "}") }
}

extension String {
  /// A plain replacement; the standard library's own needs its string processing module.
  fileprivate func replacing(_ old: String, with new: String) -> String {
    guard hasSuffix(old) else { return self }
    return String(dropLast(old.count)) + new
  }
}
