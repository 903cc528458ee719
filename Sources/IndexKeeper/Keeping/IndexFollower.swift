import ChangeFeed
import EventLoops
import PostgresClient
import ProviderIndex
import Telemetry

/// One index, from its hydration until it is replaced or the process ends: takes transactions whole, shows them, merges segments in the
/// background. Touched on the keeper's loop only.
final class IndexFollower: FeedFollower, @unchecked Sendable {
  // Sendable: background work gets values and comes back to the loop before it touches anything here.
  let options: LiveIndexOptions
  let loop: EventLoop
  private let board: SnapshotBoard
  private let progress: IndexProgress
  private let statistics: FeedStatistics
  let writer: IndexWriter
  var changes: SourceChanges
  let calendars: CalendarKeeping
  var documents: ProviderDocuments
  private var refused: Int
  private var shownNames: ShownNames
  private let hydratedAsOf: UInt64
  let slot: String
  private(set) var position: UInt64
  var isInTransaction = false
  var isMerging = false
  /// Replaced by another: nothing of it may be shown any more.
  var isRetired = false
  private var workWaiters: [CheckedContinuation<Void, Never>] = []
  /// Brings itself forward unseen, until it takes another's place.
  var isHidden: Bool
  /// What is before this is not shown.
  private var shownFrom: UInt64 = 0

  /// What the file holds of it, and whether it is being written.
  var file: FileState

  init(
    _ hydrated: HydratedIndex, options: LiveIndexOptions, loop: EventLoop, board: SnapshotBoard, progress: IndexProgress,
    statistics: FeedStatistics, isHidden: Bool = false
  ) throws {
    self.isHidden = isHidden
    self.options = options
    self.loop = loop
    self.board = board
    self.progress = progress
    self.statistics = statistics
    writer = IndexWriter(analyzer: options.analyzer, base: hydrated.segment, position: hydrated.position)
    changes = SourceChanges(hydrated.tables)
    if let keeping = hydrated.keeping {
      calendars = keeping
    } else {
      calendars = CalendarKeeping(hydrated.calendars, markets: hydrated.tables.markets, options: options)
      let rows = hydrated.tables.providers
      try calendars.fillAll { try rows.market(of: $0) }
    }
    (writer.calendar, writer.hours) = (calendars.calendars.free, calendars.calendars.hours)
    documents = ProviderDocuments(today: hydrated.day)
    refused = hydrated.refused
    hydratedAsOf = hydrated.freshAsOf
    slot = hydrated.slot
    shownNames = ShownNames(
      hydrated.tables, intervalMilliseconds: options.serviceNamesIntervalMilliseconds, now: options.clock.monotonicMilliseconds())
    position = hydrated.position
    file = FileState(
      position: hydrated.isSaved ? hydrated.position : nil, isBehind: !hydrated.isSaved, at: options.clock.monotonicMilliseconds()
    )
  }

  // MARK: The feed

  func begin(_ transaction: FeedBegin) {
    isInTransaction = true
    changes.beginTransaction()
    calendars.begin()
  }

  func apply(_ change: FeedChange) throws {
    try changes.apply(change)
    try calendars.apply(change)
  }

  func abandon() {
    isInTransaction = false
    changes.abandonTransaction()
    calendars.abandon()
  }

  func commit(_ transaction: FeedCommit) throws {
    isInTransaction = false
    // Before the documents, which tell of them.
    try commitCalendars()
    for (id, before) in changes.before { try index(id, before: before) }
    if changes.usedNamesHaveChanged { try indexUsersOfChangedNames() }
    if !changes.before.isEmpty || changes.placesHaveChanged { file.isBehind = true }
    if changes.placesHaveChanged { shownNames.placesHaveChanged() }
    if try changes.commitTransaction() { shownNames.serviceNamesHaveChanged() }
    position = transaction.endPosition
  }

  func advance(to position: UInt64) { self.position = position }

  /// Without a file the index is made anew at the next start, so nothing is asked for again. With one, it is what the file holds and never
  /// more: so a file that lies behind its slot is known for one that is not the last.
  var durablePosition: UInt64 { options.filePath == nil ? position : file.position ?? 0 }

  func settle() async throws {
    try countDays()
    try keepCalendars()
    try show()
    startMergeIfDue()
    startSavingIfDue()
    // Others on this loop get their turn, also while the feed never pauses.
    await loop.nextTurn()
  }

  // MARK: Documents

  private func index(_ id: PostgresUUID, before: SourceEntry) throws {
    let entry = try changes.tables.providers.entry(id)
    guard entry != before else { return }
    if let old = before.provider, let new = entry.provider, old.isActive, old.with(new.live) == new,
      before.services == entry.services, before.areas == entry.areas
    {
      return try change(id, to: new.live)
    }
    try upsert(id, entry)
  }

  /// In place, and where a record is waiting to be shown, in it.
  private func change(_ id: PostgresUUID, to live: ProviderRow.LiveRow) throws {
    let name = id.description
    for change in ProviderDocuments.changes(to: live) {
      if case .flags = change { continue }
      try writer.apply(change, to: name)
    }
    try change(id, to: calendars.standing(of: id), isOnline: live.isOnline)
  }

  private func change(_ id: PostgresUUID, to standing: CalendarStanding, isOnline: Bool) throws {
    let name = id.description
    for change in standing.changes(isOnline: isOnline) { try writer.apply(change, to: name) }
  }

  private func upsert(_ id: PostgresUUID, _ entry: SourceEntry) throws {
    let standing = try calendars.standing(of: id)
    do throws(IndexError) {
      guard var record = try documents.record(id, entry, changes.tables) else {
        writer.remove(id: id.description)
        return
      }
      record.take(standing)
      try writer.upsert(record)
    } catch {
      guard case .record = error else { throw error }
      // One bad provider must not keep all others from being found.
      refused += 1
      writer.remove(id: id.description)
      options.logger.warning("the index does not take a provider", ["reason": .public(error.description)])
    }
  }

  /// O(providers): neighbourhoods and categories are renamed once in a year.
  private func indexUsersOfChangedNames() throws {
    let changes = changes
    try changes.tables.providers.forEach { id, entry in
      if let provider = entry.provider, changes.usesChangedNames(provider) { try upsert(id, entry) }
    }
  }

  /// Newness falls once a day.
  private func countDays() throws {
    let today = options.clock.now().dayNumber
    guard today != documents.today, !isInTransaction else { return }
    let yesterday = documents
    documents.today = today
    let rows = changes.tables.providers
    try rows.forEach { id, entry in
      guard let provider = entry.provider, provider.isActive else { return }
      let newness = documents.newness(createdOn: provider.createdOn)
      guard newness != yesterday.newness(createdOn: provider.createdOn) else { return }
      try writer.apply(.newness(newness), to: id.description)
    }
  }

  // MARK: Calendars

  /// Fills what the transaction changed, and where numbers or shares are others now, says so in documents.
  private func commitCalendars() throws {
    let tables = changes.tables
    let migrated = try changes.before.compactMap { id, before in
      try tables.providers.entry(id).provider?.market == before.provider?.market ? nil : id
    }
    let outcome = try calendars.commit(
      markets: changes.placesHaveChanged ? tables.markets : nil, migrated: migrated, marketOf: market)
    if outcome.isChanged { file.isBehind = true }
    let moved = Set(outcome.moved)
    for id in outcome.refilled {
      let entry = try tables.providers.entry(id)
      guard let provider = entry.provider, provider.isActive else { continue }
      if moved.contains(id) {
        try upsert(id, entry)
      } else {
        try change(id, to: calendars.standing(of: id), isOnline: provider.live.isOnline)
      }
    }
  }

  private func market(of id: PostgresUUID) throws -> String? { try changes.tables.providers.market(of: id) }

  /// What the clock has made due, a portion of it. Everything, where nobody searches yet.
  private func keepCalendars() throws {
    guard !isInTransaction else { return }
    _ = try calendars.keepTime(options.clock.now(), writer, marketOf: market)
  }

  func catchUpWithTime() throws {
    while !(try calendars.keepTime(options.clock.now(), writer, isAwaited: true, marketOf: market)) {}
  }

  /// The same while others on the loop get their turns.
  func keepUpWithTime() async throws {
    while !(try calendars.keepTime(options.clock.now(), writer, marketOf: market)) { await loop.nextTurn() }
  }

  // MARK: Showing

  /// Makes what has been committed visible, and then tells those who wait for it.
  func show() throws {
    guard !isRetired, !isInTransaction else { return }
    let snapshot = try writer.publish(position: position)
    guard !isHidden, position >= shownFrom else { return }
    board.post(snapshot)
    let names = shownNames.current(changes.tables, now: options.clock.monotonicMilliseconds())
    options.shown(
      ShownState(
        index: snapshot, catalogue: CatalogueView(changes.tables.providers, names), calendars: calendars.shown))
    progress.reach(
      position, freshAsOf: max(statistics.freshAsOfMilliseconds, hydratedAsOf), providers: snapshot.count,
      segments: snapshot.segments.count,
      refused: refused)
  }

  /// The same as soon as it has reached `position`.
  func show(from position: UInt64) throws {
    shownFrom = position
    try show()
  }

  func retire() { isRetired = true }

  /// Takes the place of the one that was shown until now.
  func reveal() throws {
    try catchUpWithTime()
    isHidden = false
    try show()
  }

  /// What it holds, between two transactions.
  func contents() throws -> IndexContentsAtPosition {
    IndexContentsAtPosition(
      tables: changes.tables, calendars: calendars.tables, index: try writer.publish(position: position))
  }

  // MARK: In the background

  /// Waits for what runs in the background.
  func finishWork() async {
    while isMerging { await withCheckedContinuation { workWaiters.append($0) } }
  }

  func endWork() {
    isMerging = false
    let waiters = workWaiters
    workWaiters = []
    for waiter in waiters { waiter.resume() }
  }

  private func startMergeIfDue() {
    guard !isMerging, !isRetired, let merge = writer.dueMerge() else { return }
    isMerging = true
    DetachedThread.run(name: "index-merge") { [self] in
      let result = Result { () throws(IndexError) in try merge.run() }
      loop.execute { self.finishMerge(result) }
    }
  }

  private func finishMerge(_ result: Result<SegmentMerge.Finished, IndexError>) {
    defer { endWork() }
    do {
      writer.finish(try result.get())
      try show()
    } catch {
      // The segments stay as they are; searches are a little slower, and the next merge tries again.
      options.logger.error("segments could not be merged", ["reason": .public("\(error)")])
    }
  }
}

extension ProviderRow {
  fileprivate func with(_ live: LiveRow) -> ProviderRow {
    var copy = self
    copy.live = live
    return copy
  }
}
