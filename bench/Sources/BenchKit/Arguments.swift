/// A subcommand's options, taken one by one; `finish` refuses what nobody took.
public struct Arguments {
  private var rest: [String]

  public init(_ arguments: some Sequence<String>) { rest = Array(arguments) }

  /// The first word that is not an option.
  public mutating func word() -> String? {
    guard let first = rest.first, !first.hasPrefix("-") else { return nil }
    return rest.removeFirst()
  }

  public mutating func flag(_ name: String) -> Bool {
    guard let index = rest.firstIndex(of: name) else { return false }
    rest.remove(at: index)
    return true
  }

  public mutating func text(_ name: String) throws -> String? {
    guard let index = rest.firstIndex(of: name) else { return nil }
    guard index + 1 < rest.count else { throw BenchError("\(name) needs a value") }
    defer { rest.removeSubrange(index...index + 1) }
    return rest[index + 1]
  }

  public mutating func positive(_ name: String) throws -> Int? { try number(name, atLeast: 1) }

  public mutating func number(_ name: String, atLeast least: Int) throws -> Int? {
    guard let text = try text(name) else { return nil }
    guard let value = Int(text), value >= least else {
      throw BenchError("\(name) needs a whole number from \(least) on, not '\(text)'")
    }
    return value
  }

  public func finish() throws {
    if let left = rest.first { throw BenchError("unknown argument '\(left)'; see --help") }
  }
}
