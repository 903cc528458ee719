import IndexFormats
import Terminal

/// The lines of one file that were refused: the first of them in words, the others by number.
struct BadLines {
  /// Who sees ten knows what is wrong with the file.
  static let shown = 10

  private(set) var count = 0
  private(set) var messages: [String] = []

  var areEnough: Bool { count >= Self.shown }

  mutating func add(_ problem: FormatProblem, line: Int) {
    count += 1
    if messages.count < Self.shown { messages.append("line \(line): \(problem)") }
  }

  /// What is printed when they were left out.
  func report(to console: Console) {
    guard count > 0 else { return }
    console.print("Left out \(count == 1 ? "1 bad line" : "\(count) bad lines"):", to: .error)
    for message in messages { console.print("  \(message)", to: .error) }
    if count > messages.count { console.print("  and \(count - messages.count) more", to: .error) }
  }

  /// The failure, where they may not be left out.
  func failure(in name: String, consequence: String) -> CommandFailure {
    CommandFailure(
      .badData,
      "\(name) has \(areEnough ? "at least \(count) bad lines" : count == 1 ? "a bad line" : "\(count) bad lines"); \(consequence)",
      details: messages + ["--skip-bad leaves bad lines out."])
  }
}
