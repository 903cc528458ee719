import ChangeFeed
import Columns
import EventLoops
import PostgresClient
import ProviderIndex
import TestSupport
import Testing
import TextIndex

@testable import IndexKeeper

/// Rows of all COPYs, cut and joined again, without a database; and whole hydrations by one thread and by several.
@Suite struct HydrationTests {
  private var market = RandomRows()

  // MARK: Rows

  /// One table, as it comes over the wire: in pieces of any length.
  private struct Wire {
    var cutter: CopiedRowCutter
    var bytes: ArraySlice<UInt8>

    /// False when all of it has come.
    mutating func feed(_ random: inout SeededRandom) -> Bool {
      guard !bytes.isEmpty else { return false }
      let piece = bytes.prefix(Int.random(in: 1...400, using: &random))
      bytes.removeFirst(piece.count)
      cutter.feed(Array(piece))
      return true
    }

    mutating func take(upTo last: PostgresUUID, _ rows: inout CopiedRows, _ random: inout SeededRandom) throws {
      var taken: PostgresUUID?
      repeat {
        if try cutter.take(upTo: last, into: &rows, lastTaken: &taken) { return }
      } while feed(&random)
    }
  }

  /// Everything that comes out, in batches as they happen to be.
  private mutating func read(_ copies: [[UInt8]]) throws -> [RandomRows.Provider] {
    var wires = zip(HydratedTable.allCases, copies).map { Wire(cutter: CopiedRowCutter(of: $0.rawValue), bytes: $1[...]) }
    var read: [RandomRows.Provider] = []
    var (number, staff) = (0, 0)
    while true {
      var batch = HydrationBatch(number: number, firstTurn: read.count, firstStaff: UInt32(staff))
      var last: PostgresUUID?
      repeat {
        _ = try wires[0].cutter.take(upTo: nil, into: &batch.tables[.providers, default: CopiedRows()], lastTaken: &last)
      } while wires[0].feed(&market.random) && (last == nil || Int.random(in: 0..<4, using: &market.random) > 0)
      guard let last else { break }
      for (index, table) in HydratedTable.allCases.enumerated().dropFirst() {
        try wires[index].take(upTo: last, &batch.tables[table, default: CopiedRows()], &market.random)
      }
      let count = batch.count(.providers)
      let before = read.count
      try batch.forEach { id, entry, calendar, turn in
        #expect(turn == read.count && Int(calendar.firstRow) == staff)
        read.append((id, entry, calendar.entry))
        staff += calendar.entry.staff.count
      }
      #expect(read.count - before == count)
      number += 1
    }
    for index in wires.indices {
      var rest = CopiedRows()
      try wires[index].take(upTo: PostgresUUID(high: .max, low: .max), &rest, &market.random)
      guard wires[index].cutter.hasEnded, rest.count == 0 else { throw PostgresError(.decoding, "cut short, or of nobody") }
    }
    return read
  }

  @Test mutating func rowsAreJoinedHoweverTheyAreCut() throws {
    for _ in 0..<60 {
      let providers = market.providers()
      let read = try read(market.copies(providers))
      #expect(read.count == providers.count)
      for (one, other) in zip(read, providers) {
        #expect(one.id == other.id && one.entry == other.entry && one.calendar == other.calendar)
      }
    }
  }

  /// Bytes that are not what the server sends are refused, and trap nowhere.
  @Test mutating func damagedRowsAreRefused() throws {
    var refused = 0
    let rounds = FuzzRounds.count(default: 120)
    for _ in 0..<rounds {
      var copies = market.copies(market.providers())
      let table = market.number(0...6)
      let pieces: [[UInt8]] = [[0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0, 0, 0, 16], [0xff, 0xff], [0, 18], []]
      market.random.damage(&copies[table], with: pieces, atMost: 3)
      do { _ = try read(copies) } catch is PostgresError { refused += 1 }
    }
    // Most damage hits a length or shifts what follows; some only makes other texts and numbers.
    #expect(refused > rounds / 4 && refused < rounds)
  }

  @Test mutating func rowsOfNobodyAreRefused() throws {
    var providers = market.providers()
    while providers.count < 3 || providers[1].entry.services.isEmpty { providers = market.providers() }
    var copies = market.copies(providers)
    providers.remove(at: 1)
    copies[0] = market.copies(providers)[0]
    var isRefused = false
    do { _ = try read(copies) } catch is PostgresError { isRefused = true }
    #expect(isRefused)
  }

  /// What rests is read as it was, all of it or its times alone.
  @Test mutating func calendarsRestAsTheyAre() throws {
    for _ in 0..<200 {
      let placed = PlacedCalendar(entry: market.calendar(), firstRow: UInt32(market.number(0...1 << 30)))
      var builder = RestingEntriesBuilder<PlacedCalendar>()
      try builder.add(PostgresUUID(high: 0, low: 1), placed)
      let resting = builder.finish()
      #expect(try resting.entry(0) == placed)
      var times = try RestingTimes(bytes: resting.bytes(0), ids: resting.ids(0))
      #expect(times.rows == placed.rows && times.overrides == placed.entry.overrides && times.busy == placed.entry.busy)
      for staff in placed.entry.staff {
        let (isActive, weekly) = try times.next()
        var hours: [WorkingHoursRow] = []
        try WorkingHoursRow.read(weekly, of: staff.id) { hours.append($0) }
        #expect(isActive == staff.isActive && hours == placed.entry.hours.filter { $0.staff == staff.id })
      }
    }
  }

  @Test func progressTellsRateAndTimeLeft() {
    var progress = HydrationProgress()
    #expect(progress.rowsPerSecond == 0 && progress.secondsLeft == nil)
    progress = HydrationProgress(rows: 30_000, estimate: 100_000, elapsedMilliseconds: 3_000)
    #expect(progress.rowsPerSecond == 10_000 && progress.secondsLeft == 7)
    progress.rows = 120_000
    #expect(progress.secondsLeft == 0)
    progress.estimate = 0
    #expect(progress.secondsLeft == nil)
  }

  @Test func whatIsServedIsStaleUnlessItIsFollowed() {
    func status(_ phase: LiveIndexPhase, isReady: Bool = true, isConnected: Bool = true) -> LiveIndexStatus {
      LiveIndexStatus(
        phase: phase, isReady: isReady, isConnected: isConnected, position: 1, ageMilliseconds: 1, lagBytes: 0, providers: 1,
        segments: 1, refused: 0)
    }
    #expect(!status(.following).isStale && status(.following, isConnected: false).isStale)
    #expect(status(.hydrating(HydrationProgress())).isStale && status(.failing(reason: "")).isStale)
    #expect(!status(.hydrating(HydrationProgress()), isReady: false).isStale)
  }

  // MARK: Whole hydrations

  private struct Made: Equatable {
    let segment: [UInt8]
    let bytes: [UInt8]
    let starts: [UInt64]
    let serviceStarts: [UInt32]
    let services: [SIMD2<UInt64>]
    let serviceTable: [UInt32]
    let names: [UInt8]
    let counts: [UInt32]
    let calendars: [UInt8]
    let staff: UInt32

    init(_ hydrated: HydratedIndex) throws {
      var file = ColumnFileWriter(version: Segment.formatVersion, number: 1)
      hydrated.segment.write(into: &file)
      segment = file.bytes()
      let providers = try hydrated.tables.providers.settled()
      let base = providers.entries
      (bytes, starts) = (Array(base.bytes), Array(base.starts))
      (serviceStarts, services) = (Array(base.idStarts), Array(base.ids))
      serviceTable = Array(providers.serviceTable.slots)
      let names = hydrated.tables.serviceNames.settled()
      (self.names, counts) = (Array(names.keys), Array(names.counts))
      (calendars, staff) = (Array(hydrated.calendars.entries.base.bytes), hydrated.calendars.rowCount)
    }
  }

  /// However many threads there are and however the rows come, the result is the same to the byte.
  @Test func threadsMakeNoDifference() async throws {
    try await withMarket(providers: 5_000) { market in
      let loop = market.group.loops[0]
      var made: [Made] = []
      for threads in [1, 2, 5] {
        var options = market.options()
        options.threads = threads
        options.slotPrefix = "threads_\(threads)"
        let progress = Tally<Int>()
        let hydration = ColdHydration(options: options, loop: loop, documents: ProviderDocuments(today: 20_000)) { rows, _ in
          progress.add(rows)
        }
        let hydrated = try await Task(executorPreference: loop) { try await hydration.run() }.value
        #expect(hydrated.segment.count == 5_000 && hydrated.refused == 0)
        #expect(progress.count > 1 && progress.all == progress.all.sorted())
        try await market.script("SELECT pg_drop_replication_slot('\(hydrated.slot)')")
        made.append(try Made(hydrated))
      }
      #expect(made[0] == made[1] && made[0] == made[2])
    }
  }
}
