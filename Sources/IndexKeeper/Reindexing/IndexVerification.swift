import ChangeFeed
public import EventLoops
import PostgresClient
import ProviderIndex
import Telemetry
import TextIndex

/// What a verification found.
public struct VerificationReport: Sendable {
  /// Both sides are of this position of the log.
  public let position: UInt64
  /// A node serves the index; otherwise it is the file that the next start would take.
  public let isServed: Bool
  /// Log that was applied to the index as it was saved, to bring it to the position.
  public let replayedBytes: UInt64
  public let rows: Int
  public let documents: Int
  public let indexHash: String
  public let databaseHash: String
  /// The first ones; `differenceCount` of all.
  public let differences: [IndexDifference]
  public let differenceCount: Int

  public var isEqual: Bool { differenceCount == 0 && indexHash == databaseHash }
}

public enum VerificationStep: Sendable, Hashable {
  case saving
  case reading(rows: Int, estimate: Int)
  case replaying
  case comparing
}

/// Compares the index of a node with the database at one position (docs/decisions/0016).
public struct IndexVerification: Sendable {
  private let options: LiveIndexOptions
  public var keptDifferences = 100
  public var patienceSeconds = 120
  public var progress: @Sendable (VerificationStep) -> Void = { _ in }

  /// - Parameter options: the node's own.
  public init(_ options: LiveIndexOptions) {
    var options = options
    options.logger = .disabled
    options.metrics = nil
    self.options = options
  }

  /// On `loop`, which is kept busy. Throws `IndexOperationError` and `PostgresError`.
  public func run(on loop: EventLoop) async throws -> VerificationReport {
    guard let folder = options.folder else { throw IndexOperationError.noIndex(path: "") }
    return try await explainingFiles(folder.current) { try await run(folder, on: loop) }
  }

  private func run(_ folder: IndexFolder, on loop: EventLoop) async throws -> VerificationReport {
    let feed = try await ReplicationConnection.connect(options.target, on: loop)
    do {
      // Copied before the node saves: a slot is never ahead of the file that names it.
      let followed = try await feed.followedSlots(prefix: options.slotPrefix + "_")
      var copies: [String: String] = [:]
      for slot in followed { copies[slot] = try await copy(slot, feed) }
      if !followed.isEmpty { try await askForSaving(folder, on: loop) }
      let report = try await verify(folder.current, feed, copies, isServed: !followed.isEmpty, on: loop)
      await feed.close()
      return report
    } catch {
      await feed.close()
      throw error
    }
  }

  private func copy(_ slot: String, _ feed: ReplicationConnection) async throws -> String {
    let name = options.newSlotName()
    try await feed.copySlot(slot, to: name, isTemporary: true)
    return name
  }

  private func askForSaving(_ folder: IndexFolder, on loop: EventLoop) async throws {
    progress(.saving)
    try folder.touch(folder.saveRequest)
    let startedAt = options.clock.monotonicMilliseconds()
    while folder.exists(folder.saveRequest) {
      guard options.clock.monotonicMilliseconds() &- startedAt < UInt64(patienceSeconds) * 1_000 else {
        try folder.remove(folder.saveRequest)
        throw IndexOperationError.nodeIsSilent(seconds: patienceSeconds)
      }
      try await loop.sleep(milliseconds: 20)
    }
  }

  private func verify(
    _ path: String, _ feed: ReplicationConnection, _ copies: [String: String], isServed: Bool, on loop: EventLoop
  ) async throws -> VerificationReport {
    guard let saved = try StateFile.read(path: path, fingerprint: options.analyzerFingerprint) else {
      throw IndexOperationError.noIndex(path: path)
    }
    var copied = copies[saved.slot]
    if copied == nil, !isServed, try await feed.slotState(saved.slot)?.isLost == false {
      copied = try await copy(saved.slot, feed)
    }
    guard let copied else { throw IndexOperationError.slotGone(path: path, slot: saved.slot) }
    let rebuilt = try await rebuild(day: saved.day, on: loop)
    progress(.replaying)
    let live = try await LogReplay.bring(saved, to: rebuilt.position, feed, copied, options, on: loop)
    progress(.comparing)
    var comparison = IndexComparison(limit: keptDifferences)
    try comparison.compare(live.tables, with: rebuilt.tables)
    try comparison.compare(live.calendars, with: rebuilt.calendars)
    comparison.compare(live.index, with: IndexSnapshot(rebuilt.segment, position: rebuilt.position))
    return VerificationReport(
      position: rebuilt.position, isServed: isServed, replayedBytes: rebuilt.position - saved.position, rows: comparison.rows,
      documents: comparison.documents, indexHash: comparison.indexHash.text, databaseHash: comparison.databaseHash.text,
      differences: comparison.differences.kept, differenceCount: comparison.differences.count)
  }

  /// The database at the position of a slot that goes with its connection.
  private func rebuild(day: Int32, on loop: EventLoop) async throws -> HydratedIndex {
    let replication = try await ReplicationConnection.connect(options.target, on: loop)
    do {
      let slot = try await replication.createSlot(options.newSlotName(), isTemporary: true)
      progress(.reading(rows: 0, estimate: 0))
      let hydration = ColdHydration(options: options, loop: loop, documents: ProviderDocuments(today: day)) { [progress] in
        progress(.reading(rows: $0, estimate: $1))
      }
      let rebuilt = try await hydration.read(slot)
      await replication.close()
      return rebuilt
    } catch {
      await replication.close()
      throw error
    }
  }
}
