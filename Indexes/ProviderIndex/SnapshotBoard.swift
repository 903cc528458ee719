import Synchronization

/// Where the writer puts the newest snapshot and readers find it. A reader keeps the one it has until it is told there is a newer:
/// looking costs one atomic load; only taking a newer one waits for the writer, for as long as it takes to retain it.
public final class SnapshotBoard: Sendable {
  fileprivate let version = Atomic<Int>(0)
  fileprivate let current: Mutex<IndexSnapshot>

  public init(_ snapshot: IndexSnapshot) { current = Mutex(snapshot) }

  public func post(_ snapshot: IndexSnapshot) {
    current.withLock { $0 = snapshot }
    version.add(1, ordering: .releasing)
  }
}

/// One reader's view of the board; one for each loop or thread.
public struct SnapshotReader {
  private let board: SnapshotBoard
  private var seen = -1
  private var snapshot: IndexSnapshot

  public init(_ board: SnapshotBoard) {
    self.board = board
    snapshot = board.current.withLock { $0 }
  }

  /// The newest snapshot.
  public mutating func latest() -> IndexSnapshot {
    let version = board.version.load(ordering: .acquiring)
    if version != seen {
      snapshot = board.current.withLock { $0 }
      seen = version
    }
    return snapshot
  }
}
