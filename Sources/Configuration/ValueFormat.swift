/// How one kind of value is written in text: read from a flag, a variable or a line of the file, and written back for people.
public struct ValueFormat<Value: Sendable>: Sendable {
  /// Completes the sentence "must be …".
  public let allowed: String
  /// What a plain number counts, where the text itself carries no unit.
  public let unit: String?
  let parse: @Sendable (String) throws(InvalidValue) -> Value
  let print: @Sendable (Value) -> String

  public init(
    allowed: String, unit: String? = nil, parse: @escaping @Sendable (String) throws(InvalidValue) -> Value,
    print: @escaping @Sendable (Value) -> String
  ) {
    self.allowed = allowed
    self.unit = unit
    self.parse = parse
    self.print = print
  }
}

/// Why a text was refused. The reason never repeats the text, so that it may be shown for secrets too.
public struct InvalidValue: Error, Sendable, Equatable {
  public let reason: String
  public init(_ reason: String) { self.reason = reason }
}

extension ValueFormat {
  /// A value that may be absent; the empty text says so on purpose. `absent` tells what happens then.
  public static func optional<Wrapped: Sendable>(_ format: ValueFormat<Wrapped>, absent: String) -> ValueFormat<Wrapped?>
  where Value == Wrapped? {
    ValueFormat<Wrapped?>(
      allowed: "\(format.allowed), or nothing (\(absent))", unit: format.unit,
      parse: { (text: String) throws(InvalidValue) -> Wrapped? in text.isEmpty ? nil : try format.parse(text) },
      print: { $0.map(format.print) ?? "(none: \(absent))" })
  }

  /// Values separated by commas; spaces around them do not count, the empty text is the empty list.
  public static func list<Element: Sendable>(of format: ValueFormat<Element>) -> ValueFormat<[Element]> where Value == [Element] {
    ValueFormat<[Element]>(
      allowed: "a comma-separated list, each \(format.allowed)",
      parse: { (text: String) throws(InvalidValue) -> [Element] in
        guard !trimmed(text).isEmpty else { return [] }
        var elements: [Element] = []
        for (index, part) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
          do throws(InvalidValue) {
            elements.append(try format.parse(trimmed(part)))
          } catch {
            throw InvalidValue("has a wrong item \(index + 1), which \(error.reason)")
          }
        }
        return elements
      },
      print: { $0.isEmpty ? "(empty list)" : $0.map(format.print).joined(separator: ",") })
  }
}

/// Without the white space around it.
func trimmed(_ text: some StringProtocol) -> String {
  var rest = Substring(text)
  while rest.first?.isWhitespace == true { rest.removeFirst() }
  while rest.last?.isWhitespace == true { rest.removeLast() }
  return String(rest)
}
