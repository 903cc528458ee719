import Synchronization
import Terminal

/// What an operation on an index is doing, on standard error: a bar for what takes long, a line for each other step.
final class OperationSteps: Sendable {
  private let console: Console
  private let bar = Mutex<ProgressBar?>(nil)

  init(_ console: Console) { self.console = console }

  /// - Parameter estimate: of all providers; 0, or less than were read, where nobody knows.
  func reading(_ rows: Int, of estimate: Int) {
    let bar = bar.withLock { bar in
      let current = bar ?? ProgressBar("Reading the database", unit: .items("providers"), total: nil, console: console)
      bar = current
      return current
    }
    bar.setTotal(estimate > rows ? estimate : nil)
    bar.update(to: rows)
  }

  func say(_ line: String) {
    finish()
    console.print(line, to: .error)
  }

  func finish(_ outcome: ProgressBar.Outcome = .done) {
    let bar = bar.withLock { bar in
      defer { bar = nil }
      return bar
    }
    bar?.finish(outcome)
  }
}
