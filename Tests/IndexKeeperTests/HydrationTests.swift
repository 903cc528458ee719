import ChangeFeed
import Columns
import EventLoops
import PostgresClient
import ProviderIndex
import TestSupport
import Testing
import TextIndex

@testable import IndexKeeper

/// Rows of three COPYs, cut and joined again, without a database; and whole hydrations by one thread and by several.
@Suite struct HydrationTests {
  private var random = SeededRandom()

  private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  // MARK: Rows

  private mutating func text(_ most: Int) -> String {
    String((0..<number(0...most)).map { _ in random.pick(Array("abc عمّان ٣")) })
  }

  private mutating func names(_ most: Int) -> NamePair { NamePair(en: text(most), ar: text(most)) }

  private mutating func place() -> PlaceRow {
    PlaceRow(latitude: Double.random(in: -90...90, using: &random), longitude: Double.random(in: -180...180, using: &random))
  }

  private mutating func entry() -> SourceEntry {
    var entry = SourceEntry()
    entry.provider = ProviderRow(
      market: text(5), category: text(5), area: number(0...1) == 0 ? nil : text(40), name: names(30), description: names(300),
      place: place(), tier: "gold", tags: (0..<number(0...3)).map { _ in text(9) }, isActive: number(0...1) == 0,
      createdOn: Int32(number(-9_000...30_000)),
      live: ProviderRow.LiveRow(
        ratingSum: Int64(number(0...1 << 40)), ratingCount: Int32(number(0...1 << 20)), isVerified: number(0...1) == 0,
        popularity: Float.random(in: 0...1, using: &random), isOnline: number(0...1) == 0))
    for _ in 0..<number(0...4) {
      entry.put(
        ServiceRow(
          id: PostgresUUID(high: random.next(), low: random.next()), name: names(20), price: Int64(number(0...1 << 50)),
          currency: "JOD", durationMinutes: Int32(number(5...720)), paddingMinutes: Int32(number(0...240)),
          capacity: Int32(number(1...1_000)), isActive: number(0...1) == 0))
    }
    for position in 0..<number(0...2) {
      entry.put(ServiceAreaRow(position: Int16(position), centre: place(), radiusMetres: Int32(number(100...50_000))))
    }
    return entry
  }

  private func point(_ place: PlaceRow) -> PostgresGeography {
    .point(latitude: place.latitude, longitude: place.longitude)
  }

  /// What the server would send: providers, services, areas.
  private func copies(_ entries: [(id: PostgresUUID, entry: SourceEntry)]) -> [[UInt8]] {
    var providers = BinaryCopyEncoder()
    var services = BinaryCopyEncoder()
    var areas = BinaryCopyEncoder()
    for (id, entry) in entries {
      guard let row = entry.provider else { continue }
      let createdAt = PostgresTimestamp(microsecondsSince1970: Int64(row.createdOn) * 86_400_000_000 + 7)
      providers.add(
        id, row.market, row.category, row.area, row.name.en, row.name.ar, row.description.en, row.description.ar,
        point(row.place), row.tier, row.live.isVerified, row.live.ratingSum, row.live.ratingCount, row.live.popularity,
        row.live.isOnline, row.isActive, row.tags, createdAt)
      for service in entry.services {
        services.add(
          id, service.id, service.name.en, service.name.ar, service.price, service.currency, service.durationMinutes,
          service.paddingMinutes, service.capacity, service.isActive)
      }
      for area in entry.areas { areas.add(id, area.position, point(area.centre), area.radiusMetres) }
    }
    return [providers.finish(), services.finish(), areas.finish()]
  }

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
  private mutating func read(_ copies: [[UInt8]]) throws -> [(id: PostgresUUID, entry: SourceEntry)] {
    var wires = zip(["providers", "services", "areas"], copies).map { Wire(cutter: CopiedRowCutter(of: $0), bytes: $1[...]) }
    var read: [(PostgresUUID, SourceEntry)] = []
    var number = 0
    while true {
      var batch = HydrationBatch(number: number, firstTurn: read.count)
      var last: PostgresUUID?
      repeat {
        _ = try wires[0].cutter.take(upTo: nil, into: &batch.providers, lastTaken: &last)
      } while wires[0].feed(&random) && (last == nil || Int.random(in: 0..<4, using: &random) > 0)
      guard let last else { break }
      try wires[1].take(upTo: last, &batch.services, &random)
      try wires[2].take(upTo: last, &batch.serviceAreas, &random)
      let count = batch.providers.count
      let before = read.count
      try batch.forEach { id, entry, turn in
        #expect(turn == read.count)
        read.append((id, entry))
      }
      #expect(read.count - before == count)
      number += 1
    }
    for index in wires.indices {
      var rest = CopiedRows()
      try wires[index].take(upTo: PostgresUUID(high: .max, low: .max), &rest, &random)
      guard wires[index].cutter.hasEnded, rest.count == 0 else { throw PostgresError(.decoding, "cut short, or of nobody") }
    }
    return read
  }

  private mutating func market() -> [(id: PostgresUUID, entry: SourceEntry)] {
    (0..<number(0...60)).map { n in (PostgresUUID(high: UInt64(n), low: random.next()), entry()) }
  }

  @Test mutating func rowsAreJoinedHoweverTheyAreCut() throws {
    for _ in 0..<60 {
      let market = market()
      let read = try read(copies(market))
      #expect(read.count == market.count)
      for (one, other) in zip(read, market) { #expect(one.id == other.id && one.entry == other.entry) }
    }
  }

  /// Bytes that are not what the server sends are refused, and trap nowhere.
  @Test mutating func damagedRowsAreRefused() throws {
    var refused = 0
    let rounds = FuzzRounds.count(default: 120)
    for _ in 0..<rounds {
      var copies = copies(market())
      let table = number(0...2)
      let pieces: [[UInt8]] = [[0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0, 0, 0, 16], [0xff, 0xff], [0, 18], []]
      random.damage(&copies[table], with: pieces, atMost: 3)
      do { _ = try read(copies) } catch is PostgresError { refused += 1 }
    }
    // Most damage hits a length or shifts what follows; some only makes other texts and numbers.
    #expect(refused > rounds / 4 && refused < rounds)
  }

  @Test mutating func rowsOfNobodyAreRefused() throws {
    var market = market()
    while market.count < 3 || market[1].entry.services.isEmpty { market = self.market() }
    var copies = copies(market)
    market.remove(at: 1)
    copies[0] = self.copies(market)[0]
    var isRefused = false
    do { _ = try read(copies) } catch is PostgresError { isRefused = true }
    #expect(isRefused)
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

    init(_ hydrated: HydratedIndex) throws {
      var file = ColumnFileWriter(version: Segment.formatVersion, number: 1)
      hydrated.segment.write(into: &file)
      segment = file.bytes()
      let base = hydrated.tables.providers.base
      (bytes, starts) = (Array(base.bytes), Array(base.starts))
      (serviceStarts, services) = (Array(base.serviceStarts), Array(base.services))
      serviceTable = Array(base.serviceTable.slots)
      let names = hydrated.tables.serviceNames.settled()
      (self.names, counts) = (Array(names.keys), Array(names.counts))
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
