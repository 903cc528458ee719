import EventLoops
import PostgresClient
import ProviderIndex
import TextIndex

/// What one worker has made of one batch.
struct HydratedPart: Sendable {
  let number: Int
  let rows: RestingEntriesBuilder<SourceEntry>
  let calendars: RestingEntriesBuilder<PlacedCalendar>
  let refused: Int
}

/// Reads batches and indexes their providers. Belongs to a loop of its own.
// Sendable: touched on its loop only, until that has ended.
private final class HydrationWorker: @unchecked Sendable {
  private let documents: ProviderDocuments
  private let tables: SourceTables
  private(set) var builder: SegmentBuilder
  private(set) var serviceNames = ServiceNameCounts()

  init(_ documents: ProviderDocuments, _ tables: SourceTables, _ analyzer: any TextAnalyzer) {
    self.documents = documents
    self.tables = tables
    builder = SegmentBuilder(analyzer: analyzer)
  }

  func take(_ batch: HydrationBatch) throws -> HydratedPart {
    var rows = RestingEntriesBuilder<SourceEntry>()
    var calendars = RestingEntriesBuilder<PlacedCalendar>()
    var refused = 0
    try batch.forEach { id, entry, calendar, turn in
      try rows.add(id, entry)
      if !calendar.isEmpty { try calendars.add(id, calendar) }
      serviceNames.move(from: SourceEntry(), to: entry)
      do throws(IndexError) {
        guard var record = try documents.record(id, entry, tables) else { return }
        // What follows from the clock is counted when the index is shown.
        record.staff = calendar.rows
        try builder.add(record, turn: UInt32(turn))
      } catch {
        // One bad provider must not keep all others from being found.
        guard case .record = error else { throw error }
        refused += 1
      }
    }
    return HydratedPart(number: batch.number, rows: rows, calendars: calendars, refused: refused)
  }

  func giveUp() -> SegmentBuilder {
    // Handed over and not kept: who changes it then need not copy.
    defer { builder = SegmentBuilder(analyzer: NoWords()) }
    return builder
  }

  private struct NoWords: TextAnalyzer {
    func analyze(_ text: String, into tokens: inout TokenBuffer) {}
  }
}

/// Makes documents on several threads of batches that come from the keeper's loop, where it belongs. What comes of it depends on the
/// batches alone: parts are put in their order, and records have the turns of their providers.
///
/// A worker has at most two batches, one that it works on and one that waits; then whoever brings more waits too, and with it the
/// server. So no more than that is in memory unread.
// Sendable: touched on the keeper's loop only; workers get values and come back to it.
final class HydrationCrew: @unchecked Sendable {
  private static let batchesPerWorker = 2

  private let loop: EventLoop
  private let group: EventLoopGroup
  private let workers: [HydrationWorker]
  private var underWay: [Int]
  private var parts: [HydratedPart] = []
  private var failure: (any Error)?
  private var waiter: CheckedContinuation<Void, Never>?
  /// Providers that have been indexed.
  private(set) var count = 0

  init(
    threads: Int, loop: EventLoop, documents: ProviderDocuments, tables: SourceTables, analyzer: any TextAnalyzer
  ) throws {
    self.loop = loop
    precondition(threads > 0, "somebody has to do it")
    group = try EventLoopGroup(count: threads, name: "hydration")
    workers = (0..<threads).map { _ in HydrationWorker(documents, tables, analyzer) }
    underWay = Array(repeating: 0, count: threads)
  }

  /// Hands a batch over as soon as a worker has room for it. Throws what went wrong with an earlier one.
  func add(_ batch: HydrationBatch) async throws {
    loop.preconditionCurrent()
    while true {
      if let failure { throw failure }
      guard let least = underWay.indices.min(by: { underWay[$0] < underWay[$1] }) else { return }
      if underWay[least] < Self.batchesPerWorker { return start(batch, worker: least) }
      await nextPart()
    }
  }

  private func start(_ batch: HydrationBatch, worker: Int) {
    underWay[worker] += 1
    group.loops[worker].execute { [self] in
      let result = Result { try workers[worker].take(batch) }
      let providers = batch.count(.providers)
      loop.execute { self.finish(result, worker, providers) }
    }
  }

  private func finish(_ result: Result<HydratedPart, any Error>, _ worker: Int, _ providers: Int) {
    underWay[worker] -= 1
    count += providers
    switch result {
    case .success(let part): parts.append(part)
    case .failure(let error): failure = failure ?? error
    }
    waiter?.resume()
    waiter = nil
  }

  private func nextPart() async { await withCheckedContinuation { waiter = $0 } }

  /// Ends the threads. What has not been worked on is not.
  func close() async { await group.shutdown() }

  /// Returns when everything that was handed over has been indexed.
  func finishBatches() async throws {
    while underWay.contains(where: { $0 > 0 }) { await nextPart() }
    if let failure { throw failure }
  }

  /// Everything there is to make an index of, when the last batch has been handed over. Once.
  func finish() async throws -> HydratedParts {
    try await finishBatches()
    await close()
    defer { parts = [] }
    parts.sort { $0.number < $1.number }
    return HydratedParts(
      builders: workers.map { $0.giveUp() }, rows: parts.map(\.rows), calendars: parts.map(\.calendars),
      serviceNames: workers.map(\.serviceNames), refused: parts.reduce(0) { $0 + $1.refused })
  }
}

/// What the workers have made, to be put together.
struct HydratedParts: Sendable {
  let builders: [SegmentBuilder]
  /// In the order of their providers.
  let rows: [RestingEntriesBuilder<SourceEntry>]
  let calendars: [RestingEntriesBuilder<PlacedCalendar>]
  let serviceNames: [ServiceNameCounts]
  let refused: Int
}
