public import EventLoops
import Synchronization

/// Where whoever keeps the index puts the newest edition, and searches find it. A reader keeps the one it has until there is a newer:
/// looking costs one atomic load, and only taking a newer one waits for the keeper, for as long as it takes to retain it.
public final class EditionBoard: Sendable {
  private struct Posted {
    var edition: Edition?
    var waiting: [Int: Waiting] = [:]
  }

  private struct Waiting {
    let position: FeedPosition
    let continuation: CheckedContinuation<Bool, any Error>
  }

  private let posted = Mutex(Posted())
  fileprivate let version = Atomic<Int>(0)
  private let waiters = Atomic<Int>(0)

  /// Without an edition: searches say that the index is being built.
  public init() {}

  /// Puts up a newer edition, and wakes who waits for its position. O(those who wait).
  public func post(_ edition: Edition) {
    let reached = posted.withLock { posted in
      posted.edition = edition
      guard !posted.waiting.isEmpty else { return [Waiting]() }
      let reached = posted.waiting.filter { $0.value.position <= edition.position }
      for number in reached.keys { posted.waiting[number] = nil }
      return Array(reached.values)
    }
    version.add(1, ordering: .releasing)
    for waiting in reached { waiting.continuation.resume(returning: true) }
  }

  /// Nil until the first has been posted.
  public var edition: Edition? { posted.withLock { $0.edition } }

  /// Suspends until an edition of that position or a later one is up; false when that takes longer than the limit. Call on the loop.
  public func wait(for position: FeedPosition, atMostMilliseconds limit: UInt64, on loop: EventLoop) async throws -> Bool {
    let number = waiters.add(1, ordering: .relaxed).newValue
    var timer: LoopTimer?
    defer { timer?.cancel() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isThere = posted.withLock { posted in
          if let edition = posted.edition, edition.position >= position { return true }
          posted.waiting[number] = Waiting(position: position, continuation: continuation)
          return false
        }
        guard !isThere else { return continuation.resume(returning: true) }
        // Whoever cancelled before this had nobody to wake.
        if Task.isCancelled { return finish(number, .failure(CancellationError())) }
        timer = loop.schedule(afterMilliseconds: limit) { self.finish(number, .success(false)) }
      }
    } onCancel: {
      finish(number, .failure(CancellationError()))
    }
  }

  private func finish(_ number: Int, _ result: Result<Bool, any Error>) {
    posted.withLock { $0.waiting.removeValue(forKey: number) }?.continuation.resume(with: result)
  }

  /// Searches that wait at the moment.
  public var waitingCount: Int { posted.withLock { $0.waiting.count } }
}

/// One reader's view of the board; one for each loop.
struct EditionReader {
  private let board: EditionBoard
  private var seen = 0
  private var edition: Edition?

  init(_ board: EditionBoard) { self.board = board }

  /// Takes the newest edition, if there is a newer than the one it has.
  mutating func takeNewer() -> Edition? {
    let version = board.version.load(ordering: .acquiring)
    guard version != seen else { return nil }
    edition = board.edition
    seen = version
    return edition
  }

  /// The one it has.
  var latest: Edition? { edition }
}
