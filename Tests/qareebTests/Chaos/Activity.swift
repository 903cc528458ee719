import Synchronization
import TestSupport

/// What has been done so far.
final class Activity: Sendable, CustomStringConvertible {
  private let committedCount = Atomic<Int>(0)
  private let readBackCount = Atomic<Int>(0)
  private let answeredCount = Atomic<Int>(0)

  func noteWritten(_ outcome: ChaosWriter.Outcome) {
    if outcome != .nothing { committedCount.add(1, ordering: .relaxed) }
    if outcome == .readBack { readBackCount.add(1, ordering: .relaxed) }
  }

  func noteRead(_ isAnswered: Bool) { if isAnswered { answeredCount.add(1, ordering: .relaxed) } }

  var committed: Int { committedCount.load(ordering: .relaxed) }
  var readBack: Int { readBackCount.load(ordering: .relaxed) }
  var answered: Int { answeredCount.load(ordering: .relaxed) }

  var description: String { "\(committed) transactions, \(readBack) read back, \(answered) searches" }
}

/// Set once, read by anyone.
final class Flag: Sendable {
  private let value = Atomic<Bool>(false)
  func set() { value.store(true, ordering: .relaxed) }

  /// Also, by an error, when somebody else has failed.
  var isOver: Bool {
    get throws {
      try Task.checkCancellation()
      return value.load(ordering: .relaxed)
    }
  }
}

/// Lets writers in, one transaction each, or keeps them all out.
final class Gate: Sendable {
  private let state = Mutex((isClosed: false, inside: 0))

  func pass<R: Sendable>(_ body: () async throws -> R) async throws -> R {
    while !enter() { try await Task.sleep(for: .milliseconds(2)) }
    defer { state.withLock { $0.inside -= 1 } }
    return try await body()
  }

  private func enter() -> Bool {
    state.withLock { state in
      if !state.isClosed { state.inside += 1 }
      return !state.isClosed
    }
  }

  /// Returns once nobody is inside.
  func close() async throws {
    state.withLock { $0.isClosed = true }
    try await eventually("the writers pause") { state.withLock { $0.inside == 0 } }
  }

  func open() { state.withLock { $0.isClosed = false } }
}
