import ChangeFeed
import EventLoops
import PostgresClient
import ProviderIndex
import Telemetry

/// Keeping the file: what a start goes on from, and all that is confirmed to the database.
extension IndexFollower {
  struct FileState {
    /// What the file holds; nil while there is none.
    var position: UInt64?
    /// A transaction changed something since it was written.
    var isBehind: Bool
    /// When its writing began.
    var writtenAt: UInt64
    var isInTheWriting = false
    var mayBeWritten = true
    var failure: (any Error)?

    init(position: UInt64?, isBehind: Bool, at now: UInt64) {
      (self.position, self.isBehind, writtenAt) = (position, isBehind, now)
    }
  }

  func startSavingIfDue() {
    guard options.filePath != nil, file.mayBeWritten, !isHidden, !isMerging, !isRetired, !isInTransaction else { return }
    guard file.isBehind || position &- (file.position ?? 0) >= IndexKeeperLimits.unsavedLogBytes else { return }
    let isFirst = file.position == nil && file.failure == nil
    guard isFirst || options.clock.monotonicMilliseconds() &- file.writtenAt >= options.saveIntervalMilliseconds else { return }
    startSaving()
  }

  /// Writes the file once more at the end, if there is anything new.
  func saveAtEnd() async {
    await finishWork()
    guard options.filePath != nil, file.isBehind, !isInTransaction else { return }
    do {
      // What was committed and not shown yet belongs to the position.
      try show()
      startSaving()
      await finishWork()
    } catch {
      options.logger.error("the index could not be saved at the end", ["reason": .public("\(error)")])
    }
  }

  /// Saves the state of this moment, whether anything has changed or not.
  func saveNow() async throws {
    while isMerging || isInTransaction {
      await finishWork()
      if isInTransaction { try await loop.sleep(milliseconds: IndexKeeperLimits.transactionLookMilliseconds) }
    }
    try show()
    startSaving()
    while file.isInTheWriting { await finishWork() }
    if let failure = file.failure { throw failure }
  }

  /// Leaves the file alone from now on; returns when nobody writes it any more.
  func endSaving() async {
    file.mayBeWritten = false
    while file.isInTheWriting { await finishWork() }
  }

  func mayGoOnSaving() { file.mayBeWritten = true }

  /// Everything committed has been published.
  private func startSaving() {
    guard let path = options.filePath else { return }
    isMerging = true
    file.isInTheWriting = true
    file.isBehind = false
    file.writtenAt = options.clock.monotonicMilliseconds()
    let merge = writer.wholeMerge()
    let state = StateToSave(
      tables: changes.tables, calendars: calendars.tables, position: position, slot: slot, day: documents.today,
      fingerprint: options.analyzerFingerprint)
    DetachedThread.run(name: "index-save") { [self] in
      let result = Result { () throws -> SavedState in
        let merged = try merge.run()
        let settled = try state.write(merged.segment, path: path)
        return SavedState(merged: merged, settled: settled.tables, calendars: settled.calendars, of: state)
      }
      loop.execute { self.finishSaving(result) }
    }
  }

  private struct SavedState: Sendable {
    let merged: SegmentMerge.Finished
    let settled: SettledTables
    let calendars: RestingEntries<PlacedCalendar>
    let of: StateToSave
  }

  private func finishSaving(_ result: Result<SavedState, any Error>) {
    defer { endWork() }
    file.isInTheWriting = false
    file.failure = nil
    do {
      let saved = try result.get()
      writer.finish(saved.merged)
      changes.rest(on: saved.settled, madeOf: saved.of.tables)
      calendars.rest(on: saved.calendars, madeOf: saved.of.calendars)
      file.position = saved.of.position
      try show()
      options.logger.debug("index saved", ["position": .public(LogPosition.text(saved.of.position))])
    } catch {
      file.isBehind = true
      file.failure = error
      options.logger.error("the index could not be saved; it is tried again", ["reason": .public("\(error)")])
    }
  }
}
