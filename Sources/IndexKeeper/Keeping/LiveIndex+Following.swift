import ChangeFeed
import EventLoops
import PostgresClient
import ProviderIndex
import Telemetry

extension LiveIndex {
  // MARK: From a file

  /// The index of a file, if its slot is there to go on from; nil hydrates anew, and says why. One that has been published comes first.
  func warmStart(on loop: EventLoop) async throws -> HydratedIndex? {
    guard let folder = options.folder else { return nil }
    if folder.exists(folder.next) {
      if let published = try await read(folder.next, on: loop) {
        try folder.takeNext()
        return published
      }
      try folder.remove(folder.next)
    }
    return try await read(folder.current, on: loop)
  }

  private func read(_ path: String, on loop: EventLoop) async throws -> HydratedIndex? {
    let hydrated: HydratedIndex
    do {
      guard let read = try StateFile.read(path: path, fingerprint: options.analyzerFingerprint) else { return nil }
      hydrated = read
    } catch {
      options.logger.warning("the index file is not used", ["file": .public(path), "reason": .public("\(error)")])
      return nil
    }
    if let reason = try await objection(to: hydrated, on: loop) {
      options.logger.warning(
        "the index file is not used: its slot cannot be followed", ["slot": .public(hydrated.slot), "reason": .public(reason)])
      return nil
    }
    options.logger.notice(
      "index read from its file",
      ["providers": .int(hydrated.segment.count), "position": .public(LogPosition.text(hydrated.position))])
    return hydrated
  }

  /// Why an index cannot be gone on with from its slot; nil when it can.
  private func objection(to hydrated: HydratedIndex, on loop: EventLoop) async throws -> String? {
    let slot = hydrated.slot
    return try await replicating(on: loop) { replication in
      var state = try await replication.slotState(slot)
      let deadline = options.clock.monotonicMilliseconds() + IndexKeeperLimits.slotReleaseMilliseconds
      while state?.activeProcess != nil, options.clock.monotonicMilliseconds() < deadline {
        try await loop.sleep(milliseconds: 10)
        state = try await replication.slotState(slot)
      }
      guard let state else { return "it is gone" }
      if state.isLost { return "its log is lost" }
      // The server would begin where the slot is, and nobody would miss what lies between: a copy of an older file was put back.
      if let confirmed = state.confirmedPosition, confirmed > hydrated.position {
        return "it has gone on to \(LogPosition.text(confirmed)), and the file is of \(LogPosition.text(hydrated.position))"
      }
      return state.activeProcess == nil ? nil : "somebody else uses it"
    }
  }

  private func replicating<R>(
    on loop: EventLoop, _ body: (ReplicationConnection) async throws -> R
  ) async throws -> R {
    let replication = try await ReplicationConnection.connect(options.target, on: loop)
    do {
      let result = try await body(replication)
      await replication.close()
      return result
    } catch {
      await replication.close()
      throw error
    }
  }

  // MARK: Following

  /// Shows an index and follows the log, changing over to newer ones as they are published, until the task is cancelled.
  func follow(_ hydrated: HydratedIndex, on loop: EventLoop) async throws {
    var follower = try IndexFollower(
      hydrated, options: options, loop: loop, board: board, progress: progress, statistics: statistics)
    try follower.catchUpWithTime()
    try follower.show(from: await endOfLog(on: loop) ?? hydrated.position)
    let patience = showInTime(follower, on: loop)
    defer { patience.cancel() }
    do {
      while let candidate = try await follow(with: follower, on: loop) {
        follower = await changeOver(from: follower, to: candidate)
      }
    } catch {
      follower.retire()
      await follower.finishWork()
      throw error
    }
    await follower.saveAtEnd()
    if options.filePath == nil { await dropSlot(follower.slot, on: loop) }
  }

  private func showInTime(_ follower: IndexFollower, on loop: EventLoop) -> Task<Void, Never> {
    Task(executorPreference: loop) { [options] in
      do {
        try await loop.sleep(milliseconds: options.catchUpMilliseconds)
        try follower.show(from: follower.position)
      } catch {
        guard !Task.isCancelled else { return }
        options.logger.error("what there is of an index could not be shown", ["reason": .public("\(error)")])
      }
    }
  }

  /// Nil, and what there is will be shown, where the database is away just now.
  private func endOfLog(on loop: EventLoop) async -> UInt64? {
    do {
      return try await replicating(on: loop) { try await $0.endOfLog() }
    } catch {
      options.logger.warning("it is not known how far the log goes", ["reason": .public("\(error)")])
      return nil
    }
  }

  /// Until there is a candidate to change over to; nil when the task is cancelled.
  private func follow(with follower: IndexFollower, on loop: EventLoop) async throws -> Candidate? {
    let reader = reader(of: follower, statistics, on: loop)
    let reading = Task(executorPreference: loop) { try await reader.run(from: follower.position, [follower]) }
    let attending = Task(executorPreference: loop) { [self] in
      defer { reading.cancel() }
      return await attend(follower, on: loop)
    }
    let leftovers = Task(executorPreference: loop) { [options] in
      await LeftoverSlots(options, on: loop).drop(except: follower.slot)
    }
    let outcome = await withTaskCancellationHandler {
      await reading.result
    } onCancel: {
      reading.cancel()
      attending.cancel()
    }
    attending.cancel()
    leftovers.cancel()
    let candidate = await attending.value
    await leftovers.value
    do {
      try outcome.get()
      guard !Task.isCancelled else {
        await candidate?.stop()
        return nil
      }
      return candidate
    } catch {
      await candidate?.stop()
      throw error
    }
  }

  private func reader(of follower: IndexFollower, _ statistics: FeedStatistics, on loop: EventLoop) -> FeedReader {
    var feed = FeedReader.Options(slot: follower.slot, publication: options.publication)
    feed.clock = options.clock
    feed.random = options.random
    return FeedReader(options.target, on: loop, options: feed, statistics: statistics, logger: options.logger)
  }

  /// Puts one that has caught up in the place of one that has just stopped following, and gives whichever is shown from now on.
  private func changeOver(from follower: IndexFollower, to candidate: Candidate) async -> IndexFollower {
    do {
      // What the other had taken in to the last is in the log already: this is a moment.
      try await candidate.reach { follower.position }
      await candidate.stop()
      try candidate.follower.reveal()
    } catch {
      await candidate.stop()
      options.logger.error("a published index could not be shown", ["reason": .public("\(error)")])
      follower.mayGoOnSaving()
      return follower
    }
    follower.retire()
    do {
      // Last: who published it takes this for the answer. Killed before, the next start takes it up.
      try options.folder?.takeNext()
    } catch {
      options.logger.error("the files of a published index could not be renamed", ["reason": .public("\(error)")])
    }
    options.logger.notice(
      "changed over to a published index",
      ["slot": .public(candidate.follower.slot), "position": .public(LogPosition.text(candidate.follower.position))])
    await follower.finishWork()
    return candidate.follower
  }

  // MARK: What others ask for through files

  /// Looks after the index's files beside the feed. Ends with a candidate that has caught up, or nil when the task is cancelled.
  private func attend(_ follower: IndexFollower, on loop: EventLoop) async -> Candidate? {
    guard let folder = options.folder else {
      while !Task.isCancelled { try? await loop.sleep(milliseconds: IndexKeeperLimits.sweepMilliseconds) }
      return nil
    }
    var sweptAt = options.clock.monotonicMilliseconds()
    while !Task.isCancelled {
      do {
        try await loop.sleep(milliseconds: IndexKeeperLimits.attentionMilliseconds)
        try await saveIfAsked(follower, folder)
        if folder.exists(folder.next), let candidate = try await prepare(beside: follower, folder, on: loop) { return candidate }
        let now = options.clock.monotonicMilliseconds()
        guard now &- sweptAt >= options.sweepIntervalMilliseconds else { continue }
        sweptAt = now
        try await sweep(beside: follower, folder, on: loop)
      } catch {
        // Looked at again in a moment, or the task is cancelled.
        guard !Task.isCancelled else { break }
        options.logger.warning("the index's files could not be looked after", ["reason": .public("\(error)")])
        try? await loop.sleep(milliseconds: options.backOff.maximumMilliseconds)
      }
    }
    return nil
  }

  private func saveIfAsked(_ follower: IndexFollower, _ folder: IndexFolder) async throws {
    guard folder.exists(folder.saveRequest) else { return }
    // Removed behind the save: who asked takes that for the answer. A failure is told by the log, and by the file's position.
    defer { try? folder.remove(folder.saveRequest) }
    try await follower.saveNow()
  }

  /// Reads what has been published and brings it as far as the one that is shown; nil when it is of no use, and then it is removed.
  private func prepare(beside follower: IndexFollower, _ folder: IndexFolder, on loop: EventLoop) async throws -> Candidate? {
    let candidate: Candidate
    do {
      guard let published = try await open(folder.next, on: loop) else { return nil }
      let hidden = try IndexFollower(
        published, options: options, loop: loop, board: board, progress: progress, statistics: statistics, isHidden: true)
      try await hidden.keepUpWithTime()
      candidate = Candidate(hidden, reader(of: hidden, FeedStatistics(), on: loop), on: loop)
    } catch let error as PostgresError {
      // The database is away; the file stays for later.
      throw error
    } catch {
      guard !Task.isCancelled else { return nil }
      options.logger.error("a published index is not taken up", ["reason": .public("\(error)")])
      try folder.remove(folder.next)
      return nil
    }
    candidate.start()
    do {
      try await candidate.reach { follower.position }
      await follower.endSaving()
      try await candidate.reach { follower.position }
      return candidate
    } catch {
      await candidate.stop()
      follower.mayGoOnSaving()
      guard !Task.isCancelled else { return nil }
      options.logger.error("a published index could not be brought forward", ["reason": .public("\(error)")])
      try folder.remove(folder.next)
      return nil
    }
  }

  private func open(_ path: String, on loop: EventLoop) async throws -> HydratedIndex? {
    let read = await onThread(named: "index-read") { [options] in
      Result { () throws -> HydratedIndex? in
        guard var hydrated = try StateFile.read(path: path, fingerprint: options.analyzerFingerprint) else { return nil }
        try hydrated.fillCalendars(options)
        return hydrated
      }
    }
    guard let hydrated = try read.get() else { return nil }
    if let reason = try await objection(to: hydrated, on: loop) {
      throw CandidateRefusal.slot(name: hydrated.slot, reason: reason)
    }
    return hydrated
  }

  // MARK: Tidying

  private func sweep(beside follower: IndexFollower, _ folder: IndexFolder, on loop: EventLoop) async throws {
    try await KeptFiles(options, folder).giveUpOld(at: follower.position)
    try await LeftoverSlots(options, on: loop).dropIdle(except: follower.slot)
  }

  /// Nothing will go on from it. Where that fails the next start does it, and says so.
  private func dropSlot(_ slot: String, on loop: EventLoop) async {
    // Of its own: this one has been cancelled, and would cancel what it waits for.
    await Task(executorPreference: loop) { [self] in
      do {
        try await replicating(on: loop) { _ = try await $0.dropSlot(slot) }
      } catch {
        options.logger.warning(
          "a replication slot is left behind", ["slot": .public(slot), "reason": .public("\(error)")])
      }
    }.value
  }
}

extension IndexFolder {
  /// What is served becomes what was served before, and what has been published is served. Killed in between, the next start goes on.
  func takeNext() throws(StateFileError) {
    if exists(current) { try move(current, to: previous) }
    try move(next, to: current)
  }
}

extension HydratedIndex {
  /// What a follower would otherwise do on its loop.
  fileprivate mutating func fillCalendars(_ options: LiveIndexOptions) throws {
    let keeping = CalendarKeeping(calendars, markets: tables.markets, options: options)
    let rows = tables.providers
    try keeping.fillAll { try rows.market(of: $0) }
    self.keeping = keeping
  }
}
