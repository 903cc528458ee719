import ChangeFeed
import EventLoops
import PostgresClient
import ProviderIndex

/// Brings an index forward to one position of the log and no further: what `FeedReader` does for ever, done once. On the loop of its
/// connection.
struct LogReplay {
  let connection: ReplicationConnection
  let request: StreamRequest
  let clock: FeedClock

  /// A transaction belongs to the state at `end` if its commit record begins before it: so the server draws the line between a snapshot
  /// and the slot that was made with it.
  func run(_ follower: some FeedFollower & Sendable, upTo end: UInt64) async throws {
    try await connection.stream(request) { [request, clock] stream in
      var run = Run(order: TransactionOrder(position: request.from), end: end)
      try await Self.send(stream, run.order.position, clock)
      var heardAt = clock.monotonicMilliseconds()
      while !run.isDone {
        try Task.checkCancellation()
        if let message = try await stream.next(waitMilliseconds: FeedLimits.replayWaitMilliseconds) {
          heardAt = clock.monotonicMilliseconds()
          if try run.take(message, follower) { try await Self.send(stream, run.order.position, clock) }
        } else {
          guard clock.monotonicMilliseconds() &- heardAt < FeedLimits.silenceMilliseconds else {
            throw PostgresError(.connectionLost, "the server has been silent for \(clock.monotonicMilliseconds() &- heardAt) ms")
          }
          try await Self.send(stream, run.order.position, clock)
        }
      }
    }
  }

  /// Asks for an answer, which says how far the server has looked. Nothing is ever confirmed: the slot goes with its connection.
  private static func send(_ stream: ReplicationStream, _ position: UInt64, _ clock: FeedClock) async throws {
    try await stream.send(
      ReplicationStatus(received: position, durable: 0, applied: 0, wantsReply: true), sentAt: clock.now())
  }

  private struct Run {
    var order: TransactionOrder
    let end: UInt64
    private var decoder = PgoutputDecoder()
    private var hasReachedEnd = false

    init(order: TransactionOrder, end: UInt64) { (self.order, self.end) = (order, end) }

    var isDone: Bool { hasReachedEnd || (!order.isOpen && order.position >= end) }

    /// True when the server wants an answer.
    mutating func take(_ message: ReplicationMessage, _ follower: some FeedFollower) throws -> Bool {
      switch message {
      case .keepalive(let endOfLog, _, let wantsReply):
        if order.advance(to: endOfLog) { follower.advance(to: order.position) }
        return wantsReply
      case .data(let data):
        let message = try decoder.decode(data.payload)
        if case .begin(let begin) = message, begin.commitPosition >= end {
          hasReachedEnd = true
          return false
        }
        try order.take(message)
        switch message {
        case .begin(let begin): follower.begin(begin)
        case .change(let change): try follower.apply(change)
        case .commit(let commit): try follower.commit(commit)
        case .relation, .other: break
        }
        return false
      }
    }
  }
}

extension LogReplay {
  /// What an index file holds at a later position. In memory: the file stays as it is.
  /// - Parameter slot: a temporary one of this connection, at or before the file's position.
  static func bring(
    _ saved: HydratedIndex, to position: UInt64, _ connection: ReplicationConnection, _ slot: String, _ options: LiveIndexOptions,
    on loop: EventLoop
  ) async throws -> IndexContentsAtPosition {
    var quiet = options
    quiet.filePath = nil
    quiet.shown = { _ in }
    let follower = try IndexFollower(
      saved, options: quiet, loop: loop, board: SnapshotBoard(try IndexWriter(analyzer: options.analyzer).publish(position: 0)),
      progress: IndexProgress(), statistics: FeedStatistics(), isHidden: true)
    let request = StreamRequest(slot: slot, from: saved.position, publication: options.publication)
    try await LogReplay(connection: connection, request: request, clock: options.clock).run(follower, upTo: position)
    return try follower.contents()
  }
}

/// All that an index holds at one position.
struct IndexContentsAtPosition: Sendable {
  let tables: SourceTables
  let calendars: CalendarTables
  let index: IndexSnapshot
}
