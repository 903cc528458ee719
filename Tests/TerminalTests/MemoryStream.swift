import Synchronization

@testable import Terminal

/// A stream that keeps what is written, and can play a terminal of any width, or a full disk.
final class MemoryStream: ConsoleStream {
  private struct State {
    var text = ""
    var writes = 0
    var columns: Int?
    var failure: ConsoleWriteError?
  }
  let isTerminal: Bool
  private let state: Mutex<State>

  init(terminalColumns: Int? = nil, failure: ConsoleWriteError? = nil) {
    isTerminal = terminalColumns != nil
    state = Mutex(State(columns: terminalColumns, failure: failure))
  }

  var text: String { state.withLock { $0.text } }
  var writes: Int { state.withLock { $0.writes } }
  func columns() -> Int? { state.withLock { $0.columns } }
  func resize(columns: Int) { state.withLock { $0.columns = columns } }

  func write(_ text: String) throws(ConsoleWriteError) {
    let failure = state.withLock { state in
      state.writes += 1
      if state.failure == nil { state.text += text }
      return state.failure
    }
    if let failure { throw failure }
  }
}

/// What a person would see: enough of a terminal (carriage return, line feed, erasing, wrapping at the edge) to tell a clean
/// screen from a garbled one. Unlimited height; characters of one column only.
struct Screen {
  private(set) var rows: [[Character]] = [[]]
  private var column = 0
  private let columns: Int

  init(columns: Int) { self.columns = columns }

  /// The rows without what is blank at their ends and after them.
  var lines: [String] {
    var lines = rows.map { String($0).trimmingEnd() }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  mutating func receive(_ text: String) {
    var rest = Substring(text)
    while let character = rest.popFirst() {
      switch character {
      case "\r": column = 0
      case "\n", "\r\n": newRow()
      case "\u{1B}": escape(&rest)
      default: put(character)
      }
    }
  }

  private mutating func newRow() {
    rows.append([])
    column = 0
  }

  private mutating func put(_ character: Character) {
    if column == columns { newRow() }
    while rows[rows.count - 1].count <= column { rows[rows.count - 1].append(" ") }
    rows[rows.count - 1][column] = character
    column += 1
  }

  private mutating func escape(_ rest: inout Substring) {
    let sequence = rest.prefix { !$0.isLetter }
    rest = rest[sequence.endIndex...]
    switch (String(sequence), rest.popFirst()) {
    case (_, "m"): break
    case ("[2", "K"): rows[rows.count - 1] = []
    case ("[", "K"): rows[rows.count - 1] = Array(rows[rows.count - 1].prefix(column))
    case (let unknown, let final): preconditionFailure("an escape sequence the screen does not know: \(unknown)\(final ?? "?")")
    }
  }
}

extension String {
  fileprivate func trimmingEnd() -> String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}

let terminalEnvironment = ["TERM": "xterm-256color", "LANG": "C.UTF-8"]
let plainTraits = ConsoleTraits(isInteractive: false, hasColours: false, hasUnicode: false)
