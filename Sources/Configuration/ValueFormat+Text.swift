// Words, places and secrets. Each check is what the module that uses the value would otherwise discover much later.

extension ValueFormat where Value == Bool {
  public static var boolean: ValueFormat {
    ValueFormat(
      allowed: "true or false",
      parse: { (text: String) throws(InvalidValue) -> Bool in
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw InvalidValue("is neither true nor false")
        }
      },
      print: { $0 ? "true" : "false" })
  }
}

extension ValueFormat where Value: RawRepresentable<String> & CaseIterable {
  public static var choice: ValueFormat {
    let known = Value.allCases.map(\.rawValue)
    return ValueFormat(
      allowed: "one of \(known.joined(separator: ", "))",
      parse: { (text: String) throws(InvalidValue) -> Value in
        guard let value = Value(rawValue: text.lowercased()) else { throw InvalidValue("is not known") }
        return value
      },
      print: { $0.rawValue })
  }
}

extension ValueFormat where Value == String {
  public static var text: ValueFormat { checked("a text that is not empty") { _ in nil } }

  public static var path: ValueFormat {
    checked("a path") { $0.contains("\0") ? "contains a NUL" : nil }
  }

  /// The kernel keeps a Unix socket's path in 108 bytes, the closing NUL included.
  public static var socketPath: ValueFormat {
    checked("a path of at most 107 bytes") { text in
      if text.contains("\0") { return "contains a NUL" }
      return text.utf8.count > 107 ? "is longer than 107 bytes" : nil
    }
  }

  public static func url(schemes: [String]) -> ValueFormat {
    let known = schemes.map { "\($0)://" }.joined(separator: " or ")
    return checked("a URL that starts with \(known)") { urlProblem($0, schemes: schemes, mayHavePath: true) }
  }

  /// What a browser sends as `Origin`: scheme, host and port, nothing after it; or `*`.
  public static var origin: ValueFormat {
    checked("an origin such as https://app.example.com, or *") { text in
      text == "*" ? nil : urlProblem(text, schemes: ["http", "https"], mayHavePath: false)
    }
  }

  /// Where a map's pictures come from: `{z}`, `{x}` and `{y}` in the path; hosts of which there are several begin with `{s}.`.
  public static var tiles: ValueFormat {
    checked("a URL of pictures such as https://tiles.example.com/{z}/{x}/{y}.png") { text in
      let one = text.replacing("://{s}.", with: "://a.", maxReplacements: 1)
      if let problem = urlProblem(one, schemes: ["http", "https"], mayHavePath: true) { return problem }
      let host = one.split(separator: "/").dropFirst().first ?? ""
      // The host goes into a security policy, where these would begin another rule.
      if host.contains(where: { "{};,'\"".contains($0) }) { return "has a host that is none" }
      let missing = ["{z}", "{x}", "{y}"].filter { !text.contains($0) }
      return missing.isEmpty ? nil : "lacks \(missing.joined(separator: ", "))"
    }
  }

  /// What libpq takes: a URL, or keywords (`host=/run/postgresql dbname=qareeb`).
  public static var databaseURL: ValueFormat {
    checked("a URL such as postgresql://user@host/name, or libpq keywords such as host=… dbname=…") { text in
      if text.contains("://") {
        let schemes = ["postgresql", "postgres"]
        // The host may be missing or a parameter (postgresql:///name?host=/run/postgresql), so only the scheme is judged here.
        return schemes.contains { text.hasPrefix("\($0)://") } ? nil : "has a scheme that is not postgresql://"
      }
      return text.contains("=") ? nil : "is neither a URL nor keywords"
    }
  }

  public static func secret(minimumBytes: Int) -> ValueFormat {
    checked("a secret of at least \(minimumBytes) bytes") { text in
      text.utf8.count < minimumBytes ? "is shorter than \(minimumBytes) bytes" : nil
    }
  }

  /// Any text that is not empty and in which `problem` finds nothing wrong.
  public static func checked(_ allowed: String, problem: @escaping @Sendable (String) -> String?) -> ValueFormat {
    ValueFormat(
      allowed: allowed,
      parse: { (text: String) throws(InvalidValue) -> String in
        guard !text.isEmpty else { throw InvalidValue("is empty") }
        if let reason = problem(text) { throw InvalidValue(reason) }
        return text
      },
      print: { $0 })
  }
}

/// Enough to catch what people really get wrong (no scheme, a path where only a host may be, a wrong port); not RFC 3986.
private func urlProblem(_ text: String, schemes: [String], mayHavePath: Bool) -> String? {
  guard let scheme = schemes.first(where: { text.lowercased().hasPrefix("\($0)://") }) else {
    return "does not start with \(schemes.map { "\($0)://" }.joined(separator: " or "))"
  }
  if text.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0.value < 0x20 }) { return "contains white space" }
  let rest = text.dropFirst(scheme.count + 3)
  let authority = rest.prefix { !"/?#".contains($0) }
  if !mayHavePath, authority.endIndex != rest.endIndex { return "has something after the host" }
  let hostAndPort = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
  if !mayHavePath, hostAndPort.count != authority.count { return "has a user before the host" }
  let isBracketed = hostAndPort.hasPrefix("[")
  guard !isBracketed || hostAndPort.contains("]") else { return "has an address whose bracket is not closed" }
  let host = isBracketed ? hostAndPort.prefix { $0 != "]" }.dropFirst() : hostAndPort.prefix { $0 != ":" }
  guard !host.isEmpty else { return "has no host" }
  let afterHost = hostAndPort.dropFirst(isBracketed ? host.count + 2 : host.count)
  if afterHost.isEmpty { return nil }
  guard afterHost.hasPrefix(":"), let port = UInt16(afterHost.dropFirst()), port > 0 else { return "has a wrong port" }
  return nil
}
