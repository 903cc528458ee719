import Dispatch
import MarketIndex
import MarketWorkload
import ProviderIndex
import Synchronization
import TextIndex

/// Builds the index of a market on several threads, and measures that and nothing else: the records are made beforehand, a round of them at
/// a time, with the clock stopped.
enum MarketBuild {
  /// Few enough to be held, many enough that starting and joining threads costs nothing.
  private static let roundRecords = 65_536
  /// What a thread takes in one go.
  private static let batchRecords = 256

  static func run(
    _ market: Market, _ staffRows: [Range<UInt32>], analyzer: any TextAnalyzer, threads: Int
  ) throws -> (segment: Segment, seconds: Double) {
    let crew = Crew(size: threads) { jobs, job in DispatchQueue.concurrentPerform(iterations: jobs, execute: job) }
    let workers = (0..<threads).map { _ in Worker(analyzer) }
    var building: Duration = .zero
    for first in stride(from: 0, to: market.providerCount, by: roundRecords) {
      let records = (first..<min(first + roundRecords, market.providerCount)).map { market.record($0, staff: staffRows[$0]) }
      let start = ContinuousClock.now
      add(records, from: first, workers, crew)
      building += ContinuousClock.now - start
    }
    let start = ContinuousClock.now
    let segment = try SegmentBuilder.finish(workers.map { try $0.take() }, crew: crew)
    building += ContinuousClock.now - start
    return (segment, building / .seconds(1))
  }

  private static func add(_ records: [ProviderRecord], from first: Int, _ workers: [Worker], _ crew: Crew) {
    let next = Atomic(0)
    crew.run(workers.count) { worker in
      while true {
        let start = next.wrappingAdd(batchRecords, ordering: .relaxed).oldValue
        guard start < records.count else { return }
        workers[worker].add(records, start..<min(start + batchRecords, records.count), firstTurn: first + start)
      }
    }
  }

  /// A builder, and what went wrong with it. One thread at a time has it, so its lock is never waited for.
  private final class Worker: Sendable {
    private let analyzer: any TextAnalyzer
    private let state: Mutex<(builder: SegmentBuilder, failure: IndexError?)>

    init(_ analyzer: any TextAnalyzer) {
      self.analyzer = analyzer
      state = Mutex((SegmentBuilder(analyzer: analyzer), nil))
    }

    func add(_ records: [ProviderRecord], _ range: Range<Int>, firstTurn: Int) {
      state.withLock { state in
        do throws(IndexError) {
          for (offset, index) in range.enumerated() { try state.builder.add(records[index], turn: UInt32(firstTurn + offset)) }
        } catch {
          state.failure = error
        }
      }
    }

    /// Hands the builder over: kept here as well, it would be copied where it is changed.
    func take() throws -> SegmentBuilder {
      let (builder, failure) = state.withLock { state in
        defer { state.builder = SegmentBuilder(analyzer: analyzer) }
        return state
      }
      if let failure { throw failure }
      return builder
    }
  }
}
