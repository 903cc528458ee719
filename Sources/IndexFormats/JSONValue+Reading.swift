import JSON
import Spelling

/// Values as a format says they must be. What is thrown names the value and what is allowed; the caller adds where.
extension JSONValue {
  func text() throws(FormatProblem) -> String {
    guard let string else { throw refusal("must be a string") }
    return string
  }

  func nonEmptyText(maximumBytes: Int) throws(FormatProblem) -> String {
    let text = try text()
    guard !text.isEmpty, text.utf8.count <= maximumBytes else { throw refusal("must have 1 to \(maximumBytes) bytes") }
    return text
  }

  func boolean() throws(FormatProblem) -> Bool {
    guard let bool else { throw refusal("must be true or false") }
    return bool
  }

  func number(in range: ClosedRange<Double>) throws(FormatProblem) -> Double {
    guard let number = double, range.contains(number) else {
      throw refusal("must be a number from \(plain(range.lowerBound)) to \(plain(range.upperBound))")
    }
    return number
  }

  func whole(in range: ClosedRange<Int>) throws(FormatProblem) -> Int {
    guard let whole = int, range.contains(whole) else {
      throw refusal("must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return whole
  }

  /// One of a few words.
  func choice<Value>(_ values: some Sequence<Value>, named name: (Value) -> String) throws(FormatProblem) -> Value {
    let text = try text()
    if let value = values.first(where: { name($0) == text }) { return value }
    throw FormatProblem(
      quoted(text) + ": must be one of " + values.map(name).joined(separator: ", ") + suggestion(text, values.map(name)))
  }

  func list<Value>(_ element: (JSONValue) throws(FormatProblem) -> Value) throws(FormatProblem) -> [Value] {
    guard let array else { throw refusal("must be an array") }
    var values: [Value] = []
    values.reserveCapacity(array.count)
    for value in array {
      do throws(FormatProblem) {
        values.append(try element(value))
      } catch {
        throw error.under("[\(values.count)]")
      }
    }
    return values
  }

  /// An array, or one value that stands for an array of it.
  func oneOrMore<Value>(_ element: (JSONValue) throws(FormatProblem) -> Value) throws(FormatProblem) -> [Value] {
    kind == .array ? try list(element) : [try element(self)]
  }

  /// Hands the members that `Name` knows to `take`; others are ignored, and null is the same as nothing.
  func members<Name: RawRepresentable<String>>(
    _ take: (Name, JSONValue) throws(FormatProblem) -> Void
  ) throws(FormatProblem) {
    guard let object else { throw refusal("must be an object") }
    if let name = object.duplicateName { throw FormatProblem("is given twice", member: shownName(name)) }
    for member in object where !member.value.isNull {
      guard let name = Name(rawValue: member.name) else { continue }
      do throws(FormatProblem) {
        try take(name, member.value)
      } catch {
        throw error.under(name.rawValue)
      }
    }
  }

  func refusal(_ rule: String) -> FormatProblem { FormatProblem("\(shown): \(rule)") }

  private var shown: String {
    switch kind {
    case .null: "null"
    case .bool: bool == true ? "true" : "false"
    case .number: shortened(numberText ?? "")
    case .string: quoted(string ?? "")
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// A name from outside as a path shows it.
func shownName(_ name: String) -> String {
  let isPlain = !name.isEmpty && name.utf8.count <= 40 && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  return isPlain ? name : quoted(name)
}

func suggestion(_ text: String, _ names: [String]) -> String {
  // Nobody meant one of our words with a page of text; and the search for the nearest is quadratic.
  guard text.utf8.count <= FormatLimits.shownCharacters, let name = nearestName(to: text, among: names) else { return "" }
  return "; did you mean \(name)?"
}

private func shortened(_ text: String) -> String {
  text.utf8.count <= FormatLimits.shownCharacters ? text : "\(text.prefix(FormatLimits.shownCharacters))…"
}
