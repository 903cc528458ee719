import ChangeFeed
public import EventLoops
import PostgresClient
public import ProviderIndex
import Telemetry

/// What an index is made for.
public struct RebuildPlan: Sendable {
  /// Goes on with what an earlier run, killed since, has built or published.
  public var resumes = false
  /// Without it, everything but publishing is done, and nothing is left.
  public var publishes = true
  /// How fast the catalogue is read at most, so that others get their share of the database; nil as fast as it goes.
  public var rowsPerSecond: Int?
  /// Providers compared with SQL one by one.
  public var sampleSize = 1_000
  /// How long a node that serves may take to take the index up.
  public var patienceSeconds = 600

  public init() {}
}

public enum RebuildStep: Sendable, Hashable {
  case reading(rows: Int, estimate: Int)
  case writing
  /// What an earlier run built is there.
  case resuming(path: String)
  case checking(String)
  case published
}

/// What came of it.
public struct RebuildReport: Sendable, Hashable {
  public enum Outcome: Sendable, Hashable {
    /// The node that serves shows it.
    case takenUp
    /// No node serves; the next start takes it.
    case waitsForStart
    /// It was right; nothing was published.
    case dryRun
    /// What had been published and not taken up yet is gone again.
    case withdrawn
  }

  public let outcome: Outcome
  public let position: UInt64
  public let providers: Int
  public let byteCount: Int
}

/// Makes a whole new index from the database beside a node that serves, checks it, and hands it to the node; or hands back the one
/// before. Killed at any moment it leaves what is served alone (docs/decisions/0016).
public struct IndexRebuild: Sendable {
  let options: LiveIndexOptions
  let plan: RebuildPlan
  public var progress: @Sendable (RebuildStep) -> Void = { _ in }
  /// Questions whose answers are known: gives what is wrong with those of the new index.
  public var questions: @Sendable (IndexSnapshot) throws -> [String] = { _ in [] }

  /// - Parameter options: the node's own.
  public init(_ options: LiveIndexOptions, _ plan: RebuildPlan = RebuildPlan()) {
    var options = options
    options.logger = .disabled
    options.metrics = nil
    self.options = options
    self.plan = plan
  }

  /// On `loop`, which is kept busy. Throws `IndexOperationError` and `PostgresError`.
  public func run(on loop: EventLoop) async throws -> RebuildReport {
    try await alone(on: loop) { folder, replication in
      if folder.exists(folder.next) {
        guard plan.resumes else { throw IndexOperationError.isWaiting(path: folder.next) }
        progress(.resuming(path: folder.next))
        return try await awaitTakingUp(try facts(folder.next), folder, replication, on: loop)
      }
      let facts = try await unchecked(folder, replication, on: loop)
      do {
        try await check(folder.unchecked, on: loop)
      } catch let error as IndexOperationError {
        try await discard(folder.unchecked, replication)
        throw error
      }
      guard plan.publishes else {
        try await discard(folder.unchecked, replication)
        return report(.dryRun, facts)
      }
      try folder.move(folder.unchecked, to: folder.next)
      progress(.published)
      return try await awaitTakingUp(facts, folder, replication, on: loop)
    }
  }

  /// Returns to what was served before the last one was taken up; withdraws one that has not been taken up yet.
  public func rollBack(on loop: EventLoop) async throws -> RebuildReport {
    try await alone(on: loop) { folder, replication in
      if folder.exists(folder.next) {
        let facts = try facts(folder.next)
        try await discard(folder.next, replication)
        return report(.withdrawn, facts)
      }
      guard folder.exists(folder.previous) else { throw IndexOperationError.nothingToReturnTo(path: folder.previous) }
      let facts = try facts(folder.previous)
      guard try await replication.slotState(facts.slot)?.isLost == false else {
        throw IndexOperationError.slotGone(path: folder.previous, slot: facts.slot)
      }
      try folder.move(folder.previous, to: folder.next)
      progress(.published)
      return try await awaitTakingUp(facts, folder, replication, on: loop)
    }
  }

  // MARK: Steps

  private func alone(
    on loop: EventLoop, _ body: (IndexFolder, ReplicationConnection) async throws -> RebuildReport
  ) async throws -> RebuildReport {
    guard let folder = options.folder else { throw IndexOperationError.noIndex(path: "") }
    return try await explainingFiles(folder.current) {
      guard let lock = try FolderLock(path: folder.lock) else { throw IndexOperationError.busy(path: folder.lock) }
      defer { withExtendedLifetime(lock) {} }
      _ = try WholeFile.removeLeftovers(of: folder.current)
      let replication = try await ReplicationConnection.connect(options.target, on: loop)
      do {
        let report = try await body(folder, replication)
        await replication.close()
        return report
      } catch {
        await replication.close()
        throw error
      }
    }
  }

  private func facts(_ path: String) throws -> IndexFileFacts {
    guard let facts = try IndexFileFacts.read(path: path) else { throw IndexOperationError.noIndex(path: path) }
    return facts
  }

  /// An index that is built and not published: an earlier run's, where it can be gone on with, or a new one.
  private func unchecked(
    _ folder: IndexFolder, _ replication: ReplicationConnection, on loop: EventLoop
  ) async throws -> IndexFileFacts {
    if folder.exists(folder.unchecked) {
      if plan.resumes, let facts = try? facts(folder.unchecked), facts.fingerprint == options.analyzerFingerprint,
        try await replication.slotState(facts.slot)?.isLost == false
      {
        progress(.resuming(path: folder.unchecked))
        return facts
      }
      try await discard(folder.unchecked, replication)
    }
    return try await build(folder, on: loop)
  }

  /// Reads under the snapshot of a slot that goes with this connection, so that a kill leaves nothing behind. The slot that lasts is made
  /// when there is a file that names it: whoever finds the one knows of the other.
  private func build(_ folder: IndexFolder, on loop: EventLoop) async throws -> IndexFileFacts {
    let replication = try await ReplicationConnection.connect(options.target, on: loop)
    do {
      let temporary = try await replication.createSlot(options.newSlotName(), isTemporary: true)
      progress(.reading(rows: 0, estimate: 0))
      let pace = HydrationPace(rowsPerSecond: plan.rowsPerSecond, clock: options.clock, loop: loop)
      var hydration = ColdHydration(
        options: options, loop: loop, documents: ProviderDocuments(today: options.clock.now().dayNumber)
      ) { [progress] in progress(.reading(rows: $0, estimate: $1)) }
      hydration.pace = { try await pace.wait(rows: $0) }
      let hydrated = try await hydration.read(temporary)
      progress(.writing)
      let name = options.newSlotName()
      let state = StateToSave(
        tables: hydrated.tables, calendars: hydrated.calendars, position: hydrated.position, slot: name, day: hydrated.day,
        fingerprint: options.analyzerFingerprint)
      _ = try state.write(hydrated.segment, path: folder.unchecked)
      do {
        try await replication.copySlot(temporary.name, to: name, isTemporary: false)
      } catch {
        try folder.remove(folder.unchecked)
        throw error
      }
      await replication.close()
    } catch {
      await replication.close()
      throw error
    }
    // Read again from the disk, every byte of it checked.
    return try facts(folder.unchecked)
  }

  /// The slot goes first: a file without one is of no use, and a slot without a file would hold the log.
  private func discard(_ path: String, _ replication: ReplicationConnection) async throws {
    if let facts = try? facts(path) { _ = try await replication.dropSlot(facts.slot) }
    try IndexFolder(current: path).remove(path)
  }

  private func awaitTakingUp(
    _ facts: IndexFileFacts, _ folder: IndexFolder, _ replication: ReplicationConnection, on loop: EventLoop
  ) async throws -> RebuildReport {
    guard try await !replication.followedSlots(prefix: options.slotPrefix + "_").isEmpty else {
      return report(.waitsForStart, facts)
    }
    let startedAt = options.clock.monotonicMilliseconds()
    while folder.exists(folder.next) {
      guard options.clock.monotonicMilliseconds() &- startedAt < UInt64(plan.patienceSeconds) * 1_000 else {
        throw IndexOperationError.notTakenUp(seconds: plan.patienceSeconds)
      }
      try await loop.sleep(milliseconds: 50)
    }
    guard try self.facts(folder.current).slot == facts.slot else { throw IndexOperationError.refused }
    return report(.takenUp, facts)
  }

  private func report(_ outcome: RebuildReport.Outcome, _ facts: IndexFileFacts) -> RebuildReport {
    RebuildReport(outcome: outcome, position: facts.position, providers: facts.providers, byteCount: facts.byteCount)
  }
}

/// Holds reading back, so that it takes no more than its share. One task's.
struct HydrationPace: Sendable {
  private let rowsPerSecond: Int?
  private let clock: FeedClock
  private let loop: EventLoop
  private let startedAt: UInt64

  init(rowsPerSecond: Int?, clock: FeedClock, loop: EventLoop) {
    (self.rowsPerSecond, self.clock, self.loop) = (rowsPerSecond, clock, loop)
    startedAt = clock.monotonicMilliseconds()
  }

  /// Returns when so many rows may have been read.
  func wait(rows: Int) async throws {
    let delay = delayMilliseconds(rows: rows)
    if delay > 0 { try await loop.sleep(milliseconds: delay) }
  }

  func delayMilliseconds(rows: Int) -> UInt64 {
    guard let rowsPerSecond else { return 0 }
    let due = startedAt + UInt64(rows) * 1_000 / UInt64(max(1, rowsPerSecond))
    let now = clock.monotonicMilliseconds()
    return due > now ? due - now : 0
  }
}
