import PostgresClient

/// Who follows the feed. Called on the reader's loop, in the order of the log, one call at a time.
///
/// A transaction comes as `begin`, its changes, and `commit`; nothing of it may be shown before `commit`. When the connection breaks in
/// between, `abandon` is called, and the same transaction comes again from its beginning.
public protocol FeedFollower: AnyObject {
  func begin(_ transaction: FeedBegin)
  func apply(_ change: FeedChange) throws
  func commit(_ transaction: FeedCommit) throws
  func abandon()
  /// Nothing of interest happened up to `position`. Only between transactions.
  func advance(to position: UInt64)
  /// Everything that has arrived has been handed over: the moment to show it.
  func settle() async throws
  /// Up to here nothing is asked for again, ever.
  var durablePosition: UInt64 { get }
}

/// Puts messages into transactions, and refuses an order that makes no sense. Pure.
public struct TransactionOrder: Sendable {
  private var open: FeedBegin?
  public private(set) var position: UInt64

  public init(position: UInt64) { self.position = position }

  public var isOpen: Bool { open != nil }

  /// Checks what comes next; positions move with commits alone.
  public mutating func take(_ message: FeedMessage) throws(FeedError) {
    switch message {
    case .begin(let begin):
      guard open == nil else { throw .order("a transaction begins inside another") }
      open = begin
    case .commit(let commit):
      guard let begin = open else { throw .order("a commit without a beginning") }
      guard begin.commitPosition == commit.commitPosition else { throw .order("a commit of another transaction") }
      guard commit.endPosition > commit.commitPosition, commit.endPosition >= position else {
        throw .order("a commit at \(LogPosition.text(commit.endPosition)), behind \(LogPosition.text(position))")
      }
      open = nil
      position = commit.endPosition
    case .change: guard open != nil else { throw .order("a change outside of a transaction") }
    case .relation, .other: break
    }
  }

  /// The server has nothing for us up to here. False inside a transaction, and for what has passed.
  public mutating func advance(to endOfLog: UInt64) -> Bool {
    guard open == nil, endOfLog > position else { return false }
    position = endOfLog
    return true
  }

  public mutating func abandon() { open = nil }
}
