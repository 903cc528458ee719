public import EventLoops
public import PostgresClient
public import Telemetry

/// Follows a slot for ever: reconnects when the connection breaks, tells followers of whole transactions, and the server what is
/// durable. It gives up only what trying again cannot mend: a lost slot, a feed it does not understand, a follower that throws.
public final class FeedReader: Sendable {
  public struct Options: Sendable {
    public var slot: String
    public var publication: String
    public var backOff = BackOff(baseMilliseconds: 50, maximumMilliseconds: 5_000)
    public var random: RandomSource = systemRandomSource
    public var clock = FeedClock.system

    public init(slot: String, publication: String) { (self.slot, self.publication) = (slot, publication) }
  }

  private let target: ConnectionTarget
  private let loop: EventLoop
  private let options: Options
  private let logger: Logger
  public let statistics: FeedStatistics

  public init(
    _ target: ConnectionTarget, on loop: EventLoop, options: Options, statistics: FeedStatistics = FeedStatistics(),
    logger: Logger = .disabled
  ) {
    self.target = target
    self.loop = loop
    self.options = options
    self.statistics = statistics
    self.logger = logger.labelled("feed")
  }

  /// Follows from `position` until the task is cancelled. On the reader's loop. Throws `FeedError` and what followers throw.
  public func run(from position: UInt64, _ followers: [any FeedFollower]) async throws {
    loop.preconditionCurrent()
    let run = FeedRun(position: position, followers: followers, options: options, statistics: statistics, loop: loop)
    statistics.reach(position, freshAsOf: 0)
    var attempt = 0
    while !Task.isCancelled {
      let transactionsBefore = statistics.transactions
      do {
        try await connectAndFollow(run)
      } catch let error as PostgresError {
        statistics.connect(false)
        run.abandon()
        guard !Task.isCancelled else { return }
        if statistics.transactions > transactionsBefore || run.hasHeard { attempt = 0 }
        logger.warning(
          "the change feed broke; it is taken up again",
          ["position": .public(LogPosition.text(run.position)), "reason": .public(error.description)])
        try? await loop.sleep(milliseconds: options.backOff.delay(attempt: attempt, random: options.random()))
        attempt += 1
      } catch {
        statistics.connect(false)
        run.abandon()
        throw error
      }
    }
    statistics.connect(false)
    run.abandon()
  }

  private func connectAndFollow(_ run: FeedRun) async throws {
    run.hasHeard = false
    let connection = try await ReplicationConnection.connect(target, on: loop)
    do {
      try await requireSlot(connection)
      let request = StreamRequest(slot: options.slot, from: run.position, publication: options.publication)
      try await connection.stream(request) { [self] stream in
        statistics.connect(true)
        try await run.follow(stream)
      }
      await connection.close()
    } catch {
      await connection.close()
      throw error
    }
  }

  /// Asked before every stream: a slot that is gone would otherwise look like any other refusal.
  private func requireSlot(_ connection: ReplicationConnection) async throws {
    guard let state = try await connection.slotState(options.slot) else {
      throw FeedError.slotLost(slot: options.slot, reason: "there is no such slot")
    }
    if state.isLost {
      throw FeedError.slotLost(slot: options.slot, reason: "the server has removed log that it needed")
    }
    if let process = state.activeProcess {
      // Our own, from before the connection broke, if the server has not noticed yet.
      throw PostgresError(.unavailable(retryAfterMilliseconds: 0), "the slot is in use by server process \(process)")
    }
  }
}

/// What is known across connections. Touched on the reader's loop only.
private final class FeedRun: @unchecked Sendable {
  // Sendable: handed to the stream's body, which runs on the same loop.
  private let followers: [any FeedFollower]
  private let options: FeedReader.Options
  private let statistics: FeedStatistics
  private let loop: EventLoop
  private var order: TransactionOrder
  /// Each connection tells of the tables anew.
  private var decoder = PgoutputDecoder()
  private var needsSettling = false
  private var unsettledSince: UInt64 = 0
  private var statusSentAt: UInt64 = 0
  private var heardAt: UInt64 = 0
  /// How often the server has asked since it last sent anything else, and when the first time was.
  private var questions = (count: 0, since: UInt64(0))
  /// The server has sent something on this connection.
  var hasHeard = false

  init(
    position: UInt64, followers: [any FeedFollower], options: FeedReader.Options, statistics: FeedStatistics, loop: EventLoop
  ) {
    order = TransactionOrder(position: position)
    self.followers = followers
    self.options = options
    self.statistics = statistics
    self.loop = loop
  }

  var position: UInt64 { order.position }

  func abandon() {
    if order.isOpen { for follower in followers { follower.abandon() } }
    order.abandon()
  }

  func follow(_ stream: ReplicationStream) async throws {
    decoder = PgoutputDecoder()
    heardAt = options.clock.monotonicMilliseconds()
    try await sendStatus(stream, wantsReply: true)
    var unlooked = 0
    while !Task.isCancelled {
      if let message = try await stream.next(waitMilliseconds: 0) {
        try handle(message)
        unlooked += 1
        guard unlooked >= FeedLimits.messagesBetweenLooks else { continue }
        unlooked = 0
        try await look(stream, isIdle: false)
      } else {
        unlooked = 0
        try await look(stream, isIdle: true)
        if let message = try await stream.next(waitMilliseconds: FeedLimits.statusMilliseconds) { try handle(message) }
      }
    }
    try await settle()
    try await sendStatus(stream, wantsReply: false)
  }

  /// What is due by the clock, and what can be done because nothing else is there to do.
  private func look(_ stream: ReplicationStream, isIdle: Bool) async throws {
    let now = options.clock.monotonicMilliseconds()
    let isDue = isIdle || now &- unsettledSince >= FeedLimits.settleMilliseconds
    if needsSettling, isDue, !order.isOpen {
      try await settle()
      try await sendStatus(stream, wantsReply: false)
    }
    guard now &- statusSentAt >= FeedLimits.statusMilliseconds else { return }
    guard now &- heardAt < FeedLimits.silenceMilliseconds else {
      throw PostgresError(.connectionLost, "the server has been silent for \(now &- heardAt) ms")
    }
    try await sendStatus(stream, wantsReply: true)
  }

  private func settle() async throws {
    needsSettling = false
    for follower in followers { try await follower.settle() }
  }

  private func sendStatus(_ stream: ReplicationStream, wantsReply: Bool) async throws {
    statusSentAt = options.clock.monotonicMilliseconds()
    let durable = followers.map(\.durablePosition).min() ?? order.position
    try await stream.send(
      ReplicationStatus(
        received: order.position, durable: min(durable, order.position), applied: order.position, wantsReply: wantsReply),
      sentAt: options.clock.now())
  }

  private func handle(_ message: ReplicationMessage) throws {
    hasHeard = true
    heardAt = options.clock.monotonicMilliseconds()
    switch message {
    case .keepalive(let endOfLog, _, let wantsReply):
      statistics.hear(endOfLog: endOfLog)
      if order.advance(to: endOfLog) {
        for follower in followers { follower.advance(to: order.position) }
        markUnsettled()
      }
      // Inside a transaction it only says that the server lives.
      if !order.isOpen, endOfLog <= order.position {
        statistics.reach(order.position, freshAsOf: heardAt)
        markUnsettled()
      }
      if wantsReply {
        statusSentAt = 0
        try countQuestion()
      }
    case .data(let data):
      questions.count = 0
      statistics.hear(endOfLog: data.endOfLog)
      try handle(try decoder.decode(data.payload), sentAt: data.sentAt)
    }
  }

  /// What is not durable yet cannot be confirmed, and whoever stops a server should not have to wait for that.
  private func countQuestion() throws {
    if heardAt &- questions.since > FeedLimits.questionsAtShutdownMilliseconds { questions = (0, heardAt) }
    questions.count += 1
    guard questions.count >= FeedLimits.questionsAtShutdown else { return }
    questions.count = 0
    throw PostgresError(.connectionLost, "the server is shutting down, and waits for its log to be confirmed")
  }

  private func handle(_ message: FeedMessage, sentAt: PostgresTimestamp) throws {
    try order.take(message)
    switch message {
    case .begin(let begin): for follower in followers { follower.begin(begin) }
    case .change(let change):
      statistics.countChange()
      for follower in followers { try follower.apply(change) }
    case .commit(let commit):
      for follower in followers { try follower.commit(commit) }
      statistics.countTransaction()
      // Both times are the server's: how old the commit was when it was sent.
      let age = max(0, sentAt.microsecondsSince1970 &- commit.committedAt.microsecondsSince1970) / 1_000
      statistics.reach(order.position, freshAsOf: heardAt &- min(heardAt, UInt64(age)))
      markUnsettled()
    case .relation, .other: break
    }
  }

  private func markUnsettled() {
    guard !needsSettling else { return }
    needsSettling = true
    unsettledSince = heardAt
  }
}
