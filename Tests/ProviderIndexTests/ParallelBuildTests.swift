import AvailabilityIndex
import Dispatch
import ProviderIndex
import Synchronization
import TestSupport
import Testing
import TextIndex

/// Several builders filled on several threads make the segment that one makes, to the byte.
@Suite struct ParallelBuildTests {
  /// Two thousand providers: enough values that repeated ones come from the cache, and many at one place.
  private static func records(_ random: SeededRandom, count: Int = 2_000) throws -> [ProviderRecord] {
    var market = try RandomMarket(random)
    var calendar: AvailabilityCalendar?
    return try market.records(count, calendar: &calendar)
  }

  private static func crew(_ size: Int) -> Crew {
    Crew(size: size) { jobs, job in DispatchQueue.concurrentPerform(iterations: jobs, execute: job) }
  }

  /// Each thread takes the next few until there are none.
  private static func segment(_ records: [ProviderRecord], threads: Int) throws -> Segment {
    let next = Atomic(0)
    let builders = Mutex<[SegmentBuilder]>([])
    let failures = Mutex<[IndexError]>([])
    crew(threads).run(threads) { _ in
      var builder = SegmentBuilder(analyzer: TieredAnalyzer())
      while true {
        let first = next.wrappingAdd(7, ordering: .relaxed).oldValue
        guard first < records.count else { break }
        for turn in first..<min(first + 7, records.count) {
          do throws(IndexError) {
            try builder.add(records[turn], turn: UInt32(turn))
          } catch {
            failures.withLock { $0.append(error) }
          }
        }
      }
      builders.withLock { $0.append(builder) }
    }
    if let failure = failures.withLock({ $0.first }) { throw failure }
    return try SegmentBuilder.finish(builders.withLock { $0 }, crew: crew(threads))
  }

  @Test(arguments: [1, 2, 5]) func anyNumberOfThreadsMakesTheSameFile(threads: Int) throws {
    let records = try Self.records(SeededRandom(stream: "anyNumberOfThreads\(threads)"))
    let expected = SegmentFileTests.bytes(try SearchTests.segment(records))
    let segment = try Self.segment(records, threads: threads)
    segment._checkInvariants()
    #expect(SegmentFileTests.bytes(segment) == expected)
  }

  /// Nothing depends on luck: builders are filled by lot, handed over in any order, and the crew does its jobs backwards.
  @Test func whoTookWhichMakesNoDifference() throws {
    var random = SeededRandom()
    let records = try Self.records(random, count: 700)
    let expected = SegmentFileTests.bytes(try SearchTests.segment(records))
    let backwards = Crew(size: 3) { jobs, job in for number in (0..<jobs).reversed() { job(number) } }
    for _ in 0..<5 {
      var builders = (0..<4).map { _ in SegmentBuilder(analyzer: TieredAnalyzer()) }
      for turn in records.indices.shuffled(using: &random) {
        try builders[Int.random(in: 0..<3, using: &random)].add(records[turn], turn: UInt32(turn))
      }
      builders.shuffle(using: &random)
      #expect(SegmentFileTests.bytes(try SegmentBuilder.finish(builders, crew: backwards)) == expected)
    }
  }

  @Test func oneIdInTwoBuildersIsRefused() throws {
    var records = try Self.records(SeededRandom(), count: 40)
    records[31].id = records[2].id
    #expect(throws: IndexError.duplicate(id: records[2].id)) { try Self.segment(records, threads: 2) }
  }

  @Test func noBuilderAtAllMakesAnEmptySegment() throws {
    let empty = try SegmentBuilder.finish([], crew: Self.crew(2))
    #expect(empty.count == 0)
    #expect(SegmentFileTests.bytes(empty) == SegmentFileTests.bytes(try SearchTests.segment([])))
  }
}
