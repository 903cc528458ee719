// IndexKeeper: keeps the provider index in step with the database. It hydrates an index from a snapshot or from a file, follows the log
// from there, applies each transaction whole, and posts snapshots that any number of readers search without waiting for anyone.
import ChangeFeed
import EventLoops
import PostgresClient
public import ProviderIndex
import Synchronization
import Telemetry

/// An index that follows the database. It works on a thread of its own; readers look at its board.
public final class LiveIndex: Sendable {
  let options: LiveIndexOptions
  private let group: EventLoopGroup
  let progress = IndexProgress()
  let statistics = FeedStatistics()
  private let task = Mutex<Task<Void, Never>?>(nil)
  /// Where snapshots are posted. Before the first hydration it holds an empty one.
  public let board: SnapshotBoard

  /// Starts at once, in the background.
  public init(_ options: LiveIndexOptions) throws {
    self.options = options
    group = try EventLoopGroup(count: 1, name: "index")
    board = SnapshotBoard(try IndexWriter(analyzer: options.analyzer).publish(position: 0))
    if let metrics = options.metrics {
      statistics.register(in: metrics, clock: options.clock)
      registerMetrics(in: metrics)
    }
    let loop = group.loops[0]
    let work = Task(executorPreference: loop) { [self] in await run(on: loop) }
    task.withLock { $0 = work }
  }

  /// Stops following; writes the file where there is one. What was posted stays readable.
  public func close() async {
    let work = task.withLock { $0 }
    work?.cancel()
    await work?.value
    progress.close()
    await group.shutdown()
  }

  // MARK: For readers

  /// A reader's view of the board: one for each loop, kept by it. Taking the latest snapshot costs one atomic load.
  public func reader() -> SnapshotReader { SnapshotReader(board) }

  /// Everything committed up to here is in the latest snapshot.
  public var position: UInt64 { progress.position }

  /// There is an index to ask; until then the board's snapshot is empty.
  public var isReady: Bool { progress.isReady }

  /// How old the state is that the latest snapshot shows; nil while there is none, and just after a start from a file.
  public var ageMilliseconds: UInt64? {
    let (now, then) = (options.clock.monotonicMilliseconds(), progress.freshAsOf)
    guard isReady, then > 0 else { return nil }
    return now > then ? now - then : 0
  }

  /// Waits until the latest snapshot has reached `position`: then `board` has it. False when it has not in time.
  ///
  /// After a commit, `SELECT pg_current_wal_flush_lsn()` is a position that has it, if `synchronous_commit` is on.
  public func waitForPosition(_ position: UInt64, timeoutMilliseconds: UInt64) async -> Bool {
    await progress.wait(for: position, timeoutMilliseconds: timeoutMilliseconds)
  }

  /// Waits for the first index.
  public func waitUntilReady(timeoutMilliseconds: UInt64) async -> Bool {
    await progress.wait(for: 0, timeoutMilliseconds: timeoutMilliseconds)
  }

  public var status: LiveIndexStatus {
    let figures = progress.figures()
    return LiveIndexStatus(
      phase: figures.phase, isReady: isReady, isConnected: statistics.isConnected, position: position,
      ageMilliseconds: ageMilliseconds, lagBytes: statistics.lagBytes, providers: figures.providers,
      segments: figures.segments, refused: figures.refused)
  }

  // MARK: Keeping

  private func run(on loop: EventLoop) async {
    removeLeftoverFiles()
    var attempt = 0
    var mayStartWarm = options.filePath != nil
    while !Task.isCancelled {
      var followedSince: UInt64?
      do {
        let hydrated = try await hydrate(on: loop, mayStartWarm: mayStartWarm)
        mayStartWarm = false
        followedSince = options.clock.monotonicMilliseconds()
        try await follow(hydrated, on: loop)
      } catch {
        guard !Task.isCancelled else { break }
        // What broke after a good while is another matter than what broke before.
        if let followedSince, options.clock.monotonicMilliseconds() &- followedSince > IndexKeeperLimits.calmMilliseconds {
          attempt = 0
        }
        let reason = "\(error)"
        progress.phase = .failing(reason: reason)
        options.logger.error("the index fell behind; it is hydrated anew", ["reason": .public(reason)])
        try? await loop.sleep(milliseconds: options.backOff.delay(attempt: attempt, random: options.random()))
        attempt += 1
      }
    }
  }

  /// A process that is killed while it writes leaves a file as large as the index.
  private func removeLeftoverFiles() {
    guard let path = options.filePath else { return }
    do throws(StateFileError) {
      let count = try WholeFile.removeLeftovers(of: path)
      if count > 0 { options.logger.info("removed half-written index files", ["count": .int(count)]) }
    } catch {
      options.logger.warning("half-written index files could not be looked for", ["reason": .public("\(error)")])
    }
  }

  private func hydrate(on loop: EventLoop, mayStartWarm: Bool) async throws -> HydratedIndex {
    if mayStartWarm, let warm = try await warmStart(on: loop) { return warm }
    let startedAt = options.clock.monotonicMilliseconds()
    progress.phase = .hydrating(HydrationProgress())
    let report = HydrationReport(options, progress, startedAt: startedAt)
    let hydration = ColdHydration(
      options: options, loop: loop, documents: ProviderDocuments(today: options.clock.now().dayNumber)
    ) { rows, estimate in report.tell(rows: rows, estimate: estimate) }
    let hydrated = try await hydration.run()
    options.logger.notice(
      "index hydrated from the database",
      [
        "providers": .int(hydrated.segment.count), "refused": .int(hydrated.refused), "slot": .public(hydrated.slot),
        "position": .public(LogPosition.text(hydrated.position)),
        "duration_ms": .int(options.clock.monotonicMilliseconds() &- startedAt),
      ])
    return hydrated
  }

  private func registerMetrics(in registry: MetricsRegistry) {
    registry.gaugeCallback("qareeb_index_ready", help: "1 when there is an index to search.") { [self] in isReady ? 1 : 0 }
    registry.gaugeCallback("qareeb_index_providers", help: "Providers that can be found.") { [self] in
      Double(progress.figures().providers)
    }
    registry.gaugeCallback("qareeb_index_segments", help: "Segments of the index.") { [self] in
      Double(progress.figures().segments)
    }
    registry.gaugeCallback("qareeb_index_refused", help: "Providers whose rows the index does not take.") { [self] in
      Double(progress.figures().refused)
    }
    registry.gaugeCallback("qareeb_index_age_seconds", help: "Age of the state that searches see.") { [self] in
      ageMilliseconds.map { Double($0) / 1_000 }
    }
  }
}
