// IndexFormats: the index's texts. Providers and queries come as lines of JSON, ranking profiles as JSON files, results go out as
// lines of JSON. Bytes in, values out, nothing else: files, mappings and terminals are the caller's.
import JSON

/// Why a line is refused: which member, what was wrong with it and what is allowed.
public struct FormatProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path of the member, as in `services[2].price`; empty when it is the whole line.
  public let member: String
  public let reason: String

  public init(_ reason: String, member: String = "") {
    self.member = member
    self.reason = reason
  }

  /// The same problem, seen from the value that holds the member.
  func under(_ name: String) -> FormatProblem { FormatProblem(reason, member: JSONPath.join(name, member)) }

  public var description: String { member.isEmpty ? reason : "\(member): \(reason)" }
}

/// Text from outside as a message shows it: in quotes, cut, and without characters that would move a cursor.
func quoted(_ text: String) -> String {
  var shown = ""
  for scalar in text.unicodeScalars.prefix(FormatLimits.shownCharacters) {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: shown += scalar.escaped(asASCII: true)
    default: shown.unicodeScalars.append(scalar)
    }
  }
  return text.unicodeScalars.count > FormatLimits.shownCharacters ? "\"\(shown)…\"" : "\"\(shown)\""
}

/// A number without the ".0" of a whole one.
func plain(_ number: Double) -> String {
  number.magnitude < 1e15 && number == number.rounded() ? "\(Int(number))" : "\(number)"
}
