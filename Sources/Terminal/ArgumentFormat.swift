/// How an option's value or an argument is written, checked and completed.
public struct ArgumentFormat<Value: Sendable>: Sendable {
  /// Completes "must be …" and the help page; nil when anything goes.
  let allowed: String?
  let completion: Completion
  let parse: @Sendable (String) throws(InvalidArgument) -> Value

  public init(
    allowed: String?, completion: Completion = .none, parse: @escaping @Sendable (String) throws(InvalidArgument) -> Value
  ) {
    self.allowed = allowed
    self.completion = completion
    self.parse = parse
  }
}

/// Why a value was refused: a clause about it, as in "is above 9".
public struct InvalidArgument: Error, Sendable, Equatable {
  let reason: String
  public init(_ reason: String) { self.reason = reason }
}

/// What a shell offers for a value.
public enum Completion: Sendable, Equatable {
  case none
  case files
  case folders
  case words([String])
  /// Beginnings after which the person goes on typing: no space follows.
  case beginnings([String])
}

extension ArgumentFormat where Value == Int {
  public static func integer(_ range: ClosedRange<Int>) -> ArgumentFormat {
    ArgumentFormat(
      allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)",
      parse: { (text: String) throws(InvalidArgument) -> Int in
        guard let value = Int(text) else { throw InvalidArgument("is not a whole number of a size that fits") }
        if value < range.lowerBound { throw InvalidArgument("is below \(range.lowerBound)") }
        if value > range.upperBound { throw InvalidArgument("is above \(range.upperBound)") }
        return value
      })
  }
}

extension ArgumentFormat where Value == Double {
  public static func number(_ range: ClosedRange<Double>) -> ArgumentFormat {
    ArgumentFormat(
      allowed: "a number from \(range.lowerBound) to \(range.upperBound)",
      parse: { (text: String) throws(InvalidArgument) -> Double in
        guard let value = Double(text), value.isFinite else { throw InvalidArgument("is not a number") }
        if value < range.lowerBound { throw InvalidArgument("is below \(range.lowerBound)") }
        if value > range.upperBound { throw InvalidArgument("is above \(range.upperBound)") }
        return value
      })
  }
}

extension ArgumentFormat where Value == String {
  public static var text: ArgumentFormat { nonEmpty(.none) }
  public static var file: ArgumentFormat { nonEmpty(.files) }
  public static var folder: ArgumentFormat { nonEmpty(.folders) }

  private static func nonEmpty(_ completion: Completion) -> ArgumentFormat {
    ArgumentFormat(
      allowed: nil, completion: completion,
      parse: { (text: String) throws(InvalidArgument) -> String in
        guard !text.isEmpty else { throw InvalidArgument("is empty") }
        return text
      })
  }
}

extension ArgumentFormat where Value: RawRepresentable<String> & CaseIterable {
  public static var choice: ArgumentFormat {
    let known = Value.allCases.map(\.rawValue)
    return ArgumentFormat(
      allowed: known.joined(separator: ", "), completion: .words(known),
      parse: { (text: String) throws(InvalidArgument) -> Value in
        guard let value = Value(rawValue: text) else { throw InvalidArgument("is not one of \(known.joined(separator: ", "))") }
        return value
      })
  }
}

/// `NAME=VALUE`.
public struct Assignment: Sendable, Equatable {
  public let name: String
  public let value: String
}

extension ArgumentFormat where Value == Assignment {
  /// `names` are offered by the shell; whether a name is known is for the command to judge.
  public static func assignment(names: [String]) -> ArgumentFormat {
    ArgumentFormat(
      allowed: nil, completion: .beginnings(names.map { "\($0)=" }),
      parse: { (text: String) throws(InvalidArgument) -> Assignment in
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
          throw InvalidArgument("is not of the form NAME=VALUE")
        }
        return Assignment(name: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
      })
  }
}
